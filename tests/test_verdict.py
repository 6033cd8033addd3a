"""The verdict on a pull request: what the gate finds, which cells, numbers and pages move, and what format would mend."""

import json
import re
import shutil
from pathlib import Path

import pytest
from repository import Repository

from mutuals import judgement
from mutuals.commands import main
from mutuals.verdict import parse


@pytest.fixture
def base(core: Path) -> Path:
    """The record as it was."""
    return core


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """The record of the pull request."""
    return Repository.copy(core, tmp_path / "after")


def judged(repo: Repository, base: Path, code: int) -> dict[str, object]:
    """What the command writes, and its exit code."""
    file = repo.root / "verdict.json"
    words = ["verdict", "--root", str(repo.root), "--base", str(base), "--head", "a" * 40, "--to", str(file)]
    assert main(words) == code
    assert parse(file.read_bytes()).head == "a" * 40
    return json.loads(file.read_text(encoding="utf-8"))


def test_a_changed_cell_is_told_with_its_number_and_its_fault(repo: Repository, base: Path) -> None:
    """A verdict that hides a finding, or the cell and the headline number that moved."""
    row = repo.row("contracts", outcome_code="won")
    row["outcome_code"] = "lost"
    repo.save()
    found = judged(repo, base, 1)
    assert found["cells"] == [{"table": "contracts", "key": row["contract_id"], "column": "outcome_code", "old": "won", "new": "lost"}]
    (moved,) = found["headlines"]
    assert (
        moved["title"].startswith("of which lost")
        and int(moved["after"]) == int(moved["before"]) + 1
        and moved["causes"] == "correction +1"
    )
    assert f"data/contracts.csv:{repo.line('contracts', row)}:outcome_code" in {finding["place"] for finding in found["findings"]}
    assert found["total"]["error"] == len(found["findings"]) > 0 and found["mends"] == []
    assert found["problem"] == "pages were not compared, since one of the two sites was not built"


def test_nothing_changed_is_no_verdict(repo: Repository, base: Path) -> None:
    """Findings, cells or numbers out of nothing."""
    found = judged(repo, base, 0)
    assert not any(found[name] for name in ("findings", "cells", "headlines", "mends"))


def test_what_format_mends_is_offered_in_pieces_that_lose_nothing(repo: Repository, base: Path) -> None:
    """A suggestion that takes a row away, or that is of another line than it says."""
    line = repo.spoil("contracts", b",won,", b",Won,")
    content = repo.path("people").read_bytes().splitlines(keepends=True)
    repo.path("people").write_bytes(b"".join([content[0], content[2], content[1], *content[3:]]))
    found = judged(repo, base, 1)
    (mend,) = found["mends"]
    assert (mend["path"], mend["line"]) == ("data/contracts.csv", line)
    assert [new.replace(",won,", ",Won,") for new in mend["new"]] == mend["old"]
    assert repo.path("contracts").read_bytes().count(b",Won,") == 1
    moved = judgement.mends("data/x.csv", b"id\nb,1\na,2\n", b"id\na,2\nb,1\n")
    assert list(moved) == []


def test_what_cannot_be_read_is_told_and_not_raised(repo: Repository, base: Path) -> None:
    """A pull request that stops its own verdict."""
    repo.path("contracts").write_bytes(b"\xff\xfe\x00")
    (repo.root / "schemas/people.json").write_text("{", encoding="utf-8")
    found = judged(repo, base, 2)
    assert "findings could not be told: SchemaError" in found["problem"] and found["total"]["error"] == 0


def test_pages_that_move_are_those_that_say_something_else(tmp_path: Path, core: Path) -> None:
    """Every page, since each names the digest of the data; or none."""
    folders = [tmp_path / name for name in ("before", "after")]
    for folder in folders:
        shutil.copytree(core / "data", folder / "data")
        (folder / "_build/html/people").mkdir(parents=True)
    (folders[1] / "data/people.csv").write_bytes((core / "data/people.csv").read_bytes() + b"\n")
    for folder, text in zip(folders, ("a", "b"), strict=True):
        digest = judgement.edition(folder).digest
        (folder / "_build/html/index.html").write_text(f"same, data {digest}", encoding="utf-8")
        (folder / f"_build/html/people/only-{text}.html").write_text("x", encoding="utf-8")
        (folder / "_build/html/people/ann.html").write_text(f"{text}, data {digest}", encoding="utf-8")
    assert judgement.pages(*folders) == ["people/ann.html", "people/only-a.html", "people/only-b.html"]


def test_lists_are_cut_and_counted(repo: Repository, base: Path) -> None:
    """A verdict that is too large for the job that tells it, or that does not say how much there was."""
    name = repo.names("evidence")[0]
    text = repo.path(name).read_text(encoding="utf-8")
    repo.path(name).write_text(re.sub(r",supports,", ",Supported,", text), encoding="utf-8")
    repo.path("events").write_text(
        re.sub(r"(?m)^([a-z0-9-]+),", r"\1-other,", repo.path("events").read_text(encoding="utf-8")), encoding="utf-8"
    )
    found = judged(repo, base, 1)
    assert found["total"]["findings"] > len(found["findings"]) == 200
