"""A figure as a reader meets it, from a folder and under a strict policy: without script, by keyboard, on paper, interactive."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from mutuals.chart import figure
from mutuals.edition import Edition
from mutuals.figures import Placed, code_of, every, figure_html, find, script, teaser_html
from mutuals.live import bundle, live_script
from mutuals.marks import bars, steps
from mutuals.moments import moments
from mutuals.palette import DARK, INK
from mutuals.render import draw
from mutuals.tiles import PLACES, tile_map, waffle

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = "</script><img src=x onerror=alert(1)>"
STATE = Edition("1.2.3", "abc1234", "2026-11-24")
POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self'; connect-src 'self'"
WORDS = {
    "title": "Swindon has the most",
    "subtitle": f"Staff, {HOSTILE}",
    "says": f"Swindon leads {HOSTILE}.",
    "source": "table pathfinders",
}


def placed() -> list[Placed]:
    """Figures with hostile cells, one of them with everything that stands behind it, one with an axis that can be zoomed."""
    frame = pd.DataFrame({"Place": ["Swindon", HOSTILE, "Hull"], "Staff": [20000, 500, None]})
    staff = figure(bars(frame, label="Place", value="Staff"), name="staff", rows=frame, **WORDS).spec
    staff["usermeta"]["mutuals"] |= {"records": {"pathfinders": 3}, "sources": [["a-source", HOSTILE]]}
    time = pd.DataFrame(
        {"day": ["2010-08-12", "2014-01-01"], "end": ["2010-08-12", "2014-12-31"], "n": [9, 100], "s": ["9", "100"], "t": [HOSTILE, "100"]}
    )
    when = figure(moments(time, first="day", last="end", value="n", said="s", tells="t"), name="when", rows=time, **WORDS).spec
    curve = pd.DataFrame(
        {"years": [0, 2, 5, 8], "alive": [1.0, 0.9, 0.6, 0.5], "least": [1.0, 0.8, 0.4, 0.3], "most": [1.0, 1.0, 0.8, 0.7]}
    )
    drawn = steps(curve, x="years", y="alive", low="least", high="most")
    falls = figure(drawn, name="curve", rows=curve.rename(columns=str.capitalize), **WORDS).spec
    return [Placed(spec, draw(spec, STATE), STATE, "notebooks/question", f"print({HOSTILE!r})", ROOT) for spec in (staff, when, falls)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with two figures and the files that go with it, as the book writes them."""
    here = tmp_path_factory.mktemp("figures")
    (here / "figures").mkdir()
    figures = placed()
    sheets = [(ROOT / "book" / "_static" / name).read_text(encoding="utf-8") for name in ("spunout.css", "figures.css")]
    (here / "style.css").write_text("\n".join(sheets), encoding="utf-8")
    body = script("") + "".join(figure_html(one, "") for one in figures)
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="viewport" content="width=device-width">'
    page = f'<!doctype html><html lang="en"><head>{head}<title>Figures</title><link rel="stylesheet" href="style.css"></head><body><main><h1>Figures</h1>{body}</main></body></html>'
    (here / "page.html").write_text(page, encoding="utf-8")
    for name, content in bundle().items():
        (here / "figures" / name).write_text(content, encoding="utf-8")
    for one in figures:
        (here / "figures" / f"{one.meta['name']}.vega.js").write_text(live_script(one.spec), encoding="utf-8")
    return here


def opened(browser: Browser, folder: Path, **options: object) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page from its folder, with all it complains of and asks for."""
    with browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}) as context:
        page, wrong, asked = context.new_page(), [], []
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: asked.append(request.url))
        page.goto((folder / "page.html").as_uri())
        yield page, wrong, asked


@pytest.fixture
def seen(browser: Browser, folder: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page with scripts, in a wide window."""
    yield from opened(browser, folder)


def test_without_scripts_every_part_opens_and_no_button_stands_idle(browser: Browser, folder: Path) -> None:
    for page, wrong, _ in opened(browser, folder, java_script_enabled=False):
        staff = page.locator("#figure-staff")
        assert not staff.locator("button").is_visible()
        for number, kind in enumerate(("table", "sources", "code")):
            staff.locator("summary").nth(number).focus()
            page.keyboard.press("Enter")
            assert [staff.locator(f"#figure-staff-{part}").is_visible() for part in ("table", "sources", "code")] == [
                part == kind for part in ("table", "sources", "code")
            ]
        assert HOSTILE in staff.locator("#figure-staff-code").inner_text()
        assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_cut_or_unreachable(browser: Browser, folder: Path, scheme: str, width: int) -> None:
    for page, wrong, _ in opened(browser, folder, viewport={"width": width, "height": 800}, color_scheme=scheme):
        for part in page.locator("#figure-staff summary, #figure-when summary").all():
            part.click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert wrong == []  # before axe, which asks for style sheets in a way that a folder refuses
        violations = Axe().run(page).response["violations"]
        assert [(found["id"], [node["html"][:90] for node in found["nodes"]]) for found in violations] == []
        shown = page.locator("#figure-staff .role-title-text text:visible").first.evaluate("text => getComputedStyle(text).fill")
        wanted = DARK[INK] if scheme == "dark" else INK
        assert shown == "rgb({}, {}, {})".format(*(int(wanted[place : place + 2], 16) for place in (1, 3, 5)))


