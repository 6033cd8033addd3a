"""The book engine on a tiny book: one page, one generated page and one notebook whose figure holds a hostile cell."""

import csv
import hashlib
import io
import re
import shutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from mutuals import book
from mutuals.book import BookError
from mutuals.findings import Finding
from mutuals.sphinx_ext import KEPT

ROOT = Path(__file__).resolve().parents[1]
HOSTILE = "</script><img src=x onerror=alert(1)>"
TOC = "format: jb-book\nroot: index\nchapters:\n- file: notebooks/question\n"
CELL = f"""
import pandas as pd
from mutuals.chart import figure
from mutuals.marks import bars
frame = pd.DataFrame({{"Place": ["Swindon", {HOSTILE!r}], "Staff": [20000, None]}})
figure(bars(frame, label="Place", value="Staff"), name="staff", title="Swindon has the most", subtitle="Staff, two places",
       says="Swindon has 20,000 staff.", source="pathfinders", rows=frame)
"""


def notebook(root: Path, cell: str) -> None:
    """Write a notebook of one cell, run."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A question\n\nIts answer."), nbformat.v4.new_code_cell(cell)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, part in enumerate(made.cells):
        part["id"] = f"cell-{number}"
    NotebookClient(made, record_timing=False).execute()
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(made, root / "notebooks" / "question.ipynb")


def write_pages(root: Path, site: Path, view: None) -> None:
    """What `mutuals.pages` does for the real book, in small."""
    (site / "places").mkdir()
    (site / "places" / "hull.html").write_text("<!DOCTYPE html><title>Hull</title><h1>Hull</h1>", encoding="utf-8")
    (site / "downloads").mkdir()
    (site / "downloads" / "all.csv").write_text("a\n1\n", encoding="utf-8")


def tiny(folder: Path, cell: str = CELL) -> Path:
    """A repository with a book in it, and things that must not get into the book."""
    (folder / "book").mkdir(parents=True)
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "schemas", folder / "schemas")
    (folder / "data").mkdir()
    (folder / "data" / "sources.csv").write_text("source_id,date_accessed\ns,2026-11-24\n", encoding="utf-8")
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    (folder / "book" / "index.md").write_text("# Home\n\nWelcome to “Home” & more; see [the staff](#figure-staff).\n", encoding="utf-8")
    for stray in (".pytest_cache/README.md", "book/.hidden/secret.md", "book/_static/.secret.css", ".venv/lib/page.md"):
        (folder / stray).parent.mkdir(parents=True, exist_ok=True)
        (folder / stray).write_text("# Secret\n", encoding="utf-8")
    notebook(folder, cell)
    return folder


@pytest.fixture(scope="module")
def parts() -> Iterator[types.SimpleNamespace]:
    """Stand-ins for the gate and the generated pages, so that this tests the engine alone."""
    fakes = {
        "mutuals.check": {"check": lambda root: []},
        "mutuals.scorecard": {"begin": lambda root: types.SimpleNamespace(wait=lambda: 0)},
        "mutuals.pages": {"read": lambda root: None, "fill": lambda target, view: None, "write": write_pages},
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, content in fakes.items():
            module = types.ModuleType(name)
            module.__dict__.update(content)
            patch.setitem(sys.modules, name, module)
            patch.setattr(sys.modules["mutuals"], name.rpartition(".")[2], module, raising=False)
        yield types.SimpleNamespace(check=sys.modules["mutuals.check"])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, parts: object) -> Path:
    """The tiny book's repository, built once."""
    folder = tiny(tmp_path_factory.mktemp("book") / "repository")
    book.build(folder)
    return folder


@pytest.fixture(scope="module")
def question(root: Path) -> BeautifulSoup:
    """The page of the notebook."""
    return BeautifulSoup((root / "_build/html/notebooks/question.html").read_text(encoding="utf-8"), "html.parser")


def digests(site: Path) -> dict[str, str]:
    """Every file of a site, by what is in it."""
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in site.rglob("*") if path.is_file()}


def test_addresses_are_clean_and_nothing_leaks_in(root: Path) -> None:
    site = root / "_build" / "html"
    pages = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html") if "_static" not in path.parts)
    assert pages == ["figures/staff.html", "index.html", "notebooks/question.html", "places/hull.html"]
    assert (site / "downloads" / "all.csv").read_text(encoding="utf-8") == "a\n1\n"
    assert not list(site.rglob("*secret*"))


