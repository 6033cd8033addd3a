"""Write what a pull request does into a file: findings, changed cells, headline numbers and pages that move, what format mends.

For example: mutuals verdict --base ../before --to verdict.json

The base is a folder with the repository as it was before; pages are compared where both have a built site.
Exit code 0: no errors; 1: errors among the findings; 2: something could not be told, which the file says.
"""

import argparse
from pathlib import Path

from mutuals.verdict import NAME


def register(parser: argparse.ArgumentParser) -> None:
    """Add the two states and the file."""
    parser.add_argument("--base", type=Path, required=True, help="the repository as it was before")
    parser.add_argument("--head", default="", help="the commit that is judged, in full")
    parser.add_argument("--to", type=Path, default=Path(NAME), help="where to write")


def run(arguments: argparse.Namespace) -> int:
    """Judge and write; what was found decides the exit code as with “mutuals check”."""
    from mutuals.judgement import judge
    from mutuals.verdict import as_json

    verdict = judge(arguments.root, arguments.base.resolve(), arguments.head)
    arguments.to.write_text(as_json(verdict), encoding="utf-8")
    counts = {name: len(getattr(verdict, name)) for name in ("findings", "cells", "headlines", "pages", "mends")}
    print(f"wrote {arguments.to}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    if verdict.problem:
        print(verdict.problem)
    return 1 if verdict.total["error"] else 2 if "could not be told" in verdict.problem else 0
