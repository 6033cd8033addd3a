"""Merges: two branches that change the same tables are joined by git and “mutuals format”, and no row and no cell is ever lost."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import Repository

from mutuals import merging
from mutuals.canonical import encode
from mutuals.commands import main
from mutuals.parsing import read

MERGES = int(os.environ.get("MUTUALS_MERGES", "40"))  # a run by hand makes more
TABLES = ("people", "evidence/people")
Row = dict[str, str]
Rows = dict[tuple[str, ...], Row]


def git(root: Path, *arguments: str, status: tuple[int, ...] = (0,)) -> None:
    """Run git with settings of its own, whatever the machine's are."""
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false", "-c", "commit.gpgsign=false")
    alone = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(["git", *settings, *arguments], cwd=root, capture_output=True, text=True, env=alone)
    assert done.returncode in status, done.stdout + done.stderr


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy, under git."""
    copy = Repository.copy(core, tmp_path / "repository")
    shutil.rmtree(copy.root / "data/fingerprints")  # which no merge here is of
    git(copy.root, "init", "-q", "-b", "main")
    (copy.root / ".gitignore").write_text("/_build/\n/data/**/.*\n", encoding="utf-8")
    git(copy.root, "add", "-A")
    git(copy.root, "commit", "-qm", "before")
    return copy


def state(repo: Repository, name: str) -> Rows:
    """The rows of a file by their keys; the file must be whole, and without a key twice."""
    reading = read(repo.path(name).read_bytes(), repo.schema(name))
    assert not reading.faults, reading.faults
    found = {tuple(row[part] for part in repo.schema(name).key): row for row in reading.records}
    assert len(found) == len(reading.records)
    return found


def changed(rows: Rows, repo: Repository, name: str, draw: random.Random, branch: str) -> Rows:
    """Rows as one contributor leaves them: some added beside each other, some edited, some removed."""
    found, schema = {key: dict(row) for key, row in rows.items()}, repo.schema(name)
    free = [n for n in schema.header if n not in schema.key and schema[n].states != "derived"]
    for step in range(draw.randint(1, 4)):
        key = draw.choice(sorted(found)[: draw.choice([8, 40])])  # few, so that branches meet
        kind = draw.choice(["add", "add", "edit", "edit", "remove"])
        if kind == "add":
            row = {**found[key], schema.key[0]: f"{key[0]}-{draw.choice(['x', 'y', branch])}"}
            if draw.random() < 0.5:
                row["note"] = f"By {branch}, {step}"
            found.setdefault(tuple(row[part] for part in schema.key), row)
        elif kind == "edit":
            found[key][draw.choice(free)] = f"{branch} {draw.randint(1, 2)}"
        elif len(found) > 3:
            del found[key]
    return found


def commit(repo: Repository, branch: str, states: dict[str, Rows]) -> None:
    """Put a state onto a branch of its own, from main."""
    git(repo.root, "checkout", "-q", "-B", branch, "main")
    for name, rows in states.items():
        repo.path(name).write_bytes(encode(list(rows.values()), repo.schema(name)))
    git(repo.root, "commit", "-qam", branch, "--allow-empty")


def same(one: Row | None, other: Row | None) -> bool:
    """Whether two rows say the same, what is computed aside."""
    strip = ({k: v for k, v in row.items() if k != "proofs"} if row is not None else None for row in (one, other))
    return next(strip) == next(strip)


def judge(before: Rows, ours: Rows, theirs: Rows, content: str, said: str, repo: Repository, name: str) -> int:
    """Assert of each row that it is what both made of it, or that both versions are there and named; how many are named."""
    clean = read(content.encode(), repo.schema(name)) if "<<<<<<< " not in content else None
    rows = {tuple(row[part] for part in repo.schema(name).key): row for row in clean.records} if clean else {}
    outside, named = content if clean else content.replace("<<<<<<< here\n", "").replace(">>>>>>> there\n", ""), 0
    for key in {**before, **ours, **theirs}:
        old, a, b = before.get(key), ours.get(key), theirs.get(key)
        cells = [n for n in repo.schema(name).header if n != "proofs"]
        if a is None or b is None:
            left, clash = a or b, old is not None and (a or b) is not None and not same(a or b, old)
            wanted = None if old is not None else left
        else:
            at_odds = [n for n in cells if a[n] != b[n] and (old is None or (old[n] != a[n] and old[n] != b[n]))]
            clash, wanted = bool(at_odds), {n: b[n] if old is not None and a[n] == old[n] else a[n] for n in cells}
            assert all(f"{n}: " in said and (a[n] or "a blank") in said and (b[n] or "a blank") in said for n in at_odds)
        if clash:
            named += 1
            assert clean is None and key[0] in said, (key, said)
            assert all(cell in outside for row in (a, b) if row for n, cell in row.items() if n != "proofs"), (key, content)
        elif clean is not None:
            assert same(rows.get(key), wanted), (key, old, a, b, rows.get(key))
        elif wanted is not None:
            assert all(cell in outside for n, cell in wanted.items() if n != "proofs"), (key, wanted)
    if clean is not None:
        assert set(rows) <= {*before, *ours, *theirs}
    return named


def test_random_merges_lose_nothing(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A row or a cell that one of two branches wrote, and that is not there after the merge; or two values of which one is taken in silence."""
    before, tally = {name: state(repo, name) for name in TABLES}, {"clean": 0, "joined": 0, "named": 0}
    for seed in range(MERGES):
        draw = random.Random(seed)
        made = {branch: {name: changed(before[name], repo, name, draw, branch) for name in TABLES} for branch in ("one", "two")}
        for branch, states in made.items():
            commit(repo, branch, states)
        git(repo.root, "checkout", "-q", "one")
        git(repo.root, "merge", "-q", "--no-edit", "two", status=(0, 1))
        conflict = any(merging.marked(repo.path(name).read_bytes()) for name in TABLES)
        capsys.readouterr()
        status = main(["format", "--root", str(repo.root)])
        said = capsys.readouterr().out
        named = sum(
            judge(before[name], made["one"][name], made["two"][name], repo.path(name).read_text(encoding="utf-8"), said, repo, name)
            for name in TABLES
        )
        assert (status == 1) == bool(named), said
        tally["named" if named else "joined" if conflict else "clean"] += 1
        git(repo.root, "merge", "--abort", status=(0, 128))
        git(repo.root, "checkout", "-qf", "main")
    with capsys.disabled():
        print(f" {MERGES} merges: {tally}", end="")
    assert all(tally.values())


