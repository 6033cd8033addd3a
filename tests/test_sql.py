"""The page that asks with SQL, in a headless browser: from a server and from a folder, without loading before it is asked."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from bs4 import BeautifulSoup
from conftest import Site
from playwright.sync_api import Browser, Page, expect
from test_site import violations, watch

from mutuals.exports import sqlite

LONG = 60_000  # milliseconds: the tables are unpacked, on machines that may be slow


@pytest.fixture(scope="module")
def own(site: Site) -> Iterator[sqlite3.Connection]:
    """The database of the download page, read by another SQLite."""
    with closing(sqlite3.connect(f"file:{site.folder / sqlite.FILE}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.fixture(scope="module")
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    """The page with SQLite loaded, for tests that only ask."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.origin}/sql.html")
        ask(page, "SELECT 1")
        yield page


def ask(page: Page, query: str) -> str:
    """Run a query; what the page says then."""
    page.locator("textarea").fill(query)
    page.get_by_role("button", name="Run", exact=True).first.click()
    page.wait_for_function(
        "() => !document.querySelector('#sql-tools button').disabled && !/…$/.test(document.getElementById('sql-said').textContent)",
        timeout=LONG,
    )
    return page.locator("#sql-said").inner_text()


def rows(page: Page) -> list[list[str]]:
    """The rows of the answer as they are shown."""
    script = "() => [...document.querySelectorAll('#sql-result tbody tr')].map(tr => [...tr.cells].map(td => td.textContent))"
    return page.evaluate(script)


def test_nothing_is_loaded_before_it_is_asked(page: Page, site: Site) -> None:
    """A page that costs megabytes to look at; or one that loads them twice, or from elsewhere."""
    asked: list[str] = []
    found = watch(page, site.origin)
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{site.origin}/sql.html#sql={quote('SELECT 7 AS seven')}", wait_until="networkidle")
    assert page.locator("textarea").input_value() == "SELECT 7 AS seven"
    assert not {"engine.js", "tables.js", sqlite.FILE} & set(asked)
    page.get_by_role("button", name="Run", exact=True).first.click()
    expect(page.locator("#sql-result td")).to_have_text("7", timeout=LONG)
    ask(page, "SELECT 8")
    assert asked.count("engine.js") == asked.count("tables.js") == 1 and sqlite.FILE not in asked
    assert found == []


@pytest.mark.parametrize("question", sqlite.questions(), ids=lambda question: question.view)
def test_each_question_is_answered_as_another_sqlite_does(tab: Page, own: sqlite3.Connection, question: sqlite.Question) -> None:
    """A question that the page cannot run, or answers with other rows than the file."""
    item = tab.locator(f"li:has(code[data-view='{question.view}'])")
    item.get_by_role("button").click()
    tab.wait_for_function(
        "() => !document.querySelector('#sql-tools button').disabled && / rows?[.;]/.test(document.getElementById('sql-said').textContent)",
        timeout=LONG,
    )
    assert unquote(tab.url.partition("#sql=")[2]) == tab.locator("textarea").input_value() == question.sql
    wanted = own.execute(f"SELECT * FROM {question.view}").fetchall()
    shown = rows(tab)
    assert len(shown) == min(len(wanted), 500) > 0
    for one, other in zip(shown, wanted, strict=False):
        assert [float(a) if isinstance(b, (int, float)) else a for a, b in zip(one, other, strict=True)] == [
            "" if b is None else b for b in other
        ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * FROM contract", "There is no table “contract”. Do you mean “contracts”?"),
        ("SELECT * FROM search", "The full-text search is only in the file to download."),
        ("SELECT outcom_code FROM contracts", "None of the tables that you name has a column “outcom_code”. Do you mean “outcome_code”?"),
        ("SELECT turnover_gbp FROM contracts", "It is in spin_outs."),
        ("SELECT name FROM contracts JOIN spin_outs USING (spin_out_id)", "More than one of the tables has a column “name”"),
        ("SELEC 1", "From “SELEC” on this is no SQL."),
        ("SELECT (1", "The query ends too early"),
        ("SELECT medain(1)", "SQLite has no function “medain”."),
        ("DELETE FROM contracts", "The tables can only be read here."),
        ("-- nothing", "This asks for nothing"),
        ("", "Write a query"),
    ],
)
def test_what_goes_wrong_is_told_in_words(tab: Page, query: str, words: str) -> None:
    """A message of SQLite's that helps nobody who does not know it, or rows of the query before under it."""
    assert words in ask(tab, query)
    assert query in ("", "-- nothing") or rows(tab) == []


def test_the_rows_come_as_csv(tab: Page, own: sqlite3.Connection, tmp_path: Path) -> None:
    """A file that has only what is shown, or that a spreadsheet would run."""
    ask(tab, "SELECT '=1+1' AS a, row_id, as_read FROM evidence_contracts")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download the rows as CSV").click()
    download.value.save_as(tmp_path / "answer.csv")
    with (tmp_path / "answer.csv").open(encoding="utf-8", newline="") as file:
        head, *found = csv.reader(file)
    assert head == ["a", "row_id", "as_read"] and {row[0] for row in found} == {"'=1+1"}
    wanted = own.execute("SELECT row_id, as_read FROM evidence_contracts").fetchall()
    assert len(found) == len(wanted) > len(rows(tab)) == 500
    assert sorted(row[1] for row in found) == sorted(row[0] for row in wanted)


def test_a_cell_is_text(tab: Page) -> None:
    """A cell that becomes an element of the page."""
    ask(tab, "SELECT '<img src=x onerror=alert(1)>' AS \"<b>a</b>\"")
    assert rows(tab) == [["<img src=x onerror=alert(1)>"]]
    assert tab.locator("#sql-result :is(img, b)").count() == 0


def test_it_works_from_a_folder(browser: Browser, site: Site) -> None:
    """A page that needs a server."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto((site.folder / "sql.html").as_uri())
        assert ask(page, "SELECT count(*) FROM contracts") == "1 row."
        assert int(rows(page)[0][0]) > 0


def test_the_keyboard_does(tab: Page) -> None:
    """A query that needs a mouse, or an answer that the address forgets."""
    tab.locator("textarea").fill("SELECT 5 AS five")
    tab.locator("textarea").press("Control+Enter")
    expect(tab.locator("#sql-result td")).to_have_text("5", timeout=LONG)
    assert tab.evaluate("document.activeElement.tagName") == "TEXTAREA"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Run"
    tab.go_back()
    assert tab.locator("textarea").input_value() != "SELECT 5 AS five"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_answers_and_messages(browser: Browser, site: Site, scheme: str) -> None:
    """A message that cannot be read on its ground, a table without heads, a page that scrolls sideways on a telephone."""
    with browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.goto(f"{site.origin}/sql.html")
        for query in ("SELECT * FROM contracts", "SELECT * FROM contract"):
            ask(page, query)
            assert list(violations(page)) == []
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_only_this_page_may_compile(site: Site) -> None:
    """A policy that is loosened for every page since one needs it."""
    allowed = {
        path.as_posix()
        for path in site.pages
        if "unsafe-eval"
        in BeautifulSoup((site.folder / path).read_text(encoding="utf-8")[:1000], "html.parser").select("meta")[1]["content"]
    }
    assert allowed == {"sql.html"}
