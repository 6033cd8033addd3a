"""Which state of the record a picture was drawn from: the version, a digest of the data, and the day of its newest reading.

The digest is of the data's bytes alone, so it is the same in every folder, time zone and build, and changes with every
cell; the day tells a reader how fresh the record is. Neither needs git, which a downloaded copy does not have.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mutuals.dates import bounds, is_date, spoken


@dataclass(frozen=True)
class Edition:
    """One state of the record: `version` of the package, `digest` of data/ in seven hex digits, `day` as an ISO date or blank."""

    version: str
    digest: str
    day: str

    def __str__(self) -> str:
        """In words, as they stand in pictures: “Spun Out 0.1.0, data 3f2a9c1 as read by 23 November 2026”."""
        return f"Spun Out {self.version}, data {self.digest}" + (f" as read by {spoken(self.day)}" if self.day else "")


def _newest(sources: Path) -> str:
    """The last day on which a source was read; blank where the table is missing or has none."""
    if not sources.is_file():
        return ""
    with sources.open(encoding="utf-8", newline="") as lines:
        dates = [row.get("date_accessed") or "" for row in csv.DictReader(lines)]
    return max((bounds(date)[1].isoformat() for date in dates if is_date(date)), default="")


@cache
def edition(root: Path) -> Edition:
    """The edition of the data below `root`, read once in a process. Raises FileNotFoundError where there is no data."""
    files = sorted((path.relative_to(root).as_posix(), path) for path in (root / "data").rglob("*.csv"))
    if not files:
        raise FileNotFoundError(f"no CSV files in {root / 'data'}, so pictures cannot say which data they show")
    digest = hashlib.sha256()
    for name, path in files:
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return Edition(version("mutuals"), digest.hexdigest()[:7], _newest(root / "data" / "sources.csv"))