def conflict(repo: Repository, ours: bytes, theirs: bytes, base: bytes | None = None) -> bytes:
    """The people with their second row in two versions."""
    lines = repo.path("people").read_bytes().splitlines(keepends=True)
    middle = b"" if base is None else b"||||||| before\n" + base
    return b"".join([lines[0], b"<<<<<<< HEAD\n", ours, middle, b"=======\n", theirs, b">>>>>>> two\n", *lines[2:]])


def test_markers_alone_are_enough(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with markers that only git could help, such as one from the web editor; or a side that is dropped unseen."""
    first, second = repo.path("people").read_bytes().splitlines(keepends=True)[1], b"zoe-lea,Zoe Lea,,,,,0\n"
    note = first.replace(b",,", b",A. Downey,", 1)
    assert note != first
    for base, ours, theirs, wanted in (
        (None, first, first + second, first + second),
        (first, note, first + second, note + second),
        (first, first, b"", b""),
        (None, first, b"", first),
    ):
        repo.path("people").write_bytes(conflict(repo, ours, theirs, base))
        content = merging.resolved(repo.root, "data/people.csv", repo.schema("people"))[0]
        before = repo.before["people.csv"].splitlines(keepends=True)
        assert sorted(content.splitlines(keepends=True)) == sorted([before[0], *wanted.splitlines(keepends=True), *before[2:]])
        git(repo.root, "checkout", "-q", "--", "data")
    repo.path("people").write_bytes(conflict(repo, first, note))
    found = repo.findings()
    assert any(f.rule == "bytes.ragged" and "conflict marker" in f.found and "mutuals format" in f.remedy for f in found)
    assert main(["format", "--root", str(repo.root)]) == 1
    assert "other_names: a blank here, “A. Downey” there" in capsys.readouterr().out
    left = repo.path("people").read_bytes()
    assert note in left and first in left
    assert main(["format", "--root", str(repo.root)]) == 1 and repo.path("people").read_bytes() == left
    repo.path("people").write_bytes(left.replace(b"<<<<<<< here\n" + first + b"=======\n", b"").replace(b">>>>>>> there\n", b""))
    assert main(["format", "--root", str(repo.root)]) == 0
    assert repo.path("people").read_bytes() == repo.before["people.csv"].replace(first, note)


@pytest.mark.parametrize(
    "content",
    [b"<<<<<<< HEAD\n", b"<<<<<<< a\n=======\n", b"<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n", b"<<<<<<< a\n>>>>>>> b\n"],
)
def test_torn_markers_are_left_as_they_are(repo: Repository, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Half a conflict that is taken for a whole one, and loses what stood in the other half."""
    spoilt = repo.path("people").read_bytes() + content
    repo.path("people").write_bytes(spoilt)
    assert main(["format", "--root", str(repo.root)]) == 1
    assert repo.path("people").read_bytes() == spoilt
    assert "conflict marker" in capsys.readouterr().out
