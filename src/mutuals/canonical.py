"""The one byte form of a CSV file: what is wrong with others, how cells are cleaned, and how tables are written.

Canonical: UTF-8 without BOM, LF, RFC 4180 with quotes only where needed, header as in the schema, rows
sorted by key, NFC, no line break inside a cell, nothing invisible, nothing that a spreadsheet would run.
"""

import csv
import io
import unicodedata
from dataclasses import dataclass
from itertools import groupby

from mutuals.schema import Schema

FORMULA_STARTS = ("=", "+", "-", "@")
FORMAT = "run “mutuals format”"
LOST = "\ufffd"
HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")  # categories of Unicode
MOST_BYTES = 1_000_000  # of a line
RULES = {  # what must hold, what to do, and what it catches
    "bytes.empty": (
        "A file has at least its header line.",
        "restore the file, or give it the header",
        "A table that was saved as nothing.",
    ),
    "bytes.encoding": ("A file is UTF-8.", f"save it as UTF-8, or {FORMAT}", "Letters that turn into others, such as Â£ for £."),
    "bytes.bom": ("A file has no byte order mark.", FORMAT, "A mark that programs take for a part of the first column's name."),
    "bytes.newline": ("Lines end with LF.", FORMAT, "A file of which every line is another than before, though no cell is."),
    "bytes.final-newline": ("The last line ends as the others do.", FORMAT, "A last row that runs into what is added after it."),
    "bytes.header": (
        "The header has the columns of the schema, in their order.",
        "restore the header; columns in another order are put right by “mutuals format”",
        "A column that is lost, misspelt or moved, and cells that are parted by semicolons or tabs.",
    ),
    "bytes.ragged": (
        "Each record has as many cells as the header.",
        "add the missing commas, or put a cell that holds a comma into quotation marks",
        "Cells that slipped into the next column.",
    ),
    "bytes.quote": (
        "Quotation marks come in pairs, and no cell holds a line break.",
        "close the quotation mark on its line, and double one that belongs to the text",
        "A quotation mark that swallows the cells and lines after it.",
    ),
    "bytes.long": (
        f"A line has at most {MOST_BYTES:,} bytes.",
        "restore the line ends, or shorten the cell",
        "A file that lost its line ends.",
    ),
    "bytes.quoting": ("Cells stand in quotation marks only where they need them.", FORMAT, "One cell that is written in two ways."),
    "bytes.blank-line": ("There are no blank lines.", FORMAT, "A line that some programs take for a row."),
    "bytes.order": ("Rows are sorted by key.", FORMAT, "A row that is added twice, since nobody found it in its place."),
    "bytes.control": (
        "Cells hold nothing invisible: no NUL, no tab, no no-break space, no zero-width mark; and no mark of a lost letter (U+FFFD).",
        f"remove the character, or {FORMAT} where it is a kind of space",
        "Two cells that look the same and are not.",
    ),
    "bytes.nfc": ("Letters are composed (Unicode NFC).", FORMAT, "An é of one character and an é of two."),
    "bytes.space": ("Words are parted by single spaces, with none at the ends.", FORMAT, "A name that is not found for a space after it."),
    "bytes.formula": (
        "No cell begins as a formula would.",
        "begin the cell with a letter, a digit or a quotation mark",
        "A cell that a spreadsheet would run.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """A finding before it knows its file: `line` is 1-based, 0 for the whole file."""

    rule: str
    line: int
    column: str
    found: str
    wanted: str
    id: str = ""
    remedy: str = ""


def plain(cell: str) -> bool:
    """Whether a cell holds printable ASCII only, as most do: nothing invisible, nothing to compose."""
    return cell.isascii() and cell.isprintable()


def composed(text: str) -> str:
    """Text in NFC. Marks are put in order first: the library's own sort takes the square of the number that stand in a row."""
    if unicodedata.is_normalized("NFC", text):
        return text
    apart = "".join(unicodedata.normalize("NFD", c) for c in text)
    runs = groupby(apart, key=lambda c: unicodedata.combining(c) > 0)
    return unicodedata.normalize("NFC", "".join(c for _, run in runs for c in sorted(run, key=unicodedata.combining)))


class _Meant:
    """What each character becomes in `clean`, for str.translate, which needs no memory beside its result."""

    def __getitem__(self, code: int) -> str | int | None:
        category = unicodedata.category(chr(code))
        return " " if category == "Zs" or code in (9, 10, 13) else None if category in HIDDEN else code


def clean(cell: str) -> str:
    """A cell in canonical characters: NFC, plain spaces, nothing invisible, no space at the ends."""
    return " ".join((cell if plain(cell) else composed(cell.translate(_Meant()))).split())


def encode(records: list[dict[str, str]], schema: Schema) -> bytes:
    """The canonical bytes of records, sorted by key."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(schema.header)
    writer.writerows([record[name] for name in schema.header] for record in sorted(records, key=schema.sort_key))
    return out.getvalue().encode("utf-8")


def joined(cells: list[str]) -> str:
    """The canonical line of cells, without its end."""
    return ",".join('"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell for cell in cells)
