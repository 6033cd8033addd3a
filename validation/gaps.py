"""Absence: each expected blank has its reason, and no reason outlives its blank."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.nearest import looking, named, said
from mutuals.rules import cell_at, rule
from mutuals.tables import SHARED, Dataset, Table


@rule(
    "gaps.missing",
    "all",
    "A blank in an expected column has its reason in gaps.csv.",
    "fill the cell, or add a row to data/gaps.csv: not_stated, looked_not_found or not_applicable",
    sees="record",
)
def missing(table: Table, data: Dataset) -> Iterator[Fault]:
    """A blank that says nothing."""
    gaps = data.get("gaps")
    if not gaps.reading.usable:
        return
    if table.name in gaps.reading.set_aside:
        return
    for column in (column for column in table.schema.columns if column.expected):
        excused = data.excused.get((table.name, column.name), set())
        for at, (id, text) in enumerate(zip(table.keys, table.column(column.name), strict=True)):
            if not text and id not in excused:
                yield cell_at(table, at, column).fault("gaps.missing", "a blank without a reason", "a value, or a reason in data/gaps.csv")


@rule(
    "gaps.unneeded",
    "gaps",
    "Each row of gaps.csv explains a cell that is blank and expected.",
    "remove the row, or blank the cell",
    sees="record",
    far=True,
)
def unneeded(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reason for a cell that is filled, not expected, or not there."""
    subjects = {name: data.get(name) for name in data.schemas if name not in (*SHARED, "gaps", "tombstones")}
    like = looking(lambda: named((name, name) for name in subjects))
    rows = zip(table.reading.lines, *map(table.column, ("table", "row_id", "column")), strict=True)
    for line, name, id, column_name in rows:
        subject = subjects.get(name)
        if subject is None:
            yield Fault("gaps.unneeded", line, "table", shown(name), "the name of a table", id, said(like(name), "remove the row"))
            continue
        column = subject.schema.by_name.get(column_name)
        at = subject.places.get(id)
        if column is None or not column.expected:
            yield Fault("gaps.unneeded", line, "column", shown(column_name), f"an expected column of {subject.file}", id)
        elif at is None and not subject.knows(id):
            yield Fault("gaps.unneeded", line, "row_id", shown(id), f"a key of {subject.file}", id)
        elif at is not None and (text := subject.column(column_name)[at]):
            yield Fault("gaps.unneeded", line, "column", f"a reason for {shown(text)}", "a blank cell", id)


@rule(
    "gaps.search",
    "gaps",
    "A “looked, not found” says where and when, so that the next person need not look there again.",
    "fill where_looked and date_looked",
    sees="row",
)
def search(table: Table, data: Dataset) -> Iterator[Fault]:
    """A search that nobody could repeat."""
    for line, gap in table.numbered:
        for name in ("where_looked", "date_looked"):
            if gap["reason_code"] == "looked_not_found" and not gap[name]:
                yield Fault("gaps.search", line, name, "a blank", "where and when was looked", gap["row_id"])
