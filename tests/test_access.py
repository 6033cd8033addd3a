"""Pages for everyone: by keyboard, much enlarged, with wide spacing, without motion, in forced colours, on paper, and from a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Site
from playwright.sync_api import Browser, Page, expect
from test_site import OVERFLOW, none, watch

ZOOMED = {"width": 320, "height": 256}  # a window of 1280 by 1024 pixels at 400 per cent
PAPER = {"": 718, "wide": 1047}  # the width of A4 within its margins, upright and lying (`@page wide` of find.css), in CSS pixels
STOPS = 45  # presses of Tab on a page: past its head and well into its text
# Where the focus is, and what is wrong with it there.
STOP = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const said = `<${e.localName}> “${(e.textContent || e.getAttribute("aria-label") || e.id).trim().slice(0, 30)}”`;
    const box = [...e.getClientRects()].find((r) => r.width > 1 && r.height > 1);
    if (!box) return [said, "cannot be seen"];
    if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return [said, "is outside the window"];
    const style = getComputedStyle(e);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return [said, "has no outline"];
    const x = Math.min(innerWidth - 1, Math.max(0, (box.left + box.right) / 2)), y = Math.min(innerHeight - 1, Math.max(0, (box.top + box.bottom) / 2));
    const there = document.elementFromPoint(x, y);
    if (!(there && (e.contains(there) || there.contains(e)))) return [said, `is behind <${there && there.localName}>`];
    return [said, ""];
}"""
# Text that is cut off: by a box that hides what it cannot hold.
CUT = """(ways) => [...document.body.querySelectorAll("*")].filter((e) => {
    const style = getComputedStyle(e), hides = (way) => ways.includes(way);
    if (!e.checkVisibility() || style.clipPath !== "none" || e.closest(".skip, svg") || !e.textContent.trim()) return false;
    return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1) || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
}).slice(0, 3).map((e) => `${e.localName}.${e.className}`)"""
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }"
MOVING = """() => [document.documentElement, ...document.body.querySelectorAll("*")].filter((e) => {
    const style = getComputedStyle(e);
    return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0) || style.scrollBehavior === "smooth";
}).map((e) => e.localName).slice(0, 3)"""
# The contrast of the letters of a picture with the paper that is behind it.
CONTRAST = """() => {
    const light = (colour) => { const [r, g, b] = colour.match(/[\\d.]+/g).map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
    const picture = [...document.querySelectorAll(".spun-picture svg")].find((svg) => svg.checkVisibility());
    let paper = picture;
    while (paper && getComputedStyle(paper).backgroundColor.endsWith(", 0)")) paper = paper.parentElement;
    const behind = light(getComputedStyle(paper || document.body).backgroundColor);
    return Math.min(...[...picture.querySelectorAll("text")].map((text) => {
        const [less, more] = [light(getComputedStyle(text).fill), behind].sort((a, b) => a - b);
        return (more + .05) / (less + .05);
    }));
}"""


@pytest.fixture
def zoomed(browser: Browser) -> Iterator[Page]:
    """A window at 400 per cent."""
    with browser.new_context(viewport=ZOOMED, device_scale_factor=4) as context:
        yield context.new_page()


def test_the_keyboard_reaches_everything_in_sight_at_400_per_cent(zoomed: Page, site: Site, samples: dict[Path, str]) -> None:
    """A focus that is lost, unseen, or behind something; a way that ends before the text is reached."""
    found = []
    for path in samples:
        zoomed.goto(site.url(path), wait_until="load")
        stops: list[str] = []
        for _ in range(STOPS):
            zoomed.keyboard.press("Tab")
            stop = zoomed.evaluate(STOP)
            if stop is None:
                break
            stops.append(stop[0])
            if stop[1]:
                found.append(f"{path}: stop {len(stops)}, {stop[0]}, {stop[1]}")
        if not stops or "Skip to the text" not in stops[0] or len(stops) < 20:
            found.append(f"{path}: {len(stops)} stops, the first of them {stops[:1]}")
        if len(set(stops[-6:])) == 1 < len(stops):
            found.append(f"{path}: the focus does not leave {stops[-1]}")
    none(found)


def test_the_links_of_the_head_lead_past_it_and_to_all_pages(page: Page, site: Site, samples: dict[Path, str]) -> None:
    """A skip link or a menu that moves the view and leaves the focus behind."""
    where = "document.activeElement.closest('main, #all-pages, header')?.matches('{}') === true"
    for path in samples:
        page.goto(site.url(path), wait_until="load")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('header') === null"), path
        page.get_by_role("link", name="All pages", exact=True).press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(where.format("#all-pages")), path


def test_nothing_is_cut_or_wide_at_400_per_cent_nor_with_wide_spacing(zoomed: Page, site: Site, samples: dict[Path, str]) -> None:
    """Text that is lost where a reader enlarges it or sets it apart (WCAG 1.4.10 and 1.4.12)."""
    found = []
    for path in samples:
        for width in (320, 1280):
            zoomed.set_viewport_size({**ZOOMED, "width": width})
            zoomed.goto(site.url(path), wait_until="load")
            for spacing in ("* {}", SPACING):
                zoomed.add_style_tag(content=spacing)
                wide, cut = zoomed.evaluate(OVERFLOW), zoomed.evaluate(CUT, ["hidden", "clip"])
                found += [f"{path}, {width} px{', spaced' * (spacing == SPACING)}: {wide or cut}"] if wide or cut else []
    none(found)


