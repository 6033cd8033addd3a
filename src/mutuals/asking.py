"""Asking in a terminal: one question at a time, with the choices of code lists, names looked up, and “?” for what is meant."""

import sys
from collections.abc import Callable, Iterable

from mutuals import entries
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.schema import Column
from mutuals.tables import Dataset, Table

FEW = 20  # codes: so short a list is named before the question, a longer one where help is asked for


def guided(given: Iterable[object]) -> bool:
    """Whether to ask: somebody sits at the terminal, and none of these flags was given."""
    return sys.stdin.isatty() and not any(given)


def line(question: str, default: str = "") -> str:
    """What is answered; the default where nothing is. Raises CommandError where there is no answer to come."""
    try:
        answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip()
    except EOFError as error:
        print()
        raise CommandError("no more answers came; nothing was written") from error
    return answer or default


def yes(question: str) -> bool:
    """Whether the answer is yes."""
    return line(f"{question} (y or n)", "n").lower().startswith("y")


def pick(question: str, options: list[tuple[str, str]], default: str = "", none: str = "none of these") -> str:
    """The key of one of some options, by its number or by the key itself; blank for none of them."""
    for number, (key, label) in enumerate(options, 1):
        print(f"  {number:>2}  {label}  ({key})")
    while True:
        answer = line(f"{question} (a number, or Enter for {default or none})")
        key = options[int(answer) - 1][0] if answer.isascii() and answer.isdigit() and 0 < int(answer) <= len(options) else answer
        if key in ("", *(key for key, _ in options)):
            return key or default
        print(f"  write a number from 1 to {len(options)}")


def record(table: Table, question: str, none: str = "none of these", again: Callable[[str], str] | None = None) -> str:
    """The key of a record of a table that is looked up by name; blank for none. `again` makes one where none was meant."""
    while text := line(question):
        if text in table.places:
            return text
        if options := entries.likely(table, text):
            if key := pick("Which one?", options, none=none):
                return key
        else:
            print(f"  nothing in {table.file} is called like that")
        if again and (key := again(text)):
            return key
    return ""


def cell(column: Column, data: Dataset, default: str = "") -> str:
    """The value of a column as it is to be written; asked again until it is understood, and while it is required and blank."""
    marks = "needed" if column.required else "expected" if column.expected else "if known"
    codes = data.get(f"codes/{column.codes}") if column.codes else None
    question = f"{column.title} ({marks}{', several parted by ;' if column.many else ''}, ? for help)"
    if codes and len(codes.keys) <= FEW:
        print(f"  one of {', '.join(codes.keys)}")
    while True:
        text = line(question, default)
        if text == "?":
            print(f"  {column.description} For example: {column.example}")
            for row in codes.records[: entries.MOST_CODES] if codes else ():
                print(f"    {row['code']:<28} {row['label']}: {row['description']}")
            continue
        if not text and column.required:
            print("  this one is needed; ? says what it is")
            continue
        try:
            return entries.understood(column, text, data)
        except ValueError as error:
            print(f"  {error}")
        target = data.get(column.refers_to) if column.refers_to else codes
        options = entries.likely(target, text) if target and ";" not in text else []
        if options and (key := pick(f"Which one did you mean by {shown(text)}?", options)):
            return key
