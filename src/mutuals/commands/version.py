"""Say which version the tables must have: what was removed or renamed since the last release is major, what was added minor.

For example: mutuals version

Exit code 0: the version that pyproject.toml declares will do; 1: it is too low. With --record the release that it is is
written down in releases/, from where the next version is computed, and against which every published key is checked.
"""

import argparse

from mutuals import releases
from mutuals.states import load


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--record", action="store_true", help="write the declared version down as a release, in releases/")
    parser.add_argument(
        "--again", action="store_true", help="with --record: also over a record of the same version that was never published"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what is declared, what changed since the last release, and what that asks for; 1 if the declared version is too low."""
    root = arguments.root
    if arguments.record:
        print(f"wrote {releases.record(root, arguments.again).relative_to(root)}")
        return 0
    declared, known = releases.declared(root), releases.read(root)
    last = known[-1] if known else None
    print(f"declared: {declared}")
    print(f"last release: {last.version}, {last.date}" if last else "last release: none")
    changed = releases.reasons(last.tables, releases.summary(load(root, ""))) if last else []
    for level, why in changed:
        print(f"  {level}: {why}")
    said = releases.too_low(declared, last, changed)
    print(said or ("it will do" if changed or not last else "nothing changed since"))
    return 1 if said else 0
