"""The tables as CSV: those of data/ byte for byte, the wide and the long ones in the same form; and all of them in one zip."""

import csv
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

from mutuals.exports.files import Item
from mutuals.exports.release import FACTS, STEM, WORDS, Release

ZIP = f"{STEM}-csv.zip"
TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say: no build knows when the others were made
SECTIONS = ("data", "wide", "long", "schemas")


def copy(root: Path, folder: Path) -> None:
    """The tables and schemas as they are in the repository, byte for byte."""
    for name, ending in (("data", "*.csv"), ("schemas", "*.json")):
        for path in sorted((root / name).rglob(ending)):
            target = folder / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def write(release: Release, folder: Path) -> list[Item]:
    """Write every table, wide and long ones too, in the one byte form that tables have."""
    copy(release.root, folder)
    for part in release.parts:
        if part.group in ("wide", "long"):
            path = folder / part.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
                writer.writerow(part.schema.header)
                writer.writerows(part.rows)
    return [Item(part.path, "CSV", part.schema.title, part.licence, part.count, part.name) for part in release.parts]


def pack(folder: Path, paths: Iterable[Path], target: Path) -> None:
    """Put files into a zip that is the same whenever, wherever and by whomever it is made."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(paths, key=lambda path: path.relative_to(folder).as_posix()):
            entry = zipfile.ZipInfo(f"{STEM}/{path.relative_to(folder).as_posix()}", TIME)
            entry.external_attr, entry.create_system, entry.compress_type = 0o100644 << 16, 3, zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size  # decides whether it needs the form of a large file
            with path.open("rb") as source, archive.open(entry, "w") as into:
                shutil.copyfileobj(source, into)


def bundle(release: Release, folder: Path, besides: Iterable[str]) -> Item:
    """All CSV files with their schemas and descriptions in one zip."""
    paths = [path for name in SECTIONS for path in (folder / name).rglob("*") if path.is_file()]
    pack(folder, [*paths, *(folder / name for name in besides)], folder / ZIP)
    count = sum(part.count for part in release.parts)
    return Item(ZIP, "CSV, zipped", "Every table as CSV, with its evidence, its codes and its schema", f"{FACTS} AND {WORDS}", count)
