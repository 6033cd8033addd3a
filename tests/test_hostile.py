"""A hostile cell in every column of every table: it reaches every surface of the site, and stays text on each.

Escaping must hold without the policy of the pages, and the policy without escaping; each guard is switched off once, to
see that its absence is noticed.
"""

import io
import json
import shutil
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from urllib.parse import quote, unquote, urlsplit

import hostile
import pytest
from conftest import Handler
from jinja2 import Environment
from markupsafe import Markup
from playwright.sync_api import Browser, Page
from repository import Repository

from mutuals import pages, png, releases
from mutuals.diff import KINDS, Change
from mutuals.pages import cards, leads, sharing
from mutuals.pages import view as view_module
from mutuals.pages.frame import frame
from mutuals.pages.view import View

SITE = "https://spun-out.example/book/"
RAN = "a payload ran"
# These show no cells, or none but names of the package's own and numbers.
WITHOUT_CELLS = {
    "about.html", "accessibility.html", "changelog.html", "codebook.html", "download.html", "explorer.html", "lost.html", "macros.html",
    "rules.html", "search.html", "sql.html",
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A site: its folder, and the template of each page that was made from the tables."""

    folder: Path
    templates: dict[str, str]

    @property
    def texts(self) -> dict[str, list[str]]:
        """The pages by template."""
        found: dict[str, list[str]] = {}
        for address, template in self.templates.items():
            found.setdefault(template, []).append((self.folder / f"{address}.html").read_text(encoding="utf-8"))
        return found


def make(root: Path, folder: Path, spoil: Callable[[View], None], only: Collection[str] = ()) -> Made:
    """Write the pages of a record that was spoilt after it was read, or some of them; cards aside, which take a while for so many."""
    view, templates, made = pages.read(root), {}, pages.pages
    spoil(view)

    def noted(root: Path, view: View) -> dict:
        found = {address: page for address, page in made(root, view).items() if not only or address in only}
        templates.update({address: template for address, (template, _) in found.items()})
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPUN_OUT_SITE", SITE)
        patch.setattr(pages, "pages", noted)
        patch.setattr(cards, "write", lambda site: None)
        patch.setattr(releases.Release, "changes", changed(view))
        sharing.site.cache_clear()
        frame.cache_clear()
        folder.mkdir()
        shutil.copytree(Path(__file__).parents[1] / "book/_static", folder / "_static")
        pages.write(root, folder, view)
    sharing.site.cache_clear()
    frame.cache_clear()
    return Made(folder, templates)


@pytest.fixture(scope="module")
def tree(core: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small record with what its pages need beside it: two releases, and a record that was removed."""
    repo = Repository.copy(core, tmp_path_factory.mktemp("hostile") / "repository")
    repo.bind(root)
    repo.add("tombstones", table="contracts", row_id="gone", date_removed="2026-11-24", reason="Twice.", replaced_by="surrey-2011")
    repo.save()
    shutil.copy(root / "pyproject.toml", repo.root)
    first = releases.record(repo.root)
    text = first.read_text(encoding="utf-8").replace(f'"version": "{first.stem}"', '"version": "999.0.0"', 1)
    first.with_stem("999.0.0").write_text(text, encoding="utf-8")
    return repo.root


def changed(view: View) -> list[Change]:
    """A change of each kind, whose cells are those of a record."""
    person = view.data.get("people").records[0]
    said = [person["name"]] * 3
    return [
        Change(kind, table, (person["person_id"],), "name", *said, f"{person['name']}.")
        for kind in KINDS
        for table in ("people", "evidence/people")
    ]


@pytest.fixture(scope="module")
def clean(tree: Path) -> Made:
    """The site as it should be."""
    return make(tree, tree.parent / "clean", lambda view: None)


@pytest.fixture(scope="module")
def worst(tree: Path) -> Made:
    """The site of a record in which no cell was left alone."""
    return make(tree, tree.parent / "worst", partial(hostile.spoil, keys=True))


@pytest.fixture(scope="module", params=["text", "text, keys, codes and dates"])
def spoilt(tree: Path, worst: Made, request: pytest.FixtureRequest) -> Made:
    """The site of a record all of whose cells are hostile: with keys left alone, so that each page is whole, and with none left alone."""
    return worst if request.param != "text" else make(tree, tree.parent / "spoilt", hostile.spoil)


def test_no_cell_becomes_an_element_an_attribute_or_an_address_that_runs(page: Page, clean: Made, spoilt: Made) -> None:
    """Markup of a cell in any page: read by a browser's own parser, and compared with the clean pages of the same template."""
    assert hostile.foreign(page, clean.texts, spoilt.texts) == []


def test_every_template_that_shows_cells_shows_such_cells(spoilt: Made, root: Path) -> None:
    """A page of which nobody knows what it makes of them."""
    reached = {template for template, texts in spoilt.texts.items() if any("__pwned" in text for text in texts)}
    known = {path.name for path in (root / "src/mutuals/pages/templates").glob("*.html")}
    assert known - reached <= WITHOUT_CELLS


def test_what_programs_read_stays_whole(clean: Made, spoilt: Made) -> None:
    """Data that a cell ends early: feed, sitemap, records."""
    feeds = [ET.parse(made.folder / "feed.xml").getroot() for made in (clean, spoilt)]
    assert [element.tag for element in feeds[0].iter()] == [element.tag for element in feeds[1].iter()]
    places = [loc.text for loc in ET.parse(spoilt.folder / "sitemap.xml").iterfind("{*}url/{*}loc")]
    there = {path.relative_to(spoilt.folder).as_posix() for path in spoilt.folder.rglob("*.html")} - {"404.html"}
    assert {place.removeprefix(SITE) for place in places} == there
    # At the top stands what describes the files of the release.
    found = {path: path.read_text(encoding="utf-8") for path in spoilt.folder.rglob("*.json")}
    found = {path: text for path, text in found.items() if not {"schemas", "releases"} & set(path.parts) and path.parent != spoilt.folder}
    assert len(found) > 100
    assert [path for path, text in found.items() if "<" in text] == []
    assert [path for path, text in found.items() if "__pwned" not in json.dumps(json.loads(text))] == []


@pytest.mark.parametrize("title", [*hostile.PAYLOADS, hostile.KEY, hostile.ODD.replace("\0", "")])
def test_a_card_can_be_drawn_of_every_title(title: str) -> None:
    """A title that ends the picture it stands in."""
    drawn = io.BytesIO()
    cards.card(title, title).save(drawn, "PNG", bits=2)
    assert drawn.getvalue().startswith(png.SIGNATURE)


@contextmanager
def served(made: Made) -> Iterator[str]:
    """Where the site is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(made.folder))) as server:
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def opened(browser: Browser, made: Made, policy: bool, pages: list[str], act: Callable[[Page, str], None] | None = None) -> list[str]:
    """What happens when pages are opened, with the policy or without, that should not: each by its address."""
    with served(made) as origin, browser.new_context(bypass_csp=not policy) as context:
        page = context.new_page()
        there = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
        found = hostile.watched(page, lambda url: url.startswith(f"{origin}/") and unquote(urlsplit(url).path)[1:] in there)
        for address in pages:
            page.goto(f"{origin}/{quote(address)}", wait_until="load")
            if act:
                act(page, origin)
        page.wait_for_timeout(200)
    return found


def one_of_each(made: Made) -> list[str]:
    """For each template, and for each folder, the page that holds most."""
    sizes: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for address, template in made.templates.items():
        sizes.setdefault((template, address.rpartition("/")[0]), []).append(
            ((made.folder / f"{address}.html").stat().st_size, f"{address}.html")
        )
    return [max(found)[1] for found in sizes.values()]


def ask(page: Page, origin: str) -> None:
    """Type each payload where a page can be searched, and see every result."""
    for field in page.locator("main input[type=search]:visible").all():
        for words in (*hostile.PAYLOADS, "pwned", "onmouseover"):
            field.fill(words)
    if page.locator("#find").count():
        page.locator("#find[data-ready]").wait_for()
        page.fill("#find-q", "pwned")
        page.locator("#find-results a").first.wait_for()


def test_nothing_runs_in_a_browser_without_the_policy(browser: Browser, spoilt: Made) -> None:
    """A payload that runs, or asks for something: on a page of each kind, in the search, and in the explorer."""
    assert opened(browser, spoilt, False, one_of_each(spoilt), ask) == []


def test_nothing_is_complained_of_with_the_policy(browser: Browser, worst: Made) -> None:
    """A page that the policy has to save from its cells, or that does not work under it."""
    assert opened(browser, worst, True, one_of_each(worst)[-8:], ask) == []


# ---- each guard, switched off: the tests above would say so ----


@contextmanager
def without(tree: Path, folder: Path, worst: Made, guard: tuple[object, str, object] | None = None) -> Iterator[Made]:
    """One page of each kind made anew, with something else in the place of a guard."""
    only = {address.removesuffix(".html") for address in one_of_each(worst)}
    with pytest.MonkeyPatch.context() as patch:
        if guard:
            patch.setattr(*guard)
        yield make(tree, folder, partial(hostile.spoil, keys=True), only)


@pytest.fixture(scope="module")
def unescaped(tree: Path, worst: Made) -> Iterator[Made]:
    """Pages whose templates escape nothing."""
    environment = pages.environment

    def bare(root: Path, view: View) -> Environment:
        templates = environment(root, view)
        templates.autoescape = False
        return templates

    with without(tree, tree.parent / "unescaped", worst, (pages, "environment", bare)) as made:
        yield made


def test_templates_that_escape_nothing_are_noticed(page: Page, browser: Browser, clean: Made, unescaped: Made) -> None:
    """Proof that the test of elements and the one in the browser can fail."""
    found = hostile.foreign(page, clean.texts, unescaped.texts)
    assert {"record.html: script of type , run", "record.html: img@onerror", "record.html: svg@onload"} <= set(found)
    assert any(RAN in line for line in opened(browser, unescaped, False, one_of_each(unescaped)))


def test_the_policy_holds_where_escaping_does_not(browser: Browser, unescaped: Made) -> None:
    """A policy that lets a payload run, were it to become an element."""
    found = opened(browser, unescaped, True, one_of_each(unescaped))
    assert not any(RAN in line for line in found)
    assert any("Content Security Policy" in line for line in found)


@pytest.mark.parametrize(
    ("module", "name", "bare"),
    [
        (sharing, "linked_data", lambda what: Markup(f'<script type="application/ld+json">{json.dumps(what)}</script>')),
        (view_module, "escape", Markup),
        (leads, "escape", Markup),
    ],
)
def test_other_guards_of_pages_are_noticed(
    page: Page, tree: Path, tmp_path: Path, clean: Made, worst: Made, module: ModuleType, name: str, bare: object
) -> None:
    """Proof that each is needed, and its absence seen."""
    with without(tree, tmp_path / "site", worst, (module, name, bare)) as made:
        found = hostile.foreign(page, clean.texts, made.texts)
    assert found


def test_results_that_become_markup_are_noticed(browser: Browser, tree: Path, tmp_path: Path, worst: Made) -> None:
    """Proof that what is typed into the search reaches what would run."""
    with without(tree, tmp_path / "site", worst) as made:
        script = made.folder / "_static/search.js"
        text = script.read_text(encoding="utf-8")
        script.write_text(text.replace("made.textContent = text", "made.innerHTML = text"), encoding="utf-8")
        found = opened(browser, made, False, ["search.html"], ask)
    assert any(RAN in line for line in found)
