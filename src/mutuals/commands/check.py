"""Check the tables: bytes, schemas, keys, references, dates, evidence, fingerprints, gaps.

For example: mutuals check --format json

Prints every finding as file:line:column, the record, the rule, what was found, what was wanted and what to do.
There are errors, warnings (which a person must look at) and notes; only errors stop the book.
With --format json an array as findings.schema.json describes it, which the book publishes. With --format github the first
ten annotations of each level, and all findings as a table in the file that GITHUB_STEP_SUMMARY names.
"""

import argparse
import importlib.util
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from mutuals import files
from mutuals.commands import CommandError
from mutuals.findings import FORMATS, Finding, as_summary, counted, errors
from mutuals.memory import Memory, unsearched
from mutuals.progress import working
from mutuals.schema import SchemaError

INPUTS = ("data", "releases", "schemas", "validation")
PAUSE = 0.03  # seconds between two looks at the files


def register(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="how to print the findings")
    parser.add_argument("--engine", choices=("pandas", "spark"), default="pandas", help="where the suites are asked: here, or on Spark")
    parser.add_argument("--watch", action="store_true", help="go on, and check again whenever a file is saved (Ctrl-C ends it)")


def run(arguments: argparse.Namespace) -> int:
    """Run the gate and print what it finds; as text what is found first is printed first."""
    if arguments.engine == "spark":
        _can_spark(arguments)
    if not arguments.watch:
        with unsearched():
            return 1 if errors(told(arguments)) else 0
    memory, seen = Memory(), None
    while True:
        try:
            now = files.stamps(arguments.root, INPUTS)
            if now != seen:
                if any(path.suffix != ".csv" for path in files.changes(seen or {}, now)):
                    memory = Memory()
                seen, began = now, time.monotonic()
                told(arguments, memory)
                print(f"({time.monotonic() - began:.2f} s; waiting for the next save)", flush=True)
            time.sleep(PAUSE)
        except (CommandError, SchemaError) as error:
            print(f"mutuals check: {error}", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            return 0


def _can_spark(arguments: argparse.Namespace) -> None:
    """Raise CommandError, with the remedy, where Spark cannot be asked."""
    if arguments.watch:
        raise CommandError("--watch does not go with --engine spark: leave one of them out")
    if not importlib.util.find_spec("pyspark"):
        raise CommandError("no pyspark here: it has an environment of its own; run “make test-spark” once, then .venv-spark/bin/mutuals")
    if not shutil.which("java") and "JAVA_HOME" not in os.environ:
        raise CommandError("Spark needs a Java, and none is on the path: install one (17 or later), or set JAVA_HOME")


def _waited(parts: Iterator[list[Finding]]) -> list[Finding] | None:
    """The next part of the check; None after the last."""
    with working("checking the tables"):
        return next(parts, None)


def told(arguments: argparse.Namespace, memory: Memory | None = None) -> list[Finding]:
    """The findings, which are printed; raises CommandError, with a sentence, where the check could not run."""
    from mutuals.check import stages

    findings: list[Finding] = []
    spark = arguments.engine == "spark"
    try:
        parts = stages(arguments.root, apart=memory is None, memory=memory, spark=spark)
        while (part := _waited(parts)) is not None:
            findings += part
            if arguments.format == "text" and part:
                print(*part, sep="\n", flush=True)
        if spark:
            from mutuals.spark import NOT_CHECKED, REASON
    except (CommandError, SchemaError):
        raise
    except (Exception, SystemExit) as error:  # Beside pyspark, Great Expectations may end the process as if all were well.
        if os.environ.get("MUTUALS_DEBUG"):
            traceback.print_exc()
        raise CommandError(f"the check could not run: {type(error).__name__}: {error} (MUTUALS_DEBUG=1 shows where)") from error
    text = counted(findings) if arguments.format == "text" else FORMATS[arguments.format](sorted(findings))
    if spark and arguments.format == "json":
        text = json.dumps({"findings": json.loads(text), "not_checked": NOT_CHECKED}, ensure_ascii=False, indent=1)
    elif spark:
        print(f"not checked on Spark: {', '.join(NOT_CHECKED)}, since {REASON}")
    print(text, flush=True)
    if arguments.format == "github" and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(as_summary(sorted(findings)))
    return findings
