"""EDTF dates (ISO 8601-2): the subset in use, and the days that a date may mean.

In use: `2010-08-12`, `2012-06`, `2012`, each with `~`, `?` or `%`; intervals `2010-01/2010-05` (a span of
time); one day out of several `[2011-11-07..2011-11-12]` and `[..2011-11-13]` (not later than).
"""

import calendar
import datetime
import io
import re
from contextlib import redirect_stdout
from functools import lru_cache

from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

Day = datetime.date


def _day(bound: object, fallback: Day) -> Day:
    return fallback if isinstance(bound, float) else Day(*bound[:3])


def _widened(first: Day, last: Day) -> tuple[Day, Day]:
    """The days of “about” a year, month or day: one more year, month or day each way."""
    if first == last:
        return first - datetime.timedelta(days=1), last + datetime.timedelta(days=1)
    before, after = first - datetime.timedelta(days=1), last + datetime.timedelta(days=1)
    if (last - first).days > 31:
        return Day(before.year, 1, 1), Day(after.year, 12, 31)
    return before.replace(day=1), (after.replace(day=28) + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)


LONGEST = 80  # characters of a date
_PLAIN = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def _calendar(text: str) -> tuple[Day, Day] | None:
    """The days of a plain day, month or year, which the calendar knows without the slow grammar; None for all else."""
    parts = _PLAIN.fullmatch(text)
    if not parts or not text.isascii():
        return None
    year, month, day = (None if part is None else int(part) for part in parts.groups())
    try:
        first = Day(year, 1 if month is None else month, 1 if day is None else day)
        last = first.replace(month=12) if month is None else first
        return first, last.replace(day=calendar.monthrange(last.year, last.month)[1]) if day is None else last
    except ValueError:  # also a season such as 2011-21, which the grammar knows
        return None


_COMMON = re.compile(r"\[(?P<from>[^.]*)\.\.(?P<to>[^.]+)\]|(?P<first>[^/]+)/(?P<last>[^/]+)|(?P<about>.+)[~?%]")


def _common(text: str) -> tuple[Day, Day] | None:
    """The days of the usual compounds of plain dates, again without the grammar: `[..A]`, `[A..B]`, `A/B` and `A~`."""
    parts = _COMMON.fullmatch(text)
    if not parts:
        return None
    if parts["about"]:
        return _calendar(parts["about"])
    start, end = parts["from"] if parts["to"] else parts["first"], parts["to"] or parts["last"]
    first, last = (Day.min, Day.min) if start == "" else _calendar(start), _calendar(end)
    return (first[0], last[1]) if first and last else None


def _parsed(text: str) -> tuple[Day, Day]:
    """The days of any date, by the grammar of EDTF, which takes 10 ms for a usual slip. Raises ValueError with what is wrong."""
    if len(text) > LONGEST or text.count("/") > 1 or (_PLAIN.fullmatch(text) and text[5:7] < "21"):
        raise ValueError(f"“{text[:LONGEST]}” is not an EDTF date")
    try:
        with redirect_stdout(io.StringIO()):  # The parser prints what it tries, which would spoil --format json.
            date = parse_edtf(text)
        return _day(date.lower_strict(), Day.min), _day(date.upper_strict(), Day.max)
    except (EDTFParseException, ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"“{text}” is not an EDTF date") from error


@lru_cache(maxsize=8192)
def bounds(text: str) -> tuple[Day, Day]:
    """First and last day that an EDTF date may mean; an open start is 0001-01-01. Raises ValueError with what is wrong.

    What is marked as approximate or uncertain reaches one year, month or day further each way: “about February” from
    January to March.
    """
    if plain := _calendar(text):
        return plain
    first, last = _common(text) or _parsed(text)
    if first > last:
        raise ValueError(f"“{text}” ends before it begins")
    try:
        return _widened(first, last) if text[-1] in "~?%" and "/" not in text else (first, last)
    except OverflowError as error:
        raise ValueError(f"“{text}” reaches beyond the calendar") from error


def is_date(text: str) -> bool:
    """Whether the text is an EDTF date that the record can use."""
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def one_of(first: Day, last: Day) -> str:
    """EDTF for one unknown day out of a run of days."""
    return first.isoformat() if first == last else f"[{first}..{last}]"


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]


def _plain(text: str) -> str:
    """A year, month or day as people write it; other text unchanged."""
    parts = text.split("-")
    if not _PLAIN.fullmatch(text) or (len(parts) > 1 and not 1 <= int(parts[1]) <= 12):
        return text
    named = [str(int(parts[2]))] if len(parts) == 3 else []
    return " ".join([*named, *([MONTHS[int(parts[1]) - 1]] if len(parts) > 1 else []), parts[0]])


def spoken(text: str) -> str:
    """An EDTF date in words: “12 August 2010”, “by 13 November 2011”, “about November 2011”."""
    if text.startswith("[..") and text.endswith("]"):
        return f"by {_plain(text[3:-1])}"
    if text.startswith("["):
        first, _, last = text[1:-1].replace(",", "..").partition("..")
        if len(first) == 4:
            return f"{first} or {last}"
        return f"between {_plain(first)} and {_plain(last)}"
    if text.count("/") == 1:
        first, last = text.split("/")
        return f"{spoken(first)} to {spoken(last)}"
    if text[-1:] in "~?%":
        return f"{ {'~': 'about', '?': 'perhaps', '%': 'perhaps about'}[text[-1]] } {_plain(text[:-1])}".strip() if text else ""
    return _plain(text)


def certainly_after(later: str, earlier: str) -> bool:
    """Whether every day that the first date may mean comes after every day of the second; False if either is no date."""
    if not is_date(later) or not is_date(earlier):
        return False
    return bounds(later)[0] > bounds(earlier)[1]
