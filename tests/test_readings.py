"""Readings: what a number, a date, a code or a name in a source says, and what it does not."""

from dataclasses import replace
from pathlib import Path

import pytest

from mutuals.amounts import Amount, amounts
from mutuals.datings import read_date
from mutuals.readings import READINGS, Claim
from mutuals.schema import READINGS as NAMES
from mutuals.tables import Dataset, read_dataset


@pytest.fixture(scope="module")
def data(root: Path) -> Dataset:
    """The real tables."""
    return read_dataset(root)


def claim(data: Dataset, table: str, column: str, value: str, as_read: str, **record: str) -> Claim:
    """Evidence that says this of a column, in a source of 13 November 2011."""
    source = data.get("sources").by_key["independent-2011-11-13"]
    return Claim(value, as_read, "", data.get(table).schema[column], record.get("unit_code", ""), source, data)


def follows(claim: Claim) -> bool:
    """Whether the value follows from the words."""
    return READINGS[claim.column.reading](claim) is None


def test_each_reading_of_a_schema_is_there() -> None:
    """A reading that a schema may name and nothing can make."""
    assert set(READINGS) == set(NAMES)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("£1bn, 10-year deal", [(1e9, "gbp"), (10, "years")]),
        ("£500m contract", [(5e8, "gbp")]),
        ("£1.5 million", [(1.5e6, "gbp")]),
        ("91 per cent", [(91, "percent")]),
        ("up to 25%", [(25, "percent")]),
        ("five-year deal", [(5, "years")]),
        ("At least 45,000 health workers", [(45000, "")]),
        ("One million state workers", [(1e6, "")]),
        ("thousands of", [(1000, "")]),
        ("half", [(50, "percent")]),
        ("the first wave", [(1, "ordinal")]),
        ("the 1,000th member", [(1000, "ordinal")]),
        ("£10m bond", [(1e7, "gbp")]),
        ("twenty-five years", [(25, "years")]),
        ("60 months", [(60, "months")]),
        ("two hundred thousand", [(200000, "")]),
        ("no number", []),
        ("mp3 a4 co2", []),
        ("$5m", [(5e6, "usd")]),
        ("three per ward", [(3, "")]),
        ("3 per cent", [(3, "percent")]),
    ],
)
def test_numbers_in_words(words: str, read: list[tuple[float, str]]) -> None:
    """A number that is read wrong, or in another unit."""
    assert list(amounts(words)) == [Amount(number, unit) for number, unit in read]


@pytest.mark.parametrize(
    ("column", "value", "words", "right"),
    [
        ("value_gbp", "1000000000", "a £1bn, 10-year deal", True),
        ("value_gbp", "1000000001", "a £1bn, 10-year deal", False),
        ("term_months", "120", "a £1bn, 10-year deal", True),
        ("term_months", "10", "a £1bn, 10-year deal", False),
        ("value_gbp", "10", "a £1bn, 10-year deal", False),
        ("value_gbp", "500000000", "£450m or £500m", False),
        ("value_gbp", "450000000", "£450m or £500m", False),
        ("value_gbp", "500", "500 people", False),
        ("value_gbp", "500", "$500", False),
        ("value_gbp", "²", "£2", False),
        ("value_gbp", "2", "£2 and £2", True),
        ("term_months", "18", "18 months", True),
        ("value_gbp", "", "£2", False),
        ("value_gbp", "-2", "£2", False),
    ],
)
def test_a_number_follows_from_its_words(data: Dataset, column: str, value: str, words: str, right: bool) -> None:
    """A sum taken from the wrong number, unit or currency, or from one of two."""
    assert follows(claim(data, "contracts", column, value, words)) is right


@pytest.mark.parametrize(
    ("unit", "value", "words", "right"),
    [
        ("percent", "25", "anything up to 25%", True),
        ("people", "25", "anything up to 25%", False),
        ("years", "80", "for over 80 years", True),
        ("people", "80", "for over 80 years", False),
        ("people", "1000000", "millions of public sector workers", True),
        ("percent", "50", "by as much as half", True),
    ],
)
def test_a_figure_is_read_in_its_unit(data: Dataset, unit: str, value: str, words: str, right: bool) -> None:
    """A percentage taken for people."""
    assert follows(claim(data, "figures", "value", value, words, unit_code=unit)) is right


