"""Parsing: the bytes of a CSV file, whatever they are, as columns of text, with every fault at its line.

Because no cell holds a line break, each line is read by itself: a fault on one line never hides another. Lines in which
nothing can be wrong, as in nearly all, are recognised together or as a whole; only the others are looked at cell by cell.
"""

import io
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise

from mutuals.canonical import FORMAT, FORMULA_STARTS, HIDDEN, LOST, MOST_BYTES, Fault, clean, joined, plain
from mutuals.decoding import MARKS, TOLD, cells_of, mark_of, text_of, with_commas
from mutuals.findings import shown
from mutuals.nearest import named, near
from mutuals.schema import Column, Schema

SHORT = f"add the missing commas; where a spreadsheet dropped blank cells at the end, {FORMAT}"
CHUNK = 4096  # rows that are turned into columns at a time
TOGETHER = 128  # lines that are looked at together
MOST_NAMES = 20  # in one finding
SIGNS = " =+-@"  # no cell starts with one of these, unless it is a number
MOST_FAULTS = 1_000  # of one rule in one file: what comes after is counted


@dataclass(eq=False)  # one is the same as another only if it is that one
class Reading:
    """What one file holds, column by column. `set_aside` are keys on lines that could not be read; `usable` is False if no row could.

    `short` are the cells of lines that have too few of them, which “mutuals format” may be able to fill; `filled` those that it did.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    lines: array = field(default_factory=lambda: array("I"))
    faults: list[Fault] = field(default_factory=list)
    set_aside: set[str] = field(default_factory=set)
    usable: bool = True
    told: Counter[str] = field(default_factory=Counter)
    short: dict[int, list[str]] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)

    @cached_property
    def records(self) -> list[dict[str, str]]:
        """The rows that could be read, each a dict of text; a blank is an empty string."""
        return [dict(zip(self.columns, cells, strict=True)) for cells in zip(*self.columns.values(), strict=True)]

    @property
    def unread(self) -> int:
        """How many lines could not be read."""
        return sum(self.told[rule] for rule in ("bytes.long", "bytes.quote", "bytes.ragged"))

    def fault(self, rule: str, line: int, column: str, found: str, wanted: str, id: str = "", remedy: str = "") -> None:
        """Note a fault; of a rule that a file breaks all the time, the first thousand."""
        self.told[rule] += 1
        if self.told[rule] <= MOST_FAULTS:
            self.faults.append(Fault(rule, line, column, found, wanted, id, remedy))

    def add(self, header: list[str], rows: list[list[str]]) -> None:
        """Take up rows, whose cells are in the order of the header; equal cells of a column become one text in memory."""
        for name, cells in zip(header, zip(*rows, strict=True), strict=False):
            pool: dict[str, str] = {}
            self.columns[name].extend(map(pool.setdefault, cells, cells))
        rows.clear()


def _lines(data: bytes, reading: Reading) -> Iterator[bytes]:
    """The file's lines with their ends; faults of the whole file are noted."""
    if not re.search(rb"[^\xef\xbb\xbf \t\r\n\x00]", data):
        reading.fault("bytes.empty", 0, "", "an empty file", "at least the header line")
        reading.usable = False
        return
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        reading.fault("bytes.encoding", 0, "", "UTF-16", "UTF-8")
        reading.usable = False
        return
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
    yield from io.BytesIO(data)


def _hidden(c: str) -> bool:
    return unicodedata.category(c) in HIDDEN or (c.isspace() and c != " ") or c == LOST


def _check_cell(reading: Reading, line: int, column: Column, cell: str, id: str) -> str:
    """Note what is wrong with the characters of a cell; the cell as it was meant is returned."""
    hidden = set() if plain(cell) else {c for c in cell if _hidden(c)}
    if hidden:
        names = ", ".join(f"U+{ord(c):04X}" for c in sorted(hidden)[:MOST_NAMES])
        kind = "lost" if hidden == {LOST} else "invisible"
        reading.fault("bytes.control", line, column.name, f"the {kind} character {names}", "visible characters and plain spaces", id)
    if not unicodedata.is_normalized("NFC", cell):
        reading.fault("bytes.nfc", line, column.name, f"{shown(cell)} in decomposed letters", "composed letters (NFC)", id)
    if not hidden and cell != " ".join(cell.split()):
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
        parts = [f"no column {', '.join(missing)}"] * bool(missing) + [
            f"unknown column {', '.join(map(shown, unknown[:MOST_NAMES]))}"
        ] * bool(unknown)
        close = [(name, near(name, named(zip(missing, missing, strict=True)))) for name in unknown[:MOST_NAMES]]
        remedy = " and ".join(f"rename {shown(name)} to {shown(other)} if that is meant" for name, other in close if other)
        reading.fault("bytes.header", 1, "", "; ".join(parts) or "a header with doubled columns", ",".join(wanted), remedy=remedy)
        reading.usable = False
    elif header != wanted:
        reading.fault("bytes.header", 1, "", f"the columns in the order {','.join(header)}", ",".join(wanted))
    return header


