"""Search and explorer in a browser, over a small site with a hostile record: keyboard, address, history, files, colours."""

import csv
import io
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Handler, Site
from playwright.sync_api import Browser, Page, expect
from repository import Repository
from test_site import AXE_OPTIONS, OVERFLOW

from mutuals import pages
from mutuals.pages import explore
from mutuals.tables import read_dataset

HOSTILE = "</script><img src=x onerror=alert(1)> Xylophone's \\' \"quoted\", &amp; `${alert(1)}`"
FORMULA = '=HYPERLINK("http://x"), zither'
RESULTS = "#find-results a"


@pytest.fixture(scope="module")
def few() -> Iterator[None]:
    """So few rows on a page of the explorer that a small table takes several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explore, "ROWS", 3)
        yield


@pytest.fixture(scope="module")
def small(few: None, core: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The generated pages of a small record, one row of which is hostile, served on a free port."""
    repo = Repository.copy(core, tmp_path_factory.mktemp("finding") / "repository")
    repo.row("people", person_id="dan-gregory").update(name=HOSTILE, note=HOSTILE)
    repo.row("contracts", contract_id="surrey-2011").update(name=HOSTILE, note=FORMULA)
    repo.save()
    repo.bind(root)
    folder = repo.root / "site"
    shutil.copytree(root / "book/_static", folder / "_static")
    pages.write(repo.root, folder, pages.read(repo.root))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


