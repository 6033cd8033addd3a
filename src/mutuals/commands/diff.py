"""Compare two states of the tables by key and cell: mutuals diff [A [B]], each a release, a commit, a folder or a zip.

For example: mutuals diff HEAD

By default the last release (nothing, where there is none yet) with the working tree. Tells rows that came, went or were
renamed, cells with their old and new value and evidence, which headline numbers moved and why, and which version the
changes ask for. As CSV and JSON every difference is told; --changelog writes entries for CHANGELOG.md.
Exit code 0, whatever the difference; 2 where a state cannot be read.
"""

import argparse
import json
from collections.abc import Iterator

from mutuals import releases
from mutuals.account import account, changelog, moved, text
from mutuals.diff import Diff
from mutuals.headlines import moves
from mutuals.states import State


def register(parser: argparse.ArgumentParser) -> None:
    """Add the two states and the form."""
    parser.add_argument("a", nargs="?", help="the first state; by default the last release")
    parser.add_argument("b", nargs="?", default="", help="the second state; by default the working tree")
    parser.add_argument("--format", choices=("text", "csv", "json", "html"), default="text", help="how to tell it")
    parser.add_argument("--changelog", action="store_true", help="as entries for CHANGELOG.md")


def _lines(diff: Diff, asked: argparse.Namespace, known: releases.Release | None) -> Iterator[str]:
    """The difference in words."""
    derived = {name: set(diff.b.columns(name, "derived")) for name in diff.b.tables}
    found = account(diff.changes, derived)
    reasons = {(row["table"], row["row_id"]): row["reason"] for row in diff.b.rows("tombstones").values()}
    steps = moves(diff.a, diff.b, known.headlines if known else None, diff.renamed)
    if asked.changelog:
        yield from changelog(found, steps, diff.a, diff.b, reasons)
        return
    yield f"{diff.a.label} → {diff.b.label}"
    yield from text(found, reasons)
    yield from ["headline numbers", *(f"  {line}" for line in moved(steps))]
    changed = releases.reasons(releases.summary(diff.a), releases.summary(diff.b))
    yield f"version: {changed[0][0]}, since {changed[0][1]}" if changed else "nothing changed"


def run(arguments: argparse.Namespace) -> int:
    """Print the difference."""
    root, known = arguments.root, releases.read(arguments.root)
    name = arguments.a if arguments.a is not None else known[-1].version if known else None
    release = next((release for release in known if release.version == name), None)
    diff = Diff(State("nothing") if name is None else releases.state(root, name), releases.state(root, arguments.b))
    if arguments.format == "csv":
        print(releases.as_csv(diff.changes), end="")
    elif arguments.format == "json":
        steps = moves(diff.a, diff.b, release.headlines if release else None, diff.renamed)
        changed = releases.reasons(releases.summary(diff.a), releases.summary(diff.b))
        found = {
            "a": diff.a.label,
            "b": diff.b.label,
            "version": changed[0][0] if changed else "",
            "headlines": [*map(releases.told, steps)],
        }
        print(json.dumps({**found, "changes": [change.fields for change in diff.changes]}, ensure_ascii=False, indent=1))
    elif arguments.format == "html" and not arguments.changelog:
        from mutuals.pages.changes import compared

        print(compared(root, diff, moves(diff.a, diff.b, release.headlines if release else None, diff.renamed)), end="")
    else:
        print("\n".join(_lines(diff, arguments, release)))
    return 0
