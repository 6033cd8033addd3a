"""The chart helper: nothing becomes a figure without its title, sentence, source and rows, and sums read as people say them."""

import datetime
import json
from typing import Any

import altair as alt
import pandas as pd
import pytest

from mutuals.chart import MIME, figure
from mutuals.marks import bars, dots, pairs, spans, steps
from mutuals.palette import CONTEXT
from mutuals.wording import UNKNOWN, money, people

FRAME = pd.DataFrame({"place": ["Swindon", "Lambeth", "Hull"], "sum": [120_000_000, None, 12_500_000], "secret": ["x", "y", "z"]})
WORDS = {
    "name": "sums",
    "title": "Two sums are known",
    "subtitle": "Pounds a year",
    "says": "Swindon’s is the largest.",
    "source": "contracts",
}


def made(chart: alt.TopLevelMixin | None = None, **changes: Any) -> Any:
    """A sound figure, but for the changes."""
    return figure(chart or bars(FRAME, label="place", value="sum", say=money), **{**WORDS, "rows": FRAME[["place", "sum"]], **changes})


@pytest.mark.parametrize("missing", ["name", "title", "subtitle", "says", "source"])
def test_every_text_is_demanded(missing: str) -> None:
    with pytest.raises(ValueError, match=rf"figure\(\): {missing} is blank; give "):
        made(**{missing: "  "})
    with pytest.raises(TypeError, match=f"{missing} must be text"):
        made(**{missing: None})


@pytest.mark.parametrize("name", ["Two Words", "sums.csv", "../up", "ends-", "a" + '"onload='])
def test_a_name_is_an_address(name: str) -> None:
    with pytest.raises(ValueError, match="not a slug"):
        made(name=name)


