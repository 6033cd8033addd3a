"""The workbook, after the British government's guidance on spreadsheets: cover, contents, notes, codebook, one marked table a sheet.

Every text is written as text, so that no cell becomes a formula or a link; numbers are numbers, days that are exact are
days, and dates that are not (EDTF) are text. Nothing is merged, hidden or told by colour.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutuals.dates import spoken
from mutuals.exports import citation
from mutuals.exports.files import Item
from mutuals.exports.licences import HOLDER, short
from mutuals.exports.release import FACTS, NAME, PURPOSE, STEM, WORDS, Part, Release
from mutuals.schema import Column

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

FILE = f"{STEM}.xlsx"
MOST_ROWS, MOST_TEXT = 1_048_576, 32_767  # what a sheet and a cell can hold
MOST_CELLS = 10_000_000  # of all sheets: a workbook of more is more than people can open, or a machine hold while it writes
TOP = 3  # rows above a table: its title, what it is, and how it is to be read
CUT = " … (cut: a cell of a workbook holds no more; the other files have it whole)"
TEXT = Column("", "", "", "string", "", "record")
NOTES = {
    "Blank cells": "A blank cell says that there is no value. The sheet gaps says why, where a value was to be expected.",
    "Dates": "Dates are EDTF (ISO 8601-2), never more precise than the source: 2010-08-12 is a day, 2012-06 a month, 2012 a year, 2011-11~ about a month, "
    "[..2011-11-13] a day not later than that one. Columns that end in earliest and latest hold the first and the last day that a date may mean.",
    "Lists": "Several values in one cell are parted by a semicolon and a space.",
    "Codes": "A column that ends in code holds a short code; the column beside it that ends in label says it in words, and the sheet codes explains it.",
    "Keys": "A column that ends in id holds the key of a record; it is given once and never reused. The column beside it that ends in name says it in words.",
    "Sums": "Sums of money are pounds sterling as printed, not adjusted for inflation.",
    "Evidence": "The sheet evidence says who states each fact: the source, its paragraph, and the words as printed. Contradictions are kept there.",
    "Quotations": "Quoted words stay those of who said or printed them. They are short, named with their source, and kept for criticism and review.",
}  # fmt: skip


def fitting(text: str) -> str:
    """A text as a cell can hold it; Excel counts as UTF-16 does."""
    if len(text.encode("utf-16-le")) // 2 <= MOST_TEXT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MOST_TEXT - len(CUT))].decode("utf-16-le", errors="ignore")
    return kept + CUT


class Book:
    """A workbook as it is written."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self.book = book
        plain = {"font_name": "Arial", "font_size": 12, "valign": "top"}
        self.plain = book.add_format({**plain})
        self.wrapped = book.add_format({**plain, "text_wrap": True})
        self.head = book.add_format({**plain, "bold": True, "text_wrap": True})
        self.title = book.add_format({**plain, "bold": True, "font_size": 16})
        self.day = book.add_format({**plain, "num_format": "yyyy-mm-dd"})

    def cell(self, sheet: "Worksheet", row: int, at: int, column: Column, cell: str) -> None:
        """Write a cell as its type says; a number of more digits than a sheet keeps stays text."""
        if not cell:
            return
        if column.type in ("integer", "number") and len(cell.strip("-").replace(".", "")) <= 15:
            sheet.write_number(row, at, float(cell), self.plain)
        elif column.type == "date" and cell >= "1900-03-01":
            sheet.write_datetime(row, at, date.fromisoformat(cell), self.day)
        else:
            sheet.write_string(row, at, fitting(cell), self.plain)

    def sheet(self, name: str, title: str, says: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], count: int) -> None:
        """A sheet with one table, marked as a table, below its title and what it is."""
        sheet = self.book.add_worksheet(name)
        told = (title, says, f"This sheet has one table, of {count:,} rows. Blank cells are explained on the sheet Notes.")
        for row, text in enumerate(told):
            sheet.write_string(row, 0, fitting(text), self.plain if row else self.title)
        names = [column.name for column in columns]
        headers: list[dict[str, Any]] = [{"header": each, "header_format": self.head} for each in names]
        sheet.add_table(TOP, 0, TOP + max(count, 1), len(names) - 1, {"name": f"table_{name}".lower(), "columns": headers, "style": None})
        for at, column in enumerate(columns):
            long = column.name in ("note", "description", "text", "as_read", "statement", "scope", "title", "says")
            sheet.set_column(at, at, 60 if long else max(14, min(30, len(column.name) + 4)), self.plain)
        for row, cells in enumerate(rows, TOP + 1):
            for at, (column, cell) in enumerate(zip(columns, cells, strict=True)):
                self.cell(sheet, row, at, column, cell)
        sheet.freeze_panes(TOP + 1, 1)

    def cover(self, release: Release, sheets: list[tuple[str, Part]]) -> None:
        """The first sheet: what this is, of which day, under which terms."""
        sheet, said = self.book.add_worksheet("Cover"), citation.sentence(release.root, release.edition.version, release.edition.day)
        sheet.set_column(0, 0, 100, self.wrapped)
        sheet.write_string(0, 0, f"{NAME}: UK public service mutuals", self.title)
        lines = [
            PURPOSE,
            f"Version {release.edition.version}; a source was last read on {spoken(release.edition.day)}.",
            f"Made by {HOLDER}. {said['plain']}",
            f"Licence: {short(f'{FACTS} AND {WORDS}')}. Use the facts for anything, and say where they come from.",
            f"The sheet Contents names the {len(sheets):,} sheets with tables; Notes says how to read them; Codebook explains each column.",
            "Begin with the sheet spin_outs, which has a row for each body.",
        ]
        for row, text in enumerate(lines, 1):
            sheet.write_string(row, 0, text, self.wrapped)


