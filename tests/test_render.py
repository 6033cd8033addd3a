"""The pictures: legible at both widths, signed, safe, and the same in every build."""

import csv
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import altair as alt
import pandas as pd
import pytest

from mutuals import render
from mutuals.chart import figure
from mutuals.edition import Edition
from mutuals.marks import bars
from mutuals.wording import money

HOSTILE = "</script><img src=x onerror=alert(1)>"
STATE = Edition("1.2.3", "abc1234", "2026-11-24")
SVG = "{http://www.w3.org/2000/svg}"


def spec(title: str = "A finding that is long enough to need a second line on the narrow picture", says: str = "It is so.") -> dict:
    """A figure with a hostile row, a blank and a negative number in its table."""
    frame = pd.DataFrame({"place": ["Swindon", HOSTILE, "Hull"], "sum": [120_000_000, 5_000_000, None], "change": [-3, None, 4.5]})
    chart = bars(frame, label="place", value="sum", say=money)
    words = {"name": "sums", "title": title, "subtitle": "Pounds a year, three places", "says": says, "source": "contracts; Cabinet Office"}
    return figure(chart, **words, rows=frame).spec


@pytest.fixture(scope="module")
def drawing() -> render.Drawing:
    """The figure, drawn once."""
    return render.draw(spec(), STATE)


def texts(svg: str) -> list[str]:
    """What a picture says, text by text, its lines joined."""
    return [" ".join(element.itertext()) for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_both_widths_say_the_same_in_text(drawing: render.Drawing) -> None:
    said = ["Swindon", "£120m", HOSTILE, "£5m", "Hull", "not stated", "A finding that is long enough"]
    for svg, width in ((drawing.wide, render.WIDE), (drawing.narrow, render.NARROW)):
        words = re.sub(r"\s+", " ", " ".join(texts(svg)))
        assert [word for word in said if word not in words] == []
        assert float(ET.fromstring(svg).get("width", "0")) == pytest.approx(width, abs=2)


def test_no_text_is_small(drawing: render.Drawing) -> None:
    for svg in (drawing.wide, drawing.narrow):
        sizes = [float(text.get("font-size", "0").removesuffix("px")) for text in ET.fromstring(svg).iter(f"{SVG}text")]
        assert min(sizes) >= render.SMALLEST_TEXT


def test_small_text_is_refused() -> None:
    rows = pd.DataFrame({"a": [1], "b": ["x"]})
    tiny = alt.Chart(rows).mark_text(fontSize=8).encode(x="a:Q", text="b:N")
    chart = figure(tiny, name="tiny", title="T", subtitle="s", says="s", source="s", rows=rows)
    with pytest.raises(ValueError, match="figure “tiny” has text of 8 px"):
        render.draw(chart.spec, STATE)


def test_a_chart_without_its_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"make it with mutuals\.chart\.figure"):
        render.draw(alt.Chart(pd.DataFrame({"a": [1]})).mark_point().encode(x="a:Q").to_dict(), STATE)


def test_the_picture_has_a_label_a_source_and_a_version(drawing: render.Drawing) -> None:
    for svg in (drawing.wide, drawing.narrow, drawing.svg):
        root = ET.fromstring(svg.encode())
        assert (root.get("role"), root.get("aria-label")) == ("img", "It is so.")
        assert root[0].tag == f"{SVG}title"
        words = " ".join(" ".join(texts(svg)).split())
        assert "Spun Out 1.2.3, data abc1234 as read by 24 November 2026. Source: contracts; Cabinet Office." in words


def test_no_cell_becomes_an_element(drawing: render.Drawing) -> None:
    for svg in (drawing.wide, drawing.narrow, drawing.svg):
        assert "<img" not in svg
        assert "</script" not in svg
        assert "onerror" not in {key for element in ET.fromstring(svg.encode()).iter() for key in element.attrib}
    nasty = render.draw(spec(title=HOSTILE, says=f'"{HOSTILE}'), STATE)
    assert "<img" not in nasty.wide + nasty.svg


def test_ids_are_unique_to_figure_and_width() -> None:
    rows = pd.DataFrame({"a": [1, 2]})
    clipped = alt.Chart(rows).mark_line(clip=True).encode(x="a:Q", y="a:Q")
    drawings = [
        render.draw(figure(clipped, name=name, title="T", subtitle="s", says="s", source="s", rows=rows).spec, STATE)
        for name in ("one", "two")
    ]
    pictures = [svg for drawing in drawings for svg in (drawing.wide, drawing.narrow)]
    ids = [re.findall(r' id="([^"]+)"', svg) for svg in pictures]
    assert [found[0] for found in ids] == ["one-wide-1", "one-narrow-1", "two-wide-1", "two-narrow-1"]
    for svg, found in zip(pictures, ids, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", svg)) == set(found)


def test_the_same_again_and_in_any_time_zone(drawing: render.Drawing) -> None:
    assert render.draw(spec(), STATE) == drawing
    # Summer time begins between the first two days, where there is one.
    rows = pd.DataFrame({"day": pd.to_datetime(["2011-03-01", "2011-03-31", "2011-06-01"])})
    ticks = alt.Chart(rows).mark_tick().encode(x="day:T")
    dated = figure(ticks, name="d", title="T", subtitle="s", says="s", source="s", rows=rows)
    code = f"from mutuals.edition import Edition\nfrom mutuals.render import draw\nprint(draw({dated.spec!r}, {STATE!r}).wide)"
    zones = [
        subprocess.run([sys.executable, "-c", code], env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=True).stdout
        for zone in ("America/New_York", "UTC")
    ]
    assert zones[0] == zones[1]


def test_the_files_to_take_away(drawing: render.Drawing) -> None:
    assert drawing.png.startswith(b"\x89PNG\r\n\x1a\n")
    assert drawing.svg.startswith('<?xml version="1.0" encoding="UTF-8"?>')
    assert ET.fromstring(drawing.svg.encode())[2].get("fill") == "#ffffff"
    assert "\r" not in drawing.csv
    assert list(csv.reader(io.StringIO(drawing.csv))) == [
        ["place", "sum", "change"],
        ["Swindon", "120000000", "-3"],
        [HOSTILE, "5000000", ""],
        ["Hull", "", "4.5"],
    ]


def test_data_from_elsewhere_is_not_fetched() -> None:
    remote = spec()
    remote["datasets"] = {}
    remote["layer"] = [{"data": {"url": "https://example.org/data.csv"}, "mark": "point", "encoding": {"x": {"field": "a"}}}]
    with pytest.raises(ValueError, match="example"):
        render.draw(remote, STATE)