def test_paper_has_the_picture_and_the_table_whole(browser: Browser, folder: Path) -> None:
    for page, *_ in opened(browser, folder, color_scheme="dark"):
        page.emulate_media(media="print", color_scheme="dark")
        staff = page.locator("#figure-staff")
        assert staff.locator(".spun-wide svg").is_visible()
        assert not staff.locator(".spun-narrow svg").is_visible()
        table = staff.locator("table")
        assert table.is_visible()
        assert table.bounding_box()["height"] > 80
        assert staff.locator(".spun-scroll").evaluate("box => getComputedStyle(box).overflowX") == "visible"
        assert not any(staff.locator(part).first.is_visible() for part in ("summary", "pre", "button", ".spun-downloads"))
        assert staff.locator(".role-title-text text").first.evaluate("text => getComputedStyle(text).fill") == "rgb(34, 34, 34)"


def test_interaction_is_asked_for_by_key_and_left_by_escape(seen: tuple[Page, list[str], list[str]]) -> None:
    page, wrong, asked = seen
    assert not [url for url in asked if "vega" in url]
    button = page.locator("#figure-staff .spun-ask button")
    button.focus()
    page.keyboard.press("Enter")
    stage = page.locator("#figure-staff .spun-stage")
    stage.locator("svg").wait_for()
    assert [url.rpartition("/")[2] for url in asked if "vega" in url] == ["vega.js", "staff.vega.js"]
    assert all(url.startswith("file:") for url in asked)
    assert stage.evaluate("stage => stage === document.activeElement")
    assert not page.locator("#figure-staff .spun-picture").is_visible()
    heard = page.locator("#figure-staff .spun-live .spun-heard")
    page.keyboard.press("ArrowDown")
    assert heard.inner_text() == "1 of 3. Place: Swindon; Staff: 20,000"
    page.keyboard.press("End")
    assert heard.inner_text() == "3 of 3. Place: Hull; Staff: not stated"
    page.locator("#figure-staff .spun-tools input").fill("swindon")
    assert heard.inner_text() == "1 of 3 shown"
    page.wait_for_function("document.querySelectorAll('#figure-staff .spun-stage .mark-rect path[opacity=\"0.15\"]').length === 1")
    page.keyboard.press("Escape")
    assert page.locator("#figure-staff .spun-picture").is_visible()
    assert page.locator(".spun-live").count() == 0
    assert button.evaluate("button => button === document.activeElement")
    assert wrong == []


def test_the_button_moves_nothing_when_it_comes(seen: tuple[Page, list[str], list[str]]) -> None:
    page, *_ = seen
    tops = "document.querySelector('#figure-staff .spun-parts').getBoundingClientRect().top"
    with_button = page.evaluate(tops)
    page.evaluate("document.querySelector('#figure-staff .spun-ask').hidden = true")
    assert not page.locator("#figure-staff .spun-ask button").is_visible()
    assert page.evaluate(tops) == with_button


def test_a_tooltip_says_the_row_and_runs_nothing(seen: tuple[Page, list[str], list[str]]) -> None:
    page, wrong, _ = seen
    page.locator("#figure-staff .spun-ask button").click()
    page.locator("#figure-staff .spun-stage svg").wait_for()
    page.locator("#figure-staff .spun-stage .mark-rect path").nth(1).hover(force=True)
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for()
    assert HOSTILE in tip.inner_text()
    assert tip.locator("img, script").count() == 0
    assert wrong == []


