"""The one byte form of a CSV file: how it is read, what is wrong with it, and how it is written.

Canonical: UTF-8 without BOM, LF, RFC 4180 with quotes only where needed, header as in the schema, rows
sorted by key, NFC, no line break inside a cell, nothing invisible, nothing that a spreadsheet would run.
Because no cell holds a line break, each line is read by itself: a fault on one line never hides another.
"""

import codecs
import csv
import io
import unicodedata
from dataclasses import dataclass, field

from mutuals.findings import shown
from mutuals.schema import Column, Schema

FORMULA_STARTS = ("=", "+", "-", "@")
FORMAT = "run “mutuals format”"
LOST = "\ufffd"
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
# Python's own limit of 131,072 characters would be told as a fault of quotation marks.
csv.field_size_limit(2**31 - 1)


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


@dataclass
class Reading:
    """What one file holds. `set_aside` are keys on lines that could not be read; `usable` is False if no row could."""

    records: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    set_aside: set[str] = field(default_factory=set)
    usable: bool = True

    def fault(self, rule: str, line: int, column: str, found: str, wanted: str, id: str = "") -> None:
        """Note a fault."""
        self.faults.append(Fault(rule, line, column, found, wanted, id))


def _plain(cell: str) -> bool:
    """Whether a cell holds printable ASCII only, as most do: nothing invisible, nothing to compose."""
    return cell.isascii() and cell.isprintable()


def clean(cell: str) -> str:
    """A cell in canonical characters: NFC, plain spaces, nothing invisible, no space at the ends."""
    if _plain(cell):
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