def test_the_figure_stands_in_the_page_twice_and_says_what_it_shows(question: BeautifulSoup) -> None:
    figure = question.select_one("figure#figure-staff")
    assert figure is not None
    assert [svg["role"] for svg in figure.select(".spun-wide svg, .spun-narrow svg")] == ["img", "img"]
    assert [svg["aria-label"] for svg in figure.select("svg")] == ["Swindon has 20,000 staff."] * 2
    assert figure.select_one("figcaption .spun-says").get_text() == "Swindon has 20,000 staff."
    assert figure.find("script") is None
    assert [script["src"] for script in question.select("script[src*=figures]")] == ["../figures/figures.js"]
    ids = [element["id"] for element in question.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_the_table_has_the_same_rows_as_the_file(root: Path, question: BeautifulSoup) -> None:
    table = question.select_one("#figure-staff table")
    cells = [[cell.data["value"] if cell.data else cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")]
    assert cells == [["Place", "Staff"], ["Swindon", "20000"], [HOSTILE, "not stated"]]
    file = list(csv.reader(io.StringIO((root / "_build/html/figures/staff.csv").read_text(encoding="utf-8"))))
    assert [["" if cell == "not stated" else cell for cell in row] for row in cells] == file
    assert [cell["scope"] for cell in table.select("th")] == ["col", "col", "row", "row"]
    assert table.parent["tabindex"] == "0"
    assert table.parent["aria-label"].startswith("Table: ")


def test_downloads_exist_and_links_lead_somewhere(root: Path, question: BeautifulSoup) -> None:
    page = root / "_build/html/notebooks/question.html"
    links = [link["href"] for link in question.select("#figure-staff .spun-downloads a")]
    assert links == [*(f"../figures/staff.{kind}" for kind in ("svg", "png", "csv")), "#figure-staff", "../figures/staff.html"]
    assert [(page.parent / link).stat().st_size > 20 for link in links if link[0] != "#"] == [True] * 4
    home = BeautifulSoup((root / "_build/html/index.html").read_text(encoding="utf-8"), "html.parser")
    assert home.select_one('main a[href="notebooks/question.html#figure-staff"]').get_text() == "the staff"


def test_the_parts_of_a_figure_open_without_a_script(question: BeautifulSoup) -> None:
    parts = question.select("#figure-staff .spun-parts > details")
    assert [part.summary.contents[0] for part in parts] == ["Table", "Sources", "Code"]
    assert {part["name"] for part in parts} == {"figure-staff-parts"}
    assert parts[2].select_one("pre code").get_text().strip() == CELL.strip()
    assert parts[1].select_one('a[href="../codebook.html#pathfinders"]').get_text() == "pathfinders"
    assert "data " in parts[1].get_text() and "as read by 24 November 2026" in parts[1].get_text()
    button = question.select_one("#figure-staff .spun-ask")
    assert button.has_attr("hidden") and button.button["data-spun-figure"] == "staff"


def test_the_figure_has_a_page_of_its_own(root: Path) -> None:
    own = BeautifulSoup((root / "_build/html/figures/staff.html").read_text(encoding="utf-8"), "html.parser")
    assert "Swindon has the most" in [heading.get_text() for heading in own.select("h1")]
    assert own.select_one("figure#figure-staff .spun-wide svg")
    assert own.select_one('a[href="../notebooks/question.html#figure-staff"]')
    assert own.select_one('meta[name="description"]')["content"] == "Swindon has 20,000 staff."


def test_interaction_waits_in_files_of_the_book(root: Path) -> None:
    """No page names the large scripts: only a reader who asks loads them."""
    site = root / "_build" / "html"
    assert {path.name for path in (site / "figures").glob("*.js")} == {"figures.js", "vega.js", "staff.vega.js"}
    assert [page.name for page in site.rglob("*.html") if "vega.js" in page.read_text(encoding="utf-8")] == []
    assert "<" not in (site / "figures" / "staff.vega.js").read_text(encoding="utf-8").replace("<=", "")


def test_a_hostile_cell_stays_text(question: BeautifulSoup) -> None:
    assert not question.select("img[onerror], img[src=x]")
    assert HOSTILE in question.select_one("#figure-staff table").get_text()


def test_nothing_is_asked_of_another_host(root: Path) -> None:
    asked = []
    for page in (root / "_build" / "html").rglob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        asked += [tag["src"] for tag in soup.select("[src]")] + [tag["href"] for tag in soup.select("link[href], use[href], image[href]")]
        asked += re.findall(r"url\(([^)]*)\)", page.read_text(encoding="utf-8"))
    assert len(asked) >= 6
    assert [address for address in asked if re.match(r"['\"]?(https?:)?//", address)] == []


def test_pages_are_described_and_nothing_is_there_that_no_page_uses(root: Path) -> None:
    site = root / "_build" / "html"
    home = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert home.select_one('meta[name="description"]')["content"] == "Welcome to “Home” & more; see the staff."
    assert home.select_one('link[rel="icon"]')["href"] == "_static/favicon.svg"
    assert sorted(path.name for path in (site / "_static").rglob("*")) == sorted(KEPT)
    assert not list(site.glob("*.js")) + list(site.glob("*.inv"))


def test_no_page_allows_more_than_its_own_files(root: Path) -> None:
    """A script in the page, a handler, or a policy that lets any of them run."""
    for path in (root / "_build" / "html/notebooks/question.html", root / "_build" / "html/index.html"):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        policy = dict(part.split(" ", 1) for part in page.select_one('meta[http-equiv="Content-Security-Policy"]')["content"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert [s for s in page.select("script") if not s.get("src") and s.get("type") != "application/ld+json"] == []
        assert [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)] == []


def test_two_builds_give_the_same_bytes_and_leave_no_old_page(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("_build"))
    (copy / "_build" / "html").mkdir(parents=True)
    (copy / "_build" / "html" / "old.html").write_text("old", encoding="utf-8")
    assert digests(book.build(copy)) == digests(root / "_build" / "html")


def failed(root: Path) -> str:
    """What the engine says of a book that it won't build; the site that was there must be there still."""
    before = digests(root / "_build" / "html")
    with pytest.raises(BookError) as raised:
        book.build(root)
    assert digests(root / "_build" / "html") == before
    return str(raised.value)


@pytest.fixture
def spoilt(root: Path, tmp_path: Path) -> Path:
    """A copy of the built book, to be spoilt."""
    return Path(shutil.copytree(root, tmp_path / "spoilt"))


def test_a_figure_without_title_is_refused(spoilt: Path) -> None:
    path = spoilt / "notebooks" / "question.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"mutuals": {', '"others": {'), encoding="utf-8")
    said = failed(spoilt)
    assert "notebooks/question: a chart has no title, sentence, source or rows; make it with mutuals.chart.figure(…)" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("html", "said"),
    [("<table><script>alert(1)</script></table>", "script"), ("<td><IMG src=x></td>", "img"), ("<td\nonclick=a()>b</td>", "onclick")],
)
def test_an_output_that_is_more_than_a_table_is_refused(spoilt: Path, html: str, said: str) -> None:
    """Markup in the output of a notebook, which may be that of a cell."""
    path = spoilt / "notebooks" / "question.ipynb"
    made = nbformat.read(path, as_version=4)
    made.cells[1].outputs[0].data = {"text/html": html}
    nbformat.write(made, path)
    assert f"notebooks/question: an output holds “{said}”" in failed(spoilt)


def test_two_figures_of_one_name_are_refused(spoilt: Path) -> None:
    path = spoilt / "notebooks" / "question.ipynb"
    made = nbformat.read(path, as_version=4)
    made.cells[1].outputs *= 2
    nbformat.write(made, path)
    assert "there are two figures called “staff”" in failed(spoilt)


def test_a_dead_link_is_an_error_that_names_the_page(spoilt: Path) -> None:
    (spoilt / "book" / "index.md").write_text("# Home\n\nSee [nothing](nowhere.md).\n", encoding="utf-8")
    said = failed(spoilt)
    assert "index.md:3" in said
    assert "nowhere.md" in said


def test_findings_stop_the_build(spoilt: Path, parts: types.SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding("data/quotes.csv", 3, "words", "q-1", "blank", "a blank", "words", "fill it in")
    monkeypatch.setattr(parts.check, "check", lambda root: [finding])
    assert "data/quotes.csv:3:words  q-1  [blank] found a blank, wanted words; fill it in" in failed(spoilt)