@pytest.fixture
def heard(page: Page) -> list[str]:
    """What a page complains of, or does that it must not."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    return said


def ask(page: Page, question: str) -> list[str]:
    """The addresses that a question finds, the best first."""
    page.fill("#find-q", question)
    return page.eval_on_selector_all(RESULTS, "links => links.map(link => link.getAttribute('href'))")


@pytest.fixture
def search(page: Page, small: Site) -> Page:
    page.goto(f"{small.origin}/search.html")
    page.focus("#find-q")  # which is what fetches the index
    expect(page.locator("#find[data-ready]")).to_be_visible()
    return page


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Central Surrey Health", "spin-outs/central-surrey-health.html"),  # a title, exactly
        ("central surr", "spin-outs/central-surrey-health.html"),  # as it is being typed
        ("John Lewi", "organisations/john-lewis-partnership.html"),
        ("Hinchingbroke", "spin-outs/circle-hinchingbrooke.html"),  # one letter missing
        ("hichinbrooke", "spin-outs/circle-hinchingbrooke.html"),  # two letters
        ("Franics Maude", "people/francis-maude.html"),  # two letters swapped
        ("surrey-2011", "contracts/surrey-2011.html"),  # a key
        ("value_gbp", "codebook.html#contracts-value_gbp"),
    ],
)
def test_the_best_result_comes_first(search: Page, question: str, first: str) -> None:
    """A name, a misspelling or a key that finds something else first."""
    found = ask(search, question)
    assert found and found[0] == first


def test_a_sum_is_found_however_it_is_written(search: Page) -> None:
    """A way of writing a sum that finds other records."""
    asked = [ask(search, question) for question in ("£500m", "500 million", "500000000", "£500,000,000", "0.5bn", "500 mil", "GBP 500M")]
    assert "contracts/surrey-2011.html" in asked[0]
    assert all(sorted(found) == sorted(asked[0]) for found in asked[:6])
    assert "contracts/surrey-2011.html" not in ask(search, "£501m") + ask(search, "5000000000")


def test_a_date_is_found_however_it_is_written(search: Page) -> None:
    """A day that finds other days."""
    asked = [ask(search, question) for question in ("12 August 2010", "2010-08-12", "12/08/2010", "12 Aug 2010", "12th august 2010")]
    assert len(asked[0]) > 3 and all(found == asked[0] for found in asked)
    assert set(asked[0]) < set(ask(search, "August 2010")) or len(ask(search, "August 2010")) == 30
    assert ask(search, "2010-08-1") != []


def test_misspellings_have_their_limits(search: Page) -> None:
    """A guess at a number, at a short word, or with more edits than promised."""
    edits = "([a, b, most]) => window.spunFind.edits(a, b, most, false)"
    assert [search.evaluate(edits, list(given)) for given in (("care", "core", 1), ("ab", "ba", 2), ("kitten", "sitting", 2))] == [1, 1, 3]
    assert ask(search, "qqqqqqqq") == [] and ask(search, "500000001") == []
    assert "Try fewer words" in search.inner_text("#find-count")
    assert ask(search, "surrey qqqqqqqq") == [] and "holds “qqqqqqqq”" in search.inner_text("#find-count")


def test_tiers_come_in_their_order(search: Page) -> None:
    """A record that merely holds the words above one that is named so."""
    hits = search.evaluate("window.spunFind.search('mutuals').found.map(hit => [hit.tier, hit.score])")
    assert len(hits) > 10 and hits == sorted(hits, key=lambda hit: (-hit[0], -hit[1]))


def test_search_keeps_its_state_in_the_address(search: Page, small: Site) -> None:
    """A question that cannot be shared, or that the back button loses."""
    search.type("#find-q", "surrey", delay=20)
    search.wait_for_url("**/search.html?q=surrey")
    search.select_option("#find-kind", "Contracts")
    search.wait_for_url("**/search.html?q=surrey&kind=Contracts")
    kinds = search.locator(".find-of").all_inner_texts()
    assert kinds and set(kinds) == {"Contracts"}
    shared = search.url
    search.go_back()
    search.wait_for_url("**/search.html?q=surrey")
    expect(search.locator("#find-kind")).to_have_value("")
    search.go_back()
    expect(search.locator("#find-q")).to_have_value("")  # one step for the whole word
    search.goto(shared)
    expect(search.locator(RESULTS).first).to_be_visible()
    assert search.locator(".find-of").all_inner_texts() == kinds
    search.locator(RESULTS).first.click()
    search.go_back()
    expect(search.locator("#find-q")).to_have_value("surrey")
    assert search.locator(".find-of").all_inner_texts() == kinds


def test_search_by_keyboard(search: Page) -> None:
    """A result that only a mouse reaches, or a count that is not announced."""
    search.focus("#find-q")
    search.keyboard.type("surrey")
    assert search.get_attribute("#find-count", "role") == "status" and "result" in search.inner_text("#find-count")
    focus = "document.activeElement.getAttribute('href') || document.activeElement.id"
    links = search.eval_on_selector_all(RESULTS, "links => links.map(link => link.getAttribute('href'))")
    reached = []
    for key in ("Enter", "ArrowDown", "ArrowUp", "End", "Home", "ArrowUp", "ArrowDown", "Escape"):
        search.keyboard.press(key)
        reached.append(search.evaluate(focus))
    assert reached == [links[0], links[1], links[0], links[-1], links[0], "find-q", links[0], "find-q"]
    search.keyboard.press("Enter")
    search.keyboard.press("Enter")
    search.wait_for_url(f"**/{links[0]}")


def test_hostile_cells_are_words(search: Page, small: Site, heard: list[str]) -> None:
    """A cell that runs, or becomes markup, in the results or in the explorer."""
    assert "people/dan-gregory.html" in ask(search, "xylophone")
    assert "<img src=x" in search.inner_text("#find-results") and search.locator("main img").count() == 0
    assert ask(search, HOSTILE) != [] and search.locator("main img").count() == 0
    ask(search, '<img src=x onerror="alert(1)">nothing')
    assert "<img" in search.inner_text("#find-count")
    for table in ("people", "contracts"):
        search.goto(f"{small.origin}/explore/{table}.html?q=xylophone&sort=note")
        expect(search.locator("#explore tbody tr:visible")).to_have_count(1)
        assert "<img src=x" in search.inner_text("#explore") and search.locator("main img").count() == 0
    search.goto(f"{small.origin}/explore.html?table=javascript:alert(1)")
    assert heard == []


def test_the_index_is_fetched_when_it_is_wanted(page: Page, small: Site) -> None:
    """A page that weighs as much as its index, or words typed before that came that are lost."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{small.origin}/search.html", wait_until="networkidle")
    assert not any("search-index" in url for url in asked)
    held = []
    page.route("**/search-index.js", lambda route: held.append(route))
    page.focus("#find-q")
    page.keyboard.type("surrey")
    assert "Making ready" in page.inner_text("#find-count")
    held[0].continue_()
    expect(page.locator(RESULTS).first).to_be_visible()
    page.wait_for_url("**/search.html?q=surrey")
    assert len([url for url in asked if "search-index" in url]) == 1


