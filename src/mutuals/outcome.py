"""What becomes of changes: they are shown, the gate is asked, and they are written, or nothing is."""

import argparse
from collections import Counter

from mutuals.changes import Changes
from mutuals.findings import counted, errors, shown
from mutuals.progress import working

MOST = 30  # rows that are shown of a file


def options(parser: argparse.ArgumentParser) -> None:
    """Add the options that all commands which write rows share."""
    parser.add_argument("--dry-run", action="store_true", help="show what would be written and what the gate says, and write nothing")
    parser.add_argument("--keep", action="store_true", help="write even if the gate refuses, to mend the rest by hand")


def _shown(changes: Changes) -> None:
    """Print the rows that come and go; of fingerprints how many."""
    for name, (old, new) in changes.differing().items():
        gone, come = Counter(old), Counter(new)
        lines = [f"  - {', '.join(filter(None, row))}" for row in old if row not in come] + [
            f"  + {', '.join(filter(None, row))}" for row in new if row not in gone
        ]
        print(f"data/{name}.csv: {len(lines)} {'line' if len(lines) == 1 else 'lines'}")
        if not name.startswith("fingerprints/"):
            print(*(text if len(text) < 400 else text[:399] + "…" for text in lines[:MOST]), sep="\n")


def finish(changes: Changes, arguments: argparse.Namespace) -> int:
    """Show the changes, ask the gate, and write them; exit code 1, and nothing written, if it refuses and --keep was not said."""
    from mutuals.check import check

    with changes.staged() as stage:
        _shown(changes)
        with working("the gate checks all tables"):
            findings = check(stage)
    print(*findings, f"The gate: {counted(findings)}.", sep="\n")
    if errors(findings) and not arguments.keep:
        print("Nothing was written. Put the above right and run the command again, or say --keep to write it as it is.")
        return 1
    if arguments.dry_run:
        print("Nothing was written, as --dry-run was said.")
        return 0
    print(f"Written: {', '.join(changes.commit()) or shown('nothing')}.")
    return 1 if errors(findings) else 0
