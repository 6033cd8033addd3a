"""Find a headless Chromium for the tests of the pages, or install one.

Looked for in this order: the variable CHROMIUM, the usual commands on PATH, Playwright's own copy, that copy newly
downloaded, and, where we are root on Debian or Ubuntu, the system's package. Only a browser that starts counts.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT = (sys.executable, "-m", "playwright")
APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")
NOT_FOUND = (
    "No headless Chromium starts here and none could be installed: install Chromium or Chrome, or name one with CHROMIUM=/path/to/chromium."
)
NO_DRIVER = "Playwright's driver does not start here: on Debian and Ubuntu, apt-get install libatomic1."


def arguments() -> list[str]:
    """Chromium's arguments: nothing in the background; no sandbox for root, who is refused one.

    Playwright's `launch` adds a fresh profile folder of its own.
    """
    quiet = ["gpu", "quic", "background-networking", "component-update", "sync"]
    sandbox = ["--no-sandbox"] if is_root() else []
    return [*sandbox, "--no-first-run", *(f"--disable-{name}" for name in quiet)]


def is_root() -> bool:
    """Whether system packages can be installed (never so on Windows)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def starts(path: Path) -> bool:
    """Whether the browser at this path really starts, driven as the tests drive it."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright, suppress(Error):
        playwright.chromium.launch(executable_path=path, args=arguments(), timeout=30_000).close()
        return True
    return False


def on_path() -> Iterator[Path]:
    """The usual commands that are on PATH, in their order."""
    for name in COMMANDS:
        if found := shutil.which(name):
            yield Path(found)


def downloaded() -> Iterator[Path]:
    """Playwright's own copy, where there is one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    if path.is_file():
        yield path


def run(*command: str, seconds: int) -> bool:
    """Run an installer with its noise left out; False if it fails or takes longer than this."""
    print(f"Trying: {' '.join(command)}", file=sys.stderr)
    environ = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000", **os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    null = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdin=null, stdout=null, stderr=null, start_new_session=True) as process:
        try:
            return process.wait(timeout=seconds) == 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def installed(package: str) -> bool:
    """Install a system package, where we are root on Debian or Ubuntu; False if it could not be."""
    if not (is_root() and shutil.which(APT[0])):
        return False
    run(*APT, "update", seconds=120)
    return run(*APT, "install", "-y", "--no-install-recommends", package, seconds=600)


def driver_starts() -> bool:
    """Whether Playwright's own Node.js runs; a bare Debian lacks one library that it needs."""
    return subprocess.run([*PLAYWRIGHT, "--version"], capture_output=True, check=False).returncode == 0


def candidates() -> Iterator[Path]:
    """Each browser to try; the installers run only once those before them are used up."""
    if named := shutil.which(os.environ.get("CHROMIUM", "")):
        yield Path(named)
    yield from on_path()
    yield from downloaded()
    if run(*PLAYWRIGHT, "install", "--no-shell", "chromium", seconds=300):
        yield from downloaded()
        if is_root():  # it is there now, so what it lacks is libraries
            run(*PLAYWRIGHT, "install-deps", "chromium", seconds=300)
            yield from downloaded()
    if installed("chromium"):
        yield from on_path()


def find() -> Path:
    """The first browser that starts.

    Raises:
        SystemExit: with one sentence, where there is none and none can be installed.
    """
    if not driver_starts() and not (installed("libatomic1") and driver_starts()):
        raise SystemExit(NO_DRIVER)
    for path in candidates():
        if starts(path):
            return path
        print(f"Passed over, as it does not start: {path}", file=sys.stderr)
    raise SystemExit(NOT_FOUND)


if __name__ == "__main__":
    print(find())
