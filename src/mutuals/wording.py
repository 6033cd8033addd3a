"""How numbers, lists and sources are said in words, on pages and in notebooks alike."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mutuals.dates import bounds, spoken
from mutuals.tables import load

UNKNOWN = "not stated"
_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def words(count: int) -> str:
    """A count as a sentence says it: twelve, but 13."""
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"


def several(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: “one source”, “13 ballots”; a plural that is not made with -s is given."""
    return f"{words(count)} {noun if count == 1 else plural or noun + 's'}"


def when(date: str) -> str:
    """A date as a sentence says it: “in May 2012”, “on 1 May 2012”, “by 1 May 2012”, “about 2012”; blank where there is none."""
    if not date:
        return ""
    if re.fullmatch(r"\d{4}(-\d\d){0,2}", date):
        return f"{'on' if date.count('-') == 2 else 'in'} {spoken(date)}"
    return (
        f"from {spoken(date)}" if "/" in date else f"in {spoken(date)}" if re.fullmatch(r"\[\d{4}(,|\.\.)\d{4}\]", date) else spoken(date)
    )


def money(pounds: float | None) -> str:
    """A sum as people say it: £500m, £1.25bn, £250,000; unknown sums as “not stated”."""
    if pounds is None or pd.isna(pounds):
        return UNKNOWN
    sign, size = ("−" if pounds < 0 else ""), abs(pounds)
    for unit, letter in ((1e9, "bn"), (1e6, "m")):
        if round(size / (unit / 1e3)) >= 1000:
            return f"{sign}£{f'{size / unit:,.2f}'.rstrip('0').rstrip('.')}{letter}"
    return f"{sign}£{round(size):,}"


def people(count: float | None) -> str:
    """A head count as people say it: 20,000; an unknown count as “not stated”."""
    return UNKNOWN if count is None or pd.isna(count) else f"{round(count):,}"


def listed(words: list[str]) -> str:
    """Words one after the other, with an “and” before the last."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def each_cited(source_ids: Iterable[str], root: Path | None = None) -> dict[str, str]:
    """Sources by their keys, each in words (short name and date), the earliest first, those without a date last."""
    sources = load("sources", root).set_index("source_id").loc[sorted(set(source_ids))]
    days = sources.date_published.map(lambda date: bounds(date)[0].isoformat() if isinstance(date, str) else "9999")
    return {
        str(row.Index): f"{row.short_name}, {spoken(row.date_published)}" if isinstance(row.date_published, str) else row.short_name
        for row in sources.loc[days.sort_values(kind="stable").index].itertuples()
    }


def cited(source_ids: Iterable[str], root: Path | None = None) -> str:
    """Sources by short name and date in one line, the earliest first, those without a date last."""
    return "; ".join(each_cited(source_ids, root).values())
