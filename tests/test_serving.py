"""Serving: each kind of file that is saved sets off its own work, and pages ask whether something changed."""

import shutil
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from repository import Repository

from mutuals import pages, serving
from mutuals.chapters import ChapterError, Warm
from mutuals.exports import csvw, datapackage
from mutuals.findings import SCHEMA, Finding
from mutuals.pages import search, sql
from mutuals.serving import Page, Workshop


class Press:
    """Stands for the pages that are made when asked for."""

    def __init__(self, *_: object) -> None:
        self.made = {"people/a.html": "<head></head>", "people/a.json": "{}"}

    def file(self, path: str) -> str | None:
        """What is made here."""
        return self.made.get(path)


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose steps only note that they were taken."""
    taken: list[str] = []

    def note(step: str, answer: object = None) -> object:
        return lambda *args, **names: taken.append(step) or answer

    monkeypatch.setattr(serving, "stages", note("gate", []))
    monkeypatch.setattr(serving, "read_dataset", lambda root, memory: None)
    monkeypatch.setattr(serving.pages, "read", lambda root: None)
    monkeypatch.setattr(serving.pages, "Press", Press)
    monkeypatch.setattr(serving.pages.search, "write", note("search"))
    for name in ("chapters", "pages", "stage", "sphinx"):
        monkeypatch.setattr(Workshop, f"_{name}", note(name))
    made = Workshop(tmp_path)
    made.taken = taken
    return made


@pytest.mark.parametrize(
    ("file", "steps"),
    [
        ("book/method.md", []),
        ("book/_static/spunout.css", []),
        ("notebooks/voices.ipynb", ["pages"]),
        ("data/contracts.csv", ["gate", "chapters", "pages"]),
        ("schemas/contracts.json", ["gate", "chapters", "pages"]),
        ("validation/contracts.py", ["gate", "chapters", "pages"]),
        ("_toc.yml", ["pages"]),
    ],
)
def test_what_is_saved_decides_what_is_done(workshop: Workshop, tmp_path: Path, file: str, steps: list[str]) -> None:
    """Work that is not needed, or that is left out."""
    stamp = workshop.stamp
    assert workshop.rebuild({tmp_path / file}).startswith(f"rebuilt after {file}")
    assert sorted(workshop.taken[: len(steps)]) == sorted(steps) and workshop.taken[: len(steps)][:1] == steps[:1]
    assert workshop.taken[len(steps) :] == ["stage", "sphinx", "search"]
    assert workshop.stamp == stamp + 1


def test_a_finding_stops_the_rebuild(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages made from tables that did not pass."""
    finding = Finding("data/quotes.csv", 3, "words", "q-1", "blank", "a blank", "words", "fill it in")
    monkeypatch.setattr(serving, "stages", lambda root, memory: [[finding], []])
    said = workshop.rebuild({tmp_path / "data/quotes.csv"})
    assert "data/quotes.csv:3:words" in said and "the last good pages stay" in said
    assert workshop.taken == []
    assert workshop.stamp == 0


