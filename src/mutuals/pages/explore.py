"""The table explorer: each table whole on a page of its own, as plain HTML; a script adds sorting, filters and choice of columns."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mutuals.dates import bounds, is_date
from mutuals.pages.lists import LEDES, Pages
from mutuals.pages.search import TABLES, plain
from mutuals.pages.view import NAMES, View
from mutuals.schema import Column
from mutuals.tables import Table

# Machine columns that no reader compares; they are in the CSV file.
LEFT_OUT = ("sha256", "normaliser")
# A quotation is too long to head its row.
HEADS = {**NAMES, "quotes": "quote_id"}
SCRIPTS = ["_static/explore.js"]
RARE = 0.1  # share of rows below which a column is not shown until it is asked for


@dataclass(frozen=True)
class Cell:
    """One cell: what is shown, what the file has where that differs, and what it is sorted by where that differs again."""

    shown: Markup
    raw: str
    sort: str


def _shown(view: View, column: Column, cell: str, base: str) -> Markup:
    if column.refers_to or cell.startswith(("http://", "https://")):
        return view.cell(column, cell, base)
    return Markup("{}").format(plain(view, column, cell))


def _cell(view: View, column: Column, cell: str, base: str) -> Cell:
    """A cell; a date is sorted by the last and then the first day that it may mean, as the timeline is."""
    shown = _shown(view, column, cell, base)
    sort = "/".join(day.isoformat() for day in bounds(cell)[::-1]) if "date" in column.name and is_date(cell) else ""
    return Cell(shown, cell if shown.striptags() != cell else "", sort)


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


def _page(view: View, table: Table) -> dict[str, Any]:
    base, shown, key = "../", columns(table), table.schema.key[0]
    rows = []
    for record in table.records:
        head, *rest = [_cell(view, column, record[column.name], base) for column in shown]
        link = Markup('<a href="{}{}">{}</a>').format(base, view.address(table.name, record[key]), head.shown)
        rows.append((Cell(link, head.raw, head.sort), rest))
    hidden = quiet(table, shown)
    return {
        "table": table,
        "lede": LEDES.get(table.name) or table.schema.description,
        "columns": [(column, kind(column), column.name in hidden) for column in shown],
        "rows": rows,
        "left_out": [name for name in LEFT_OUT if name in table.schema.header],
        "scripts": SCRIPTS,
    }


def pages(view: View) -> Pages:
    """A page for each table, and one that lists them and sends explore.html?table=… on."""
    tables = [view.data.get(name) for name in TABLES]
    made: Pages = {f"explore/{table.name}": ("explore.html", _page(view, table)) for table in tables}
    ledes = [(table, LEDES.get(table.name) or table.schema.description) for table in tables]
    return {"explore": ("explorer.html", {"tables": ledes, "scripts": SCRIPTS}), **made}
