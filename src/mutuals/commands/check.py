"""Check the tables: bytes, schemas, keys, references, dates, evidence, fingerprints, gaps.

Prints every finding as file:line:column, the record, the rule, what was found, what was wanted and what to do.
There are errors, warnings (which a person must look at) and notes; only errors stop the book.
Exit code 0: no errors, though there may be warnings and notes; 1: errors; 2: the check could not run.
With --format json an array as findings.schema.json describes it, which the book publishes. With --format github the first
ten annotations of each level, and all findings as a table in the file that GITHUB_STEP_SUMMARY names.
"""

import argparse
import os
import traceback
from pathlib import Path

from mutuals.commands import CommandError
from mutuals.findings import FORMATS, Finding, as_summary, counted, errors
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
    if arguments.format == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(as_summary(sorted(findings)))
    return 1 if errors(findings) else 0