def test_without_scripts_the_pages_say_so(browser: Browser, small: Site) -> None:
    """A form that does nothing, or a table that is not whole."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{small.origin}/search.html")
        assert "switched off" in page.inner_text("main") and page.locator("#find").is_hidden()
        assert page.locator("#find-lists a").count() == 11
        page.goto(f"{small.origin}/explore/contracts.html")
        table = pages.read(small.folder.parent).data.get("contracts")
        assert len(table.records) > explore.ROWS
        seen = [page.locator("#explore tbody tr:visible").count()]
        for number in range(2, page.locator("#explore-pages a").count() + 1):
            page.click(f"#explore-pages a:text-is('{number}')")
            seen.append(page.locator("#explore tbody tr:visible").count())
        assert sum(seen) == len(table.records) and max(seen) == explore.ROWS
        assert page.locator("#explore thead th:visible").count() == len(table.schema.columns)
        assert page.locator("main button").count() == 0


def test_search_works_from_a_folder(page: Page, small: Site, heard: list[str]) -> None:
    """A page that needs a server."""
    page.goto((small.folder / "search.html").as_uri() + "?q=surrey")
    expect(page.locator(RESULTS).first).to_be_visible()
    page.goto((small.folder / "explore.html").as_uri() + "?table=contracts&sort=-value_gbp")
    page.wait_for_url("**/explore/contracts.html?sort=-value_gbp")
    expect(page.locator('#explore [aria-sort="descending"]')).to_be_visible()
    assert heard == []


def shown(page: Page) -> list[str]:
    """The first cells of the rows that the explorer shows, as links to their records."""
    return page.eval_on_selector_all(
        "#explore tbody tr:not([hidden]) th a", "links => links.map(a => a.href.replace(/.*[/#]/, '').replace('.html', ''))"
    )


def whole(page: Page) -> None:
    """Wait until the explorer shows what it took from the whole table."""
    expect(page.locator('#explore[data-shown="whole"]')).to_be_visible()


def saved(page: Page) -> tuple[str, list[list[str]]]:
    """The file that the explorer gives out."""
    with page.expect_download() as given:
        page.click("#explore-tools button:has-text('Download')")
    text = Path(given.value.path()).read_bytes().decode("utf-8")
    return text, list(csv.reader(io.StringIO(text, newline="")))


def test_explorer_sorts_by_what_a_column_holds(page: Page, small: Site) -> None:
    """Numbers sorted as text, dates by their first letters, or blanks in between."""
    rows = read_dataset(small.folder.parent).get("contracts").by_key
    page.goto(f"{small.origin}/explore/contracts.html")
    button = page.locator('#explore th[data-name="value_gbp"] button')
    for turn, sort in ((1, "ascending"), (-1, "descending")):
        button.click()
        whole(page)
        assert page.get_attribute('#explore th[data-name="value_gbp"]', "aria-sort") == sort
        values = [rows[id]["value_gbp"] for id in shown(page)]
        filled = [int(value) for value in values if value]
        assert len(filled) > 1 and filled == sorted(filled, reverse=turn < 0) and not any(values[len(filled) :])
    button.click()
    assert page.locator("#explore [aria-sort]").count() == 0 and shown(page) == list(rows)[: explore.ROWS]
    page.click("#explore-tools button:has-text('Show all')")
    assert shown(page) == list(rows) and page.url.endswith("?rows=all") and page.locator("#explore-pages").is_hidden()
    events = read_dataset(small.folder.parent).get("events").by_key
    page.goto(f"{small.origin}/explore/events.html?sort=date")
    whole(page)
    dates = [events[id]["date"] for id in shown(page)]
    ends = [explore.bounds(date)[::-1] for date in dates if date]
    assert any(date.startswith("[") for date in dates) and ends == sorted(ends) and not any(dates[len(ends) :])


def test_what_is_downloaded_is_what_is_shown(page: Page, small: Site) -> None:
    """A file with other rows, columns or an order other than the table's; a cell that a spreadsheet would run."""
    rows = read_dataset(small.folder.parent).get("contracts").by_key
    page.goto(f"{small.origin}/explore/contracts.html")
    assert [row[0] for row in saved(page)[1][1:]] == [row["name"] for row in list(rows.values())[: explore.ROWS]]
    page.select_option("#explore-tools label:has-text('Outcome') select", "lost")
    page.locator('#explore th[data-name="name"] button').click()
    page.click("#explore-tools summary")
    page.uncheck("#explore-tools fieldset input[value=service]")
    page.check("#explore-tools fieldset input[value=contract_id]")
    text, (header, *cells) = saved(page)
    assert header == page.eval_on_selector_all(
        "#explore th[data-name]", "ths => ths.filter(th => th.checkVisibility()).map(th => th.dataset.name)"
    )
    assert "contract_id" in header and "service" not in header
    ids = [row[header.index("contract_id")] for row in cells]
    assert ids == shown(page) == sorted(ids, key=ids.index) and ids and all(rows[id]["outcome_code"] == "lost" for id in ids)
    for row in cells:
        record = rows[row[header.index("contract_id")]]
        assert row == [f"'{cell}" if cell.startswith("=") else cell for cell in (record[name] for name in header)]
    assert any(cell == f"'{FORMULA}" for row in cells for cell in row) and any(HOSTILE in row for row in cells)
    assert text.count("\r\n") == len(cells) + 1 and "\n" not in text.replace("\r\n", "")


