"""What a release holds: every table as it stands in data/, and the same again wide and long, each with its schema.

Formats write the parts of a release and know nothing else of the record; a part's schema says all that they need.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from mutuals.edition import Edition, edition
from mutuals.schema import Column, Schema
from mutuals.tables import Dataset, Table, read_dataset

NAME, STEM = "Spun Out", "spun-out"
PURPOSE = "The open record of UK public service mutuals: what was promised, what happened, and who says so."
FACTS, WORDS = "CC-BY-4.0", "LicenseRef-Quotations"
NAMED = ("name", "title", "statement", "text")  # the columns that say what a record is called
Value = str | int | float | None


def value(column: Column, cell: str) -> Value:
    """A cell as its schema types it; None where it is blank."""
    if not cell or column.type in ("string", "date"):
        return cell or None
    return float(cell) if "." in cell else int(cell)


@dataclass(frozen=True)
class Link:
    """A column whose values are keys of another part."""

    column: Column
    part: str
    target: str


@dataclass(frozen=True)
class Part:
    """One table of a release: its name in every format, its CSV file, its schema, and its cells by column.

    `group` is one of data, evidence, codes, wide and long; `subject` is the table that evidence is about.
    """

    name: str
    path: str
    group: str
    schema: Schema
    columns: dict[str, list[str]]
    subject: str = ""

    @property
    def count(self) -> int:
        """The number of rows."""
        return len(self.columns.get(self.schema.key[0], ()))

    @property
    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows as text, in the order of the file."""
        return zip(*(self.columns[name] for name in self.schema.header), strict=True) if self.count else iter(())

    @property
    def typed(self) -> Iterator[list[Value]]:
        """The rows as values; a list is its text."""
        columns = self.schema.columns
        return ([value(column, cell) for column, cell in zip(columns, row, strict=True)] for row in self.rows)

    @property
    def licence(self) -> str:
        """Under what it may be used, in the words of SPDX; what it quotes is not ours to license."""
        verbatim = any(column.reading == "verbatim" or column.name == "as_read" for column in self.schema.columns)
        quoting = verbatim or self.name in ("quotes", "errata", "wide_quotes", "second_readings")
        return f"{FACTS} AND {WORDS}" if quoting else FACTS


def named(of: Part | Table) -> str:
    """The column that says what a record of a table of facts is called."""
    return next(name for name in NAMED if name in of.schema.by_name)


@dataclass(frozen=True)
class Release:
    """One state of the record, ready to be written in any format."""

    data: Dataset
    edition: Edition

    @property
    def root(self) -> Path:
        """The repository."""
        return self.data.root

    @cached_property
    def canonical(self) -> list[Part]:
        """The tables as they stand in data/, but for the fingerprints: facts first, then ledgers, evidence, code lists."""
        tables = [t for t in self.data.tables.values() if t.kind != "fingerprints"]
        groups = {"evidence": 2, "codes": 3}
        facts = {table.name for table in self.data.facts}
        tables.sort(key=lambda table: (groups.get(table.kind, int(table.name not in facts)), table.name))
        return [_part(table) for table in tables]

    @cached_property
    def parts(self) -> list[Part]:
        """All parts: the canonical ones, then the wide and the long ones, which are made of them."""
        from mutuals.exports.depths import long, wide

        return [*self.canonical, *(wide(self.data, table) for table in self.data.facts), *long(self.data)]

    def group(self, name: str) -> list[Part]:
        """The parts of a group."""
        return [part for part in self.parts if part.group == name]

    def links(self, part: Part) -> list[Link]:
        """What the columns of a part refer to; wide and long parts repeat those of others and refer to nothing."""
        if part.group in ("wide", "long"):
            return []
        keys = {name: schema.key[0] for name, schema in self.data.schemas.items()}
        found = [Link(c, c.refers_to, keys[c.refers_to]) for c in part.schema.columns if c.refers_to]
        found += [Link(c, f"codes_{c.codes}", "code") for c in part.schema.columns if c.codes]
        if part.group == "codes":
            found.append(Link(part.schema["broader"], part.name, "code"))
        if part.group == "evidence":
            found.append(Link(part.schema["row_id"], part.subject, keys[part.subject]))
        return found

    def __getitem__(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)


def _part(table: Table) -> Part:
    """A table as a part, with the texts of its schema said of itself where a schema is shared."""
    group = table.kind if table.kind in ("evidence", "codes") else "data"
    schema = table.schema
    if group != "data":
        title = f"{schema.title}: {table.subject.replace('_', ' ')}"
        schema = replace(schema, name=table.name.replace("/", "_"), title=title)
    columns = {name: table.column(name) for name in schema.header}
    return Part(schema.name, table.file, group, schema, columns, table.subject if group == "evidence" else "")


def read(root: Path) -> Release:
    """The release of the repository at `root`, whose gate must have passed."""
    return of(read_dataset(root))


def of(data: Dataset) -> Release:
    """The release of tables that were read."""
    edition.cache_clear()
    return Release(data, edition(data.root))
