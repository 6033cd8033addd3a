"""Datings: what dates a few printed words may mean, on the day on which their source was published."""

import re
from datetime import date, timedelta

from mutuals import dates
from mutuals.amounts import amounts
from mutuals.fingerprints import tokens

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" if len(name) > 3 else name for name in (m.lower() for m in dates.MONTHS))
_DAY_MONTH = re.compile(rf"(\d{{1,2}}) ({_MONTH}) (\d{{4}}|\d{{2}})\b")
_MONTH_DAY = re.compile(rf"\b({_MONTH}) (\d{{1,2}}) (\d{{4}})\b")
_MONTH_YEAR = re.compile(rf"\b({_MONTH}) (?:in )?(\d{{4}})\b")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_BARE = re.compile(
    rf"\b(?:(\d{{1,2}}) |in )({_MONTH})\b(?! ?,? ?(?:\d{{2}}|last year|this year|next year))|(?<!\d )\b({_MONTH}) (\d{{1,2}})\b(?! ?,? ?\d{{2}})"
)
_YEARS = re.compile(r"\b((?:19|20)\d\d) ?[/-] ?((?:19|20)?\d\d)\b(?![-/]\d)")
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
    words = re.sub(r",(?=\s\d\d\b(?!\d))", ";", words)  # “On 1 February, 47 employees left”: no year
    return re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", " ".join(token for token in tokens(words) if token != ",").lower())


def printed_dates(words: str) -> list[str]:
    """The dates that stand in the words as they are, whenever they were printed; years only where nothing more is said.

    A financial year, “2013/14” or “2013-14”, is a span of its two years.
    """
    text = _plain(words)
    days = [(year, month, day) for day, month, year in _DAY_MONTH.findall(text)]
    days += [(year, month, day) for month, day, year in _MONTH_DAY.findall(text)]
    found = [f"{int(year) + (2000 if len(year) == 2 else 0)}-{_month(month):02}-{int(day):02}" for year, month, day in days]
    found += re.findall(r"\b(\d{4}-\d\d-\d\d)(?:t[\d:]+)?\b", text)
    found += [f"{year}-{int(month):02}-{int(day):02}" for day, month, year in _SLASHED.findall(text)]
    rest = _MONTH_DAY.sub("", _DAY_MONTH.sub("", text))
    found += [f"{year}-{_month(month):02}" for month, year in _MONTH_YEAR.findall(rest)]
    pairs = [(int(first), int(first[:2] + last if len(last) == 2 else last)) for first, last in _YEARS.findall(rest)]
    found += [f"{first}/{last}" for first, last in pairs if last == first + 1]
    return found or re.findall(r"\b(?:19|20)\d\d\b", rest)


def _bare(text: str, published: date) -> list[str]:
    """“1 July” or “in January” without a year: the last one before the day of publication, or the next one."""
    found = []
    for day, month, other, later in _BARE.findall(text):
        number, which = int(day or later or 1), _month(month or other)
        year = published.year - ((which, number) > (published.month, published.day))
        found += [f"{y}-{which:02}" + (f"-{number:02}" if day or later else "") for y in (year, year + 1)]
    return found


def _counted(words: str, published: str) -> list[str]:
    """The dates that follow from words such as “last week” on the day of publication."""
    text = _plain(words)
    first, last = dates.bounds(published)
    found = []
    if first.year == last.year:
        steps = {"last": -1, "this": 0, "next": 1}
        found += [f"{first.year + steps[step]}-{_month(month):02}" for month, step in _RELATIVE.findall(text)]
        if first == last:
            found += _bare(text, first)
            found += [str(first - timedelta(days=1))] if "yesterday" in text and first > date.min else []
        back = [1] if "a year ago" in text else [int(a.number) for a in amounts(words) if a.unit == "years" and "years ago" in text]
        found += [f"{first.year - years}~" for years in back]
    if "today" in tokens(words):
        found.append(published)
    if "this decade" in text and first.year // 10 == last.year // 10:
        found.append(f"[{first.year // 10 * 10 + 9},{first.year // 10 * 10 + 10}]")
    return found + [week for week in [_weeks(text, first, last)] if week]


def read_date(words: str, published: str) -> list[str]:
    """The EDTF dates that a phrase may mean in a document published on an EDTF date.

    Printed dates as they stand, two of them also as a span, of days or of years in a row; “1 July” and “in January” as the last before the
    day of publication or the next; “yesterday” as the day before; “December last year” and “February next year” from the year of publication;
    “today” as its day; “this week” and “last week” as one of their days; “a year ago” as about that year; “this
    decade” as its last year, which is 2019 or, by strict count, 2020. Anything told as past is not later than the
    publication: `[..2011-11-13]`; anything told as present holds on the day of publication.
    """
    printed = printed_dates(words)
    exact = [date for date in printed if "-" in date]
    if len(set(exact)) == 2:
        exact.append(f"[{min(exact)}..{max(exact)}]")
    years = sorted(set(printed))
    if len(years) == 2 and not exact and "/" not in years[0] and int(years[1]) == int(years[0]) + 1:
        printed.append("/".join(years))
    return exact + _counted(words, published) or printed or [f"[..{dates.bounds(published)[1]}]", published]
