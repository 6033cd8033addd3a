"""Dates: EDTF as this record uses it, and what may come after what."""

import json
from datetime import date

import pytest

from mutuals import dates

GOOD = {
    "2010-08-12": ("2010-08-12", "2010-08-12"),
    "2012-06": ("2012-06-01", "2012-06-30"),
    "2012": ("2012-01-01", "2012-12-31"),
    "2012-02": ("2012-02-01", "2012-02-29"),
    "2011-11~": ("2011-10-01", "2011-12-31"),
    "2012?": ("2011-01-01", "2013-12-31"),
    "2010-03-01%": ("2010-02-28", "2010-03-02"),
    "2010-01/2010-05": ("2010-01-01", "2010-05-31"),
    "[2011-10-31..2011-11-12]": ("2011-10-31", "2011-11-12"),
    "[..2011-11-13]": ("0001-01-01", "2011-11-13"),
    "[2019,2020]": ("2019-01-01", "2020-12-31"),
}
BAD = [
    "",
    " ",
    "2012-13",
    "2011-02-30",
    "2010-02-29",
    "12/08/2010",
    "12 August 2010",
    "2010-8-12",
    "20100812x",
    "2012/2011",
    "[2012..2011]",
    "[2011-11-12..2011-10-31]",
    "2010-X5",
    "²",
    "9" * 400,
    "[" * 200,
    "2010-08-12T25:00",
    "unknown",
    "last week",
    "0000",
    "10000",
    "0001~",
    "9999?",
    "0001-01-01~",
    "2010-08-12,",
]


@pytest.mark.parametrize("text", GOOD)
def test_first_and_last_day(text: str) -> None:
    """A date that means more days, or fewer, than it says."""
    assert dates.bounds(text) == tuple(date.fromisoformat(day) for day in GOOD[text])
    assert dates.is_date(text)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_date(text: str) -> None:
    """Text that is let through as a date, or makes the parser fail."""
    assert not dates.is_date(text)
    with pytest.raises(ValueError, match="“"):
        dates.bounds(text)


def test_the_parser_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's own words in the middle of the JSON."""
    assert not dates.is_date("2013-X7")
    assert json.dumps(capsys.readouterr().out) == '""'


@pytest.mark.parametrize(
    ("later", "earlier", "certain"),
    [
        ("2012-02", "2011-11-13", True),
        ("2011-11-13", "2012-02", False),
        ("2012-02", "2012-02-10", False),
        ("2012", "2012-06", False),
        ("2013", "2012", True),
        ("2012-03-01", "[2012-02-01..2012-02-29]", True),
        ("2012-02-29", "[2012-02-01..2012-02-29]", False),
        ("[..2012]", "2011", False),
        ("2012", "[..2011]", True),
        ("", "2011", False),
        ("2012", "", False),
        ("never", "2011", False),
        ("2012/..", "2011", True),
        ("2013", "2012/..", False),
    ],
)
def test_certainly_after(later: str, earlier: str, certain: bool) -> None:
    """An order that is claimed where the dates leave it open, or missed where they don't."""
    assert dates.certainly_after(later, earlier) is certain


def test_one_of_several_days() -> None:
    """A run of one day written as a span, or a span that cannot be read back."""
    first, last = date(2011, 11, 7), date(2011, 11, 12)
    assert dates.one_of(first, first) == "2011-11-07"
    assert dates.bounds(dates.one_of(first, last)) == (first, last)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("2010-08-12", "12 August 2010"),
        ("2012-06", "June 2012"),
        ("2012", "2012"),
        ("2011-11~", "about November 2011"),
        ("2012?", "perhaps 2012"),
        ("[..2011-11-13]", "by 13 November 2011"),
        ("[2011-10-31..2011-11-12]", "between 31 October 2011 and 12 November 2011"),
        ("[2019,2020]", "2019 or 2020"),
        ("2010-01/2010-05", "January 2010 to May 2010"),
        ("2001-21", "2001-21"),
        ("", ""),
    ],
)
def test_dates_in_words(text: str, spoken: str) -> None:
    """A date that a reader cannot read, or one that makes the page fail."""
    assert dates.spoken(text) == spoken
