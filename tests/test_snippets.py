"""The snippets of the download page, each run as it stands in the folder of the files: what it prints is what the tables say."""

import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import openpyxl
import pytest
from bs4 import BeautifulSoup
from conftest import Site

from mutuals.pages.download import snippets
from mutuals.tables import load

CODES = {one["title"]: one["code"] for one in snippets()}


@pytest.fixture(scope="module")
def wanted(root: Path) -> dict[str, tuple[str, int]]:
    """How many contracts have each outcome, counted from the tables: label and number by code."""
    labels = load("codes/outcomes", root).set_index("code")["label"]
    return {code: (labels[code], number) for code, number in Counter(load("contracts", root)["outcome_code"]).items()}


def printed(words: list[str], code: str, ending: str, folder: Path, tmp_path: Path) -> str:
    """What a program prints that runs a snippet in a folder."""
    script = tmp_path / f"snippet{ending}"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run([*words, str(script)], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def says(text: str, pairs: dict[str, int]) -> None:
    """Each name stands beside its number, and nothing else is counted."""
    for name, number in pairs.items():
        assert re.search(rf"(?<!\w){re.escape(name)}[^\w\n]+{number}(?!\w)", text), f"{name} {number} in:\n{text}"
    assert len(pairs) > 3


@pytest.mark.parametrize("title", ["pandas", "polars"])
def test_python(site: Site, wanted: dict[str, tuple[str, int]], tmp_path: Path, title: str) -> None:
    says(printed([sys.executable], CODES[title], ".py", site.folder, tmp_path), dict(wanted.values()))


def test_duckdb(site: Site, wanted: dict[str, tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site.folder)
    assert dict(duckdb.sql(CODES["DuckDB"]).fetchall()) == dict(wanted.values())


def test_sqlite(site: Site, wanted: dict[str, tuple[str, int]]) -> None:
    with closing(sqlite3.connect(site.folder / "spun-out.sqlite")) as connection:
        assert dict(connection.execute(CODES["SQLite"]).fetchall()) == dict(wanted.values())


def test_javascript(site: Site, wanted: dict[str, tuple[str, int]], tmp_path: Path) -> None:
    node = Path(sys.prefix) / "bin/node"
    says(printed([str(node)], CODES["JavaScript"], ".mjs", site.folder, tmp_path), {code: number for code, (_, number) in wanted.items()})


def test_r_where_there_is_one(site: Site, wanted: dict[str, tuple[str, int]], tmp_path: Path) -> None:
    if rscript := shutil.which("Rscript"):
        says(printed([rscript], CODES["R"], ".R", site.folder, tmp_path), dict(wanted.values()))
    else:
        warnings.warn("no Rscript on the path: the snippet for R was not run", stacklevel=1)
        assert 'read.csv("wide/contracts.csv"' in CODES["R"] and "contracts$outcome_label" in CODES["R"]
        assert (site.folder / "wide/contracts.csv").is_file()


def test_excel(site: Site, wanted: dict[str, tuple[str, int]]) -> None:
    """Steps that name a sheet or a column that the workbook does not have, or a formula that counts something else."""
    one = next(one for one in snippets() if "steps" in one)
    table, column, value = re.fullmatch(r'=COUNTIF\(table_(\w+)\[(\w+)\],"(\w+)"\)', one["code"]).groups()
    assert f"sheet {table}." in one["steps"][0] and column in one["steps"][2] and one["with"] in one["steps"][0]
    sheet = openpyxl.load_workbook(site.folder / one["with"])[table]
    head, *rows = [[cell.value for cell in row] for row in sheet[sheet.tables[f"table_{table}"].ref]]
    assert {"name", column} <= set(head)
    assert Counter(row[head.index(column)] for row in rows) == Counter(dict(wanted.values()))
    assert value in dict(wanted.values())


def test_each_is_on_the_page_as_it_was_run(site: Site) -> None:
    """A snippet that the tests do not run, or that the page shows otherwise."""
    page = BeautifulSoup((site.folder / "download.html").read_text(encoding="utf-8"), "html.parser")
    shown = [code.text for code in page.select('pre[aria-label^="Example for"] code')]
    assert shown == [code.strip() for code in CODES.values()]
    assert set(CODES) == {"pandas", "polars", "R", "DuckDB", "SQLite", "JavaScript", "Excel, or LibreOffice"}
