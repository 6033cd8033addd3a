"""Write an evidence row, with the words that prove a cell.

For example: mutuals cite contracts hinchingbrooke-2012 value_gbp --source S --paragraph 10 --as-read "£1bn"

The value is taken from the cell unless --value says otherwise. Nothing is written unless the value follows from
the words and the source's fingerprint holds them. With --text FILE, a copy of the source, the paragraph is found
by itself and a span of fewer than five words is added to the fingerprint.
"""

import argparse
from pathlib import Path

from mutuals.canonical import clean
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.proofs import Proof, prove, read_copy

RELATIONS = ("supports", "less_precise", "contradicts")


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("table", help="a fact table, such as contracts")
    parser.add_argument("row", help="key of the record")
    parser.add_argument("column", help="the column that is proved")
    parser.add_argument("--source", required=True, help="key of the source")
    parser.add_argument("--as-read", required=True, help="the few words that say it, as printed")
    parser.add_argument("--paragraph", type=int, help="paragraph of the source; found by itself with --text")
    parser.add_argument("--value", help="what the source says, if not what the cell says, or one value of a list")
    parser.add_argument("--relation", choices=RELATIONS, default="supports")
    parser.add_argument("--note", default="", help="how the value follows, or why the cell stands against it")
    parser.add_argument("--text", type=Path, help="a copy of the source")


def _target(changes: Changes, arguments: argparse.Namespace) -> None:
    """Raise CommandError if the record or the column that is cited for is not there."""
    table = next((t for t in changes.data.facts if t.name == arguments.table), None)
    if table is None:
        raise CommandError(f"there is no table “{arguments.table}”; there are {', '.join(t.name for t in changes.data.facts)}")
    if table.reading.faults:
        raise CommandError(f"{table.file} is not in order ({table.reading.faults[0].found}); run “mutuals check” first")
    if arguments.row not in table.places:
        raise CommandError(f"{table.file} has no row “{arguments.row}”; add the row first")
    facts = [column.name for column in table.schema.columns if column.states == "fact"]
    if arguments.column not in facts:
        raise CommandError(f"{table.file} has no column “{arguments.column}” that states a fact; there are {', '.join(facts)}")


def run(arguments: argparse.Namespace) -> int:
    """Prove the words, read the value from them, and write the row."""
    changes = Changes(arguments.root)
    _target(changes, arguments)
    paragraph, words = str(arguments.paragraph or ""), clean(arguments.as_read)
    proof = Proof(arguments.column, arguments.source, words, paragraph, arguments.value or "", arguments.relation, arguments.note)
    text = read_copy(arguments.text).decode("utf-8-sig") if arguments.text else None
    made = prove(changes, arguments.table, arguments.row, proof, text, str(arguments.text))
    if not made:
        print("the row is there already")
        return 0
    with changes.staged():
        changes.commit()
    for row in made:
        place = f"{row['source_id']}, paragraph {row['paragraph']}"
        print(f"data/evidence/{arguments.table}.csv: {arguments.row} {arguments.column} = {row['value']}, “{row['as_read']}”, {place}")
    return 0
