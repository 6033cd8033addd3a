"""The one byte form of a CSV file: what is wrong with others, how cells are cleaned, and how tables are written.

Canonical: UTF-8 without BOM, LF, RFC 4180 with quotes only where needed, header as in the schema, rows
sorted by key, NFC, no line break inside a cell, nothing invisible, nothing that a spreadsheet would run.
"""

import csv
import io
import unicodedata
from dataclasses import dataclass

from mutuals.schema import Schema

FORMULA_STARTS = ("=", "+", "-", "@")
FORMAT = "run “mutuals format”"
LOST = "\ufffd"
MOST_BYTES = 1_000_000  # of a line
RULES = {
    "bytes.empty": ("A file has at least its header line.", "restore the file, or give it the header"),
    "bytes.encoding": ("A file is UTF-8.", f"save it as UTF-8, or {FORMAT}"),
    "bytes.bom": ("A file has no byte order mark.", FORMAT),
    "bytes.newline": ("Lines end with LF.", FORMAT),
    "bytes.final-newline": ("The last line ends as the others do.", FORMAT),
    "bytes.header": (
        "The header has the columns of the schema, in their order.",
        "restore the header; columns in another order are put right by “mutuals format”",
    ),
    "bytes.ragged": (
        "Each record has as many cells as the header.",
        "add the missing commas, or put a cell that holds a comma into quotation marks",
    ),
    "bytes.quote": (
        "Quotation marks come in pairs, and no cell holds a line break.",
        "close the quotation mark on its line, and double one that belongs to the text",
    ),
    "bytes.long": (
        f"A line has at most {MOST_BYTES:,} bytes.",
        "restore the line ends, or shorten the cell",
    ),
    "bytes.quoting": ("Cells stand in quotation marks only where they need them.", FORMAT),
    "bytes.blank-line": ("There are no blank lines.", FORMAT),
    "bytes.order": ("Rows are sorted by key.", FORMAT),
    "bytes.control": (
        "Cells hold nothing invisible: no NUL, no tab, no no-break space, no zero-width mark; and no mark of a lost letter (U+FFFD).",
        f"remove the character, or {FORMAT} where it is a kind of space",
    ),
    "bytes.nfc": ("Letters are composed (Unicode NFC).", FORMAT),
    "bytes.space": ("Words are parted by single spaces, with none at the ends.", FORMAT),
    "bytes.formula": ("No cell begins as a formula would.", "begin the cell with a letter, a digit or a quotation mark"),
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


def clean(cell: str) -> str:
    """A cell in canonical characters: NFC, plain spaces, nothing invisible, no space at the ends."""
    if plain(cell):
        return " ".join(cell.split())
    kept = "".join(" " if unicodedata.category(c) == "Zs" or c in "\t\n\r" else c for c in cell)
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp"))
    return " ".join(unicodedata.normalize("NFC", kept).split())


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