def _together(data: bytes, width: int) -> list[list[str]] | None:
    """The cells of lines, if none has quotation marks and nothing can be wrong in any; None where each must be looked at by itself."""
    if b'"' in data:
        return None
    try:
        text = "\n" + data.removesuffix(b"\n").decode("utf-8") + "\n"
    except UnicodeDecodeError:
        return None
    odd = (
        pair
        for sign in SIGNS
        if sign in text
        for pair in (f",{sign}", f"\n{sign}", *((f"{sign},", f"{sign}\n", "  ") if sign == " " else ()))
    )
    if not text.replace("\n", "").isprintable() or any(map(text.__contains__, odd)):
        return None
    if not text.isascii() and (LOST in text or not unicodedata.is_normalized("NFC", text)):
        return None
    rows = [line.split(",") for line in text[1:-1].split("\n")]
    return rows if set(map(len, rows)) == {width} else None


def _quick(raw: bytes, width: int) -> list[str] | None:
    """The cells of a line in which nothing can be wrong, as nearly all are; None where it must be looked at closely."""
    if len(raw) > MOST_BYTES:
        return None
    if b'"' not in raw:
        return (_together(raw, width) or [None])[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.isprintable() or "  " in text or LOST in text or not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        return None
    cells = cells_of(text)[0] or []
    wrong = joined(cells) != text or any(cell and (cell[0] in SIGNS or cell[-1] == " ") for cell in cells)
    return None if wrong or len(cells) != width else cells


def _read_row(reading: Reading, number: int, raw: bytes, header: list[str], schema: Schema) -> list[str] | None:
    """The cells of a line as they were meant, what is wrong with it being noted; None where it cannot be read."""
    if len(raw) > MOST_BYTES:
        start = clean(raw[:200].decode("utf-8", errors="replace").split(",")[0])
        reading.fault("bytes.long", number, "", f"{len(raw):,} bytes", f"at most {MOST_BYTES:,}", start)
        reading.set_aside.add(start)
        return None
    text, encoding = text_of(raw)
    cells, wrong = cells_of(text)
    start = clean(text.lstrip('"').split(",")[0].strip('"'))
    if encoding:
        good = raw[: int(encoding.rsplit("byte ", 1)[1].split()[0]) - 1].decode("utf-8", errors="replace")
        at = len(cells_of(good)[0] or cells_of(good + '"')[0] or [""]) - 1
        reading.fault("bytes.encoding", number, header[min(at, len(header) - 1)], encoding, "UTF-8", start)
    if cells is None or len(cells) != len(header):
        _set_aside(reading, number, cells, wrong or text.strip(), start, header, schema)
        return None
    id = clean(cells[header.index(schema.key[0])])
    if not encoding and joined(cells) != text:
        wanted = "a cell in quotation marks only if it holds a comma or a quotation mark"
        reading.fault("bytes.quoting", number, "", "quotation marks that are needless or not doubled", wanted, id)
    return [_check_cell(reading, number, schema[name], cell, id) for name, cell in zip(header, cells, strict=True)]


def _set_aside(reading: Reading, number: int, cells: list[str] | None, said: str, start: str, header: list[str], schema: Schema) -> None:
    """Note a line that cannot be read: `said` is what is wrong with its quotation marks, or its text, blank for a blank line."""
    if cells is not None and not said:
        reading.fault("bytes.blank-line", number, "", "a blank line", "a record on each line")
        return
    reading.set_aside.add(start)
    if cells is None:
        reading.fault("bytes.quote", number, "", said, "quotation marks in pairs, doubled inside a cell", start)
        return
    if said.startswith(("<<<<<<< ", "=======", ">>>>>>> ", "|||||||")) and len(cells) == 1:
        reading.fault(
            "bytes.ragged", number, "", "a conflict marker of git", "one version of each record", "", f"{FORMAT}, which joins both"
        )
        return
    remedy = SHORT if len(cells) < len(header) else ""
    reading.fault("bytes.ragged", number, "", f"{len(cells)} cells", f"{len(header)}, as in the header", start, remedy)
    if remedy and header == schema.header:
        reading.short[number] = [_check_cell(reading, number, schema[n], c, start) for n, c in zip(header, cells, strict=False)]


def _rows(reading: Reading, start: int, lines: list[bytes], header: list[str], schema: Schema) -> list[list[str]]:
    """The cells of some lines, of which the first has the number `start`; those that cannot be read are noted and left out."""
    width, light = len(header), sum(map(len, lines)) <= MOST_BYTES and b"\n" not in lines
    if light and (plain := _together(b"".join(lines), width)):
        reading.lines.extend(range(start, start + len(lines)))
        return plain
    rows = []
    for number, raw in enumerate((line.removesuffix(b"\n") for line in lines), start):
        if not raw:
            reading.fault("bytes.blank-line", number, "", "a blank line", "a record on each line")
            continue
        cells = _quick(raw, width) or _read_row(reading, number, raw, header, schema)
        if cells:
            rows.append(cells)
            reading.lines.append(number)
        elif reading.unread > MOST_FAULTS:
            break
    return rows


def read(data: bytes, schema: Schema) -> Reading:
    """Read a file's bytes, whatever they are. Faults are returned, never raised."""
    reading = Reading({name: [] for name in schema.header})
    lines = _lines(data, reading)
    del data
    heads = (line.removesuffix(b"\n") for line in lines)
    first, start = next(heads, None), 2
    if first is not None and (told := TOLD.fullmatch(first)):
        found = f"a line that tells a spreadsheet what parts the cells ({shown(told[0].decode())})"
        reading.fault("bytes.header", 1, "", found, "the names of the columns", remedy=FORMAT)
        first, start = next(heads, None), 3
    if first is not None and (mark := mark_of(first, schema)):
        found = f"cells parted by {MARKS[mark]}, as a spreadsheet in another language saves them"
        reading.fault("bytes.header", 1, "", found, "cells parted by commas", remedy=FORMAT)
        first, lines = with_commas(first, mark), (with_commas(raw, mark) for raw in lines)
    header = [] if first is None else _read_header(reading, first, schema)
    rows: list[list[str]] = []
    while reading.usable and reading.unread <= MOST_FAULTS and (some := list(islice(lines, TOGETHER))):
        rows += _rows(reading, start, some, header, schema)
        start += len(some)
        if len(rows) >= CHUNK:
            reading.add(header, rows)
    reading.add(header, rows)
    check_order(reading, schema)
    count_more(reading)
    return reading


def _read_header(reading: Reading, first: bytes, schema: Schema) -> list[str]:
    """The names of the columns, in the order of the file."""
    text, encoding = text_of(first[: MOST_BYTES // 10])
    if encoding:
        reading.fault("bytes.encoding", 1, "", encoding, "UTF-8")
    cells = cells_of(text)[0]
    header = _check_header(reading, cells, schema)
    if reading.usable and not encoding and joined(header) != text:
        odd = next((cell for cell in cells or [] if clean(cell) != cell), "")
        found = f"the header cell {shown(odd)}" if odd else "quotation marks where none are needed"
        reading.fault("bytes.header", 1, clean(odd), found, "the names of the columns and nothing else")
    return header


def check_order(reading: Reading, schema: Schema) -> None:
    """Note the first row that stands after one with a later key."""
    late = next((at for at, (before, after) in enumerate(pairwise(schema.sort_keys(reading.columns)), 1) if after < before), None)
    if late is not None:
        id = reading.columns[schema.key[0]][late]
        reading.fault("bytes.order", reading.lines[late], schema.key[0], f"{shown(id)} after a later key", "rows sorted by key", id)


def count_more(reading: Reading) -> None:
    """Say how many faults of a rule were not noted one by one, and whether the rest of the file was read at all."""
    if reading.unread > MOST_FAULTS:
        reading.usable = False
        found = f"more than {MOST_FAULTS:,} lines that cannot be read, after which the rest was left"
        reading.faults.append(Fault("bytes.ragged", 0, "", found, "a table as its schema says"))
    for rule, count in sorted(reading.told.items()):
        if count > MOST_FAULTS:
            reading.faults.append(Fault(rule, 0, "", f"{count - MOST_FAULTS:,} more of the same", "none"))
