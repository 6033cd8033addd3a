"""Turn a filled issue form into rows with their evidence, or say what is missing.

For example: mutuals intake issue.md --dry-run

The text of the issue is read from a file, or from the standard input where the file is -. Exit code 0: the rows are written;
1: something is missing or the gate refuses, and the sentences can be sent to the writer as they are; 2: it is no form of ours.
"""

import argparse
import sys
from pathlib import Path

from mutuals import forms, intakes
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.outcome import finish, options


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", help="the text of the issue, or - for the standard input")
    parser.add_argument("--former", choices=("removed", "contradicts"), default="", help="what becomes of the evidence for the old value")
    parser.add_argument("--why", default="", help="why the cell does not follow the former evidence")
    options(parser)


def _body(file: str) -> str:
    """The text of an issue. Raises CommandError if it cannot be read."""
    try:
        content = sys.stdin.buffer.read(4 * forms.MOST + 1) if file == "-" else Path(file).read_bytes()[: 4 * forms.MOST + 1]
        return content.decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 (byte {error.start + 1})") from error


def run(arguments: argparse.Namespace) -> int:
    """Read the form, collect the rows, and write them if the gate passes them."""
    form, answers = forms.filled(arguments.root, _body(arguments.file))
    changes = Changes(arguments.root)
    if wrong := intakes.taken(changes, form, answers, arguments.former, arguments.why):
        print(*(sentence[:1].upper() + sentence[1:] for sentence in wrong), sep="\n")
        return 1
    return finish(changes, arguments)
