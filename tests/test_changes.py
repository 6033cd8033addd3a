"""Changes: several files are written together or not at all, whenever the writing is stopped, and nobody's edits are overwritten."""

import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from repository import Repository

from mutuals.changes import JOURNAL, Changes, recover
from mutuals.commands import CommandError

# Ends itself, as kill -9 would, before its nth step that changes a file below data/.
WRITER = """
import os, signal, sys
from pathlib import Path
from mutuals.changes import Changes, recover

root, stop, left = Path(sys.argv[1]), int(sys.argv[2]), [0]
if sys.argv[3] == "write":
    changes = Changes(root)
    for name in ("people", "evidence/people", "gaps"):
        changes.rows(name).pop()
    changes.rows("fingerprints/new-one").append({"paragraph": "1", "size": "5", "hash": "0" * 16})
    changes.remove("fingerprints/hsj-surrey-450m")
    stage = changes.staged()
    stage.__enter__()

def step(event, arguments):
    if event not in ("open", "os.rename", "os.remove", "os.chmod", "tempfile.mkstemp"):
        return
    path = os.fspath(arguments[0]) if not isinstance(arguments[0], int) else ""
    writes = event != "open" or (isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR))
    if str(path).startswith(str(root / "data")) and writes:
        left[0] += 1
        if left[0] == stop:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(step)
if sys.argv[3] == "write":
    changes.commit()
    os._exit(0)
recover(root)
"""


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to write into."""
    return Repository.copy(core, tmp_path / "repository")


def everything(repo: Repository) -> dict[str, bytes]:
    """All bytes of the tables."""
    return {path.relative_to(repo.root).as_posix(): path.read_bytes() for path in (repo.root / "data").rglob("*.csv")}


def writer(repo: Repository, stop: int, what: str) -> int:
    """Run the writer until its nth step; its exit code."""
    return subprocess.run([sys.executable, "-c", WRITER, str(repo.root), str(stop), what], capture_output=True).returncode


def test_a_stop_at_any_moment_leaves_the_tables_as_they_were(repo: Repository) -> None:
    """A row without its evidence, or half a file, after the power of a kill at any step of the writing, or of the putting back."""
    before, stopped = everything(repo), 0
    while (status := writer(repo, stopped + 1, "write")) == -signal.SIGKILL:
        stopped += 1
        writer(repo, stopped % 7 + 1, "recover")  # which is stopped, too
        recover(repo.root)
        assert everything(repo) == before, stopped
        left = [path.name for path in (repo.root / "data").rglob(".*")]
        assert left == [], stopped
    assert status == 0 and stopped > 15
    after = everything(repo)
    assert recover(repo.root) == []
    assert everything(repo) == after != before
    assert "data/fingerprints/new-one.csv" in after and "data/fingerprints/hsj-surrey-450m.csv" not in after


def test_what_somebody_edited_after_the_stop_is_left(repo: Repository) -> None:
    """An edit of a person that is put back with the rest."""
    for stop in count(1):
        if (repo.root / JOURNAL).exists():
            break
        assert writer(repo, stop, "write") == -signal.SIGKILL
    repo.path("gaps").write_bytes(b"mine\n")
    swap = repo.path("gaps").with_name(".gaps.csv.swp")
    swap.write_bytes(b"an editor's")
    assert recover(repo.root) == ["data/gaps.csv"]
    assert repo.path("gaps").read_bytes() == b"mine\n"
    assert swap.read_bytes() == b"an editor's"
    assert everything(repo) == {f"data/{name}": content for name, content in repo.before.items()} | {"data/gaps.csv": b"mine\n"}


def test_two_who_write_at_once_do_not_lose_a_row(repo: Repository) -> None:
    """A row of one that is gone when the other has written."""
    one, two = Changes(repo.root), Changes(repo.root)
    for changes, key in ((one, "ann-one"), (two, "ann-two")):
        row = dict.fromkeys(repo.schema("people").header, "")
        changes.rows("people").append(row | {"person_id": key, "name": "Ann", "proofs": "0"})
    with one.staged(), two.staged():
        one.commit()
        held = everything(repo)
        with pytest.raises(CommandError, match="changed by somebody else"):
            two.commit()
    assert everything(repo) == held and b"ann-one" in held["data/people.csv"]
