"""The command `mutuals`: one module for each verb, found by name; a verb's docstring is its help."""

import argparse
import importlib
import io
import os
import pkgutil
import sys
import traceback
from pathlib import Path

from mutuals.schema import SchemaError
from mutuals.tables import find_root

# The exit codes of all commands, and the only place that says them.
EXITS = {
    0: "all well; what was to be written is written",
    1: "something is to be put right: findings of the check, a change that it refuses, a form that lacks something",
    2: "the command could not run: it was mistyped, or names what is not there; nothing was written",
    130: "stopped with Ctrl-C; of a change, nothing was written or all of it",
}


class CommandError(Exception):
    """A command that cannot go on; its message is one sentence with the remedy."""


def verbs() -> list[str]:
    """The names of all commands."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def parser(asked: list[str]) -> argparse.ArgumentParser:
    """The parser of the verb that is asked for, since another's imports may take seconds; of all verbs where it is none."""
    whole = argparse.ArgumentParser(
        prog="mutuals",
        description="Spun Out: the open record of UK public service mutuals.",
        epilog="\n".join(["exit codes:", *(f"  {code:<5}{said}" for code, said in EXITS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for verb in asked[:1] if asked[:1] and asked[0] in verbs() else verbs():
        module = importlib.import_module(f"mutuals.commands.{verb}")
        text = (module.__doc__ or "").strip()
        command = commands.add_parser(
            verb, help=text.splitlines()[0], description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        command.add_argument("--root", type=Path, help="the repository; by default the one at or above this folder")
        module.register(command)
        command.set_defaults(run=module.run)
    return whole


def _recover(root: Path) -> None:
    """Put back what a command that was stopped has left half written. Raises CommandError for a file that was edited since."""
    from mutuals.changes import recover

    if edited := recover(root):
        raise CommandError(f"{', '.join(edited)}: edited since a command was stopped while it wrote, and left so; run “mutuals check”")


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code, one of EXITS."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # A finding must be told on a terminal of any encoding.
    argv = sys.argv[1:] if argv is None else argv
    arguments = parser(argv).parse_args(argv)
    try:
        arguments.root = arguments.root.resolve() if arguments.root else find_root()
        _recover(arguments.root)
        return arguments.run(arguments)
    except BrokenPipeError:
        return 2
    except KeyboardInterrupt:
        print(f"\nmutuals {arguments.verb}: {EXITS[130]}", file=sys.stderr)
        return 130
    except Exception as error:
        foreseen = isinstance(error, (CommandError, SchemaError, OSError))
        if os.environ.get("MUTUALS_DEBUG") and not foreseen:
            traceback.print_exc()
        hint = "" if foreseen else f" ({type(error).__name__}; “mutuals check” may say why, MUTUALS_DEBUG=1 shows where)"
        print(f"mutuals {arguments.verb}: {error}{hint}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
