"""Ask whether the addresses of the sources still answer, and write a report: live, moved, gone or not told.

For example: mutuals links --to links.md

This is the one command that goes to the web; it asks each host for one address at a time, follows no redirect and
downloads nothing. For what moved or went it asks an archive for the newest copy. Exit code 0 whatever the answers are, since pages go without anybody's fault.
"""

import argparse
from pathlib import Path

from mutuals.tables import read_dataset


def register(parser: argparse.ArgumentParser) -> None:
    """Add the file, and how patient to be."""
    from mutuals.links import ARCHIVE, PAUSE, TIMEOUT

    parser.add_argument("--to", type=Path, help="where to write the report; by default it is printed")
    parser.add_argument("--source", action="append", help="only this source; may be given again")
    parser.add_argument(
        "--archive", default=ARCHIVE, help="what an address is added to, to be sent to its newest copy; blank for no archive"
    )
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between two addresses of a host")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="seconds that an answer may take")


def run(arguments: argparse.Namespace) -> int:
    """Look, and write the report."""
    from mutuals.links import look, report

    rows = read_dataset(arguments.root).get("sources").records
    wanted = [row for row in rows if not arguments.source or row["source_id"] in arguments.source]
    text = report(look(wanted, arguments.pause, arguments.timeout, arguments.archive))
    if arguments.to:
        arguments.to.write_text(text, encoding="utf-8")
    print(text.splitlines()[0] if arguments.to else text)
    return 0
