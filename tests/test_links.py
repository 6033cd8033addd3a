"""Addresses of sources: live, moved, gone or not told, asked of a server of the test's own."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from repository import Repository

from mutuals import links
from mutuals.commands import main

# What the server says of a path: the status to HEAD, the status to GET, and where it says that the page is.
PATHS = {
    "/live": (200, 200, ""),
    "/no-head": (405, 200, ""),
    "/head-says-gone": (404, 200, ""),
    "/moved": (301, 301, "/live"),
    "/moved-far": (302, 302, "javascript:alert(1)|<img>@all"),
    "/moved-nowhere": (301, 301, "http://[x"),
    "/gone": (410, 410, ""),
    "/missing": (404, 404, ""),
    "/refused": (403, 403, ""),
    "/broken": (500, 500, ""),
}


class Server(BaseHTTPRequestHandler):
    """Answers as PATHS says, and keeps what was asked."""

    asked: ClassVar[list[tuple[str, str, str]]] = []

    def answer(self, status: int, to: str) -> None:
        """Send a status, and where the page is."""
        self.asked.append((self.command, self.path, self.headers["User-Agent"]))
        self.send_response(status)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def said(self, method: int) -> tuple[int, str]:
        """The status, and where the page is; as an archive it holds what is gone, and nothing else."""
        if self.path.startswith("/web/"):
            return (302, f"/web/20200102030405/{self.path[5:]}") if self.path.endswith("/gone") else (404, "")
        return PATHS[self.path][method], PATHS[self.path][2]

    def do_HEAD(self) -> None:
        """Answer a HEAD."""
        self.answer(*self.said(0))

    def do_GET(self) -> None:
        """Answer a GET."""
        self.answer(*self.said(1))

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    """Where the server is."""
    Server.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def look(origin: str, *paths: str) -> dict[str, links.Answer]:
    """What became of these paths."""
    rows = [{"source_id": path, "url": f"{origin}{path}"} for path in paths]
    return {answer.source: answer for answer in links.look(rows, pause=0, archive="")}


def test_each_address_is_told_as_it_is(origin: str) -> None:
    """A page that refuses robots and is called gone, or one that moved and is called live."""
    found = look(origin, *PATHS)
    assert {path: answer.state for path, answer in found.items()} == {
        "/live": "live", "/no-head": "live", "/head-says-gone": "live", "/moved": "moved", "/moved-far": "moved", "/moved-nowhere": "moved",
        "/gone": "gone", "/missing": "gone", "/refused": "not told", "/broken": "not told",
    }  # fmt: skip
    assert found["/moved"].to == f"{origin}/live" and found["/gone"].why == "410" and found["/refused"].why == "403"


def test_hosts_are_asked_sparingly(origin: str) -> None:
    """A page that is loaded where its head would do, a redirect that is followed, or a visitor without a name."""
    look(origin, "/live", "/moved", "/no-head")
    assert [(method, path) for method, path, _ in Server.asked] == [
        ("HEAD", "/live"), ("HEAD", "/moved"), ("HEAD", "/no-head"), ("GET", "/no-head"),
    ]  # fmt: skip
    assert all("spun-out" in agent for _, _, agent in Server.asked)


def test_a_host_that_does_not_answer_is_not_told(origin: str) -> None:
    """A look that stops at the first fault, or a network fault that is told as a page that is gone."""
    rows = [
        {"source_id": "closed", "url": "http://127.0.0.1:1/"},
        {"source_id": "odd", "url": "http://[x/"},
        {"source_id": "none", "url": ""},
    ]
    found = {answer.source: answer for answer in links.look([*rows, {"source_id": "live", "url": f"{origin}/live"}], pause=0, archive="")}
    assert {name: answer.state for name, answer in found.items()} == {"closed": "not told", "odd": "not told", "live": "live"}
    assert found["closed"].why == "ConnectionRefusedError"


def test_the_report_says_what_is_not_live_and_links_nothing(origin: str) -> None:
    """A report that hides a page that went, or that a server's answer turns into a link or a mention."""
    text = links.report(list(look(origin, "/live", "/gone", "/moved-far").values()))
    assert text.startswith("Of 3 addresses of sources: 1 gone, 1 moved, 0 not told, 1 live.")
    assert text.index("| gone |") < text.index("| moved |") and "| live |" not in text
    assert "http:" not in text and "@all" not in text and "<img" not in text
    archived = links.Answer("a", "https://x.example/", links.GONE, "404", archived="https://kept.example/1")
    assert "kept&#46;example" in links.report([archived])


def test_the_archive_is_asked_for_what_moved_or_went_only(origin: str) -> None:
    """A report of what is gone without its copy, or an archive that is asked for every page."""
    rows = [{"source_id": path, "url": f"{origin}{path}"} for path in ("/live", "/gone", "/missing", "/refused")]
    found = {answer.source: answer.archived for answer in links.look(rows, pause=0, archive=f"{origin}/web/")}
    assert found == {"/live": "", "/gone": f"{origin}/web/20200102030405/{origin}/gone", "/missing": "none", "/refused": ""}
    assert {path for _, path, _ in Server.asked if path.startswith("/web/")} == {f"/web/{origin}/gone", f"/web/{origin}/missing"}


def test_the_command_writes_the_report(origin: str, core: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that asks others than it was told, or writes nothing."""
    repo = Repository.copy(core, tmp_path / "repository")
    row = repo.rows("sources")[0]
    row["url"] = f"{origin}/gone"
    repo.save()
    words = [
        "links",
        "--root",
        str(repo.root),
        "--source",
        row["source_id"],
        "--to",
        str(tmp_path / "links.md"),
        "--pause",
        "0",
        "--archive",
        f"{origin}/web/",
    ]
    assert main(words) == 0 and {path for _, path, _ in Server.asked} == {"/gone", f"/web/{origin}/gone"}
    assert "1 gone" in capsys.readouterr().out and "| gone |" in (tmp_path / "links.md").read_text(encoding="utf-8")