def _line_bytes(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _split(data: bytes, reading: Reading) -> list[bytes]:
    """The file's lines without their ends; faults of the whole file are noted."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        reading.fault("bytes.empty", 0, "", "an empty file", "at least the header line")
        reading.usable = False
        return []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        reading.fault("bytes.encoding", 0, "", "UTF-16", "UTF-8")
        reading.usable = False
        return []
    if data.startswith(b"\xef\xbb\xbf"):
        reading.fault("bytes.bom", 1, "", "a byte order mark", "UTF-8 without one")
        data = data[3:]
    if b"\r" in data:
        first = data.index(b"\r")
        ends = data.count(b"\r\n")
        kind = f"Windows line ends (CRLF) on {ends} lines" if ends else "a carriage return"
        reading.fault("bytes.newline", data.count(b"\n", 0, first) + 1, "", kind, "LF line ends")
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n" if not ends else b" ")
    if not data.endswith(b"\n"):
        reading.fault("bytes.final-newline", data.count(b"\n") + 1, "", "a last line without a line end", "LF after the last line")
        data += b"\n"
    return data.split(b"\n")[:-1]


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("mutuals.cp1252", _as_windows)


def _text(raw: bytes) -> tuple[str, str]:
    """A line as text, and the bytes that are not UTF-8 in words (blank if all are); those are read as Windows-1252."""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError as error:
        bad = raw[error.start]
        guess = raw.decode("utf-8", errors="mutuals.cp1252")
        letter = bytes([bad]).decode("cp1252", errors="replace")
        return guess, f"the byte 0x{bad:02X} (Windows-1252 for “{letter}”) at byte {error.start + 1} of the line"


def _cells(text: str) -> tuple[list[str] | None, str]:
    """The cells of a line, or None and what is wrong with its quotation marks."""
    try:
        return next(csv.reader([text], strict=True), []), ""
    except csv.Error as error:
        unclosed = "end of data" in str(error)
        return None, "a quotation mark that is opened and not closed on its line" if unclosed else "a stray quotation mark"


def _hidden(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") or (c.isspace() and c != " ") or c == LOST


def _check_cell(reading: Reading, line: int, column: Column, cell: str, id: str) -> str:
    """Note what is wrong with the characters of a cell; the cell as it was meant is returned."""
    hidden = [] if _plain(cell) else [c for c in cell if _hidden(c)]
    if hidden:
        names = ", ".join(sorted({f"U+{ord(c):04X}" for c in hidden}))
        kind = "lost" if hidden == [LOST] * len(hidden) else "invisible"
        reading.fault("bytes.control", line, column.name, f"the {kind} character {names}", "visible characters and plain spaces", id)
    if unicodedata.normalize("NFC", cell) != cell:
        reading.fault("bytes.nfc", line, column.name, f"{shown(cell)} in decomposed letters", "composed letters (NFC)", id)
    if not hidden and " ".join(cell.split(" ")) != " ".join(cell.split()):
        reading.fault(
            "bytes.space", line, column.name, f"{shown(cell)} with spaces at an end or doubled", "single spaces between words", id
        )
    number = column.type != "string" and cell.lstrip("-").replace(".", "", 1).isdigit()
    if cell.startswith(FORMULA_STARTS) and not number:
        reading.fault("bytes.formula", line, column.name, shown(cell), "a cell that no spreadsheet would run as a formula", id)
    return clean(cell)


def _check_header(reading: Reading, cells: list[str] | None, schema: Schema) -> list[str]:
    header = [clean(cell) for cell in cells or []]
    wanted = schema.header
    if cells is None or sorted(header) != sorted(wanted):
        missing = [name for name in wanted if name not in header]
        unknown = [name for name in header if name not in wanted]
        parts = [f"no column {', '.join(missing)}"] * bool(missing) + [f"unknown column {', '.join(map(shown, unknown))}"] * bool(unknown)
        reading.fault("bytes.header", 1, "", "; ".join(parts) or "a header with doubled columns", ",".join(wanted))
        reading.usable = False
    elif header != wanted:
        reading.fault("bytes.header", 1, "", f"the columns in the order {','.join(header)}", ",".join(wanted))
    return header


def _read_row(reading: Reading, number: int, raw: bytes, header: list[str], schema: Schema) -> None:
    text, encoding = _text(raw)
    cells, wrong = _cells(text)
    start = clean(text.lstrip('"').split(",")[0].strip('"'))
    if encoding:
        good = raw[: int(encoding.rsplit("byte ", 1)[1].split()[0]) - 1].decode("utf-8", errors="replace")
        at = len(_cells(good)[0] or _cells(good + '"')[0] or [""]) - 1
        reading.fault("bytes.encoding", number, header[min(at, len(header) - 1)], encoding, "UTF-8", start)
    if cells is None or len(cells) != len(header):
        if cells is None:
            reading.fault("bytes.quote", number, "", wrong, "quotation marks in pairs, doubled inside a cell", start)
        elif not text.strip():
            reading.fault("bytes.blank-line", number, "", "a blank line", "a record on each line")
            return
        else:
            reading.fault("bytes.ragged", number, "", f"{len(cells)} cells", f"{len(header)}, as in the header", start)
        reading.set_aside.add(start)
        return
    by_name = dict(zip(header, cells, strict=True))
    id = clean(by_name[schema.key[0]])
    if not encoding and _line_bytes(cells) != text:
        reading.fault(
            "bytes.quoting",
            number,
            "",
            "quotation marks that are needless or not doubled",
            "a cell in quotation marks only if it holds a comma or a quotation mark",
            id,
        )
    reading.records.append({column.name: _check_cell(reading, number, column, by_name[column.name], id) for column in schema.columns})
    reading.lines.append(number)


def read(data: bytes, schema: Schema) -> Reading:
    """Read a file's bytes, whatever they are. Faults are returned, never raised."""
    reading = Reading()
    lines = _split(data, reading)
    if not lines:
        return reading
    first, encoding = _text(lines[0])
    if encoding:
        reading.fault("bytes.encoding", 1, "", encoding, "UTF-8")
    cells = _cells(first)[0]
    header = _check_header(reading, cells, schema)
    if not reading.usable:
        return reading
    if not encoding and _line_bytes(header) != first:
        odd = next((cell for cell in cells or [] if clean(cell) != cell), "")
        found = f"the header cell {shown(odd)}" if odd else "quotation marks where none are needed"
        reading.fault("bytes.header", 1, clean(odd), found, "the names of the columns and nothing else")
    for number, raw in enumerate(lines[1:], start=2):
        _read_row(reading, number, raw, header, schema)
    _check_order(reading, schema)
    return reading


def _check_order(reading: Reading, schema: Schema) -> None:
    keys = [schema.sort_key(record) for record in reading.records]
    for before, after, line, record in zip(keys, keys[1:], reading.lines[1:], reading.records[1:], strict=False):
        if after < before:
            id = record[schema.key[0]]
            reading.fault("bytes.order", line, schema.key[0], f"{shown(id)} after a later key", "rows sorted by key", id)
            return
