"""The invented tables that the gate is measured on: in order until something is planted in them, and then not."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mutuals import check

ROWS = 1_000


@pytest.fixture(scope="module")
def invented(root: Path) -> ModuleType:
    """The generator, which is a script beside the package."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "benchmarks"))
        import tables

        yield tables
    for name in ("tables", "faults"):
        sys.modules.pop(name, None)


def contents(folder: Path) -> dict[str, bytes]:
    """Every data file with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted((folder / "data").rglob("*.csv"))}


def test_invented_tables_are_in_order_and_the_same_each_time(invented: ModuleType, root: Path, tmp_path: Path) -> None:
    """A generator that a new rule or column has left behind, or times taken on other tables at every run."""
    counts = invented.write(root, tmp_path / "a", ROWS)
    invented.write(root, tmp_path / "b", ROWS)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert sum(counts.values()) == sum(content.count(b"\n") - 1 for content in contents(tmp_path / "a").values())
    assert {name for name, count in counts.items() if not count} == {"corrections"}  # of what was published, and this never was
    assert check.check(tmp_path / "a") == []


def test_every_planted_fault_is_found_in_its_place(invented: ModuleType, root: Path, tmp_path: Path) -> None:
    """A benchmark of a gate that passes over what was planted, or a list of faults that are not there."""
    invented.write(root, tmp_path / "spoilt", ROWS, planted=True)
    planted = json.loads((tmp_path / "spoilt/planted.json").read_text(encoding="utf-8"))
    found = {(finding.rule, finding.file, finding.line, finding.column) for finding in check.check(tmp_path / "spoilt")}
    assert len(planted) == len(invented.faults.CELLS) + len(invented.faults.ROWS)
    assert {(fault["rule"], fault["file"], fault["line"], fault["column"]) for fault in planted} <= found