def test_an_axis_is_zoomed_by_buttons_and_keys_and_never_by_scrolling(seen: tuple[Page, list[str], list[str]]) -> None:
    """A page that cannot be scrolled past a chart, or a zoom that needs a mouse."""
    page, wrong, _ = seen
    curve = page.locator("#figure-curve")
    curve.locator(".spun-ask button").click()
    stage = curve.locator(".spun-stage")
    stage.locator("svg").wait_for()
    heard = curve.locator(".spun-live .spun-heard")

    def axis() -> list[str]:
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return stage.locator(".role-axis-label text").all_inner_texts()

    whole = axis()
    for turn in (lambda: stage.press("+"), lambda: curve.get_by_role("button", name="Zoom in").click()):
        turn()
        assert heard.inner_text() == "Shown: 2.0 to 6.0 of 0.0 to 8.0" and axis() != whole
        stage.press("0")
        assert axis() == whole
    stage.press("End")
    assert "4 of 4" in heard.inner_text()
    stage.press("+")
    assert heard.inner_text() == "Shown: 4.0 to 8.0 of 0.0 to 8.0"
    stage.press("Home")  # a mark outside the part that is shown
    assert axis()[:3] == whole[:3] and axis() != whole and "1 of 4" in heard.inner_text()
    for name, shown in (("Right", "1.0 to 5.0"), ("Left", "0.0 to 4.0"), ("Zoom out", "0.0 to 8.0")):
        curve.get_by_role("button", name=name).click()
        assert heard.inner_text().startswith(f"Shown: {shown}")
    stage.hover()
    at = page.evaluate("scrollY")
    page.mouse.wheel(0, 120)
    page.evaluate("at => new Promise(done => { const look = () => scrollY === at ? requestAnimationFrame(look) : done(); look(); })", at)
    page.mouse.down()
    page.mouse.move(500, 300)
    page.mouse.up()
    assert axis() == whole and wrong == []


def test_what_does_not_load_is_told_and_the_picture_stands(browser: Browser, folder: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    (broken / "figures" / "vega.js").unlink()
    for page, *_ in opened(browser, broken):
        page.locator("#figure-when .spun-ask button").click()
        page.get_by_text("This did not load; the picture and its table stand.").wait_for()
        assert page.locator("#figure-when .spun-picture").is_visible()


@pytest.mark.parametrize("name", [spec["usermeta"]["mutuals"]["name"] for _, spec in every(ROOT / "notebooks")])
def test_every_published_figure_can_be_made_interactive(name: str) -> None:
    """Its rows have places from 0 on, each with words; no cell can end a script."""
    text = live_script(find(ROOT / "notebooks", name)[1])
    assert "<" not in text
    kept = json.loads(re.fullmatch(r"\(window\.spunFigures = .*?\)\[\"[a-z0-9-]+\"\] = (.*);\n", text)[1])
    assert all(kept["rows"])
    data = kept["spec"]["data"]
    places = {row["order"] for row in (data["values"] if "values" in data else kept["spec"]["datasets"][data["name"]])}
    assert places == set(range(len(kept["rows"])))


def test_a_figure_can_stand_on_another_page(tmp_path: Path) -> None:
    page, spec = find(ROOT / "notebooks", "one-million")
    html = teaser_html(spec["usermeta"]["mutuals"], draw(spec, STATE), "", f"notebooks/{page}.html#figure-one-million")
    assert 'href="notebooks/promise-and-count.html#figure-one-million"' in html
    assert html.count("<svg") == 2
    assert 'id="figure-one-million"' not in html
    with pytest.raises(KeyError, match="no notebook"):
        find(tmp_path, "one-million")
    assert code_of(tmp_path / "page.md", 1) == ""


def test_maps_and_squares_refuse_what_they_cannot_draw() -> None:
    frame = pd.DataFrame({"area": [*PLACES, "No one area"], "n": range(len(PLACES) + 1)})
    assert len(tile_map(frame, area="area", value="n").to_dict()["layer"]) == 6
    with pytest.raises(ValueError, match="no row for Wales"):
        tile_map(frame[frame.area != "Wales"], area="area", value="n")
    with pytest.raises(ValueError, match="whole numbers"):
        tile_map(frame.assign(n=0.5), area="area", value="n")
    with pytest.raises(ValueError, match="one row for all others"):
        tile_map(pd.concat([frame, frame.tail(1)]), area="area", value="n")
    shares = pd.DataFrame({"what": ["counted", "unknown"], "n": [3.5, None]})
    assert waffle(shares, label="what", value="n", whole=100, say=str)
    with pytest.raises(ValueError, match="between 0 and 100"):
        waffle(shares.assign(n=101), label="what", value="n", whole=100, say=str)
    with pytest.raises(ValueError, match="needs first day"):
        moments(pd.DataFrame({"a": ["2010-01-01"], "b": [None], "n": [1], "s": [""]}), first="a", last="b", value="n", said="s", tells="s")
