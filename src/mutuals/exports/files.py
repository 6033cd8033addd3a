"""The files of a release: what each is, under which licence, how large, and its checksum."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

SUMS = "SHA256SUMS"
# The media type of each format.
KINDS = {
    "CSV": "text/csv", "CSV, zipped": "application/zip", "Excel": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "SQLite": "application/vnd.sqlite3", "Parquet": "application/vnd.apache.parquet", "JSON Lines": "application/jsonl",
    "Data Package": "application/json", "CSVW": "application/csvm+json", "CFF": "application/yaml", "BibTeX": "application/x-bibtex",
    "text": "text/plain", "licences": "application/toml", "checksums": "text/plain",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A file of a release: its path in the folder, its format and title, its licence (SPDX), its rows and the part that it holds.

    `rows` is None for what holds no tables, `part` blank for what holds none or several.
    """

    path: str
    format: str
    title: str
    licence: str
    rows: int | None = None
    part: str = ""


@dataclass(frozen=True)
class File:
    """A file as written: its bytes counted, and their SHA-256."""

    item: Item
    size: int
    sha256: str

    @property
    def path(self) -> str:
        """Where it stands in the folder of the release."""
        return self.item.path


def digest(path: Path) -> str:
    """The SHA-256 of a file in hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def measured(folder: Path, items: list[Item]) -> list[File]:
    """The files with their sizes and checksums."""
    return [File(item, (folder / item.path).stat().st_size, digest(folder / item.path)) for item in items]


def sums(folder: Path) -> Item:
    """Write the checksums of all files in the folder as `sha256sum --check` reads them, in the order of the paths."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    (folder / SUMS).write_text("".join(f"{digest(folder / path)}  {path}\n" for path in paths), encoding="utf-8", newline="\n")
    return Item(SUMS, "checksums", "Checksums of all files, for sha256sum --check", "CC-BY-4.0")
