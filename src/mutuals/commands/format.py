"""Put every CSV file into its canonical bytes, where nothing can be lost by it.

Mends line ends, byte order marks, Windows-1252 letters, needless quotation marks, spaces, column order and the order of
rows; cells parted by semicolons or tabs, and blank cells that a spreadsheet dropped at the ends of lines. Writes codes, lists,
dates and numbers in their form where they can be meant in one way only (“Won”, 13/08/2010, £500m), computes derived
cells, and says so. A file with a fault that only a person can mend is left as it is and named.
"""

import argparse

from mutuals import files
from mutuals.canonical import RULES, Fault, encode
from mutuals.findings import Finding, shown
from mutuals.mending import fill, mend
from mutuals.parsing import Reading
from mutuals.tables import Dataset, Table, read_dataset

UNSURE = "add the missing commas: more than one place for them makes a row, or one line of the file cannot be filled"
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


def _format(table: Table, data: Dataset, arguments: argparse.Namespace) -> int:
    """Mend one file; 1 if a person must, else 0."""
    left = stubborn(table.reading)
    for fault in left:
        unsure = fault.rule == "bytes.ragged" and fault.line in table.reading.short
        remedy = UNSURE if unsure else fault.remedy or RULES[fault.rule].remedy
        print(Finding(table.file, fault.line, fault.column, fault.id, fault.rule, fault.found, fault.wanted, remedy))
    changes = [] if left else mend(table, data)
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
    return 1 if left else 0


def run(arguments: argparse.Namespace) -> int:
    """Mend what can be mended; exit code 1 if something is left for a person."""
    data = read_dataset(arguments.root)
    for table in list(data.tables.values()):
        short = table.reading.short
        if short and all(fault.rule == "bytes.ragged" and fault.line in short for fault in stubborn(table.reading)):
            fill(table, data)
    return max((_format(table, data, arguments) for table in data.tables.values()), default=0)
