"""Serving: each kind of file that is saved sets off its own work, and pages ask whether something changed."""

import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from mutuals import serving
from mutuals.findings import Finding
from mutuals.serving import Page, Workshop

STEPS = ("gate", "chapters", "stage", "sphinx", "pages")


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose steps only note that they were taken."""
    taken: list[str] = []

    def note(step: str, answer: object = None) -> object:
        return lambda *args, **names: taken.append(step) or answer

    monkeypatch.setattr(serving, "check", note("gate", []))
    monkeypatch.setattr(serving.pages, "read", lambda root: None)
    monkeypatch.setattr(serving.pages, "write", note("pages"))
    monkeypatch.setattr(Workshop, "_chapters", note("chapters"))
    monkeypatch.setattr(Workshop, "_stage", note("stage"))
    monkeypatch.setattr(Workshop, "_sphinx", note("sphinx"))
    made = Workshop(tmp_path)
    made.taken = taken
    return made


@pytest.mark.parametrize(
    ("file", "steps"),
    [
        ("book/method.md", ["stage", "sphinx"]),
        ("book/_static/spunout.css", ["stage", "sphinx"]),
        ("notebooks/voices.ipynb", ["stage", "sphinx"]),
        ("data/contracts.csv", ["gate", "chapters", "stage", "sphinx", "pages"]),
        ("schemas/contracts.json", ["gate", "chapters", "stage", "sphinx", "pages"]),
        ("_toc.yml", ["stage", "sphinx", "pages"]),
    ],
)
def test_what_is_saved_decides_what_is_done(workshop: Workshop, tmp_path: Path, file: str, steps: list[str]) -> None:
    """Work that is not needed, or that is left out."""
    stamp = workshop.stamp
    assert workshop.rebuild({tmp_path / file}).startswith(f"rebuilt after {file}")
    assert workshop.taken == steps
    assert workshop.stamp == stamp + 1


def test_a_finding_stops_the_rebuild(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages made from tables that did not pass."""
    finding = Finding("data/quotes.csv", 3, "words", "q-1", "blank", "a blank", "words", "fill it in")
    monkeypatch.setattr(serving, "check", lambda root: [finding])
    said = workshop.rebuild({tmp_path / "data/quotes.csv"})
    assert "data/quotes.csv:3:words" in said and "the last good pages stay" in said
    assert workshop.taken == []
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


def test_saved_files_are_seen(tmp_path: Path) -> None:
    """A save that nobody notices, or an editor's own file that sets off a build."""
    (tmp_path / "data").mkdir()
    table = tmp_path / "data/people.csv"
    table.write_text("a", encoding="utf-8")
    (tmp_path / "data/.people.csv.swp").write_text("b", encoding="utf-8")
    before = serving.stamps(tmp_path)
    assert set(before) == {table}
    table.write_text("ab", encoding="utf-8")
    assert serving.stamps(tmp_path) != before
