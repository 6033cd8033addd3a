"""Merging: what git leaves to a person where two branches changed a table, joined row by row and cell by cell.

Git compares lines, so that two rows added beside each other are a conflict to it. Here both sides of a file with conflict
markers are taken apart, and each row is followed by its key: from what stood before both (which git holds, or the markers
do), to what either side made of it. What only one side changed is kept. Where both changed one cell, or one changed what the
other removed, both versions of that row stay between markers for a person, and are named. No row and no cell is lost.
"""

from dataclasses import dataclass
from pathlib import Path

from mutuals.canonical import encode, joined
from mutuals.findings import shown
from mutuals.parsing import Reading, read
from mutuals.schema import Schema
from mutuals.states import from_git

START, BASE, MIDDLE, END = b"<<<<<<< ", b"|||||||", b"=======", b">>>>>>> "
Row = dict[str, str]
Rows = dict[tuple[str, ...], Row]


@dataclass(frozen=True)
class Clash:
    """One row that needs a person: its key, the two versions (None where it was removed), and what is at odds, in words."""

    key: tuple[str, ...]
    ours: Row | None
    theirs: Row | None
    said: str


def marked(content: bytes) -> bool:
    """Whether a file has conflict markers."""
    return content.startswith(START) or b"\n" + START in content


def sides(content: bytes) -> tuple[bytes, bytes | None, bytes]:
    """Ours, what stood before if the markers say so, and theirs: the whole file as each has it. Raises ValueError for torn markers."""
    parts: dict[str, list[bytes]] = {"ours": [], "base": [], "theirs": []}
    at, based = "all", False
    for line in content.splitlines(keepends=True):
        mark = line.rstrip(b"\r\n")
        step = {START: ("all", "ours"), BASE: ("ours", "base"), MIDDLE: ("ours base", "theirs"), END: ("theirs", "all")}
        begun = next((m for m in step if (mark == m if m == MIDDLE else line.startswith(m))), None)
        if begun is None:
            for name in parts if at == "all" else [at]:
                parts[name].append(line)
            continue
        wanted, then = step[begun]
        if at not in wanted.split():
            raise ValueError("the conflict markers are not in their order")
        at, based = then, based or begun == BASE
    if at != "all":
        raise ValueError("a conflict marker is not closed")
    ours, base, theirs = (b"".join(parts[name]) for name in ("ours", "base", "theirs"))
    return ours, base if based else None, theirs


def _rows(content: bytes, schema: Schema) -> Rows:
    """Rows by key. Raises ValueError where a line cannot be read or a key stands twice."""
    reading: Reading = read(content, schema)
    if not reading.usable or reading.unread:
        raise ValueError(next(f"line {f.line} of one side: {f.found}" for f in reading.faults))
    found = {tuple(row[name] for name in schema.key): row for row in reading.records}
    if len(found) < len(reading.records):
        raise ValueError("a key stands twice on one side")
    return found


def _cells(schema: Schema, old: Row | None, ours: Row, theirs: Row) -> tuple[Row, Row, list[str]]:
    """A row as each side has it once what only the other changed is taken over, and what both changed, in words."""
    mine, other, odd = dict(ours), dict(theirs), []
    for column in schema.columns:
        name = column.name
        if ours[name] == theirs[name] or column.states == "derived":  # which is computed afterwards
            other[name] = ours[name]
        elif old is not None and ours[name] == old[name]:
            mine[name] = theirs[name]
        elif old is not None and theirs[name] == old[name]:
            other[name] = ours[name]
        else:
            was = f", {shown(old[name])} before" if old is not None else ""
            odd.append(f"{name}: {shown(ours[name])} here, {shown(theirs[name])} there{was}")
    return mine, other, odd


def merge(schema: Schema, base: bytes | None, ours: bytes, theirs: bytes) -> tuple[list[Row], list[Clash]]:
    """The rows of two versions of a table, and those that need a person. Without what stood before, nothing counts as removed.

    Raises ValueError with the reason where a version cannot be read whole.
    """
    was, mine, other = _rows(base, schema) if base is not None else {}, _rows(ours, schema), _rows(theirs, schema)
    rows, clashes = [], []
    for key in sorted({**was, **mine, **other}):
        old, here, there = was.get(key), mine.get(key), other.get(key)
        if here and there:
            one, two, odd = _cells(schema, old, here, there)
            clashes += [Clash(key, one, two, "; ".join(odd))] if odd else []
            rows += [] if odd else [one]
        elif here or there:
            left = here or there or {}
            same = old is not None and all(left[c.name] == old[c.name] for c in schema.columns if c.states != "derived")
            changed = [f"{n}: {shown(left[n])}, {shown(old[n])} before" for n in schema.header if old and left[n] != old[n]]
            if old is None:
                rows.append(left)
            elif not same:
                who = ("changed here and removed there", "removed here and changed there")[here is None]
                clashes.append(Clash(key, here, there, f"{who} ({'; '.join(changed)})"))
    return rows, clashes


def _line(row: Row | None, schema: Schema) -> bytes:
    return b"" if row is None else (joined([row[name] for name in schema.header]) + "\n").encode()


def written(schema: Schema, rows: list[Row], clashes: list[Clash]) -> bytes:
    """The file: canonical, but for the rows that need a person, each in both versions between markers at its place."""
    if not clashes:
        return encode(rows, schema)
    header = encode([], schema)
    entries = [(schema.sort_key(row), _line(row, schema)) for row in rows]
    for clash in clashes:
        key = schema.sort_key(dict(zip(schema.key, clash.key, strict=True)))
        marks = START + b"here\n" + _line(clash.ours, schema) + MIDDLE + b"\n" + _line(clash.theirs, schema) + END + b"there\n"
        entries.append((key, marks))
    return header + b"".join(line for _, line in sorted(entries))


def resolved(root: Path, file: str, schema: Schema) -> tuple[bytes, list[str], int]:
    """A file with conflict markers as it may be written, a sentence for each row that needs a person, and how many rows were joined."""
    content = (root / file).read_bytes()
    ours, base, theirs = sides(content)
    known = from_git(root, "show", f":1:./{file}")  # what both branches started from, while a merge is not finished
    base = base if known is None else known
    rows, clashes = merge(schema, base, ours, theirs)
    told = [f"{'/'.join(clash.key[:2])}  {clash.said}" for clash in clashes]
    return written(schema, rows, clashes), told, len(rows)
