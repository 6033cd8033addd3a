"""The edition: the same in every folder, another with every changed cell."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from mutuals.edition import Edition, edition

SOURCES = "source_id,date_accessed\nold,2026-11-01\nnew,2026-11-24\nunread,\n"


def record(folder: Path, sources: str = SOURCES) -> Path:
    """A repository with two tables, one of them in a folder."""
    (folder / "data" / "evidence").mkdir(parents=True)
    (folder / "data" / "sources.csv").write_text(sources, encoding="utf-8")
    (folder / "data" / "evidence" / "quotes.csv").write_text("row_id\nq-1\n", encoding="utf-8")
    return folder


def test_it_says_version_digest_and_newest_reading(tmp_path: Path) -> None:
    found = edition(record(tmp_path))
    assert (found.version, found.day, len(found.digest)) == (version("mutuals"), "2026-11-24", 7)
    assert str(found) == f"Spun Out {version('mutuals')}, data {found.digest} as read by 24 November 2026"
    assert str(Edition("1.0", "abcdef0", "")) == "Spun Out 1.0, data abcdef0"


def test_it_is_the_same_elsewhere_and_in_any_time_zone(tmp_path: Path) -> None:
    one = edition(record(tmp_path / "one"))
    other = Path(shutil.copytree(tmp_path / "one", tmp_path / "two" / "deeper"))
    code = f"from pathlib import Path\nfrom mutuals.edition import edition\nprint(edition(Path({str(other)!r})))"
    for zone in ("America/New_York", "Asia/Tokyo"):
        environment = os.environ | {"TZ": zone, "PYTHONHASHSEED": "7"}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(one)


@pytest.mark.parametrize("change", ["cell", "name", "moved"])
def test_every_change_of_the_data_changes_it(tmp_path: Path, change: str) -> None:
    before = edition(record(tmp_path / "before")).digest
    root = record(tmp_path / "after", SOURCES.replace("old", "0ld") if change == "cell" else SOURCES)
    quotes = root / "data" / "evidence" / "quotes.csv"
    if change == "name":
        quotes.rename(quotes.with_name("people.csv"))
    if change == "moved":  # the same bytes in all, cut elsewhere
        (root / "data" / "sources.csv").write_text(SOURCES[:-1], encoding="utf-8")
        quotes.write_text("\nrow_id\nq-1\n", encoding="utf-8")
    assert edition(root).digest != before


def test_no_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no CSV files"):
        edition(tmp_path)
