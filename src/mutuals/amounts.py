"""Amounts: the numbers that stand in a few printed words, each with its unit."""

import re
from dataclasses import dataclass
from functools import lru_cache

from mutuals.fingerprints import tokens

MULTIPLES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "hundred": 1e2}
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
FRACTIONS = {"half": 50.0, "quarter": 25.0}
PLURALS = {"hundreds": 1e2, "thousands": 1e3, "millions": 1e6}
CURRENCIES = {"£": "gbp", "$": "usd", "€": "eur"}
UNITS = {"gbp": "gbp", "%": "percent", "percent": "percent", "year": "years", "years": "years", "month": "months", "months": "months"}
MOST = 1e18  # no count or sum has more digits
_NUMERAL = re.compile(r"([£$€]?)(\d[\d,]*(?:\.\d+)?)([a-z]*)(%?)")


@dataclass(frozen=True)
class Amount:
    """A number with the unit printed beside it: gbp, usd, eur, percent, years, months, ordinal, or blank."""

    number: float
    unit: str


def _pieces(text: str) -> list[str]:
    joined = re.sub(r"(?<=\w)-(?=[a-z])", " ", " ".join(tokens(text)).lower()).replace("per cent", "percent")
    pieces = re.findall(r"(?<![a-z])[£$€]?\d[\d,]*(?:\.\d+)?[a-z]*%?|[a-z]+|%", joined)
    return [piece for piece in pieces if piece != "currency"]  # “amount: 4220000, currency: GBP”, as notices have it


def _start(piece: str) -> tuple[float, str] | None:
    """The number that a piece of text begins, with its unit if the piece itself carries one."""
    numeral = _NUMERAL.fullmatch(piece)
    if numeral:
        sign, digits, suffix, percent = numeral.groups()
        if suffix and suffix not in MULTIPLES:
            return (float(digits.replace(",", "")), "ordinal") if suffix in ("st", "nd", "rd", "th") else None
        number = round(float(digits.replace(",", "")) * MULTIPLES.get(suffix, 1), 6)
        return number, CURRENCIES.get(sign, "percent" if percent else "")
    for known, unit in ((WORDS, ""), (PLURALS, ""), (FRACTIONS, "percent"), (ORDINALS, "ordinal")):
        if piece in known:
            return float(known[piece]), unit
    return None


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """Every number in a phrase with its unit: “£1bn, 10-year deal” gives 1e9 gbp and 10 years."""
    pieces, found, at = _pieces(text), [], 0
    while at < len(pieces):
        start = _start(pieces[at])
        at += 1
        if start is None:
            continue
        number, unit = start
        unit = unit or ("gbp" if at > 1 and pieces[at - 2] == "gbp" else "")
        if number in range(20, 100, 10) and at < len(pieces) and WORDS.get(pieces[at], 99) < 10:
            number, at = number + WORDS[pieces[at]], at + 1
        while at < len(pieces) and pieces[at] in MULTIPLES:
            number, at = round(number * MULTIPLES[pieces[at]], 6), at + 1
        if number < MOST:
            found.append(Amount(number, unit or (UNITS.get(pieces[at], "") if at < len(pieces) else "")))
    return tuple(found)
