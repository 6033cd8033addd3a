"""The index of the search page: names every page and record, leads somewhere, and holds no markup."""

import gzip
import json
import re
from pathlib import Path

import pytest
from conftest import Site
from repository import Repository
from test_site import Parsed

from mutuals import pages
from mutuals.pages import search
from mutuals.pages.search import TABLES

HOSTILE = "</script><img src=x onerror=alert(1)> '; alert(1) // \\' \u2028"


def rows(script: str) -> list[list]:
    """The rows of an index, read as the browser reads them."""
    text = script.partition('"rows":\'')[2].removesuffix("'};\n").replace("\\n\\\n", "\n")
    return [json.loads(re.sub(r"\\(['\\])", r"\1", line)) for line in text.split("\n")]


@pytest.fixture(scope="module")
def index(core: Path) -> list[list]:
    view = pages.read(core)
    return rows(search.script(view, search.entries(view)))


def found(index: list[list], address: str) -> list:
    return next(row for row in index if row[3] == address)


def test_every_record_is_in_the_index(core: Path, index: list[list]) -> None:
    """A record that nobody can find."""
    view = pages.read(core)
    wanted = {view.address(name, id) for name in TABLES for id in view.data.get(name).by_key}
    assert wanted <= {row[3] for row in index}
    assert set(TABLES) == {table.name for table in view.data.facts}


def test_a_record_carries_what_it_is_asked_for_by(index: list[list]) -> None:
    """A sum, a date, a place or another name that is left out."""
    contract = found(index, "contracts/surrey-2011.html")
    assert "£500m" in contract[2]
    surrey = found(index, "spin-outs/central-surrey-health.html")
    assert "South East" in json.dumps(surrey) and "England" in json.dumps(surrey)
    assert "E12000007" in found(index, "spin-outs/3bm.html")[4]
    assert found(index, "codebook.html#contracts-value_gbp")[4] == ["value_gbp"]


def test_the_index_is_the_same_each_time(core: Path) -> None:
    """Bytes that change without the data."""
    made = [search.script(view, search.entries(view)) for view in (pages.read(core), pages.read(core))]
    assert made[0] == made[1]


def test_a_hostile_cell_stays_a_text_of_the_script(core: Path, tmp_path: Path) -> None:
    """A cell that ends the string it stands in."""
    repo = Repository.copy(core, tmp_path / "repository")
    repo.row("people", person_id="dan-gregory").update(name=HOSTILE, roles=HOSTILE.replace("; ", ", "))
    repo.save()
    view = pages.read(repo.root)
    script = search.script(view, search.entries(view))
    name = view.name("people", "dan-gregory")
    assert "onerror" in name and found(rows(script), "people/dan-gregory.html")[1] == name
    assert not re.search(r"(?<!\\)(?:\\\\)*'(?!\}|\"|;)", script.partition('"rows":\'')[2].removesuffix("'};\n"))


def test_pages_are_found_by_headings_and_first_paragraphs(tmp_path: Path) -> None:
    """A chapter that is not found, or whose section leads to its top."""
    (tmp_path / "notebooks").mkdir()
    html = """<main><section id="top-of"><h1>A question?<a class="headerlink" href="#top-of">#</a></h1><p>First &amp; last.</p><p>Not this.</p>
        <section id="part"><h2>Part</h2><p>Told <b>here</b>.</p></section><h2 id="own">Own</h2></section></main><footer><h2 id="no">No</h2></footer>"""
    (tmp_path / "notebooks/a.html").write_text(html, encoding="utf-8")
    entries = [(entry.kind, entry.title, entry.line, entry.address) for entry in search.chapters(tmp_path)]
    assert entries == [
        ("Pages", "A question?", "First & last.", "notebooks/a.html"),
        ("Sections", "Part", "A question?: Told here.", "notebooks/a.html#part"),
        ("Sections", "Own", "A question?", "notebooks/a.html#own"),
    ]


def test_every_address_leads_somewhere(site: Site) -> None:
    """A result whose page, or place on it, is not there."""
    ids: dict[str, set[str]] = {}
    lost = []
    for row in rows((site.folder / search.INDEX).read_text(encoding="utf-8")):
        address, _, anchor = row[3].partition("#")
        if address not in ids:
            page = Parsed()
            page.feed((site.folder / address).read_text(encoding="utf-8") if (site.folder / address).is_file() else "")
            ids[address] = page.ids
        if not (site.folder / address).is_file() or (anchor and anchor not in ids[address]):
            lost.append(row[3])
    assert lost == []


def test_the_index_is_small_and_loaded_where_it_is_needed(site: Site) -> None:
    """An index that grows beyond what a telephone should load, or that other pages load."""
    data = (site.folder / search.INDEX).read_bytes()
    assert len(gzip.compress(data, 9)) < 220_000
    loading = [path.as_posix() for path in site.pages if "search-index.js" in (site.folder / path).read_text(encoding="utf-8")]
    assert loading == ["search.html"]
