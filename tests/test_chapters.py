"""Chapters: a notebook is run again when its code or a table that it reads changed, and only then."""

import json
import shutil
from pathlib import Path

import pytest

from mutuals import chapters


@pytest.fixture
def book(root: Path, tmp_path: Path) -> Path:
    """A copy of the notebooks and the data, of which all chapters are up to date."""
    for name in ("notebooks", "data", "schemas", "benchmarks/results"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("fingerprints"))
    chapters.keep(tmp_path, chapters.states(tmp_path))
    return tmp_path


def test_nothing_is_stale_where_nothing_changed(book: Path) -> None:
    """A chapter that is run at every build."""
    assert chapters.stale(book) == {}
    (book / "data/contracts.csv").touch()
    assert chapters.stale(book) == {}


def test_a_changed_table_makes_its_readers_stale_and_no_others(book: Path) -> None:
    """A cache that looks at the code only, or one that runs everything."""
    table = book / "data/ballots.csv"
    table.write_bytes(table.read_bytes().replace(b"2010", b"2011", 1))
    names = {path.stem for path in chapters.stale(book)}
    readers = {path.stem for path in chapters.paths(book) if table in chapters.reads(path, book)}
    assert names == readers
    assert "ballots" in names
    assert len(names) < len(chapters.paths(book))


def test_changed_code_makes_its_chapter_stale(book: Path) -> None:
    """A chapter whose code was edited and whose outputs are the old ones."""
    path = book / "notebooks/voices.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["source"].append("\n# changed")
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert list(chapters.stale(book)) == [path]


def test_every_chapter_reads_tables_that_are_there(book: Path) -> None:
    """A name that the reader of code did not see."""
    for path in chapters.paths(book):
        assert chapters.reads(path, book), path.name


def test_a_computed_name_means_every_table(tmp_path: Path) -> None:
    """A table that is read without being named, and whose change is missed."""
    assert list(chapters._tables('load("quotes"); cited(ids); load(name)')) == ["quotes", "sources", "*"]


def test_changed_measurements_make_their_chapter_stale(book: Path) -> None:
    """A chapter that goes on telling the times of the last benchmark."""
    results = book / "benchmarks/results/gate.csv"
    results.write_bytes(results.read_bytes().replace(b"2", b"3", 1))
    assert [path.stem for path in chapters.stale(book)] == ["gate-speed"]


def test_a_table_saved_while_a_chapter_runs_leaves_it_stale(book: Path) -> None:
    """A chapter that goes on telling old numbers, since its table was saved after it had read it and before it was done."""
    path, table = book / "notebooks/voices.ipynb", book / "data/quotes.csv"
    table.write_bytes(table.read_bytes() + b"x")
    ran = {path: chapters.stale(book)[path]}
    table.write_bytes(table.read_bytes() + b"y")
    chapters.keep(book, ran)
    assert path in chapters.stale(book)


def test_a_notebook_that_cannot_be_read_names_itself(book: Path) -> None:
    """A half-written notebook that ends the command with an error of Python's own."""
    path = book / "notebooks/voices.ipynb"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(chapters.ChapterError, match=r"voices\.ipynb cannot be read"):
        chapters.stale(book)


def test_a_chapter_that_fails_names_itself(tmp_path: Path) -> None:
    """A failure without its notebook."""
    path = tmp_path / "broken.ipynb"
    cell = {"cell_type": "code", "source": ["1 / 0"], "metadata": {}, "outputs": [], "execution_count": None, "id": "a"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    with pytest.raises(chapters.ChapterError, match=r"broken\.ipynb does not run: ZeroDivisionError"):
        chapters.run(path)


def test_a_chapter_saved_while_it_runs_is_not_overwritten(tmp_path: Path) -> None:
    """An hour's work in a notebook that a rebuild in the background replaces by its former state."""
    path = tmp_path / "busy.ipynb"
    source = "import pathlib; pathlib.Path('busy.ipynb').write_text('what its author saved')"
    cell = {"cell_type": "code", "source": [source], "metadata": {}, "outputs": [], "execution_count": None, "id": "a"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
    with pytest.raises(chapters.ChapterError, match=r"busy\.ipynb was saved while it ran"):
        chapters.run(path)
    assert path.read_text(encoding="utf-8") == "what its author saved"
