"""The book while it is written: served on a local port, rebuilt where something changed, and shown anew in the browser.

What was saved decides what is done: a picture or a style is copied, a hand-written page goes through Sphinx alone,
a table goes through the gate first and then through the chapters that read it and all pages made from the tables.
"""

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mutuals import book, chapters, pages
from mutuals.check import check
from mutuals.edition import edition
from mutuals.findings import as_text, errors
from mutuals.pages.frame import frame

WATCHED = ("data", "schemas", "validation", "notebooks", "book", "_toc.yml", "_config.yml")
PAUSE = 0.25  # seconds between two looks at the files
RELOAD = """let seen;setInterval(async()=>{try{const now=await(await fetch("/_stamp")).text();\
if(seen&&now!==seen)location.reload();seen=now}catch{}},400)"""


def stamps(root: Path) -> dict[Path, int]:
    """When each watched file was changed."""
    files = (file for name in WATCHED for file in ([root / name] if (root / name).is_file() else (root / name).rglob("*")))
    return {
        file: file.stat().st_mtime_ns
        for file in files
        if file.is_file() and not file.name.startswith(".") and "__pycache__" not in file.parts
    }


class Workshop:
    """A book that is rebuilt in part: `site` is its folder, `stamp` changes with every rebuild."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "_build" / "serve"
        self.site, self.stamp = self.folder / "book/_build/html", 0
        self.view = pages.read(root)

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
        self.rebuild(set(stamps(self.root)), again=False)

    def rebuild(self, changed: set[Path], again: bool = True) -> str:
        """Rebuild what follows from changed files; what was done, or what the gate found, in words."""
        tops = {path.relative_to(self.root).parts[0] for path in changed}
        tables = bool(tops & {"data", "schemas", "validation"})
        if tables and errors(findings := check(self.root)):
            return f"{as_text(findings)}\nthe last good pages stay: mend these first"
        if tables:
            self.view = pages.read(self.root)
        edition.cache_clear()
        frame.cache_clear()  # a chapter's heading is a link on every page
        self._chapters() if again and tables else None
        if tops - {"validation"}:
            self._stage()
            self._sphinx()
        if tables or not again or tops & {"_toc.yml", "_config.yml"}:
            pages.write(self.root, self.site, self.view)
        self.stamp += 1
        return f"rebuilt after {', '.join(sorted(path.relative_to(self.root).as_posix() for path in changed)[:3])}" if again else "built"

    def _chapters(self) -> None:
        """Run the notebooks whose tables changed, two at a time."""
        waiting = chapters.stale(self.root)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(chapters.run, waiting))
        chapters.keep(self.root, waiting)


class Page(SimpleHTTPRequestHandler):
    """Files as they are, pages with a script that asks for changes; nothing is kept by the browser."""

    workshop: Workshop

    def do_GET(self) -> None:
        """Answer the two addresses of our own, and pages with the script in them."""
        path = Path(self.translate_path(self.path))
        if self.path == "/_stamp":
            self._say(str(self.workshop.stamp).encode(), "text/plain")
        elif self.path == "/_reload.js":
            self._say(RELOAD.encode(), "text/javascript")
        elif (path / "index.html" if path.is_dir() else path).suffix == ".html" and (path.is_file() or path.is_dir()):
            content = (path / "index.html" if path.is_dir() else path).read_bytes()
            self._say(content.replace(b"</head>", b'<script defer src="/_reload.js"></script></head>', 1), "text/html")
        else:
            super().do_GET()

    def _say(self, content: bytes, kind: str) -> None:
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
    workshop.all()
    chapters.keep(root, chapters.paths(root))  # the gate of `make book` holds the committed outputs
    page = type("Served", (Page,), {"workshop": workshop})
    with ThreadingHTTPServer(("127.0.0.1", port), partial(page, directory=str(workshop.site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        say(f"http://127.0.0.1:{server.server_port} (stop with Ctrl-C)")
        seen = stamps(root)
        while not until():
            time.sleep(PAUSE)
            now = stamps(root)
            changed = {path for path in now.keys() | seen.keys() if now.get(path) != seen.get(path)}
            if changed:
                begun = time.monotonic()
                try:
                    said = workshop.rebuild(changed)
                except (book.BookError, chapters.ChapterError, OSError) as error:
                    said = str(error)
                say(f"{said} ({time.monotonic() - begun:.1f} s)")
                now = stamps(root)
            seen = now
        server.shutdown()
