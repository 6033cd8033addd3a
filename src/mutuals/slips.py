"""Slips: how one text is spoiled as people spoil it. Each takes the text, dice, and the values that may stand there."""

import random
import re
from collections.abc import Callable, Sequence

from mutuals.schema import Column

Slip = Callable[[str, random.Random, Sequence[str]], str | None]


def digit(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """One digit is another."""
    places = [at for at, c in enumerate(text) if c in "0123456789"]
    at = dice.choice(places) if places else -1
    return text[:at] + dice.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :] if places else None


def year(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """A year is the one before or after."""
    years = list(re.finditer(r"(?<![\d,.£])(?:19|20)\d\d(?![\d,]|\.\d)", text))
    found = dice.choice(years) if years else None
    return f"{text[: found.start()]}{int(found[0]) + dice.choice([-1, 1])}{text[found.end() :]}" if found else None


def tenfold(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """A number is ten times as much: a nought is added, or the point is moved."""
    numbers = list(re.finditer(r"(\d[\d,]*)(?:\.(\d)(\d*))?", text))
    found = dice.choice(numbers) if numbers else None
    if not found or not found[0].strip("0,."):
        return None
    whole, first, rest = found[1], found[2] or "0", found[3]
    return f"{text[: found.start()]}{whole.lstrip('0')}{first}{f'.{rest}' if rest else ''}{text[found.end() :]}"


def dropped(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """A word is left out."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if any(c.isalnum() for c in word)]
    at = dice.choice(places) if len(places) > 1 else -1
    return " ".join(words[:at] + words[at + 1 :]) if at >= 0 else None


def negated(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """A “not” is left out, or put in."""
    words = text.split(" ")
    if "not" in words:
        words.remove("not")
    elif len(words) > 1:
        words.insert(dice.randrange(1, len(words)), "not")
    return " ".join(words) if words != text.split(" ") else None


def letters(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """Two letters have changed places."""
    places = [at for at in range(len(text) - 1) if text[at : at + 2].isalpha() and text[at] != text[at + 1]]
    at = dice.choice(places) if places else -1
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :] if places else None


def another(text: str, dice: random.Random, others: Sequence[str] = ()) -> str | None:
    """Another value of those that may stand there."""
    rest = [other for other in others if other != text]
    return dice.choice(rest) if rest else None


SLIPS: dict[str, Slip] = {
    "a digit": digit, "a year off by one": year, "times ten": tenfold, "a word dropped": dropped, "a “not” more or less": negated,
    "letters swapped": letters, "another row's": another, "another code": another, "another reference": another,
}  # fmt: skip


def is_date(column: Column) -> bool:
    """Whether a column holds dates."""
    return column.name == "date" or column.name.endswith("_date") or column.name.startswith("date_")


def slips(column: Column) -> tuple[str, ...]:
    """The slips that the cells of a column invite."""
    if column.codes or column.refers_to:
        return ("another code",) if column.codes else ("another reference",)
    if column.type != "string":
        return ("a digit", "times ten")
    if is_date(column):
        return ("a digit", "a year off by one")
    if column.states == "key":
        return ("a digit", "letters swapped")
    if column.name == "row_id":
        return ("a digit", "letters swapped", "another row's", "another reference")
    if column.pattern:
        return ("a digit", "letters swapped", "another row's")
    return ("a digit", "a year off by one", "a word dropped", "a “not” more or less", "another row's")
