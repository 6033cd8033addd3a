"""What several tests share: the repository's root, the built site on a local port, and a headless browser."""

import fcntl
import os
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import core as small
import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, Response, sync_playwright

from mutuals import browser as chromium
from mutuals import pages

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ("data", "releases", "schemas", "validation", "notebooks", "book", "src", "_config.yml", "_toc.yml", "uv.lock")
NOT_INPUTS = {"_generated", "__pycache__", ".ipynb_checkpoints"}
LONG = 100_000  # bytes of a page that takes long to examine
# A request to any other host fails at once, instead of waiting for a network.
LOCAL_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"

# Property tests are the same in each run, and fail for no slow machine; “long” is for a run by hand.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "_build/hypothesis"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("same", derandomize=True, database=None, deadline=None, max_examples=100, suppress_health_check=SLOW)
settings.register_profile("long", database=None, deadline=None, max_examples=2_000, suppress_health_check=SLOW)
settings.load_profile("same")


@dataclass(frozen=True)
class Site:
    """The built site: its folder, and where it is served (no closing slash)."""

    folder: Path
    origin: str

    @property
    def pages(self) -> list[Path]:
        """Every page, relative to the folder; the theme's own files aren't pages."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*.html"))
        return sorted(path for path in found if not path.parts[0].startswith("_"))

    def url(self, page: Path) -> str:
        """Where this page is served."""
        return f"{self.origin}/{quote(page.as_posix())}"


class Handler(SimpleHTTPRequestHandler):
    """A file server that keeps connections open, lets files be cached and prints nothing."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        """Let the browser keep what many pages share."""
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Print nothing: what fails is the test's to say."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock that the other test processes of this copy of the repository wait for."""
    name = f"mutuals-{os.getuid()}-{zlib.crc32(bytes(ROOT)):08x}.lock"
    with (Path(tempfile.gettempdir()) / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def newest(*paths: Path) -> float:
    """When the newest file under these paths was changed; 0 if there is none."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*")))
    wanted = (file for file in files if not NOT_INPUTS.intersection(file.parts) and file.is_file())
    return max((file.stat().st_mtime for file in wanted), default=0.0)


def built(root: Path) -> Path:
    """The site's folder, built first if it is missing or older than what it is made from."""
    folder = root / "_build" / "html"
    with one_at_a_time():
        if newest(folder) < newest(*(root / name for name in INPUTS)):
            from mutuals import book

            folder = book.build(root)
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def core(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small part of the record, consistent in itself, for tests that spoil copies."""
    return small.write(root, tmp_path_factory.mktemp("core"))


@pytest.fixture(scope="session")
def site(root: Path) -> Iterator[Site]:
    """The built site, served on a free local port."""
    folder = built(root)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(folder, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


@pytest.fixture(scope="session")
def samples(site: Site, root: Path) -> dict[Path, str]:
    """Pages of each kind, with their templates: for each template and folder, the longest page that is not very long.

    A page that was not made from a template of ours has a blank one; of those at the root all are taken.
    """
    made = {Path(f"{address}.html"): template for address, (template, _) in pages.pages(root, pages.read(root)).items()}
    made[Path("404.html")] = "lost.html"
    kinds: dict[tuple[str, ...], list[tuple[bool, int, Path]]] = {}
    for path in site.pages:
        kind = (made.get(path, ""), path.parent.as_posix(), path.stem if path not in made and path.parent == Path() else "")
        size = (site.folder / path).stat().st_size
        kinds.setdefault(kind, []).append((size > LONG, size if size <= LONG else -size, path))
    chosen = [max((entry for entry in found if not entry[0]), default=max(found))[2] for found in kinds.values()]
    return {path: made.get(path, "") for path in sorted(chosen)}


def whole(goto: Callable[..., Response | None]) -> Callable[..., Response | None]:
    """Going to a page, and waiting until all of it is laid out, which pages with scripts do in steps."""

    def gone(page: Page, *given: object, **named: object) -> Response | None:
        answer = goto(page, *given, **named)
        page.wait_for_selector("html:not(.arriving)", state="attached")
        return answer

    return gone


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium.

    For one module only: Playwright's event loop, left open, would get in the way of the notebooks' kernels.
    """
    with one_at_a_time():
        path = chromium.find()
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "goto", whole(Page.goto))
        instance = playwright.chromium.launch(executable_path=path, args=[*chromium.arguments(), LOCAL_ONLY])
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab with a profile of its own."""
    with browser.new_context(service_workers="block") as context:
        yield context.new_page()