@pytest.mark.parametrize(
    ("words", "published", "meant"),
    [
        ("From February next year", "2011-11-13", ["2012-02"]),
        ("in December last year", "2010-02~", ["2009-12"]),
        ("12 August 2010", "2010-08-13", ["2010-08-12"]),
        ("11 Aug 10", "2010-08-12", ["2010-08-11"]),
        ("by April 2013", "2012-07", ["2013-04"]),
        ("in 2012", "2013", ["2012"]),
        ("launched today", "2010-08-12", ["2010-08-12"]),
        ("Today programme", "2010-02", ["[..2010-02-28]", "2010-02"]),
        ("Last week, it was announced", "2011-11-13", ["[2011-10-31..2011-11-12]"]),
        ("this week", "2011-11-10", ["[2011-11-07..2011-11-10]"]),
        ("last week", "2011-11-10", ["[2011-10-31..2011-11-06]"]),
        ("by the end of this decade", "2010-07-15", ["[2019,2020]"]),
        ("has lost", "2011-11-13", ["[..2011-11-13]", "2011-11-13"]),
        ("last week", "[..2012]", ["[..2012-12-31]", "[..2012]"]),
        ("last week", "0001-01-02", ["[..0001-01-02]", "0001-01-02"]),
        ("February next year", "[..2011-11-13]", ["[..2011-11-13]", "[..2011-11-13]"]),
    ],
)
def test_dates_in_words(words: str, published: str, meant: list[str]) -> None:
    """A date read as more precise than it is printed, or from the wrong year."""
    assert read_date(words, published) == meant


def test_a_date_needs_a_dated_source(data: Dataset) -> None:
    """A date that is taken from a document without one."""
    good = claim(data, "contracts", "start_date", "2012-02", "From February next year")
    assert follows(good)
    assert not follows(replace(good, value="2012-03"))
    assert not follows(replace(good, source={**good.source, "date_published": ""}))


@pytest.mark.parametrize(
    ("value", "words", "right"),
    [
        ("private firms", "will lose out to private firms", True),
        ("Private firms", "to private firms", True),
        ("private firm", "to private firms", False),
        ("firms private", "to private firms", False),
        ("John Lewis", "John Lewis's director", True),
        ("", "to private firms", False),
    ],
)
def test_a_printed_term(data: Dataset, value: str, words: str, right: bool) -> None:
    """A term that the words do not hold."""
    assert follows(claim(data, "contracts", "feared_rival", value, words)) is right


def test_an_erratum_corrects_only_its_own_source(data: Dataset) -> None:
    """A correction that is used for a source that printed it right, or one that is not there."""
    good = claim(data, "contracts", "winner_organisation_id", "assura-medical", "a £500m contract to Assure Medical")
    assert follows(good)
    assert not follows(replace(good, source=data.get("sources").by_key["hsj-surrey-450m"]))
    assert not follows(replace(good, as_read="a £500m contract to Assura Medicine"))


@pytest.mark.parametrize(
    ("value", "words", "right"),
    [("lost", "lost out on a contract", True), ("won", "lost out on a contract", False), ("lost", "the contract", False)],
)
def test_a_code_follows_from_its_terms(data: Dataset, value: str, words: str, right: bool) -> None:
    """A code that its words do not say."""
    assert follows(claim(data, "contracts", "outcome_code", value, words)) is right


@pytest.mark.parametrize(
    ("value", "words", "right"),
    [
        ("stated", "58 organisations", True),
        ("stated", "at least 58", False),
        ("at_least", "at least 58", True),
        ("at_least", "58 organisations", False),
        ("more_than", "over 80 years", True),
    ],
)
def test_a_code_without_terms_holds_where_no_other_does(data: Dataset, value: str, words: str, right: bool) -> None:
    """A bound that is dropped or made up."""
    assert follows(claim(data, "figures", "bound_code", value, words)) is right


@pytest.mark.parametrize(
    ("value", "words", "right"),
    [
        ("circle", "Circle, a social enterprise", True),
        ("nhs-surrey", "named by NHS Surrey as", True),
        ("circle", "Serco, a company", False),
        ("unison", "the Unite union", False),
    ],
)
def test_a_name_names_its_record(data: Dataset, value: str, words: str, right: bool) -> None:
    """A body that its words do not name."""
    assert follows(claim(data, "contracts", "winner_organisation_id", value, words)) is right


def test_a_name_the_other_way_round(data: Dataset) -> None:
    """An author that a library lists with the surname first."""
    assert follows(claim(data, "sources", "author_ids", "julian-le-grand", "Le Grand, Julian"))


def test_an_inferred_date_gives_its_reasons(data: Dataset) -> None:
    """An inference without a word of why."""
    bare = claim(data, "sources", "date_published", "2010-02", "the shadow chancellor")
    assert not follows(bare)
    assert follows(replace(bare, note="He was shadow chancellor until May 2010."))
    assert follows(replace(bare, as_read="February 2010"))
    assert not follows(replace(bare, as_read="March 2010"))


@pytest.mark.parametrize(
    ("value", "words", "follows_from_them"),
    [
        ("GB-COH-07584906", "Registered in England, company number 07584906", True),
        ("GB-COH-07584906", "company number 7584906", False),
        ("GB-COH-07584906", "company number 075849061", False),
        ("GB-MPR-7610", "registered society 7610.", True),
        ("GB-SC-SC012345", "Scottish charity SC012345", True),
    ],
)
def test_an_identifier_is_its_number_as_printed(data: Dataset, value: str, words: str, follows_from_them: bool) -> None:
    """A number of which a digit is missing or added."""
    assert follows(claim(data, "organisations", "identifiers", value, words)) is follows_from_them
