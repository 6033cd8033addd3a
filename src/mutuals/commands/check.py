"""Check the tables: bytes, schemas, keys, references, dates, evidence, fingerprints, gaps.

Prints every finding as file:line:column, the record, the rule, what was found, what was wanted and what to do.
Exit code 0: clean; 1: findings; 2: the check could not run.
"""

import argparse
import os
import traceback

from mutuals.commands import CommandError
from mutuals.findings import FORMATS, Finding, counted
from mutuals.schema import SchemaError


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to print the findings")


def run(arguments: argparse.Namespace) -> int:
    """Run the gate and print what it finds; as text what is found first is printed first."""
    from mutuals.check import stages

    findings: list[Finding] = []
    try:
        for part in stages(arguments.root, apart=True):
            findings += part
            if arguments.format == "text" and part:
                print(*part, sep="\n", flush=True)
    except (CommandError, SchemaError):
        raise
    except Exception as error:
        if os.environ.get("MUTUALS_DEBUG"):
            traceback.print_exc()
        raise CommandError(f"the check could not run: {type(error).__name__}: {error} (MUTUALS_DEBUG=1 shows where)") from error
    print(counted(findings) if arguments.format == "text" else FORMATS[arguments.format](sorted(findings)), flush=True)
    return 1 if findings else 0