def test_nothing_moves_where_less_motion_is_asked_for(browser: Browser, site: Site, samples: dict[Path, str]) -> None:
    """An animation, a transition, or a page that glides."""
    found = []
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        for path in samples:
            page.goto(site.url(path), wait_until="load")
            found += [f"{path}: {moving}" for moving in page.evaluate(MOVING)]
    none(found)


@pytest.mark.parametrize("chosen", ["light", "dark", ""])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_can_be_read_in_forced_colours(browser: Browser, site: Site, samples: dict[Path, str], scheme: str, chosen: str) -> None:
    """Letters of a picture in the colour of the paper that a reader's system puts behind them."""
    with browser.new_context(forced_colors="active", color_scheme=scheme) as context:
        page = context.new_page()
        page.add_init_script(f"localStorage.setItem('scheme', '{chosen}')")
        for path in (path for path in samples if path.parent.name in ("notebooks", "figures") or path.stem == "index"):
            page.goto(site.url(path), wait_until="load")
            assert page.evaluate(CONTRAST) >= 4.5, path


def test_paper_holds_every_page(page: Page, site: Site, samples: dict[Path, str]) -> None:
    """A table or figure that is cut at the edge of the paper, or by a box that could only be scrolled."""
    found = []
    page.emulate_media(media="print")
    for path in samples:
        page.goto(site.url(path), wait_until="load")
        width = PAPER[page.evaluate("getComputedStyle(document.body).page").replace("auto", "")]
        page.set_viewport_size({"width": width, "height": 1000})
        wide, cut = page.evaluate(OVERFLOW), page.evaluate(CUT, ["hidden", "clip", "auto", "scroll"])
        found += [f"{path}, {width} px: {wide or cut}"] if wide or cut else []
        if hidden := page.locator("main table:not(:visible), main .spun-picture:not(:visible)").count():
            found.append(f"{path}: {hidden} tables or pictures are not printed")
    none(found)


# The first frame comes when the whole page has; none comes after one that put parts off, and none has time for a second step.
ONE_FRAME = """((frame, now, past) => {
    window.requestAnimationFrame = (call) => {
        if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => frame.call(window, call), {once: true});
        else if (!document.querySelector("[data-later]")) frame.call(window, call);
    };
    performance.now = () => now.call(performance) + (past += 1000);
})(window.requestAnimationFrame, performance.now, 0)"""


def test_a_page_is_laid_out_in_steps_and_is_whole_when_it_must_be(browser: Browser, site: Site, samples: dict[Path, str]) -> None:
    """A part that stays hidden: at the end, where no further frame comes, on paper, or for who is led to a place inside the page."""
    found = []
    with browser.new_context() as context, browser.new_context() as stopped:
        page, still = context.new_page(), stopped.new_page()
        still.add_init_script(ONE_FRAME)
        for path in (path for path in samples if path.stem != "404"):
            page.goto(site.url(path), wait_until="load")
            found += [f"{path}: {page.locator('[data-later]').count()} parts stay hidden"] * bool(page.locator("[data-later]").count())
            still.evaluate("address => { location.href = address }", site.url(path))
            still.wait_for_url(site.url(path), wait_until="load")
            still.wait_for_selector("[data-later]", state="attached")
            found += [f"{path}: its foot is there with the first frame"] * still.locator(".foot").is_visible()
            still.evaluate("dispatchEvent(new Event('beforeprint'))")
            found += [f"{path}: not whole on paper"] * (
                still.locator("[data-later], .arriving").count() or not still.locator(".foot").is_visible()
            )
            still.goto("about:blank")
            still.goto(site.url(path) + "#main", wait_until="load")
            found += [f"{path}: not whole at a place"] * (
                still.locator("[data-later], .arriving").count() or not still.locator(".foot").is_visible()
            )
            still.goto("about:blank")
    none(found)


@pytest.fixture(scope="module")
def unpacked(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site packed as a zip, and unpacked in a folder whose name addresses have to quote."""
    folder = tmp_path_factory.mktemp("zip")
    packed = shutil.make_archive(str(folder / "site"), "zip", site.folder)
    shutil.unpack_archive(packed, folder / "my süte, #1 100%")
    return folder / "my süte, #1 100%"


def test_the_site_works_from_an_unpacked_zip(page: Page, unpacked: Path, samples: dict[Path, str]) -> None:
    """A page that needs a server: for a file, a link, the search, the explorer or a figure."""
    found = watch(page, unpacked.as_uri())
    for path in (path for path in samples if path.stem != "404"):
        page.goto((unpacked / path).as_uri(), wait_until="load")
        links = page.eval_on_selector_all("a[href], link[href]", "links => links.map(link => link.getAttribute('href'))")
        found += [
            f"{path}: {link} needs a server"
            for link in links
            if link.startswith("/") or (link.partition("#")[0].endswith("/") and ":" not in link)
        ]
    page.goto((unpacked / "index.html").as_uri())
    page.get_by_role("searchbox").first.fill("surrey")
    page.keyboard.press("Enter")
    page.locator("#find-results a").first.click()
    page.wait_for_url(f"{unpacked.as_uri()}/**/*.html")
    expect(page.locator("main h1")).to_be_visible()
    page.goto((unpacked / "explore/contracts.html").as_uri() + "?sort=-value_gbp")
    expect(page.locator('#explore [aria-sort="descending"]')).to_be_visible()
    page.goto((unpacked / "notebooks/survival.html").as_uri())
    page.locator(".spun-ask button").first.click()
    expect(page.locator(".spun-stage svg").first).to_be_visible()
    none(found)
