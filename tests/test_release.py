"""A release as a whole: the same bytes everywhere, only when the gate passes, nothing alive in it, and a licence for each file."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from pathlib import Path
from xml.etree import ElementTree

import apsw
import duckdb
import hostile
import openpyxl
import pytest
from pybtex.database import parse_file
from repository import Repository

from mutuals import exports, releases
from mutuals.commands import main
from mutuals.exports import citation, licences, sqlite, workbook
from mutuals.files import write_rows
from mutuals.pages.view import View
from mutuals.tables import read_dataset

PLACES = {
    "one": {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    "a second, düsterer place": {"TZ": "America/St_Johns", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
}
RELEASE = (
    "import sys; from pathlib import Path; from mutuals import exports; exports.publish(exports.read(Path(sys.argv[1])), Path(sys.argv[2]))"
)


def small(core: Path, root: Path, target: Path) -> Repository:
    """A small record with all that a release needs."""
    repo = Repository.copy(core, target)
    repo.bind(root)
    shutil.copy(root / "pyproject.toml", repo.root)
    releases.record(repo.root)
    return repo


def digests(folder: Path) -> dict[str, str]:
    """Every file by what is in it."""
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_two_releases_are_the_same_bytes(core: Path, root: Path, tmp_path: Path) -> None:
    """A time, a path, a set's order or a language that got into a file, the workbook and the zip included."""
    made = []
    for name, environ in PLACES.items():
        repo = small(core, root, tmp_path / name / "record")
        for path in repo.root.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000 + len(name)))
        words = [sys.executable, "-c", RELEASE, str(repo.root), str(tmp_path / name / "dist")]
        done = subprocess.run(words, env=os.environ | environ, cwd=tmp_path / name, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        made.append(digests(tmp_path / name / "dist"))
    one, other = made
    assert sorted(one) == sorted(other) and {"spun-out.xlsx", "spun-out-csv.zip", "spun-out.sqlite"} <= set(one)
    assert [file for file in one if one[file] != other[file]] == []


def test_the_command_writes_a_release_and_replaces_the_last_one(core: Path, root: Path, tmp_path: Path) -> None:
    """A release beside the remains of the one before it."""
    repo = small(core, root, tmp_path / "record")
    (repo.root / "dist").mkdir()
    (repo.root / "dist/old.csv").write_text("a\n", encoding="utf-8")
    with redirect_stdout(io.StringIO()) as said:
        assert main(["release", "--root", str(repo.root)]) == 0
    assert "SQLite: " in said.getvalue() and not (repo.root / "dist/old.csv").exists()
    assert (repo.root / "dist/SHA256SUMS").is_file()
    assert [path for path in repo.root.iterdir() if path.name.startswith(".release-")] == []


def test_nothing_is_released_unless_the_gate_passes(core: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong cell that reaches those who use the tables."""
    repo = small(core, root, tmp_path / "record")
    repo.row("contracts", contract_id="hinchingbrooke-2012")["value_gbp"] = "1"
    repo.save()
    assert main(["release", "--root", str(repo.root)]) == 2
    assert "data/contracts.csv:" in capsys.readouterr().err and not (repo.root / "dist").exists()


def test_nothing_is_released_under_a_version_that_does_not_fit(
    core: Path, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables that go out under the version of others."""
    repo = small(core, root, tmp_path / "record")
    repo.row("contracts", contract_id="hinchingbrooke-2012")["note"] = "Another."
    repo.save()
    assert main(["release", "--root", str(repo.root)]) == 2
    assert "is recorded with other tables" in capsys.readouterr().err and not (repo.root / "dist").exists()


@pytest.fixture(scope="module")
def spoilt(core: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of a small record with a hostile cell wherever the canonical bytes allow one."""
    repo = small(core, root, tmp_path_factory.mktemp("hostile") / "record")
    data = read_dataset(repo.root)
    hostile.spoil(View(data), legal=True)
    for table in data.tables.values():
        if table.kind != "fingerprints":
            write_rows(repo.root / table.file, table.records, table.schema)
    exports.publish(exports.read(repo.root), repo.root / "dist")
    return repo.root / "dist"


PAYLOAD = hostile.PAYLOADS[1]


def test_a_hostile_cell_reaches_each_format_as_text(spoilt: Path) -> None:
    """A format that runs, drops or changes what a cell holds."""
    name = next(row["name"] for row in read_dataset(spoilt.parent).get("contracts").records if row["contract_id"] == "hinchingbrooke-2012")
    assert PAYLOAD in name and "</script>" in name
    where = "WHERE contract_id = 'hinchingbrooke-2012'"
    database = apsw.Connection(str(spoilt / sqlite.FILE))
    assert database.execute(f"SELECT name FROM contracts {where}").fetchall() == [(name,)]
    database.close()
    for kind, path in (("parquet", "parquet/contracts.parquet"), ("json", "jsonl/contracts.jsonl"), ("csv", "wide/contracts.csv")):
        assert duckdb.sql(f"SELECT name FROM read_{kind}('{spoilt / path}') {where}").fetchall() == [(name,)], path
    book = openpyxl.load_workbook(spoilt / workbook.FILE)
    assert name in {cell.value for row in book["contracts"].iter_rows() for cell in row}
    assert len(parse_file(str(spoilt / citation.SOURCES)).entries) == len(read_dataset(spoilt.parent).get("sources").records)
    json.loads((spoilt / "datapackage.json").read_text(encoding="utf-8"))


def test_nothing_in_a_hostile_workbook_is_alive(spoilt: Path) -> None:
    """A formula, a link, a macro, or markup that a cell brought in."""
    with zipfile.ZipFile(spoilt / workbook.FILE) as parts:
        for name in parts.namelist():
            assert not name.endswith((".bin", ".vml", ".html"))
            tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(parts.read(name)).iter()}
            assert not tags & {"f", "hyperlink", "hyperlinks", "img", "script", "svg", "oleObject"}, name


LEFT = (
    ".git",
    ".venv*",
    "_build",
    "dist",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
    "node_modules",
    ".hypothesis",
)


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """What REUSE says of a folder."""
    words = [sys.executable, "-m", "reuse", "--root", str(folder), "lint", "--lines"]
    return subprocess.run(words, capture_output=True, text=True, env=os.environ | {"PYTHONUTF8": "1"})


def test_every_file_of_the_repository_says_its_licence(root: Path, tmp_path: Path) -> None:
    """A file that nobody may use, since nobody said how; seen by the tool of the standard, which finds one that is planted."""
    shutil.copytree(root, tmp_path / "copy", ignore=shutil.ignore_patterns(*LEFT))
    done = linted(tmp_path / "copy")
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "copy/unlicensed").mkdir()
    (tmp_path / "copy/unlicensed/file.txt").write_text("whose?\n", encoding="utf-8")
    assert linted(tmp_path / "copy").returncode == 1


def test_every_file_of_a_release_says_its_licence(spoilt: Path) -> None:
    """A release that came away from its repository, and from its terms; or a file of quotations that is given away."""
    done = linted(spoilt)
    assert done.returncode == 0, done.stdout + done.stderr
    quoting = (spoilt / licences.FILE).read_text(encoding="utf-8").partition(licences.WORDS)[0]
    assert all(f'"{path}"' in quoting for path in ("data/quotes.csv", "long/evidence.csv", "spun-out.sqlite", "spun-out.xlsx"))
