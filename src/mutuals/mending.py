"""Mending: what “mutuals format” puts right in the tables because it can be meant in one way only.

Cells whose meaning is beyond doubt (see `remedies`), and lines that lack blank cells at their end, as a spreadsheet
leaves them. Only commas are ever taken to be lost: a line is filled if no other place for them gives a row that its schema allows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from mutuals import dates
from mutuals.derived import recompute
from mutuals.remedies import of_cell
from mutuals.schema import TYPES, Column
from mutuals.tables import Dataset, Table

MOST_LETTERS = 300  # of a cell in which lost commas are looked for
Row = tuple[str, ...]
Change = tuple[int, str, str, str, str]


def _kind(table: Table, row: dict[str, str], column: Column, data: Dataset) -> Column:
    """The column that says what a cell holds: that of the subject where evidence repeats its value."""
    subject = data.get(table.subject) if table.kind == "evidence" else table
    named = subject.schema.by_name.get(row["column"], column) if table.kind == "evidence" else column
    at = subject.places.get(row["row_id"]) if table.kind == "evidence" else None
    return replace(named, many=False).of_row(row if at is None else subject.row(at))


def _sure(column: Column, text: str, data: Dataset) -> str:
    meant = of_cell(column, text, data) if text else None
    return meant.text if meant and meant.sure else text


def _cells(table: Table, data: Dataset) -> Iterator[Change]:
    """Put right the cells of a table that can be meant in one way only: line, column, old, new and why of each."""
    for column in table.schema.columns:
        varies = column.name == "value"  # its unit, or the column that it repeats, is of its row
        odd = {text: new for text in set(table.column(column.name)) if (new := _sure(column, text, data)) != text and not varies}
        for line, row in table.numbered if odd or varies else ():
            old = row[column.name]
            new = _sure(_kind(table, row, column, data), old, data) if varies else odd.get(old, old)
            if new != old:
                row[column.name] = new
                yield line, column.name, old, new, "the same in the form of its column"


def mend(table: Table, data: Dataset) -> list[Change]:
    """Put right what can be meant in one way only in a table that could be read whole, and compute its derived cells."""
    changes = list(_cells(table, data))
    return changes + [(*change, "computed from the tables") for change in recompute(table, data)]


def _fits(column: Column, text: str, data: Dataset) -> bool:
    """Whether a cell may stand in a column, by itself."""
    if not text:
        return not column.required
    if column.codes or column.refers_to:
        target = data.get(f"codes/{column.codes}" if column.codes else column.refers_to)
        return all(map(target.knows, column.items(text)))
    if column.is_date:
        return bool(re.match(r"[\d\[{.Y-]", text)) and len(text) < 60 and dates.is_date(text)
    return bool(re.fullmatch(column.pattern or TYPES[column.type] or ".*", text))


def whole(cells: list[str], width: int, fits: Callable[[int, str], bool]) -> Row | None:
    """The one row that gives these cells when some of its commas are lost; None if there is none, or several, or a cell is too long."""

    @cache
    def cut(text: str, at: int, count: int) -> set[Row]:
        """Ways to cut a cell into pieces for so many columns; two of them at most, as two are too many."""
        if count == 1:
            return {(text,)} if fits(at, text) else set()
        if len(text) > MOST_LETTERS:
            return {("",) * count, (text,) * count}
        found: set[Row] = set()
        for end in range(len(text), -1, -1):
            if len(found) < 2 and fits(at, text[:end]):
                found |= {(text[:end], *rest) for rest in cut(text[end:], at + 1, count - 1)}
        return found

    @cache
    def rows(first: int, at: int) -> set[Row]:
        """Ways to put the cells from one on into the columns from one on."""
        if first == len(cells):
            return {()} if at == width else set()
        found: set[Row] = set()
        for count in range(1, width - at - len(cells) + first + 2):
            if len(found) < 2 and (rest := rows(first + 1, at + count)):
                found |= {head + tail for head in cut(cells[first], at, count) for tail in rest}
        return found

    found = rows(0, 0)
    return found.pop() if len(found) == 1 else None


def fill(table: Table, data: Dataset) -> None:
    """Fill the lines of a table that only lack blank cells at their end; all of them, or none."""
    reading, columns = table.reading, list(table.schema.columns)
    fits = cache(lambda at, text: _fits(columns[at], text, data))
    rows = {line: whole(cells, len(columns), fits) for line, cells in reading.short.items()}
    if any(row is None or row[: len(reading.short[line])] != tuple(reading.short[line]) for line, row in rows.items()):
        return
    for line, row in sorted(rows.items()):
        reading.lines.append(line)
        reading.filled.add(line)
        for name, cell in zip(reading.columns, row or (), strict=True):
            reading.columns[name].append(cell)
    reading.set_aside.clear()
    data.tables[table.name] = replace(table)
