"""A copy of the real repository that a test may spoil, and what the gate then finds in it."""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mutuals import check
from mutuals.canonical import encode
from mutuals.findings import Finding
from mutuals.parsing import read
from mutuals.schema import Schema, read_schemas

INPUTS = ("data", "schemas", "validation")
BOOK = ("_toc.yml", "_config.yml", "CHANGELOG.md", "CITATION.cff")
Row = dict[str, str]
Place = tuple[str, int, str, str, str]


@dataclass
class Repository:
    """A copy at `root`; `before` are its data files as they were, `touched` the tables with edits to be saved.

    `counted` is whether edits of evidence are counted in its records before they are saved.
    """

    root: Path
    schemas: dict[str, Schema]
    before: dict[str, bytes]
    touched: dict[str, list[Row]] = field(default_factory=dict)
    counted: bool = True

    @classmethod
    def copy(cls, source: Path, target: Path) -> "Repository":
        """Copy what the gate reads."""
        for name in INPUTS:
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(target, read_schemas(target), _data(target))

    def bind(self, source: Path) -> None:
        """Add what a book of these tables needs beside them: its contents, its settings, its chapters."""
        for name in BOOK:
            shutil.copy(source / name, self.root)
        shutil.copytree(source / "LICENSES", self.root / "LICENSES", dirs_exist_ok=True)
        shutil.copytree(source / "notebooks", self.root / "notebooks", dirs_exist_ok=True)

    def path(self, name: str) -> Path:
        """Where a table such as “contracts” or “evidence/contracts” stands."""
        return self.root / f"data/{name}.csv"

    def schema(self, name: str) -> Schema:
        """The schema of a table."""
        return self.schemas[name.partition("/")[0]]

    def names(self, kind: str = "") -> list[str]:
        """All tables, or those of a folder below data/."""
        found = sorted(path.removesuffix(".csv") for path in self.before)
        return [name for name in found if name.startswith(f"{kind}/")] if kind else found

    def rows(self, name: str) -> list[Row]:
        """The rows of a table: change them, then `save`."""
        if name not in self.touched:
            self.touched[name] = read(self.path(name).read_bytes(), self.schema(name)).records
        return self.touched[name]

    def row(self, name: str, /, **cells: str) -> Row:
        """The first row that holds these cells."""
        return next(row for row in self.rows(name) if cells.items() <= row.items())

    def add(self, name: str, /, **cells: str) -> Row:
        """A new row, blank but for these cells."""
        row = {**dict.fromkeys(self.schema(name).header, ""), **cells}
        self.rows(name).append(row)
        return row

    def recount(self) -> None:
        """Let the records of touched evidence say how many rows they have, as “mutuals format” would."""
        for name in [name for name in self.touched if name.startswith("evidence/")]:
            table = name.partition("/")[2]
            key, counts = self.schema(table).key[0], Counter(row["row_id"] for row in self.rows(name))
            for row in self.rows(table):
                row["proofs"] = str(counts[row[key]])

    def save(self) -> None:
        """Write every touched table in canonical bytes."""
        if self.counted:
            self.recount()
        for name, rows in self.touched.items():
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            self.path(name).write_bytes(encode(rows, self.schema(name)))

    def line(self, name: str, row: Row) -> int:
        """The line on which a row stands once it is saved."""
        ordered = sorted(self.rows(name), key=self.schema(name).sort_key)
        return next(line for line, other in enumerate(ordered, 2) if other is row)

    def place(self, name: str, row: Row, column: str, rule: str) -> Place:
        """Where a finding on a cell must stand."""
        return f"data/{name}.csv", self.line(name, row), column, row[self.schema(name).key[0]], rule

    def spoil(self, name: str, old: bytes, new: bytes) -> int:
        """Replace the first run of these bytes in a file; the line on which it stands."""
        content = self.path(name).read_bytes()
        at = content.index(old)
        self.path(name).write_bytes(content[:at] + new + content[at + len(old) :])
        return content.count(b"\n", 0, at) + 1

    def findings(self) -> list[Finding]:
        """What the whole gate finds, once what was touched is saved."""
        self.save()
        return check.check(self.root)


def _data(root: Path) -> dict[str, bytes]:
    folder = root / "data"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.csv")) if path.is_file()}


def places(findings: list[Finding]) -> set[Place]:
    """Where each finding stands, and by which rule."""
    return {(finding.file, finding.line, finding.column, finding.id, finding.rule) for finding in findings}


def told(findings: list[Finding]) -> str:
    """The findings as a reader would see them, for the message of a failed test."""
    return "\n".join(map(str, findings)) or "no findings"
