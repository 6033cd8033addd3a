"""Retire a record: its row, evidence and gaps go, and a tombstone keeps its key from being given again.

For example: mutuals retire contracts/surrey-2011 --reason "The page tells only of a bid, and of no award."

It refuses while other rows refer to the record, and names them.
"""

import argparse

from mutuals import asking, entries
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.outcome import finish, options


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("record", metavar="KEY", help="key of the record, or table/key")
    parser.add_argument("--reason", default="", help="why it is removed, in a sentence for readers")
    parser.add_argument("--replaced-by", metavar="KEY", default="", help="key of the record that tells the same")
    options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Collect the removal, and write it if the gate passes it."""
    changes = Changes(arguments.root)
    table, key = entries.found(changes.data, arguments.record)
    if asking.guided([arguments.reason]):
        arguments.reason = asking.line(f"Why is {table.name}/{key} removed")
        arguments.replaced_by = asking.record(table, "Which record tells the same instead (Enter for none)")
    if not arguments.reason:
        raise CommandError("say --reason: why the record is removed, for readers who look for it")
    if wrong := entries.retire(changes, table, key, arguments.reason, arguments.replaced_by):
        print(*wrong, "Nothing was written.", sep="\n")
        return 1
    return finish(changes, arguments)
