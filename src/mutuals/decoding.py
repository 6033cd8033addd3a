"""Raw lines: the text and the cells of one line of a CSV file, whatever its bytes are, and what parts its cells."""

import codecs
import csv
import re

from mutuals.canonical import MOST_BYTES, joined
from mutuals.findings import shown
from mutuals.schema import Schema

MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}  # that part cells in files of other countries or programs
TOLD = re.compile(rb'"?sep=[,;\t|]"?[,;\t|]*')  # the first line of a file for spreadsheets of other countries
# Python's own limit of 131,072 characters would be told as a fault of quotation marks.
csv.field_size_limit(2**31 - 1)


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("mutuals.cp1252", _as_windows)


def text_of(raw: bytes) -> tuple[str, str]:
    """A line as text, and the bytes that are not UTF-8 in words (blank if all are); those are read as Windows-1252."""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        bad = raw[error.start]
        guess = raw.decode("utf-8", errors="mutuals.cp1252")
        letter = bytes([bad]).decode("cp1252", errors="replace")
        return guess, f"the byte 0x{bad:02X} (Windows-1252 for {shown(letter)}) at byte {error.start + 1} of the line"


def cells_of(text: str, mark: str = ",") -> tuple[list[str] | None, str]:
    """The cells of a line, or None and what is wrong with its quotation marks."""
    try:
        return next(csv.reader([text], strict=True, delimiter=mark), []), ""
    except csv.Error as error:
        unclosed = "end of data" in str(error)
        return None, "a quotation mark that is opened and not closed on its line" if unclosed else "a stray quotation mark"


def mark_of(first: bytes, schema: Schema) -> str:
    """What parts the cells of a file, if it is something else than a comma and gives the columns of the schema; else blank."""
    text = text_of(first[:MOST_BYTES])[0]
    return next((mark for mark in MARKS if mark in text and sorted(cells_of(text, mark)[0] or []) == sorted(schema.header)), "")


def with_commas(raw: bytes, mark: str) -> bytes:
    """A line with its cells parted by commas, byte for byte the same cells; one that cannot be read stays as it is."""
    cells, _ = cells_of(raw.removesuffix(b"\n").decode("latin-1"), mark)
    return raw if cells is None else joined(cells).encode("latin-1") + b"\n" * raw.endswith(b"\n")