def test_rows_and_chart_are_demanded() -> None:
    with pytest.raises(TypeError, match="rows must be a pandas DataFrame"):
        made(rows=[{"a": 1}])
    with pytest.raises(ValueError, match="at least one row"):
        made(rows=FRAME.head(0))
    with pytest.raises(ValueError, match="different title for every column"):
        made(rows=pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(TypeError, match="must be an Altair chart"):
        made(alt.hconcat(alt.Chart(FRAME).mark_bar()))


def test_the_bundle_carries_what_the_page_needs() -> None:
    bundle = made()._repr_mimebundle_()
    meta = bundle[MIME]["usermeta"]["mutuals"]
    assert {key: meta[key] for key in WORDS} == WORDS
    assert meta["columns"] == ["place", "sum"]
    assert meta["rows"] == [["Swindon", 120_000_000], ["Lambeth", None], ["Hull", 12_500_000]]
    assert bundle["text/plain"] == "Two sums are known. Swindon’s is the largest."


def test_two_runs_give_the_same_bytes() -> None:
    assert json.dumps(made().spec) == json.dumps(made().spec)


def test_only_used_columns_are_published() -> None:
    chart = alt.Chart(FRAME).mark_bar().encode(x="sum:Q", y="place:N")
    data = made(chart).spec["datasets"]
    assert [sorted(row) for rows in data.values() for row in rows] == [["place", "sum"]] * 3


def test_dates_and_whole_numbers_are_plain() -> None:
    rows = pd.DataFrame({"day": [datetime.date(2010, 8, 12), None], "stamp": pd.to_datetime(["2011-04-01", None]), "count": [2.0, None]})
    assert made(rows=rows).spec["usermeta"]["mutuals"]["rows"] == [["2010-08-12", "2011-04-01", 2], [None, None, None]]


@pytest.mark.parametrize(
    ("pounds", "said"),
    [
        (500_000_000, "£500m"),
        (1_250_000_000, "£1.25bn"),
        (999_999_999, "£1bn"),
        (12_500_000, "£12.5m"),
        (250_000, "£250,000"),
        (-5_000_000, "−£5m"),
        (0, "£0"),
        (None, UNKNOWN),
        (float("nan"), UNKNOWN),
    ],
)
def test_money_as_people_say_it(pounds: float | None, said: str) -> None:
    assert money(pounds) == said


def test_people_as_people_say_it() -> None:
    assert (people(20_000), people(float("nan"))) == ("20,000", UNKNOWN)


def shown(chart: alt.LayerChart) -> list[dict[str, Any]]:
    """The rows that a house chart draws."""
    (rows,) = made(chart).spec["datasets"].values()
    return rows


@pytest.mark.parametrize("kind", [bars, dots])
def test_rows_keep_their_order_and_the_accent_stands_out(kind: Any) -> None:
    rows = shown(kind(FRAME, label="place", value="sum", say=money, accent="Hull"))
    assert [row["label"] for row in rows] == ["Swindon", "Lambeth", "Hull"]
    assert [row["tone"] for row in rows] == ["faint", "faint", "strong"]
    assert [row["said"] for row in rows] == ["£120m", UNKNOWN, "£12.5m"]
    assert CONTEXT in json.dumps(made(kind(FRAME, label="place", value="sum", accent="Hull")).spec)


def test_wrong_columns_accents_and_values_are_told() -> None:
    with pytest.raises(ValueError, match="no column “cost”"):
        bars(FRAME.rename(columns={"place": "cost "}), label="cost", value="sum")
    with pytest.raises(ValueError, match="no row is labelled “Leeds”"):
        bars(FRAME, label="place", value="sum", accent="Leeds")
    with pytest.raises(ValueError, match="not negative"):
        bars(FRAME.assign(sum=[-1, 2, 3]), label="place", value="sum")


def test_pairs_say_both_values() -> None:
    frame = pd.DataFrame({"place": ["A", "B", "C"], "then": [10, 5, None], "now": [20, None, None]})
    assert [row["label"] for row in shown(pairs(frame, label="place", before="then", after="now"))] == [
        "A: 10 → 20",
        f"B: 5 → {UNKNOWN}",
        "C",
    ]


def test_spans_draw_days_months_open_ends_and_unknowns() -> None:
    day = datetime.date
    frame = pd.DataFrame(
        {
            "event": ["Announced", "Launched", "Won", "Closed"],
            "first": [day(2010, 8, 12), day(2011, 4, 1), day.min, None],
            "last": [day(2010, 8, 12), day(2011, 4, 30), day(2011, 11, 13), None],
            "said": ["12 August 2010", "April 2011", "by 13 November 2011", ""],
        }
    )
    rows = shown(spans(frame, label="event", first="first", last="last", said="said"))
    assert [(row["label"], row["first"], row["last"], row.get("open")) for row in rows] == [
        ("Announced: 12 August 2010", "2010-08-12", "2010-08-12", False),
        ("Launched: April 2011", "2011-04-01", "2011-04-30", False),
        ("Won: by 13 November 2011", "2010-01-01", "2011-11-13", True),
        ("Closed", None, None, None),
    ]
    with pytest.raises(ValueError, match="no row has a date"):
        spans(frame.tail(1), label="event", first="first", last="last", said="said")


def test_steps_hold_until_the_next_event_and_show_their_interval() -> None:
    """A curve that slopes between events, an axis that does not span all shares, or bounds that are left out."""
    curve = pd.DataFrame({"years": [0, 2, 5], "alive": [1.0, 0.9, 0.6], "least": [1.0, 0.8, 0.4], "most": [1.0, 1.0, 0.8]})
    drawn = steps(curve, x="years", y="alive", low="least", high="most").to_dict()
    band, line = drawn["layer"]
    assert {band["mark"]["interpolate"], line["mark"]["interpolate"]} == {"step-after"}
    assert line["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("low", "high")
    last = {"x": 5, "y": 0.6, "low": 0.4, "high": 0.8, "says": "After 5.0: 60.0 per cent (interval 40 to 80)"}
    assert last in next(iter(drawn["datasets"].values()), drawn.get("data", {}).get("values"))
    assert len(steps(curve, x="years", y="alive").to_dict()["layer"]) == 1
    with pytest.raises(ValueError, match="no column “gone”"):
        steps(curve, x="years", y="gone")
