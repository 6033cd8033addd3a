"""Readings: how a value follows from the few words of its source. Each is documented here and on the method page.

A reading answers None if the value follows, else what the words say instead, as a phrase for a finding.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from mutuals import dates
from mutuals.fingerprints import holds, tokens
from mutuals.schema import SEPARATOR, TYPES, Column
from mutuals.tables import Dataset

MULTIPLES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "hundred": 1e2}
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: n for n, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
FRACTIONS = {"half": 50.0, "quarter": 25.0}
PLURALS = {"hundreds": 1e2, "thousands": 1e3, "millions": 1e6}
CURRENCIES = {"£": "gbp", "$": "usd", "€": "eur"}
UNITS = {"%": "percent", "percent": "percent", "year": "years", "years": "years", "month": "months", "months": "months"}
_NUMERAL = re.compile(r"([£$€]?)(\d[\d,]*(?:\.\d+)?)([a-z]*)(%?)")


@dataclass(frozen=True)
class Amount:
    """A number with the unit printed beside it: gbp, usd, eur, percent, years, months, ordinal, or blank."""

    number: float
    unit: str


@dataclass(frozen=True)
class Claim:
    """One evidence row with what is needed to read it."""

    value: str
    as_read: str
    note: str
    column: Column
    record: dict[str, str]
    source: dict[str, str]
    data: Dataset


def folded(text: str) -> list[str]:
    """Tokens in lower case without a possessive ending: what is compared when names and terms are read."""
    return [re.sub(r"'s$", "", token.lower()) for token in tokens(text)]


def _pieces(text: str) -> list[str]:
    joined = re.sub(r"(?<=\w)-(?=[a-z])", " ", " ".join(tokens(text)).lower()).replace("per cent", "percent")
    return re.findall(r"(?<![a-z])[£$€]?\d[\d,]*(?:\.\d+)?[a-z]*%?|[a-z]+|%", joined)


def _start(piece: str) -> tuple[float, str] | None:
    """The number that a piece of text begins, with its unit if the piece itself carries one."""
    numeral = _NUMERAL.fullmatch(piece)
    if numeral:
        sign, digits, suffix, percent = numeral.groups()
        if suffix and suffix not in MULTIPLES:
            return (float(digits.replace(",", "")), "ordinal") if suffix in ("st", "nd", "rd", "th") else None
        number = float(digits.replace(",", "")) * MULTIPLES.get(suffix, 1)
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
        if number in range(20, 100, 10) and at < len(pieces) and WORDS.get(pieces[at], 99) < 10:
            number, at = number + WORDS[pieces[at]], at + 1
        while at < len(pieces) and pieces[at] in MULTIPLES:
            number, at = number * MULTIPLES[pieces[at]], at + 1
        found.append(Amount(number, unit or (UNITS.get(pieces[at], "") if at < len(pieces) else "")))
    return tuple(found)


def _numbers(claim: Claim) -> list[float]:
    """The numbers in the words that are in the column's unit."""
    unit = (claim.record.get("unit_code", "") if claim.column.name == "value" else claim.column.unit).lower()
    read = amounts(claim.as_read)
    if unit == "months":
        return [a.number * (12 if a.unit == "years" else 1) for a in read if a.unit in ("years", "months")]
    if unit in ("gbp", "percent", "years", "ordinal"):
        return [a.number for a in read if a.unit == unit]
    return [a.number for a in read if a.unit == ""]


def number(claim: Claim) -> str | None:
    """The words hold exactly one number in the column's unit, and it is the value.

    “£1bn” is 1,000,000,000 pounds; “five-year” 60 months; “91 per cent” and “25%” percent; “half” 50 percent;
    “millions” 1,000,000 (with the bound several_times); “first” 1.
    """
    read = sorted(set(_numbers(claim)))
    said = " and ".join(f"{n:,.10g}" for n in read) or "no number in this unit"
    if len(read) != 1:
        return f"{said} (exactly one is needed)"
    return None if re.fullmatch(TYPES["number"] or "", claim.value) and float(claim.value) == read[0] else said


_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in (m.lower() for m in dates.MONTHS))
_DAY_MONTH = re.compile(rf"(\d{{1,2}}) ({_MONTH}) (\d{{4}}|\d{{2}})\b")
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}}) (\d{{4}})\b")
_MONTH_YEAR = re.compile(rf"\b({_MONTH}) (\d{{4}})\b")
_RELATIVE = re.compile(rf"\b({_MONTH}) (last|this|next) year\b")


def _month(name: str) -> int:
    return next(i for i, month in enumerate(dates.MONTHS, 1) if month.lower().startswith(name[:3]))


def _weeks(words: str, first: date, last: date) -> str | None:
    """Read “this week” and “last week” as one unknown day of the days that they may mean.

    A week runs from Monday to Sunday. This week ends with the day of publication. A Sunday paper's “last
    week” may be the week that ends with it or the one before.
    """
    if first.year < 2:
        return None  # The day of publication has no beginning, so it has no week.
    monday = first - timedelta(days=first.weekday())
    if "this week" in words:
        return dates.one_of(monday, last)
    if "last week" in words:
        sunday = last - timedelta(days=1) if last.weekday() == 6 and first == last else last - timedelta(days=last.weekday() + 1)
        return dates.one_of(monday - timedelta(days=7), sunday)
    return None


def _plain(words: str) -> str:
    return re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", " ".join(token for token in tokens(words) if token != ",").lower())


