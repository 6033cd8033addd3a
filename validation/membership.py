"""Membership: a coded cell holds a code of its list, a reference the key of a row that exists."""

from collections.abc import Callable, Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.nearest import looking, said
from mutuals.remedies import of_cell
from mutuals.rules import cells, rule
from mutuals.schema import Column
from mutuals.tables import Dataset, Table


def _strangers(id: str, table: Table, data: Dataset, target: Callable[[Column], str], wanted: str, rest: str) -> Iterator[Fault]:
    """Values that the table named by `target` does not have; one that could not be read is not held against them."""

    def unknown(column: Column, text: str) -> list[str]:
        other = data.get(target(column))
        return [item for item in column.items(text) if not other.knows(item)]

    nearest = {column.name: looking(lambda column=column: data.get(target(column)).names) for column in table.schema.columns}
    for cell in cells(table, lambda column: bool(target(column)), lambda column, text: bool(unknown(column, text))):
        column, strangers = cell.column, unknown(cell.column, cell.text)
        meant, key = of_cell(column, cell.text, data), nearest[column.name](strangers[0])
        remedy = meant.remedy if meant.text and not unknown(column, meant.text) else said(key, rest)
        yield cell.fault(id, " and ".join(map(shown, strangers)), f"{wanted} of {data.get(target(column)).file}", remedy)


@rule(
    "schema.code",
    "all",
    "A coded cell holds a code of its list.",
    "choose a code of the list, or add one to it",
    early=True,
    sees="row",
    far=True,
)
def code(table: Table, data: Dataset) -> Iterator[Fault]:
    """A code of no list."""
    rest = "choose another code of the list"
    yield from _strangers("schema.code", table, data, lambda column: column.codes and f"codes/{column.codes}", "a code", rest)


@rule(
    "schema.reference",
    "all",
    "A reference points to a row that exists.",
    "correct the key, or add the row that it points to",
    early=True,
    sees="row",
    far=True,
)
def reference(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reference to nothing."""
    rest = "add the row that it points to"
    yield from _strangers("schema.reference", table, data, lambda column: column.refers_to, "a key", rest)
