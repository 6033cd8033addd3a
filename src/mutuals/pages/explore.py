"""The table explorer: each table as plain pages of rows; a script brings the whole to sort, filter, narrow and download."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mutuals.dates import bounds, is_date
from mutuals.pages.lists import LEDES
from mutuals.pages.search import TABLES, plain
from mutuals.pages.view import NAMES, View
from mutuals.schema import Column
from mutuals.tables import Table

# Machine columns that no reader compares; they are in the CSV file.
LEFT_OUT = ("sha256", "normaliser")
# A quotation is too long to head its row.
HEADS = {**NAMES, "quotes": "quote_id"}
FOLDER = "explore/"
SCRIPTS = ["_static/explore.js"]
RARE = 0.1  # share of rows below which a column is not shown until it is asked for
ROWS = 40  # of a page, so that the heaviest table stays below the budget of a page


@dataclass(frozen=True)
class Cell:
    """One cell: its words, each part with where it leads or a blank; the cell of the file; what it is sorted by if that differs."""

    parts: tuple[tuple[str, str], ...]
    raw: str
    sort: str = ""

    def data(self) -> Any:
        """The cell as the script has it: a text that is its own value, or what differs from that, by letter."""
        linked = any(href for _, href in self.parts)
        shown = "; ".join(text for text, _ in self.parts)
        what = {"t": self.parts if linked else shown, "v": self.raw if self.raw != shown else None, "s": self.sort or None}
        kept = {name: value for name, value in what.items() if value is not None}
        return shown if list(kept) == ["t"] and not linked else kept


def _cell(view: View, column: Column, cell: str, base: str, href: str = "") -> Cell:
    """A cell; a date is sorted by the last and then the first day that it may mean, as the timeline is."""
    if column.refers_to and not href:
        parts = tuple((view.name(column.refers_to, item), base + view.address(column.refers_to, item)) for item in column.items(cell))
    elif cell.startswith(("http://", "https://")):
        parts = tuple((item, item) for item in column.items(cell))
    else:
        parts = ((plain(view, column, cell), href),) if cell or href else ()
    sort = "/".join(day.isoformat() for day in bounds(cell)[::-1]) if "date" in column.name and is_date(cell) else ""
    return Cell(parts, cell, sort)


def kind(column: Column) -> str:
    """How a column is sorted and filtered: as number, date, code or text."""
    if column.codes:
        return "code"
    if column.type != "string":
        return "number"
    return "date" if "date" in column.name else "text"


def columns(table: Table) -> list[Column]:
    """The columns in the order shown: the one that heads the rows, then all others as in the file."""
    head = table.schema[HEADS.get(table.name, "name")]
    return [head, *(column for column in table.schema.columns if column != head and column.name not in LEFT_OUT)]


def quiet(table: Table, shown: list[Column]) -> list[str]:
    """Names of the columns that a script hides at first: keys beside a name, what is almost always blank, counts of proofs."""
    rows = max(1, len(table.records))
    return [
        column.name
        for column in shown[1:]
        if column.states == "key" or column.name == "proofs" or sum(bool(row[column.name]) for row in table.records) < RARE * rows
    ]


def _choices(view: View, table: Table, column: Column) -> list[tuple[str, str, int]]:
    """What a filter offers: each code of a column, by its label, with its number of rows; blanks under a blank."""
    if not column.codes:
        return []
    counts = Counter(item for row in table.records for item in column.items(row[column.name]) or [""])
    labelled = [(code, view.label(column.codes, code) if code else "", number) for code, number in counts.items()]
    return sorted(labelled, key=lambda choice: choice[1].casefold())


def rows(view: View, table: Table, first: int = 0, most: int | None = None) -> list[list[Cell]]:
    """The cells of a table's rows, or of so many from the first on, in the order shown, as pages below `explore/` have them."""
    (head, *rest), key, found = columns(table), table.schema.key[0], []
    for record in table.records[first : None if most is None else first + most]:
        address = "../" + view.address(table.name, record[key])
        cells = [_cell(view, column, record[column.name], "../") for column in rest]
        found.append([_cell(view, head, record[head.name], "../", address), *cells])
    return found


def _addresses(table: Table) -> list[str]:
    """The pages that a table takes."""
    pages = -(-max(1, len(table.records)) // ROWS)
    return [f"{FOLDER}{table.name}" + (f"-{n}" if n > 1 else "") for n in range(1, pages + 1)]


def _context(view: View, table: Table, number: int) -> dict[str, Any]:
    """A page of a table, which leads to the others without a script."""
    shown = columns(table)
    hidden = quiet(table, shown)
    return {
        "table": table,
        "lede": LEDES.get(table.name) or table.schema.description,
        "columns": [(column, kind(column), column.name in hidden, json.dumps(_choices(view, table, column))) for column in shown],
        "rows": rows(view, table, number * ROWS, ROWS),
        "first": number * ROWS,
        "left_out": [name for name in LEFT_OUT if name in table.schema.header],
        "others": _addresses(table),
        "scripts": SCRIPTS,
    }


def script(view: View, path: str) -> str | None:
    """A whole table as a script, since a page opened from a folder may load nothing else; None for any other path."""
    name = path.removeprefix(FOLDER).removesuffix(".js")
    if name not in TABLES or path != f"{FOLDER}{name}.js":
        return None
    cells = rows(view, view.data.get(name))
    lines = (json.dumps([cell.data() for cell in row], ensure_ascii=False, separators=(",", ":")) for row in cells)
    return "window.spunTable=[\n" + ",\n".join(lines) + "\n];\n"


def write(site: Path, view: View) -> None:
    """Write the whole tables beside their pages."""
    for path in (f"{FOLDER}{name}.js" for name in TABLES):
        (site / path).write_text(script(view, path) or "", encoding="utf-8", newline="\n")


def pages(view: View) -> dict[str, tuple[str, Callable[[], dict]]]:
    """The pages of each table, and one that lists the tables and sends explore.html?table=… on."""
    tables = [view.data.get(name) for name in TABLES]
    ledes = [(table, LEDES.get(table.name) or table.schema.description) for table in tables]
    made = {
        address: ("explore.html", partial(_context, view, table, number))
        for table in tables
        for number, address in enumerate(_addresses(table))
    }
    return {"explore": ("explorer.html", partial(dict, tables=ledes, scripts=SCRIPTS)), **made}