def test_a_chapter_that_does_not_run_is_an_error(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure beside the pages that nobody hears of, so that the last outputs pass for new ones."""

    def fail(self: Workshop, waiting: dict[Path, str]) -> None:
        raise ChapterError("voices.ipynb does not run")

    monkeypatch.setattr(Workshop, "_chapters", fail)
    with pytest.raises(ChapterError, match="voices"):
        workshop.rebuild({tmp_path / "data/quotes.csv"})
    assert workshop.stamp == 0


@pytest.fixture
def address(workshop: Workshop, tmp_path: Path) -> Iterator[str]:
    """Where a page of this workshop is served."""
    (tmp_path / "index.html").write_text("<html><head></head><body>Home</body></html>", encoding="utf-8")
    page = type("Served", (Page,), {"workshop": workshop})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(page, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_asks_for_changes_and_the_file_does_not(workshop: Workshop, address: str, tmp_path: Path) -> None:
    """A page that is never shown anew, or a reload script that gets into the published book."""
    for path in ("/", "/index.html"):
        page = urllib.request.urlopen(address + path).read().decode()
        assert '<script defer src="/_reload.js"></script></head>' in page
    assert "_reload" not in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert urllib.request.urlopen(f"{address}/_stamp").read() == b"0"
    workshop.rebuild({tmp_path / "book/index.md"})
    assert urllib.request.urlopen(f"{address}/_stamp").read() == b"1"


def test_pages_are_made_when_they_are_asked_for(workshop: Workshop, address: str) -> None:
    """A page of a record as it was before the last save, or its data with a script in them."""
    asked = [urllib.request.urlopen(f"{address}/people/a.{ending}") for ending in ("html?q=1", "json")]
    assert [answer.headers.get_content_type() for answer in asked] == ["text/html", "application/json"]
    assert [answer.read() for answer in asked] == [b'<head><script defer src="/_reload.js"></script></head>', b"{}"]
    workshop.press.made["people/a.json"] = "[]"
    assert urllib.request.urlopen(f"{address}/people/a.json").read() == b"[]"


def test_what_is_made_when_asked_for_is_what_is_written(core: Path, root: Path, tmp_path: Path) -> None:
    """A page of `make serve` that differs from that of the book; a file of the one that the other lacks."""
    repo = Repository.copy(core, tmp_path / "repository")
    repo.bind(root)
    view, site = pages.read(repo.root), tmp_path / "site"
    pages.write(repo.root, site, view)
    press, made = pages.Press(repo.root, view), 0
    for path in (path for path in site.rglob("*.*") if path.suffix in (".html", ".json", ".js")):
        name = path.relative_to(site).as_posix()
        if not name.startswith(("schemas/", f"{sql.FOLDER}/", "404.", SCHEMA.name, search.INDEX, csvw.FILE, datapackage.FILE)):
            assert press.file(name) == path.read_text(encoding="utf-8"), name
            made += 1
    assert made > len(press.pages) > 100
    assert press.file("data/people.csv") is None and press.file("explore/nothing.js") is None


def test_a_process_that_stays_runs_notebooks_as_a_new_one(root: Path, tmp_path: Path) -> None:
    """Names, options or data of one chapter that are still there in the next, and change what it says."""
    for name in ("data", "schemas", "notebooks"):
        shutil.copytree(root / name, tmp_path / name)
    warm = Warm(tmp_path / "notebooks")
    try:
        for name in ("voices", "ballots", "voices"):
            path = tmp_path / f"notebooks/{name}.ipynb"
            committed = path.read_bytes()
            path.write_bytes(committed.replace(b'"execution_count": 1', b'"execution_count": 7'))
            warm.run(path)
            assert path.read_bytes() == committed
    finally:
        warm.close()


def test_saved_files_are_seen(tmp_path: Path) -> None:
    """A save that nobody notices, or an editor's own file that sets off a build."""
    (tmp_path / "data").mkdir()
    table = tmp_path / "data/people.csv"
    table.write_text("a", encoding="utf-8")
    (tmp_path / "data/.people.csv.swp").write_text("b", encoding="utf-8")
    before = serving.stamps(tmp_path, serving.WATCHED)
    assert set(before) == {str(table)}
    table.write_text("ab", encoding="utf-8")
    assert serving.stamps(tmp_path, serving.WATCHED) != before


def test_what_is_saved_while_a_rebuild_runs_makes_the_next(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that falls into a rebuild, or between the first build and the first look, and is never shown."""
    (tmp_path / "data").mkdir()
    early, late = tmp_path / "data/people.csv", tmp_path / "data/quotes.csv"
    done: list[set[str]] = []

    def rebuild(changed: set[Path]) -> str:
        if not done:
            late.write_text("a", encoding="utf-8")
        done.append({path.name for path in changed})
        return "rebuilt"

    workshop.seen = serving.stamps(tmp_path, serving.WATCHED)
    early.write_text("a", encoding="utf-8")
    monkeypatch.setattr(workshop, "rebuild", rebuild)
    monkeypatch.setattr(serving, "PAUSE", 0)
    looks = iter(range(5))
    serving._watch(workshop, lambda said: None, lambda: next(looks, None) is None)
    assert done == [{"people.csv"}, {"quotes.csv"}]


def test_a_chapter_that_did_not_run_is_run_with_the_next_rebuild(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chapter with old numbers, since it was saved while it ran, that is run only when some table is saved again."""

    def refuse(self: Workshop, waiting: dict[Path, str]) -> None:
        raise ChapterError("voices.ipynb was saved while it ran: run it again")

    with monkeypatch.context() as patched:
        patched.setattr(Workshop, "_chapters", refuse)
        with pytest.raises(ChapterError):
            workshop.rebuild({tmp_path / "data/quotes.csv"})
    workshop.taken.clear()
    workshop.rebuild({tmp_path / "notebooks/voices.ipynb"})
    assert "chapters" in workshop.taken


def test_a_chapter_that_the_rebuild_wrote_makes_no_other(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A book that is built again and again, since every build writes the outputs of its chapters."""
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks/voices.ipynb"
    path.write_text("old", encoding="utf-8")
    workshop.seen = serving.stamps(tmp_path, serving.WATCHED)

    class Quick:
        def run(self, path: Path) -> None:
            path.write_text("new", encoding="utf-8")

    workshop.warm.put(Quick())
    workshop._chapter(path)
    assert serving.changes(workshop.seen, serving.stamps(tmp_path, serving.WATCHED)) == set()
