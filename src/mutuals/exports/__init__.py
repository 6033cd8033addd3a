"""The release: the tables in the formats that people open, each written by a module of its own, all from one reading of data/."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mutuals.exports import citation, csvs, csvw, datapackage, jsonl, licences, parquet, readme, sqlite, workbook
from mutuals.exports.files import File, Item, measured, sums
from mutuals.exports.release import Release, of, read

__all__ = ["WRITERS", "File", "Item", "Release", "add", "made", "of", "publish", "read", "write"]
FOLDER = "dist"
# In this order: descriptions count the bytes of the CSV files.
WRITERS: dict[str, Callable[[Release, Path], list[Item]]] = {
    "CSV": csvs.write,
    "Data Package": datapackage.write,
    "CSVW": csvw.write,
    "SQLite": sqlite.write,
    "Parquet": parquet.write,
    "workbook": workbook.write,
    "JSON Lines": jsonl.write,
    "citation": citation.write,
}


def write(release: Release, folder: Path, timed: Callable[[str, float], None] = lambda name, seconds: None) -> list[File]:
    """Write every format into an empty folder; what was written, the parts first. `timed` is told how long each took."""
    items: list[Item] = []
    for name, writer in WRITERS.items():
        began = time.perf_counter()
        items += writer(release, folder)
        timed(name, time.perf_counter() - began)
    items += readme.write(release, folder)
    items += licences.write(release, folder, items)
    besides = [datapackage.FILE, csvw.FILE, citation.FILE, citation.SOURCES, readme.FILE, licences.FILE, *licences.TEXTS]
    items.append(csvs.bundle(release, folder, besides))
    return measured(folder, [*items, sums(folder)])


def publish(release: Release, target: Path, timed: Callable[[str, float], None] = lambda name, seconds: None) -> list[File]:
    """Put a whole release in the place of the last one; if it fails, the last one stays."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".release-") as made:
        folder = Path(made) / "new"
        folder.mkdir()
        files = write(release, folder, timed)
        if target.exists():
            target.rename(Path(made) / "old")
        folder.rename(target)
    return files


def made(release: Release) -> list[File]:
    """What a release would be, measured and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        return write(release, Path(folder))


def add(release: Release, site: Path) -> list[File]:
    """Lay a release over the folder of a site, whose addresses of tables are the same."""
    with tempfile.TemporaryDirectory() as made:
        files = write(release, Path(made))
        shutil.copytree(made, site, dirs_exist_ok=True)
    return files
