"""Tell on GitHub, in a job that runs no contributed code: a verdict on its pull request, or a report in an issue.

For example: mutuals post --verdict verdict.zip

GITHUB_EVENT_PATH names the event of the run that made the verdict.
With --issue TITLE --body FILE the one open issue of that title is brought up to date, or opened. GITHUB_TOKEN is the
right to do so. It needs no packages: PYTHONPATH=src python3 -m mutuals post runs it.
"""

import argparse
import json
import os
from pathlib import Path

from mutuals import github
from mutuals.commands import CommandError
from mutuals.verdict import MOST_ZIP, unpack


def register(parser: argparse.ArgumentParser) -> None:
    """Add what is told."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--verdict", type=Path, help="the artifact, a zip, as GitHub gives it")
    what.add_argument("--issue", help="title of the issue")
    parser.add_argument("--body", type=Path, help="with --issue: a file with its text")


def run(arguments: argparse.Namespace) -> int:
    """Tell it, and print what was done."""
    event = json.loads(Path(os.environ.get("GITHUB_EVENT_PATH", os.devnull)).read_text(encoding="utf-8") or "{}")
    send = github.sender(os.environ.get("GITHUB_API_URL", ""), os.environ.get("GITHUB_TOKEN", ""))
    if arguments.issue:
        if not arguments.body:
            raise CommandError("say --body FILE with the text of the issue")
        body = arguments.body.read_text(encoding="utf-8")[: github.MOST_BODY]
        print(github.issue(event["repository"]["full_name"], arguments.issue, body, send))
        return 0
    with arguments.verdict.open("rb") as file:
        verdict = unpack(file.read(MOST_ZIP + 1))
    print(github.post(verdict, event, send))
    return 0
