"""Run notebooks again and keep their outputs, after the data or the notebook changed.

For example: mutuals notebooks --changed

With --changed, only those whose code, or whose tables, changed since they were last run here.
"""

import argparse
import time

from mutuals import chapters
from mutuals.commands import CommandError


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("names", nargs="*", help="notebooks to run, by their file names without ending; all by default")
    parser.add_argument("--changed", action="store_true", help="leave out those whose code and tables did not change")


def run(arguments: argparse.Namespace) -> int:
    """Execute each notebook and write it back."""
    try:
        chosen = chapters.stale(arguments.root) if arguments.changed else chapters.states(arguments.root)
        for path in [p for p in chosen if not arguments.names or p.stem in arguments.names]:
            begun = time.monotonic()
            chapters.run(path)
            chapters.keep(arguments.root, {path: chosen[path]})
            print(f"notebooks/{path.name}: {time.monotonic() - begun:.1f} s")
    except chapters.ChapterError as error:
        raise CommandError(str(error)) from error
    return 0
