"""Membership: a coded cell holds a code of its list, a reference the key of a row that exists."""

from collections.abc import Callable, Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import cells, rule
from mutuals.schema import Column
from mutuals.tables import Dataset, Table


def _strangers(id: str, table: Table, data: Dataset, target: Callable[[Column], str], wanted: str) -> Iterator[Fault]:
    """Values that the table named by `target` does not have; one that could not be read is not held against them."""

    def unknown(column: Column, text: str) -> list[str]:
        other = data.get(target(column))
        return [item for item in column.items(text) if not other.knows(item)]

    for cell in cells(table, lambda column: bool(target(column)), lambda column, text: bool(unknown(column, text))):
        found = " and ".join(map(shown, unknown(cell.column, cell.text)))
        yield cell.fault(id, found, f"{wanted} of {data.get(target(cell.column)).file}")


@rule("schema.code", "all", "A coded cell holds a code of its list.", "choose a code of the list, or add one to it", early=True, sees="row")
def code(table: Table, data: Dataset) -> Iterator[Fault]:
    """A code of no list."""
    yield from _strangers("schema.code", table, data, lambda column: column.codes and f"codes/{column.codes}", "a code")


@rule(
    "schema.reference",
    "all",
    "A reference points to a row that exists.",
    "correct the key, or add the row that it points to",
    early=True,
    sees="row",
)
def reference(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reference to nothing."""
    yield from _strangers("schema.reference", table, data, lambda column: column.refers_to, "a key")