def shown(release: Release) -> tuple[list[tuple[str, Part]], list[tuple[str, Part]]]:
    """The parts with the names of their sheets: those that fit, one after the other, and those that no longer do."""
    facts = [(part.name.removeprefix("wide_"), part) for part in release.group("wide")]
    known = {name for name, _ in facts}
    ledgers = [(part.name, part) for part in release.group("data") if part.name not in known]
    kept, left, cells = [], [], 0
    for name, part in [*facts, *ledgers, *((part.name.removesuffix("_all"), part) for part in release.group("long"))]:
        size = part.count * len(part.schema.header)
        fits = part.count <= MOST_ROWS - TOP - 1 and cells + size <= MOST_CELLS
        (kept if fits else left).append((name, part))
        cells += size if fits else 0
    return kept, left


def _front(book: Book, release: Release, sheets: list[tuple[str, Part]], left: list[tuple[str, Part]]) -> None:
    """Cover, contents, notes and codebook."""

    def columns(*names: str) -> list[Column]:
        return [Column(name, name, "", "integer" if name == "rows" else "string", "", "record") for name in names]

    book.cover(release, sheets)
    contents = [
        (name, part.schema.title.removesuffix(", wide"), str(part.count), part.schema.description, short(part.licence))
        for name, part in sheets
    ]
    told = "more than this workbook can hold: left out here, whole in the CSV, SQLite and Parquet files."
    contents += [(name, part.schema.title, str(part.count), f"{part.count:,} rows are {told}", short(part.licence)) for name, part in left]
    book.sheet("Contents", "Contents", "Every sheet that has a table of the record.", columns("sheet", "title", "rows", "description", "licence"), contents, len(contents))  # fmt: skip
    book.sheet("Notes", "Notes", "How the tables are to be read.", columns("about", "says"), list(NOTES.items()), len(NOTES))
    described = [
        (name, c.name, c.title, c.description, c.type, c.unit, c.codes, c.refers_to, "yes" if c.required else "no", c.states)
        for name, part in sheets
        for c in part.schema.columns
    ]
    names = ("sheet", "column", "title", "description", "type", "unit", "codes", "refers_to", "always_filled", "states")
    book.sheet("Codebook", "Codebook", "What each column of each sheet means.", columns(*names), described, len(described))


def write(release: Release, folder: Path) -> list[Item]:
    """Write the workbook; a table that no sheet can hold is left out, and named in the contents."""
    import xlsxwriter

    sheets, left = shown(release)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(folder / FILE, options) as workbook:
        workbook.set_properties({
            "title": f"{NAME}: UK public service mutuals", "subject": PURPOSE, "author": HOLDER, "company": "", "category": "Open data",
            "keywords": ", ".join(citation.given(release.root)["keywords"]), "comments": short(f"{FACTS} AND {WORDS}"),
            "created": datetime.fromisoformat(release.edition.day),
        })  # fmt: skip
        workbook.set_custom_property("Version", release.edition.version)
        workbook.set_custom_property("Licence", f"{FACTS} AND {WORDS}")
        book = Book(workbook)
        _front(book, release, sheets, left)
        for name, part in sheets:
            book.sheet(name, part.schema.title.removesuffix(", wide"), part.schema.description, part.schema.columns, part.rows, part.count)
    return [Item(FILE, "Excel", "Workbook: cover, notes, codebook, and a sheet for each table", f"{FACTS} AND {WORDS}", sum(part.count for _, part in sheets))]  # fmt: skip
