"""Spreadsheets: a table that was opened in one and saved comes back to the byte where nothing was lost, and is told where something was."""

import csv
import io
import re
import subprocess
from datetime import date
from pathlib import Path

import pytest
from repository import Repository

from mutuals.commands import main
from mutuals.spreadsheets import damaged


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to save as a spreadsheet does."""
    return Repository.copy(core, tmp_path / "repository")


def commit(repo: Repository) -> None:
    """Put the copy under git."""
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "before"]):
        subprocess.run(["git", *words], cwd=repo.root, check=True, capture_output=True)


def british(cell: str) -> str:
    """A cell as a spreadsheet set to British English shows it, and saves what it shows."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) and cell > "1900":
        return f"{date.fromisoformat(cell):%d/%m/%Y}"
    if re.fullmatch(r"\d{4}-\d\d", cell) and "01" <= cell[5:] <= "12":
        return f"{date.fromisoformat(cell + '-01'):%b-%y}"
    if re.fullmatch(r"\d+", cell):
        return f"{int(cell):.5E}".replace("E+", "E+") if len(cell) > 11 else str(int(cell))
    return cell.upper() if cell in ("true", "false") else cell


def american(cell: str) -> str:
    """The same in the United States, with years of two digits."""
    day = re.fullmatch(r"\d{4}-\d\d-\d\d", cell)
    return f"{date.fromisoformat(cell):%-m/%-d/%y}" if day and cell > "1900" else british(cell)


def saved(content: bytes, shows: object, mark: str = ",", bom: bool = True, encoding: str = "utf-8", told: bool = False) -> bytes:
    """The file as a spreadsheet saves it: cells as shown, CRLF, a byte order mark, the separator of its country."""
    rows, out = [list(map(shows, row)) for row in csv.reader(io.StringIO(content.decode("utf-8")))], io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(rows)
    text = f"sep={mark}\r\n" * told + out.getvalue()
    return b"\xef\xbb\xbf" * bom + text.encode(encoding, "replace")


SAVED = {
    "CSV UTF-8": {}, "CSV of Windows": {"bom": False, "encoding": "cp1252"}, "semicolons": {"mark": ";"},
    "semicolons that are told": {"mark": ";", "told": True}, "commas that are told": {"told": True},
}  # fmt: skip


@pytest.mark.parametrize("way", SAVED)
@pytest.mark.parametrize("shows", [british, american])
def test_what_a_spreadsheet_saved_comes_back_to_the_byte(
    repo: Repository, way: str, shows: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Dates that change places, months that become days, sums that are rounded: brought back in silence, wrongly, or not at all."""
    commit(repo)
    names = ["sources", "contracts", "evidence/contracts", "figures", "gaps", "spin_outs"]
    before = {name: repo.path(name).read_bytes() for name in names}
    for name in names:
        repo.path(name).write_bytes(saved(before[name], shows, **SAVED[way]))
    main(["format", "--root", str(repo.root)])
    said = capsys.readouterr().out
    for name in names:
        if repo.path(name).read_bytes() != before[name]:
            assert f"data/{name}.csv:" in said and "mutuals format --restore" in said
    assert main(["format", "--root", str(repo.root), "--restore"]) == 0, capsys.readouterr().out
    assert {name: repo.path(name).read_bytes() for name in names} == before
    capsys.readouterr()
    assert main(["format", "--root", str(repo.root)]) == 0 and capsys.readouterr().out == ""


def test_without_git_the_evidence_says_what_stood_there(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A rounded sum of which the former one stands in the evidence, unseen."""
    before = repo.path("contracts").read_bytes()
    repo.path("contracts").write_bytes(before.replace(b",500000000,", b",5E+08,", 1))
    assert main(["format", "--root", str(repo.root)]) == 1
    assert "value_gbp  “5E+08” may be “500000000”" in capsys.readouterr().out
    assert main(["format", "--root", str(repo.root), "--restore"]) == 0
    assert repo.path("contracts").read_bytes() == before


def test_an_edit_on_purpose_is_not_taken_back(repo: Repository) -> None:
    """A new value, in a file that a spreadsheet saved, that is replaced by the former one."""
    commit(repo)
    before = repo.path("sources").read_bytes()
    edited = before.replace(b",2026-11-22,", b",2026-11-23,", 1)
    repo.path("sources").write_bytes(saved(edited, british))
    assert main(["format", "--root", str(repo.root), "--restore"]) == 0
    assert repo.path("sources").read_bytes().count(b",2026-11-23,") == edited.count(b",2026-11-23,") - 0
    assert repo.path("sources").read_bytes() == edited


PAIRS = [
    ("2010-08-12", "12/08/2010", True), ("2010-08-12", "8/12/10", True), ("2010-08-12", "12-Aug-10", True), ("2012-06", "Jun-12", True),
    ("2012-06", "01/06/2012", True), ("2010-08-12", "40402", True), ("2010-08-12", "2010-08-12 00:00:00", True), ("01234567", "1234567", True),
    ("1234567890", "1.23457E+09", True), ("500000000", "5E+08", True), ("true", "TRUE", True), ("don't", "don’t", True), ("Łódź", "?ód?", True),
    ("2010-08-12", "13/08/2010", False), ("2010-08-12", "2010-08-13", False), ("500", "501", False), ("1234567890", "1.24E+09", False),
    ("no", "TRUE", False), ("a", "b", False), ("", "1", False), ("1", "", False), ("2010", "2010", False), ("12", "1E+01", True), ("won", "lost?", False),
]  # fmt: skip


@pytest.mark.parametrize(("former", "present", "wanted"), PAIRS)
def test_damage_is_told_from_an_edit(former: str, present: str, wanted: bool) -> None:
    """An edit that is taken for damage and undone, or damage that is not seen."""
    assert damaged(former, present) is wanted
