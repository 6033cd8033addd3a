"""The tables: read from disk as text, with the line of every row, and typed by their schemas.

Everything reads through here. A data folder holds `<table>.csv`, `codes/<list>.csv`,
`evidence/<table>.csv` and `fingerprints/<source>.csv`; the last three kinds share one schema each.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mutuals.canonical import Fault
from mutuals.fingerprints import Fingerprint
from mutuals.memory import Memory, Noted
from mutuals.nearest import named, near
from mutuals.parsing import Reading, read
from mutuals.schema import SEPARATOR, Schema, SchemaError, read_schemas

if TYPE_CHECKING:
    import pandas

SHARED = ("codes", "evidence", "fingerprints")
LEDGERS = ("gaps", "errata", "tombstones", "second_readings", "corrections")


@dataclass
class Table:
    """One CSV file as read: `name` is its address below data/ without the ending, `kind` its schema's name."""

    name: str
    file: str
    schema: Schema
    reading: Reading

    @property
    def kind(self) -> str:
        """Name of the schema, which tables of one sort share."""
        return self.schema.name

    @property
    def subject(self) -> str:
        """For a file of a shared kind: what it is about, such as the table whose evidence it holds."""
        return self.name.rpartition("/")[2]

    @property
    def records(self) -> list[dict[str, str]]:
        """The rows that could be read, each a dict of text; a blank is an empty string."""
        return self.reading.records

    @property
    def numbered(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The rows with their line numbers."""
        return zip(self.reading.lines, self.reading.records, strict=True)

    def column(self, name: str) -> list[str]:
        """The cells of a column, in the order of the rows."""
        return self.reading.columns.get(name, [])

    @property
    def keys(self) -> list[str]:
        """The cells of the first column of the key."""
        return self.column(self.schema.key[0])

    def row(self, at: int) -> dict[str, str]:
        """One row, without making a dict of every other."""
        return {name: cells[at] for name, cells in self.reading.columns.items()}

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the row of each key stands."""
        return {key: at for at, key in enumerate(self.keys)}

    @cached_property
    def by_key(self) -> dict[str, dict[str, str]]:
        """The rows by the first column of the key."""
        return {record[self.schema.key[0]]: record for record in self.records}

    @cached_property
    def names(self) -> dict[str, str]:
        """The keys by all that their rows are called, folded; blank for a name that two rows share."""
        called, form = (self.keys, *map(self.column, ("label", "name", "other_names", "title"))), self.schema[self.schema.key[0]].pattern
        pairs = ((name, key) for cells in called for key, cell in zip(self.keys, cells, strict=False) for name in cell.split(SEPARATOR))
        return named((name, key) for name, key in pairs if not form or re.fullmatch(form, key))

    def knows(self, key: str) -> bool:
        """Whether the key is in the file; True too where the line or the file could not be read."""
        return key in self.places or key in self.reading.set_aside or not self.reading.usable

    def cells(self, column: str) -> dict[str, str]:
        """The cells of a column by the keys of their rows."""
        return dict(zip(self.keys, self.column(column), strict=True))


@dataclass
class Dataset:
    """All tables of one repository. `faults` are those of the layout with their file; `fingerprints` fills as it is asked.

    `memory` is what a warm process keeps; the tables then note which of them are asked for.
    """

    root: Path
    schemas: dict[str, Schema]
    tables: dict[str, Table] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    memory: Memory | None = None

    @property
    def facts(self) -> list[Table]:
        """The fact tables: neither ledgers nor files of a shared kind."""
        return [table for table in self.tables.values() if table.kind not in (*SHARED, *LEDGERS)]

    def of_kind(self, kind: str) -> list[Table]:
        """The files that share a schema."""
        self._note(f"{kind}/")
        return [table for table in dict.values(self.tables) if table.kind == kind]

    def _note(self, name: str) -> None:
        if isinstance(self.tables, Noted):
            self.tables.noted.add(name)

    def get(self, name: str) -> Table:
        """A table by its name; an empty, unusable one where the file is missing."""
        kind = name.partition("/")[0]
        if kind not in self.schemas:
            raise SchemaError(f"there is no schemas/{kind}.json, which rules ask for; restore it")
        schema = self.schemas[kind]
        return self.tables.get(name) or Table(name, f"data/{name}.csv", schema, Reading(usable=False))

    @property
    def evidence(self) -> dict[tuple[str, str, str], list[dict[str, str]]]:
        """Evidence rows by table, record and column."""
        self._note("evidence/")
        return self._evidence

    @cached_property
    def _evidence(self) -> dict[tuple[str, str, str], list[dict[str, str]]]:
        found: dict[tuple[str, str, str], list[dict[str, str]]] = {}
        for table in self.of_kind("evidence"):
            for record in table.records:
                found.setdefault((table.subject, record["row_id"], record["column"]), []).append(record)
        return found

    @property
    def excused(self) -> dict[tuple[str, str], set[str]]:
        """The records whose blank in a column has a reason in gaps.csv, by table and column."""
        self._note("gaps")
        return self._excused

    @cached_property
    def _excused(self) -> dict[tuple[str, str], set[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        gaps = self.get("gaps")
        for table, row, column in zip(*map(gaps.column, ("table", "row_id", "column")), strict=True):
            found.setdefault((table, column), set()).add(row)
        return found

    @property
    def proofs(self) -> dict[str, Counter[str]]:
        """Number of evidence rows by table and record."""
        self._note("evidence/")
        return self._proofs

    @cached_property
    def _proofs(self) -> dict[str, Counter[str]]:
        return {table.subject: Counter(table.column("row_id")) for table in self.of_kind("evidence")}


def _files(folder: Path) -> Iterator[str]:
    """Every file below a folder but hidden ones, by its path from there, in the order of these, however deep."""
    base = len(f"{folder}{os.sep}")
    waiting = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
    while waiting:
        entry = waiting.pop()
        if entry.is_dir(follow_symlinks=False):
            waiting += sorted(os.scandir(entry.path), key=lambda entry: entry.name, reverse=True)
        elif not entry.name.startswith("."):
            yield entry.path[base:].replace(os.sep, "/")


Parse = Callable[[Path, Schema], Reading]


def _read(path: Path, schema: Schema) -> Reading:
    return read(path.read_bytes(), schema)


def _content(path: Path, schema: Schema, memory: Memory | None, parse: Parse) -> tuple[Reading, str]:
    """What a file holds, and why it cannot be read if it cannot; a link could lead anywhere, and a pipe would never end."""
    if memory and not path.is_symlink():
        stamp = path.stat().st_mtime_ns
        if memory.readings.get(path, (0,))[0] == stamp:
            return memory.readings[path][1], ""
        reading, wrong = _content(path, schema, None, parse)
        if not wrong:
            memory.readings[path] = stamp, reading
        return reading, wrong
    if path.is_symlink() or not path.is_file():
        return Reading(usable=False), "a link" if path.is_symlink() else "no plain file"
    try:
        return parse(path, schema), ""
    except OSError as error:
        return Reading(usable=False), error.strerror or str(error)


def _unknown(file: str, tables: list[str], data: Path) -> Fault:
    """A file of no table; the nearest name is proposed where no file has it."""
    folder, stem = file.rpartition("/")[0], Path(file).name.partition(".")[0]
    close = f"{folder and folder + '/'}{near(stem, named((name, name) for name in tables))}.csv"
    missing = close not in (".csv", f"{folder}/.csv") and not (data / close).exists()
    remedy = f"rename it to data/{close} if that is meant, or remove it" if missing else ""
    return Fault("layout.unknown-file", 0, "", f"the file {file}", f"a table that schemas/ knows: {', '.join(tables)}", "", remedy)


def read_dataset(root: Path, memory: Memory | None = None, parse: Parse = _read) -> Dataset:
    """Read every CSV below data/, or what changed since it was kept. Raises SchemaError if the schemas cannot be used; bad data never raises."""
    last = memory.last if memory else None
    dataset = Dataset(root, last.schemas if last else read_schemas(root))
    own = [name for name in dataset.schemas if name not in SHARED]
    facts = [name for name in own if name not in LEDGERS]
    for file in _files(root / "data") if (root / "data").is_dir() else ():
        name = file.removesuffix(".csv")
        folder, _, stem = name.rpartition("/")
        kind = folder or stem
        known = facts if folder == "evidence" else [stem] if folder in SHARED else own
        if kind not in dataset.schemas or stem not in known or folder not in ("", *SHARED) or name == file:
            dataset.faults.append((f"data/{file}", _unknown(file, sorted(facts if folder == "evidence" else own), root / "data")))
            continue
        schema = dataset.schemas[kind]
        reading, wrong = _content(root / "data" / file, schema, memory, parse)
        dataset.faults += [
            (f"data/{file}", Fault("layout.unreadable", 0, "", wrong, "a file of the repository's own that can be read"))
        ] * bool(wrong)
        old = last.tables.get(name) if last else None
        dataset.tables[name] = old if old and old.reading is reading else Table(name, f"data/{name}.csv", schema, reading)
    lists = {f"codes/{column.codes}" for schema in dataset.schemas.values() for column in schema.columns if column.codes}
    wanted_files = [*own, *(f"evidence/{name}" for name in facts), *lists]
    for name in sorted(set(wanted_files) - set(dataset.tables)):
        dataset.faults.append((f"data/{name}.csv", Fault("layout.missing-file", 0, "", "no such file", "a file with at least the header")))
    if memory:
        memory.take(dataset)
    return dataset


def find_root(start: Path | None = None) -> Path:
    """The repository's root at or above a folder: where schemas/ and data/ are. Raises FileNotFoundError."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "schemas").is_dir() and (folder / "data").is_dir():
            return folder
    raise FileNotFoundError(f"no folder with schemas/ and data/ at or above {start}; go to the repository or say --root")


def frame(table: Table) -> "pandas.DataFrame":
    """A table as a DataFrame typed by its schema: text, Int64 and Float64, blanks missing, list columns as text.

    A number cell that is not a number is missing here; the check reports it.
    """
    import pandas

    columns = {}
    for column in table.schema.columns:
        cells = pandas.Series([cell or None for cell in table.column(column.name)], dtype="str")
        if column.type != "string":
            number = pandas.to_numeric(cells, errors="coerce").astype("Float64")
            whole = column.type == "integer" and bool((number.dropna() % 1 == 0).all())
            cells = number.astype("Int64") if whole else number
        columns[column.name] = cells
    return pandas.DataFrame(columns)


def load(name: str, root: Path | None = None) -> "pandas.DataFrame":
    """Load one table, such as "contracts", "evidence/contracts" or "codes/bounds", for analysis.

    Raises KeyError for an unknown table and ValueError where the file cannot be read whole.
    """
    root = root or find_root()
    schemas = read_schemas(root)
    path = root / "data" / f"{name}.csv"
    if not path.is_file() or name.partition("/")[0] not in schemas:
        raise KeyError(f"no table {name}; there are {', '.join(sorted(p.stem for p in (root / 'data').glob('*.csv')))}")
    schema = schemas[name.partition("/")[0]]
    reading = read(path.read_bytes(), schema)
    if reading.faults:
        raise ValueError(f"data/{name}.csv is not in order ({reading.faults[0].found}); run “mutuals check”")
    return frame(Table(name, f"data/{name}.csv", schema, reading))
