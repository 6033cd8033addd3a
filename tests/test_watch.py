"""A watched check: each save is answered anew, in one warm process, with what a fresh check would say."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from repository import Repository

from mutuals import check
from mutuals.memory import Memory


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path)


@pytest.fixture
def watched(repo: Repository) -> Iterator[IO[str]]:
    """What a watching command prints about the copy."""
    command = [sys.executable, "-c", "from mutuals.commands import main; main()", "check", "--watch", "--root", str(repo.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout
        yield process.stdout
        process.terminate()


def answer(printed: IO[str]) -> list[str]:
    """The lines of one answer, without the one that says how long it took."""
    lines = []
    for line in printed:
        if "waiting for the next save" in line:
            return lines
        lines.append(line.rstrip("\n"))
    raise AssertionError(f"the command ended: {lines}")


def test_each_save_is_answered(repo: Repository, watched: IO[str]) -> None:
    """A save that goes unseen, or an answer that keeps what was mended."""
    assert answer(watched) == ["no findings"]
    path = repo.path("contracts")
    good = path.read_bytes()
    path.write_bytes(good.replace(b"\nsurrey-2011,", b"\nsurrey-2012,"))
    assert any("surrey-2012" in line for line in answer(watched))
    path.write_bytes(good)
    assert answer(watched) == ["no findings"]
    rules = repo.root / "validation/people.py"
    rules.write_text(
        "from mutuals.canonical import Fault\nfrom mutuals.rules import rule\n\n"
        "@rule('people.test', 'people', 'Nobody is there.', 'leave')\n"
        "def nobody(table, data):\n"
        "    yield Fault('people.test', 2, 'name', 'somebody', 'nobody')\n"
    )
    assert any("[people.test]" in line for line in answer(watched))


def test_what_is_kept_changes_no_verdict(repo: Repository) -> None:
    """A warm check that says other things than a fresh one, of a table that changed or of one that refers to it."""
    memory = Memory()

    def warm() -> list[check.Finding]:
        return sorted(finding for part in check.stages(repo.root, memory=memory) for finding in part)

    assert warm() == check.check(repo.root) == []
    for name, column in (("people", "name"), ("quotes", "stance_code"), ("sources", "url"), ("organisations", "organisation_id")):
        path = repo.path(name)
        good = path.read_bytes()
        for row in repo.rows(name)[:3]:
            row[column] = ""
        repo.save()
        repo.touched.clear()
        assert warm() == check.check(repo.root) != []
        path.write_bytes(good)
        assert warm() == []


def test_whatever_changes_a_warm_verdict_is_that_of_a_fresh_one(repo: Repository) -> None:
    """What a rule found that is kept though a table that it asked for, a file that was not there or a reason for a blank changed."""
    memory, rng, whole = Memory(), random.Random(2), dict(repo.before)
    told = []
    for name in [*rng.sample(repo.names(), 16), "gaps", "errata", "sources", "contracts", "evidence/contracts"]:
        path, rows = repo.path(name), repo.rows(name)
        if rows and name != "tombstones":
            row = rng.choice(rows)
            column = rng.choice(repo.schema(name).header)
            if rng.random() < 0.3:
                rows.remove(row)
            row[column] = rng.choice([row[column][1:], rng.choice(rows or [row])[column], f"{row[column]}x"])
            repo.counted = False
            repo.save()
        else:
            path.unlink()
        repo.touched.clear()
        warm = sorted(finding for part in check.stages(repo.root, memory=memory) for finding in part)
        assert warm == check.check(repo.root), name
        told.append(warm)
        if rng.random() < 0.4:
            path.write_bytes(whole[f"{name}.csv"])
    assert len(set(map(tuple, told))) > len(told) / 2
