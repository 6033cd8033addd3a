"""The book while it is written: served on a local port, rebuilt where something changed, and shown anew in the browser.

A table, a schema or a rule that was saved goes through the gate first and then through the chapters that read it; what
lies outside book/ changes pages that are made from the tables; and Sphinx finds by itself which of its pages changed.
"""

import mimetypes
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue

from mutuals import book, chapters, pages
from mutuals.check import stages
from mutuals.commands import CommandError
from mutuals.edition import edition
from mutuals.exports import csvs
from mutuals.exports.files import File
from mutuals.files import changes, stamps
from mutuals.findings import as_text, errors
from mutuals.memory import Memory
from mutuals.pages.frame import frame
from mutuals.pages.view import View
from mutuals.schema import SchemaError
from mutuals.tables import read_dataset

TABLES = {"data", "schemas", "validation"}
WATCHED = (*sorted(TABLES), "notebooks", "book", "_toc.yml", "_config.yml")
PAUSE = 0.25  # seconds between two looks at the files
RELOAD = """let seen;setInterval(async()=>{try{const now=await(await fetch("/_stamp")).text();\
if(seen&&now!==seen)location.reload();seen=now}catch{}},400)"""


class Workshop:
    """A book that is rebuilt in part: `site` is its folder, `stamp` changes with every rebuild.

    Pages below the top are not written: each is made from the tables when the browser asks for it.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "_build" / "serve"
        self.site, self.stamp = self.folder / "book/_build/html", 0
        self.memory, self.view = Memory(), pages.read(root)
        self.files: list[File] = []
        self.press = pages.Press(root, self.view)
        self.warm: Queue[chapters.Warm] = Queue()
        self.seen: dict[str, int] = {}  # the files as they are in the book
        self.behind = False  # whether a chapter has still to be run

    def _sphinx(self) -> None:
        """Let Sphinx, in this process, rebuild the staged pages that changed."""
        from jupyter_book.sphinx import build_sphinx

        config = {"external_toc_path": str(self.root / "_toc.yml"), "latex_individualpages": False, "nitpicky": True}
        options = {"noconfig": True, "path_config": str(self.root / "_config.yml"), "confoverrides": config, "warningiserror": True}
        done = build_sphinx(self.folder / "source", self.site, quiet=True, really_quiet=True, keep_going=True, **options)
        if done:
            raise book.BookError(f"the chapters were not built: {done}")

    def _stage(self) -> None:
        """Bring the staged pages up to date, touching only those that changed."""
        fresh = book.stage(self.root, self.view, self.folder / "fresh")
        for path in sorted(fresh.rglob("*")):
            kept = self.folder / "source" / path.relative_to(fresh)
            if path.is_file() and (not kept.is_file() or kept.read_bytes() != path.read_bytes()):
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, kept)

    def all(self) -> None:
        """Build everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.site.mkdir(parents=True)
        pages.downloads(self.site, self.view)
        self.files = self.view.files
        self.seen = stamps(self.root, WATCHED)
        self.rebuild(changes({}, self.seen), again=False)

    def rebuild(self, changed: set[Path], again: bool = True) -> str:
        """Rebuild what follows from changed files; what was done, or what the gate found, in words."""
        tops = {path.relative_to(self.root).parts[0] for path in changed}
        if tables := bool(tops & TABLES):
            if any(path.suffix != ".csv" for path in changed):
                self.memory = Memory()
            if errors(findings := sorted(finding for part in stages(self.root, memory=self.memory) for finding in part)):
                return f"{as_text(findings)}\nthe last good pages stay: mend these first"
            self.view = View(read_dataset(self.root, self.memory))
        edition.cache_clear()
        frame.cache_clear()  # a chapter's heading is a link on every page
        self.behind |= again and tables
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(self._chapters, chapters.stale(self.root)) if self.behind else None
            if tops - {"book"}:
                self.press = pages.Press(self.root, self.view)
                self._pages()
            if running:
                running.result()
        self._stage()
        self._sphinx()
        self.stamp += 1  # browsers load again now; what the search finds follows
        pages.search.write(self.site, self.view)
        return f"rebuilt after {', '.join(sorted(path.relative_to(self.root).as_posix() for path in changed)[:3])}" if again else "built"

    def _pages(self) -> None:
        """Write the generated pages at the top, whose headings the search has, and the CSV files.

        The other files to download, and what is said of them, stay as they were: writing all of them takes seconds.
        """
        self.view.files = self.files
        self.press.write(self.site, deep=False)
        csvs.copy(self.root, self.site)

    def _chapters(self, waiting: dict[Path, str]) -> None:
        """Run the notebooks whose tables changed, two at a time, in processes that stay for the next time."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._chapter, waiting))
        chapters.keep(self.root, waiting)
        self.behind = False

    def _chapter(self, path: Path) -> None:
        warm = chapters.Warm(path.parent) if self.warm.empty() else self.warm.get()
        try:
            warm.run(path)
            self.seen |= stamps(path.parent, [path.name])
        except BaseException:
            warm.close()
            raise
        self.warm.put(warm)

    def close(self) -> None:
        """End the processes of the notebooks."""
        while not self.warm.empty():
            self.warm.get().close()


class Page(SimpleHTTPRequestHandler):
    """Files as they are, pages with a script that asks for changes; nothing is kept by the browser."""

    workshop: Workshop

    def do_GET(self) -> None:
        """Answer the two addresses of our own, what is made when asked for, and pages with the script in them."""
        path, asked = Path(self.translate_path(self.path)), self.path.partition("?")[0].removeprefix("/")
        path = path / "index.html" if path.is_dir() else path
        if asked == "_stamp":
            self._say(str(self.workshop.stamp), "text/plain")
        elif asked == "_reload.js":
            self._say(RELOAD, "text/javascript")
        elif (made := self.workshop.press.file(asked)) is not None:
            self._say(made, mimetypes.guess_type(asked)[0] or "text/plain")
        elif path.suffix == ".html" and path.is_file():
            self._say(path.read_text(encoding="utf-8"), "text/html")
        else:
            super().do_GET()

    def _say(self, text: str, kind: str) -> None:
        if kind == "text/html":
            text = text.replace("</head>", '<script defer src="/_reload.js"></script></head>', 1)
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


def serve(root: Path, port: int, say: Callable[[str], None], until: Callable[[], bool] = lambda: False) -> None:
    """Serve the book on a local port and rebuild it after every change, until told to stop."""
    workshop = Workshop(root)
    chapters.keep(root, chapters.states(root))  # the gate of `make book` holds the committed outputs
    workshop.all()
    page = type("Served", (Page,), {"workshop": workshop})
    with ThreadingHTTPServer(("127.0.0.1", port), partial(page, directory=str(workshop.site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"http://127.0.0.1:{server.server_port} (stop with Ctrl-C)")
        try:
            _watch(workshop, say, until)
        finally:
            workshop.close()
            server.shutdown()


def _watch(workshop: Workshop, say: Callable[[str], None], until: Callable[[], bool]) -> None:
    """Rebuild after every change, until told to stop; what is saved while a rebuild runs makes the next one."""
    while not until():
        now = stamps(workshop.root, WATCHED)
        if changed := changes(workshop.seen, now):
            begun = time.monotonic()
            workshop.seen = now
            try:
                said = workshop.rebuild(changed)
            except (CommandError, SchemaError, chapters.ChapterError, OSError) as error:
                said = str(error)
            say(f"{said} ({time.monotonic() - begun:.1f} s)")
        time.sleep(PAUSE)