def printed_dates(words: str) -> list[str]:
    """The dates that stand in the words as they are, whenever they were printed; years only where nothing more is said."""
    text = _plain(words)
    days = [(year, month, day) for day, month, year in _DAY_MONTH.findall(text)]
    days += [(year, month, day) for month, day, year in _MONTH_DAY.findall(text)]
    found = [f"{int(year) + (2000 if len(year) == 2 else 0)}-{_month(month):02}-{int(day):02}" for year, month, day in days]
    found += re.findall(r"\b\d{4}-\d\d-\d\d\b", text)
    rest = _MONTH_DAY.sub("", _DAY_MONTH.sub("", text))
    found += [f"{year}-{_month(month):02}" for month, year in _MONTH_YEAR.findall(rest)]
    return found or re.findall(r"\b(?:19|20)\d\d\b", rest)


def _counted(words: str, published: str) -> list[str]:
    """The dates that follow from words such as “last week” on the day of publication."""
    text = _plain(words)
    first, last = dates.bounds(published)
    found = []
    if first.year == last.year:
        steps = {"last": -1, "this": 0, "next": 1}
        found += [f"{first.year + steps[step]}-{_month(month):02}" for month, step in _RELATIVE.findall(text)]
        back = [1] if "a year ago" in text else [int(a.number) for a in amounts(words) if a.unit == "years" and "years ago" in text]
        found += [f"{first.year - years}~" for years in back]
    if "today" in tokens(words):
        found.append(published)
    if "this decade" in text and first.year // 10 == last.year // 10:
        found.append(f"[{first.year // 10 * 10 + 9},{first.year // 10 * 10 + 10}]")
    return found + [week for week in [_weeks(text, first, last)] if week]


def read_date(words: str, published: str) -> list[str]:
    """The EDTF dates that a phrase may mean in a document published on an EDTF date.

    Printed dates as they stand; “December last year” and “February next year” from the year of publication;
    “today” as its day; “this week” and “last week” as one of their days; “a year ago” as about that year; “this
    decade” as its last year, which is 2019 or, by strict count, 2020. Anything told as past is not later than the
    publication: `[..2011-11-13]`; anything told as present holds on the day of publication.
    """
    printed = printed_dates(words)
    exact = [date for date in printed if "-" in date]
    return exact + _counted(words, published) or printed or [f"[..{dates.bounds(published)[1]}]", published]


def a_date(claim: Claim) -> str | None:
    """The value is a date that the words may mean, seen from the day of the source's publication."""
    published = claim.source.get("date_published", "")
    found = read_date(claim.as_read, published) if dates.is_date(published) else printed_dates(claim.as_read)
    if not found:
        return "nothing that can be dated, since the source has no date"
    return None if claim.value in found else " or ".join(found)


def verbatim(claim: Claim) -> str | None:
    """The value stands in the words as printed, capitals and possessives aside, or as corrected in errata.csv."""
    wanted, read = folded(claim.value), folded(claim.as_read)
    if holds(read, wanted):
        return None
    errata = claim.data.get("errata")
    if not errata.reading.usable or errata.reading.set_aside:
        return None  # The correction may stand on a line that could not be read, which has its own finding.
    for erratum in errata.records:
        if erratum["source_id"] == claim.source.get("source_id") and erratum["correct"]:
            printed, correct = folded(erratum["printed"]), folded(erratum["correct"])
            for at in range(len(read)):
                if read[at : at + len(printed)] == printed and holds(read[:at] + correct + read[at + len(printed) :], wanted):
                    return None
    return f"“{claim.as_read}”"


def own_words(claim: Claim) -> str | None:
    """The value is our summary of the words; a reader judges it, the machine proves only the words."""
    return None


def inferred(claim: Claim) -> str | None:
    """The value follows from the words by the reasoning in the note; or it is a date that is printed."""
    if claim.note or (claim.column.name.startswith("date_") and claim.value in printed_dates(claim.as_read)):
        return None
    return "nothing that can be read by rule; write the reasoning into the note"


def code(claim: Claim) -> str | None:
    """The words hold a term that the code list gives for the code; a code without terms holds where no other's stands."""
    codes = claim.data.get(f"codes/{claim.column.codes}")
    read = folded(claim.as_read)
    printed = {
        name for name, record in codes.by_key.items() for term in record["printed"].split(SEPARATOR) if term and holds(read, folded(term))
    }
    wanted = codes.by_key.get(claim.value)
    if wanted is None or claim.value in printed or (not wanted["printed"] and not printed):
        return None
    return " or ".join(sorted(printed)) or "no term that the code list gives for a code"


def reference(claim: Claim) -> str | None:
    """The words hold a name of the record that is referred to, or a part of one; “Le Grand, Julian” is read both ways."""
    target = claim.data.get(claim.column.refers_to).by_key.get(claim.value)
    if target is None:
        return None
    read = folded(claim.as_read)
    if "," in read:
        read += read[read.index(",") + 1 :] + read[: read.index(",")]
    names = [folded(name) for name in (target["name"], *target.get("other_names", "").split(SEPARATOR)) if name]
    if any(holds(read, name) or holds(name, read) for name in names):
        return None
    return (
        None
        if verbatim(Claim(target["name"], claim.as_read, "", claim.column, claim.record, claim.source, claim.data)) is None
        else f"“{claim.as_read}”"
    )


READINGS: dict[str, Callable[[Claim], str | None]] = {
    "verbatim": verbatim,
    "own_words": own_words,
    "number": number,
    "date": a_date,
    "code": code,
    "reference": reference,
    "inferred": inferred,
}
