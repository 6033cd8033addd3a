"""Plant errors in copies of the tables and count how many the gate catches, and how many it finds where they are.

For example: mutuals score --each 1 --format json

Prints what was planted, caught and located by kind of error, with 95 per cent intervals; then what survived, by name,
the false alarms in past states of data/, and how often fingerprints were deceived.
"""

import argparse
import json
from typing import Any

from mutuals import scorecard
from mutuals.progress import working


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--each", type=int, default=scorecard.EACH, help="errors for each column and operator")
    parser.add_argument("--seed", type=int, default=scorecard.SEED, help="which errors are drawn")
    parser.add_argument("--format", choices=["text", "json"], default="text", help="how to print the score")


def _shown(line: dict[str, Any]) -> str:
    caught, located = (
        f"{line[name]:>6} ({line[span][0]:.1f} to {line[span][1]:.1f} %)" for name, span in (("caught", "interval"), ("located", "where"))
    )
    return f"{line['family'] + ': ' + line['stratum']:<64}{line['planted']:>6}  caught {caught:<24}  located {located}"


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    with working("planting errors in copies of the tables"):
        score = scorecard.measured(arguments.root, arguments.seed, arguments.each)
    if arguments.format == "json":
        print(json.dumps(score, ensure_ascii=False, indent=1))
        return 0
    print(*map(_shown, (*score["lines"], score["core"], score["all"])), sep="\n")
    for group in score["survivors"]:
        print(f"\nsurvived, {group['kind']} ({len(group['named'])}): {group['why']}", *group["named"], sep="\n  ")
    past = score["past"]
    print(
        f"\nfalse alarms: {past['alarms']} in {past['rows']:,} rows of {past['states']} past states"
        if past
        else "\nfalse alarms: not measured, since there is no history here"
    )
    print(*(past["named"] if past else ()), sep="\n  ")
    for name in ("accepts", "rejects"):
        print(f"fingerprints, false {name}: " + ", ".join(f"{kind} {wrong} of {tried:,}" for kind, (tried, wrong) in score[name].items()))
    return 0
