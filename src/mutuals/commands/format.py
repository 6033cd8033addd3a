"""Put every CSV file into its canonical bytes, where nothing can be lost by it.

Mends line ends, byte order marks, Windows-1252 letters, needless quotation marks, spaces, column order and the order of
rows; cells parted by semicolons or tabs, and blank cells that a spreadsheet dropped at the ends of lines. Writes codes, lists,
dates and numbers in their form where they can be meant in one way only (“Won”, 13/08/2010, £500m), computes derived
cells, and says so. A file with a fault that only a person can mend is left as it is and named. Cells of which a spreadsheet lost something
(05/06/2010, 5E+08, TRUE, zeros at the front) are named with what stood there before; --restore writes that.

For example: mutuals format --dry-run

Where git has left conflict markers of a merge, what both branches changed is joined row by row and cell by cell; a cell that
both changed is named with both values, and is left between markers.
"""

import argparse

from mutuals import files, merging
from mutuals.canonical import RULES, Fault, encode
from mutuals.findings import Finding, shown
from mutuals.mending import Change, fill, mend
from mutuals.parsing import Reading
from mutuals.spreadsheets import edited, restored
from mutuals.tables import Dataset, Table, read_dataset

UNSURE = "add the missing commas, for which there are several places"
MENDABLE = {
    "bytes.encoding",
    "bytes.bom",
    "bytes.newline",
    "bytes.final-newline",
    "bytes.quoting",
    "bytes.blank-line",
    "bytes.order",
    "bytes.control",
    "bytes.nfc",
    "bytes.space",
    "bytes.header",
}


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument("--restore", action="store_true", help="write what git or the evidence says for cells that a spreadsheet changed")


def stubborn(reading: Reading) -> list[Fault]:
    """The faults that only a person can mend: a mending might lose or invent something."""
    hard = ("�", "U+FFFD", "U+0000")
    return [
        fault
        for fault in reading.faults
        if not (fault.rule in MENDABLE or (fault.rule == "bytes.ragged" and fault.line in reading.filled))
        or not reading.usable
        or any(mark in fault.found for mark in hard)
    ]


def _format(table: Table, data: Dataset, arguments: argparse.Namespace, known: set[str] | None) -> int:
    """Mend one file; 1 if a person must, else 0."""
    left = stubborn(table.reading)
    for fault in left:
        unsure = fault.rule == "bytes.ragged" and fault.line in table.reading.short
        remedy = UNSURE if unsure else fault.remedy or RULES[fault.rule].remedy
        print(Finding(table.file, fault.line, fault.column, fault.id, fault.rule, fault.found, fault.wanted, remedy))
    former = [] if left else restored(table, data, known)
    for line, row in table.numbered if arguments.restore and former else ():
        row.update({column: new for at, column, _, new, _ in former if at == line})
    changes = [] if left else mend(table, data)
    asked, changes = _settled(table, former, changes, arguments.restore)
    path = arguments.root / table.file
    content = b"" if left else encode(table.records, table.schema)
    if not left and content != path.read_bytes():
        if not arguments.dry_run:
            files.write(path, content)
        word = "would mend" if arguments.dry_run else "mended"
        for fault in table.reading.faults:
            place = f"{table.file}:{fault.line}:{fault.column}".rstrip(":")
            print(f"{place}  {word}: {fault.found}")
        for line, column, old, new, why in changes:
            print(f"{table.file}:{line}:{column}  {word}: {shown(old)} is now {shown(new)}, {why}")
    for line, column, old, new, why in asked:
        print(f"{table.file}:{line}:{column}  {shown(old)} may be {shown(new)}, {why}; write that, or run “mutuals format --restore”")
    return 1 if left or asked else 0


def _settled(table: Table, former: list[Change], changes: list[Change], restore: bool) -> tuple[list[Change], list[Change]]:
    """Cells that a spreadsheet seems to have changed and that are left for a person, and those that are written.

    A mending that leads to another text than the former one is undone: a month that became its first day looks like a sure date.
    """
    rows, asked = dict(table.numbered), []
    for line, column, old, new, why in former:
        if rows[line][column] == new:
            changes += [(line, column, old, new, why)] * restore
            continue
        changes = [change for change in changes if change[:2] != (line, column)]
        rows[line][column] = old
        asked.append((line, column, old, new, why))
    return asked, changes


def _join(table: Table, arguments: argparse.Namespace) -> bool:
    """Join what two branches made of a file that git left with conflict markers; whether rows are left for a person."""
    try:
        content, left, count = merging.resolved(arguments.root, table.file, table.schema)
    except ValueError as error:
        print(f"{table.file}  two versions between conflict markers, left as they are: {error}")
        return True
    if not arguments.dry_run:
        files.write(arguments.root / table.file, content)
    print(f"{table.file}  {'would join' if arguments.dry_run else 'joined'} two versions by key and cell: {count} rows are sure")
    for said in left:
        print(f"{table.file}  {said}; keep one line of the two between the markers, and take the markers out")
    return bool(left)


def run(arguments: argparse.Namespace) -> int:
    """Mend what can be mended; exit code 1 if something is left for a person."""
    data = read_dataset(arguments.root)
    conflicts = [table for table in data.tables.values() if merging.marked((arguments.root / table.file).read_bytes())]
    if conflicts:
        left = [_join(table, arguments) for table in conflicts]
        if arguments.dry_run or any(left):
            return 1 if any(left) else 0
        data = read_dataset(arguments.root)
    for table in list(data.tables.values()):
        short = table.reading.short
        if short and all(fault.rule == "bytes.ragged" and fault.line in short for fault in stubborn(table.reading)):
            fill(table, data)
    known = edited(arguments.root)
    return max((_format(table, data, arguments, known) for table in data.tables.values()), default=0)
