"""Chapters and figures of a record whose texts are hostile: run anew, built by the book engine, and opened in a browser."""

import json
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import altair as alt
import hostile
import nbformat
import pandas as pd
import pytest
from conftest import ROOT, Site
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from playwright.sync_api import Browser, Page
from repository import Repository
from test_hostile import Made, opened

from mutuals import book, figures, pages
from mutuals.canonical import encode
from mutuals.chart import figure
from mutuals.edition import Edition
from mutuals.figures import Placed, figure_html
from mutuals.live import live_script
from mutuals.marks import bars, dots, grid, pairs, spans
from mutuals.moments import moments
from mutuals.pages.frame import frame
from mutuals.render import draw
from mutuals.sphinx_ext import TEXT, slim
from mutuals.tiles import PLACES, tile_map, waffle

STATE = Edition("1.2.3", "abc1234", "2026-11-24")
SPACE = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "g", "path", "text", "tspan", "title", "desc", "defs", "clipPath", "rect", "line"}


def run(folder: Path) -> None:
    """Run all notebooks below a folder, one after the other in one kernel, since starting one for each takes most of the time."""
    made = {path: nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))}
    together = nbformat.v4.new_notebook(metadata=next(iter(made.values())).metadata)
    for notebook in made.values():
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        together.cells += [*code, nbformat.v4.new_code_cell("%reset -f")]
    NotebookClient(together, resources={"metadata": {"path": str(folder)}}, record_timing=False, timeout=300).execute()
    for path, notebook in made.items():
        for number, cell in enumerate((cell for cell in notebook.cells if cell.cell_type == "code"), 1):
            cell.execution_count = number
            for output in cell.outputs:
                if "execution_count" in output:
                    output["execution_count"] = number
        nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def chapters(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the chapters, run over the whole record with every text of it spoilt, in canonical bytes."""
    repo = Repository.copy(root, tmp_path_factory.mktemp("chapters") / "repository")
    repo.bind(root)
    for name in ("book", "benchmarks/results"):
        shutil.copytree(root / name, repo.root / name)
    view = pages.read(repo.root)
    hostile.spoil(view, legal=True)
    for table in view.data.tables.values():
        if table.kind != "fingerprints":
            (repo.root / table.file).write_bytes(encode(table.records, table.schema))
    run(repo.root / "notebooks")
    frame.cache_clear()
    site = book.run(repo.root, book.stage(repo.root, pages.read(repo.root)))
    slim(site)
    return site


def texts(site: Path) -> dict[str, list[str]]:
    """What Sphinx makes, by kind."""
    kinds = {
        "chapters": site.glob("notebooks/*.html"),
        "figures": site.glob("figures/*.html"),
        "pages": [site / "index.html", site / "method.html"],
    }
    return {kind: [path.read_text(encoding="utf-8") for path in paths] for kind, paths in kinds.items()}


def test_chapters_hold_no_element_that_a_cell_brought(page: Page, site: Site, chapters: Path) -> None:
    """Markup of a cell in a chapter's text, its tables, or its figures."""
    made = texts(chapters)
    assert sum("__pwned" in text for text in made["chapters"]) >= 6 and sum("__pwned" in text for text in made["figures"]) >= 6
    assert hostile.foreign(page, texts(site.folder), made) == []


def ask(page: Page, origin: str) -> None:
    """Make the first figure interactive, and step through it."""
    button = page.locator(".spun-ask button").first
    if button.count():
        button.click()
        page.locator(".spun-stage svg").first.wait_for()
        for key in ("ArrowDown", "ArrowDown", "End"):
            page.keyboard.press(key)
        page.locator(".spun-tools input").first.fill("onerror")


def test_nothing_runs_in_a_chapter(browser: Browser, chapters: Path) -> None:
    """A payload that runs in a chapter or in an interactive figure, without the policy of the pages."""
    addresses = [path.relative_to(chapters).as_posix() for path in sorted(chapters.glob("notebooks/*.html"))]
    assert opened(browser, Made(chapters, {}), False, addresses, ask) == []


def test_text_of_notebooks_is_no_markup(page: Page, chapters: Path) -> None:
    """Proof that cells stand in the Markdown of notebooks, and that it would be markup if it were taken as such."""
    notebooks = [nbformat.read(path, as_version=4) for path in (chapters.parents[3] / "notebooks").glob("*.ipynb")]
    outputs = [output for made in notebooks for cell in made.cells for output in cell.get("outputs", [])]
    said = "\n\n".join(output.data["text/markdown"] for output in outputs if "text/markdown" in output.get("data", {}))
    usual = {"text": [TEXT.render("**a** b\n\n- c\n\n1. d")]}
    assert hostile.foreign(page, usual, {"text": [TEXT.render(said)]}) == []
    assert {"text: script", "text: script of type , run"} <= set(
        hostile.foreign(page, usual, {"text": [MarkdownIt("commonmark").render(said)]})
    )


# ---- every form of figure ----


def forms() -> dict[str, tuple[alt.TopLevelMixin, pd.DataFrame]]:
    """Each form of chart, drawn from cells that hold every payload, with its rows."""
    make = hostile.Cells()
    cell = [make("cell").replace("\0", "") for _ in range(9)]
    three = pd.DataFrame({"what": cell[:3], "n": [3.0, 2.0, None], "more": [4.0, None, None]})
    days = pd.DataFrame({"what": cell[:2], "a": ["2010-01-01", "2011-01-01"], "b": ["2010-02-01", "2011-01-01"], "n": [1, 2]})
    days = days.assign(said=cell[2:4], tells=cell[4:6])
    dotted = pd.DataFrame({"row": cell[:2], "column": cell[2:4], "label": cell[4:6], "number": ["1", "2"], "hollow": [True, False]})
    dotted["colour"] = ["#222222", "#5a5a5a"]
    areas = pd.DataFrame({"area": [*PLACES, cell[0]], "n": range(len(PLACES) + 1)})
    whole = {"label": "what", "value": "n"}
    return {
        "bars": (bars(three, **whole, say=lambda value: cell[5], accent=cell[0]), three),
        "dots": (dots(three, **whole), three),
        "pairs": (pairs(three, label="what", before="n", after="more"), three),
        "spans": (spans(days, label="what", first="a", last="b", said="said"), days),
        "grid": (grid(dotted, row="row", column="column", columns=cell[2:4]), dotted),
        "moments": (moments(days, first="a", last="b", value="n", said="said", tells="tells"), days),
        "waffle": (waffle(three, **whole, whole=100, say=lambda value: cell[6]), three),
        "tiles": (tile_map(areas, area="area", value="n"), areas),
    }


FORMS = forms()


def placed(name: str, words: str) -> Placed:
    """A figure of one form as the book places it, with these words around it."""
    chart, rows = FORMS[name]
    spec = figure(chart, name="hostile", title=words, subtitle=words, says=words, source=words, rows=rows).spec
    spec["usermeta"]["mutuals"] |= {"records": {words: 3}, "sources": [["a-source", words]]}
    return Placed(spec, draw(spec, STATE), STATE, "notebooks/question", words, ROOT)


@pytest.mark.parametrize("name", FORMS)
def test_a_picture_of_hostile_cells_is_a_picture(name: str) -> None:
    """A file of a figure that is no XML, or holds more than shapes and letters."""
    made = placed(name, hostile.Cells()("words").replace("\0", ""))
    for text in (made.drawing.svg, made.drawing.wide, made.drawing.narrow):
        picture = ET.fromstring(text)
        assert {element.tag.removeprefix(SPACE) for element in picture.iter()} <= SHAPES
        names = {name.rpartition("}")[2] for element in picture.iter() for name in element.attrib}
        assert not [name for name in names if name.startswith("on") or name == "href"]
        assert "__pwned" in "".join(picture.itertext())
    script = live_script(made.spec)
    assert "<" not in script and script.isascii() and json.loads(script.partition('"] = ')[2][:-2])


def test_a_figure_whose_words_are_not_escaped_is_noticed(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup of a cell in what stands around the pictures; and proof that the test can fail."""
    usual = {name: [figure_html(placed(name, "words " * 200), "")] for name in ("bars", "grid")}

    def around() -> dict[str, list[str]]:
        return {name: [figure_html(placed(name, hostile.Cells()("words").replace("\0", "")), "")] for name in usual}

    assert hostile.foreign(page, usual, around()) == []
    monkeypatch.setattr(figures, "escape", lambda text: text)
    assert {"bars: img@onerror", "grid: script"} <= set(hostile.foreign(page, usual, around()))