def test_explorer_keeps_its_state_in_the_address(page: Page, small: Site) -> None:
    """A view that cannot be shared, or that the back button loses."""
    page.goto(f"{small.origin}/explore/contracts.html")
    everything = shown(page)
    page.type("#explore-tools input[type=search]", "surrey", delay=20)
    page.wait_for_url("**?q=surrey")
    whole(page)
    some, number = shown(page), len(read_dataset(small.folder.parent).get("contracts").records)
    assert 0 < len(some) < number and page.inner_text("#explore-count").startswith(f"{len(some)} of {number} ")
    page.locator('#explore th[data-name="value_gbp"] button').click()
    page.click("#explore-tools summary")
    page.uncheck("#explore-tools fieldset input[value=service]")
    shared, order = page.url, shown(page)
    assert "sort=value_gbp" in shared and "columns=name," in shared
    for expected in ("?q=surrey&sort=value_gbp", "?q=surrey"):
        page.go_back()
        page.wait_for_url(f"**{expected}")
    assert shown(page) == some and page.locator("#explore [aria-sort]").count() == 0
    page.go_back()
    assert shown(page) == everything
    page.goto(shared)
    whole(page)
    assert shown(page) == order and page.locator('#explore th[data-name="service"]').is_hidden()
    page.click("#explore-tools button:has-text('Clear')")
    assert shown(page) == everything and page.url.endswith("contracts.html")


def test_a_whole_table_is_fetched_when_it_is_wanted(page: Page, small: Site) -> None:
    """A page that weighs as much as its table; a choice made before that came that is lost; a later page that loses its columns."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{small.origin}/explore/contracts.html?columns=name,outcome_code", wait_until="networkidle")
    page.click("#explore-pages a:text-is('2')")
    page.wait_for_url("**/contracts-2.html?columns=name,outcome_code")
    ids = list(read_dataset(small.folder.parent).get("contracts").by_key)
    assert shown(page) == ids[explore.ROWS : 2 * explore.ROWS] and page.locator("#explore thead th:visible").count() == 2
    assert not any("contracts.js" in url for url in asked)
    held = []
    page.route("**/contracts.js", lambda route: held.append(route))
    page.locator('#explore th[data-name="name"] button').click()
    assert "Loading" in page.inner_text("#explore-count")
    page.fill("#explore-tools input[type=search]", "surrey")
    held[0].continue_()
    whole(page)
    found = shown(page)
    assert 0 < len(found) < len(ids) and page.locator('#explore [aria-sort="ascending"]').count() == 1
    assert len([url for url in asked if "contracts.js" in url]) == 1


def test_a_table_that_does_not_come_says_so(page: Page, small: Site) -> None:
    """Rows of one page, shown as if they were what was sorted."""
    page.route("**/contracts.js", lambda route: route.abort())
    page.goto(f"{small.origin}/explore/contracts.html?sort=name")
    expect(page.locator("#explore-count")).to_contain_text("could not be loaded")


def test_explorer_by_keyboard(page: Page, small: Site) -> None:
    """A control that only a mouse reaches, or that has no name."""
    page.goto(f"{small.origin}/explore/contracts.html")
    page.focus("#explore-tools input[type=search]")
    tags = []
    for _ in range(30):
        tags.append(page.evaluate("document.activeElement.closest('#explore-tools, .explore-region') && document.activeElement.tagName"))
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('th[data-name=\"outcome_code\"]') !== null"):
            break
    page.keyboard.press("Enter")
    assert {"INPUT", "SELECT", "SUMMARY", "BUTTON", "DIV"} <= set(tags)
    assert page.get_attribute('th[data-name="outcome_code"]', "aria-sort") == "ascending"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["search.html?q=surrey", "search.html?q=qqqqqq", "explore.html", "explore/contracts.html?sort=name"])
def test_pages_pass_axe_and_fit_a_telephone(browser: Browser, small: Site, address: str, scheme: str) -> None:
    """A fault that axe knows, or a page wider than 320 px."""
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{small.origin}/{address}")
        expect(page.locator("#find[data-ready], #explore-tools button, #explore-tables").first).to_be_visible()
        if "explore/" in address:
            page.click("#explore-tools summary")
        found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]) for rule in found] == []
        page.set_viewport_size({"width": 320, "height": 700})
        assert page.evaluate(OVERFLOW) is None
