"""Builds the book: gate, stage, Jupyter Book, slim. A failed build leaves the last good site in place.

Pages are staged into one folder because addresses follow from file names there, and because Jupyter Book
would otherwise take up any Markdown file that it finds below the root, even in hidden folders.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mutuals.commands import CommandError
from mutuals.findings import as_text, errors

if TYPE_CHECKING:
    from mutuals.pages.view import View

Result = TypeVar("Result")
SHELL = re.compile(r"^\s*(!|%)|=\s*[!%]|get_ipython|\b(subprocess|pty|os\.(system|popen|exec|spawn))", re.MULTILINE)
JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]


class BookError(CommandError):
    """The book could not be built; the message says why, and the last good site is untouched."""


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _copy(source: Path, target: Path, pattern: str) -> None:
    """Copy the files that match, in their folders, leaving out anything hidden."""
    for path in sorted(source.rglob(pattern)):
        inside = path.relative_to(source)
        if path.is_file() and not _hidden(inside):
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / inside)


def stage(root: Path, view: "View", target: Path | None = None) -> Path:
    """Collect hand-written pages and notebooks in a folder, by default `_build/source`, and return it."""
    from mutuals import pages

    target = target or root / "_build" / "source"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _copy(root / "book", target, "*.md")
    _copy(root / "book" / "_static", target / "_static", "*")
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        executed(notebook)
    _copy(root / "notebooks", target / "notebooks", "*.ipynb")
    pages.fill(target, view)
    return target


def executed(path: Path) -> None:
    """Raise BookError where a notebook holds a cell that was not run, that failed or that calls the shell: its outputs are what is published."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, 1):
        name = f"{path.name}: code cell {number} ({cell.get('id', 'without id')})"
        if cell["execution_count"] != number:
            raise BookError(f"{name} was not run, or not in its order; run “make notebooks”")
        if SHELL.search("".join(cell["source"])):
            raise BookError(f"{name} calls the shell; a chapter only reads the tables")
        if any(output["output_type"] == "error" for output in cell["outputs"]):
            raise BookError(f"{name} failed when it was run; mend it and run “make notebooks”")


def gate(root: Path) -> None:
    """Raise BookError with every finding, one a line, if an error among them makes the data not fit to be published."""
    from mutuals.check import check

    if errors(findings := check(root)):
        raise BookError(f"{as_text(findings)}\nnothing was built: mend these first")


def _complaint(output: str, source: Path) -> str:
    """What Jupyter Book has against the pages, without colours, its own greeting, its traceback and our staging folder."""
    text = re.sub(r"\x1b\[[\d;]*m", "", output).replace(f"{source}{os.sep}", "")
    own_words = text.split("Traceback (most recent call last)")[0]
    greeting = ("Running Jupyter-Book", "Source Folder:", "Config Path:", "Output Path:")
    lines = [line for line in own_words.splitlines() if line.strip() and not line.startswith(greeting)]
    return "\n".join(lines) or text.strip()


def run(root: Path, source: Path) -> Path:
    """Let Jupyter Book make a site of the staged pages, warnings being errors; return the folder of the site."""
    out = root / "_build" / "book"
    shutil.rmtree(out, ignore_errors=True)
    options = ["--config", str(root / "_config.yml"), "--toc", str(root / "_toc.yml"), "--path-output", str(out)]
    done = subprocess.run(
        [*JUPYTER_BOOK, "build", str(source), *options, "-W", "-n", "--keep-going", "-q"],
        env={name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"} | {"TZ": "UTC"},
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        raise BookError(f"{_complaint(done.stdout, source)}\nthe book was not built: mend these first")
    return out / "_build" / "html"


def publish(root: Path, built: Path) -> Path:
    """Put a finished site in the place of the last one: `_build/html`."""
    site, old = root / "_build" / "html", root / "_build" / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    built.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    return site


def _timed(step: str, work: Callable[[], Result]) -> Result:
    print(f"{step}:", end=" ", flush=True)
    began = time.monotonic()
    try:
        result = work()
    except BaseException:
        print(flush=True)  # what went wrong begins a line of its own
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    return result


def build(root: Path) -> Path:
    """Build the whole book and return its folder, `_build/html`. Raises BookError with what to mend."""
    from mutuals import pages, scorecard
    from mutuals.sphinx_ext import slim

    root = root.resolve()
    _timed("gate", lambda: gate(root))
    score = scorecard.begin(root)
    view = pages.read(root)
    built = _timed("chapters", lambda: run(root, stage(root, view)))
    slim(built)
    if _timed("score", score.wait):
        raise BookError("the score of the gate could not be measured; “mutuals score” shows why")
    _timed("pages", lambda: pages.write(root, built, view))
    site = publish(root, built)
    print(f"the book is in {site.relative_to(root)}: open {site.relative_to(root) / 'index.html'}")
    return site
