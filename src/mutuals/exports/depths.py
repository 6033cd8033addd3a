"""The two depths: wide tables for people who want to chart, and long ones for people who want to know.

A wide table is a table of facts with codes and keys in words beside them, the first and the last day that a date may
mean, and how many sources contradict the row. The long ones put all evidence, and all code lists, into one table each.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from mutuals.dates import bounds, is_date
from mutuals.exports.release import Part, named
from mutuals.schema import SEPARATOR, Column, Schema
from mutuals.tables import Dataset, Table

Made = tuple[Column, list[str]]


def _column(name: str, like: Column, title: str, description: str, type: str = "string") -> Column:
    """A column that repeats another in another form."""
    return Column(name, title, description, type, "", "derived", many=like.many and type == "string", rule="in_words")


def _in_words(column: Column, cells: list[str], names: dict[str, str], ending: str, of: str) -> Made:
    """Keys or codes as what they are called; for a list, one by one."""
    stem = column.name.removesuffix("s").rpartition("_")[0] if column.name.endswith(("_id", "_ids", "_code", "_codes")) else column.name
    name = f"{stem}_{ending}{'s' if column.many else ''}"
    said = {cell: SEPARATOR.join(names.get(item, item) for item in column.items(cell)) for cell in set(cells)}
    return _column(name, column, f"{column.title}, in words", f"{column.name} in words: {of}."), [said[cell] for cell in cells]


def _days(column: Column, cells: list[str]) -> list[Made]:
    """The first and the last day that a date may mean; blank where that end is open."""
    found = {cell: bounds(cell) if is_date(cell) else None for cell in set(cells)}
    made = []
    for at, (word, name) in enumerate((("first", "earliest"), ("last", "latest"))):
        of = _column(f"{column.name}_{name}", column, f"{column.title}, {name}", f"The {word} day that {column.name} may mean.", "date")
        days = {cell: day.isoformat() if both and 1 < (day := both[at]).year < 9999 else "" for cell, both in found.items()}
        made.append((of, [days[cell] for cell in cells]))
    return made


def _beside(data: Dataset, column: Column, cells: list[str]) -> list[Made]:
    """What a wide table has beside a column."""
    if column.codes:
        return [_in_words(column, cells, data.get(f"codes/{column.codes}").cells("label"), "label", "the label of the code")]
    if column.refers_to:
        of = data.get(column.refers_to)
        return [_in_words(column, cells, of.cells(named(of)), "name", f"what {of.name} calls it")]
    return _days(column, cells) if column.is_date else []


def wide(data: Dataset, table: Table) -> Part:
    """A table of facts, a row a record, with what it takes to chart it without joining anything."""
    made: list[Made] = []
    for column in table.schema.columns:
        made += [(column, table.column(column.name)), *_beside(data, column, table.column(column.name))]
    evidence = data.get(f"evidence/{table.name}")
    pairs = zip(evidence.column("row_id"), evidence.column("relation"), strict=True)
    against = Counter(id for id, relation in pairs if relation == "contradicts")
    title, description = "Contradictions", "Number of evidence rows that say something else than the record."
    contradictions = replace(table.schema["proofs"], name="contradictions", title=title, description=description, rule="contradictions")
    made.append((contradictions, [str(against[key]) for key in table.keys]))
    says = f"{table.schema.description} A row a record, with codes and keys in words, and the days that dates may mean."
    schema = Schema(f"wide_{table.name}", f"{table.schema.title}, wide", says, tuple(column for column, _ in made), table.schema.key)
    return Part(schema.name, f"wide/{table.name}.csv", "wide", schema, {column.name: cells for column, cells in made})


def _stacked(parts: list[Table], first: Column, more: Callable[[Table], list[Made]], name: str, says: str) -> Part:
    """Tables of one schema below one another, with the name of each in the first column and more beside each."""
    schema, columns = parts[0].schema, {}
    own = [replace(column, unique=False) for column in schema.columns]
    beside: list[Column] = []
    for table in parts:
        made = [(first, [table.subject] * len(table.keys)), *((c, table.column(c.name)) for c in own), *more(table)]
        beside = [column for column, _ in made]
        for column, cells in made:
            columns.setdefault(column.name, []).extend(cells)
    whole = Schema(f"{name}_all", f"{schema.title}, all", says, tuple(beside), (first.name, *schema.key))
    return Part(whole.name, f"long/{name}.csv", "long", whole, columns)


def long(data: Dataset) -> list[Part]:
    """All evidence in one table, with the names of its records and sources; and all code lists in one."""
    sources = data.get("sources")
    titles, urls = sources.cells("title"), sources.cells("url")
    publishers = dict(zip(sources.keys, _beside(data, sources.schema["publisher_id"], sources.column("publisher_id"))[0][1], strict=True))
    dates = sources.cells("date_published")

    def of(name: str, title: str, description: str, cells: list[str]) -> Made:
        return Column(name, title, description, "string", "", "derived", rule="in_words"), cells

    def more(table: Table) -> list[Made]:
        names, keys = data.get(table.subject).cells(named(data.get(table.subject))), table.column("source_id")
        return [
            of("record_name", "Record, in words", "What the record is called.", [names.get(id, "") for id in table.column("row_id")]),
            of("source_title", "Title of the source", "The title of the source.", [titles.get(key, "") for key in keys]),
            of("source_publisher", "Publisher", "Who published the source.", [publishers.get(key, "") for key in keys]),
            of("source_date", "Date of the source", "When the source was published (EDTF).", [dates.get(key, "") for key in keys]),
            of("source_url", "Address of the source", "Where the source was read.", [urls.get(key, "") for key in keys]),
        ]

    subject = Column("table", "Table", "The table whose record is proved.", "string", "contracts", "record", required=True)
    listed = Column("list", "List", "The list that has the code.", "string", "bounds", "record", required=True)
    says = "Who says so: one row for each cell of any table and source, with the names of both."
    return [
        _stacked(data.of_kind("evidence"), subject, more, "evidence", says),
        _stacked(data.of_kind("codes"), listed, lambda table: [], "codes", "Every code list, one below the other."),
    ]
