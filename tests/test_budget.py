"""What a page may weigh, and that nothing in it moves: budgets over the built site, with an empty cache.

Times are measured by benchmarks/pages.py, not here, since machines are noisy.
"""

from pathlib import Path

import pytest
from conftest import Site
from playwright.sync_api import Browser

TEXT, CHAPTER = 150_000, 250_000  # bytes of a page with all that it asks for, without compression
SHIFT = 0.02
WATCH = """window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) window.shift += entry.value;
})).observe({type: "layout-shift", buffered: true});"""


def shared(site: Site) -> int:
    """The bytes of what every page asks for: style, colours, icon."""
    return sum((site.folder / "_static" / name).stat().st_size for name in ("spunout.css", "theme.js", "favicon.svg"))


def test_pages_are_light(site: Site) -> None:
    """A page of text above 150 kB, or a chapter above 250 kB, with everything that it asks for."""
    common, heavy = shared(site), []
    explorer = sum((site.folder / "_static" / name).stat().st_size for name in ("find.css", "explore.js"))
    for path in site.pages:
        weight = (site.folder / path).stat().st_size + common + explorer * (path.parts[0] == "explore")
        if weight > (CHAPTER if path.parts[0] == "notebooks" else TEXT):
            heavy.append(f"{path}: {weight:,} bytes")
    assert heavy == []


KINDS = [
    "index.html", "method.html", "notebooks/survival.html", "notebooks/pathfinders.html", "spin-outs/epic-cic.html",
    "contracts/hinchingbrooke-2012.html", "search.html", "a-z.html", "numbers.html",
    "explore/sources.html", "explore/spin_outs.html", "pathfinders/kensington-and-chelsea.html",
]  # fmt: skip


@pytest.mark.parametrize("address", KINDS)
def test_a_page_asks_for_little_and_nothing_moves(browser: Browser, site: Site, address: str) -> None:
    """Scripts and styles that a page does not use; words that jump while it loads."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        asked: list[int] = []
        session = context.new_cdp_session(page)
        session.on("Network.loadingFinished", lambda event: asked.append(event["encodedDataLength"]))
        session.send("Network.enable")
        page.add_init_script(WATCH)
        page.goto(site.url(Path(address)), wait_until="load")
        page.wait_for_timeout(400)
        shift = page.evaluate("window.shift")
    assert sum(asked) <= (CHAPTER if address.startswith("notebooks/") else TEXT)
    assert len(asked) <= 6
    assert shift <= SHIFT
