"""Check the tables: bytes, schemas, keys, references, dates, evidence, fingerprints, gaps.

Prints every finding as file:line:column, the record, the rule, what was found, what was wanted and what to do.
Exit code 0: clean; 1: findings; 2: the check could not run.
"""

import argparse
import os
import sys
import traceback

from mutuals.commands import CommandError
from mutuals.findings import FORMATS
from mutuals.schema import SchemaError


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to print the findings")


def run(arguments: argparse.Namespace) -> int:
    """Run the gate and print what it finds."""
    from mutuals.check import check

    try:
        findings = check(arguments.root)
    except (CommandError, SchemaError):
        raise
    except Exception as error:
        if os.environ.get("MUTUALS_DEBUG"):
            traceback.print_exc()
        raise CommandError(f"the check could not run: {type(error).__name__}: {error} (MUTUALS_DEBUG=1 shows where)") from error
    print(FORMATS[arguments.format](findings))
    sys.stdout.flush()
    return 1 if findings else 0
