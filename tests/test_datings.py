import pytest

from mutuals.amounts import amounts
from mutuals.datings import read_date


@pytest.mark.parametrize(
    ("words", "published", "meant"),
    [
        ("started work on 1 July, has", "2009-09-04", ["2009-07-01", "2010-07-01"]),
        ("In January the organisation was", "2019-10-01", ["2019-01", "2020-01"]),
        ("until 31/03/2025", "2025-05-01", ["2025-03-31"]),
        ("yesterday took the decision", "2020-06-03", ["2020-06-02"]),
        ("referrals in 2020 – 2021", "2022", ["2020/2021"]),
        ("referrals in 2020 and 2021", "2022", ["2020", "2021", "2020/2021"]),
        ("the financial year 2018-19", "2022", ["2018/2019"]),
        ("income for 2013/14 was", "2022", ["2013/2014"]),
        ("from 2010-15", "2022", ["2010"]),
        ("On 1 February, 47 employees left", "2013-06-02", ["2013-02-01", "2014-02-01"]),
        ("12 March, 2013", "2014", ["2013-03-12"]),
        ('"startDate": "2022-05-01T00:00:00+01:00"', "2022-07-08", ["2022-05-01"]),
        ("October in 2011", "2013-02-12", ["2011-10"]),
    ],
)
def test_days_without_a_year_and_spans(words: str, published: str, meant: list[str]) -> None:
    """A day read into the wrong year, or a span of which one end is lost."""
    assert read_date(words, published) == meant


@pytest.mark.parametrize("words", ["12064736.0 GBP", "GBP 12,064,736", '"amount": 12064736, "currency": "GBP"'])
def test_pounds_without_a_sign(words: str) -> None:
    """A sum of a notice that is read as a bare number."""
    assert [(a.number, a.unit) for a in amounts(words)] == [(12064736.0, "gbp")]
