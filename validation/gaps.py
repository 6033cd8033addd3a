"""Absence: each expected blank has its reason, and no reason outlives its blank."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import cells, rule
from mutuals.tables import SHARED, Dataset, Table


@rule(
    "gaps.missing",
    "all",
    "A blank in an expected column has its reason in gaps.csv.",
    "fill the cell, or add a row to data/gaps.csv: not_stated, looked_not_found or not_applicable",
)
def missing(table: Table, data: Dataset) -> Iterator[Fault]:
    """A blank that says nothing."""
    gaps = data.get("gaps")
    if not gaps.reading.usable:
        return
    for cell in cells(table, lambda column: column.expected):
        if not cell.text and (table.name, cell.id, cell.column.name) not in data.excused and table.name not in gaps.reading.set_aside:
            yield cell.fault("gaps.missing", "a blank without a reason", "a value, or a reason in data/gaps.csv")


@rule("gaps.unneeded", "gaps", "Each row of gaps.csv explains a cell that is blank and expected.", "remove the row, or blank the cell")
def unneeded(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reason for a cell that is filled, not expected, or not there."""
    subjects = {name: data.get(name) for name in data.schemas if name not in (*SHARED, "gaps", "tombstones")}
    for line, gap in table.numbered:
        subject = subjects.get(gap["table"])
        if subject is None:
            yield Fault("gaps.unneeded", line, "table", shown(gap["table"]), "the name of a table", gap["row_id"])
            continue
        columns = {column.name: column for column in subject.schema.columns}
        record, column = subject.by_key.get(gap["row_id"]), columns.get(gap["column"])
        if column is None or not column.expected:
            yield Fault("gaps.unneeded", line, "column", shown(gap["column"]), f"an expected column of {subject.file}", gap["row_id"])
        elif record is None and not subject.knows(gap["row_id"]):
            yield Fault("gaps.unneeded", line, "row_id", shown(gap["row_id"]), f"a key of {subject.file}", gap["row_id"])
        elif record is not None and record[column.name]:
            yield Fault("gaps.unneeded", line, "column", f"a reason for {shown(record[column.name])}", "a blank cell", gap["row_id"])


@rule(
    "gaps.search",
    "gaps",
    "A “looked, not found” says where and when, so that the next person need not look there again.",
    "fill where_looked and date_looked",
)
def search(table: Table, data: Dataset) -> Iterator[Fault]:
    """A search that nobody could repeat."""
    for line, gap in table.numbered:
        for name in ("where_looked", "date_looked"):
            if gap["reason_code"] == "looked_not_found" and not gap[name]:
                yield Fault("gaps.search", line, name, "a blank", "where and when was looked", gap["row_id"])
