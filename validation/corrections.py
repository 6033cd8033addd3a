"""Corrections: each is of something that was published, and says from which version on it is right."""

import re
from collections.abc import Iterator

from mutuals import releases
from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import LEDGERS, SHARED, Dataset, Table


@rule(
    "keys.correction",
    "corrections",
    "A correction is of a record and a column that there are or were, and of a version after the first.",
    "correct the table, the key, the column or the version",
)
def target(table: Table, data: Dataset) -> Iterator[Fault]:
    """A correction of nothing, or one that no release has."""
    removed = {(row["table"], row["row_id"]) for row in data.get("tombstones").records}
    for line, row in table.numbered:
        known = row["table"] in data.schemas and row["table"] not in (*SHARED, *LEDGERS)
        subject, id = data.get(row["table"]) if known else table, row["row_id"]
        if not known:
            yield Fault("keys.correction", line, "table", shown(row["table"]), "the name of a fact table", id)
        elif not subject.knows(row["row_id"]) and (row["table"], row["row_id"]) not in removed:
            yield Fault("keys.correction", line, "row_id", shown(row["row_id"]), f"a key of {subject.file}, or one with a tombstone", id)
        elif row["column"] and row["column"] not in subject.schema.by_name:
            yield Fault("keys.correction", line, "column", shown(row["column"]), f"a column of {subject.file}", id)
    versions = [release.version for release in releases.read(data.root)]
    for line, row in table.numbered:
        plain = re.fullmatch(r"\d{1,6}\.\d{1,6}\.\d{1,6}", row["version"])
        later = plain and versions and releases.number(row["version"]) > releases.number(versions[-1])
        if plain and not later and row["version"] not in versions[1:]:
            wanted = f"a release after {versions[0]}" if versions else "a release, of which there is none yet"
            yield Fault("keys.correction", line, "version", shown(row["version"]), wanted, row["row_id"])


@rule(
    "keys.published",
    "tombstones",
    "Every key that was ever published is there, or has a tombstone.",
    "restore the row, or add a row to data/tombstones.csv that says what became of it",
)
def published(table: Table, data: Dataset) -> Iterator[Fault]:
    """An address that somebody may have kept, and that leads nowhere."""
    removed = {(row["table"], row["row_id"]) for row in table.records}
    seen: set[tuple[str, str]] = set()
    for release in releases.read(data.root):
        for name, held in sorted(release.tables.items()):
            subject = data.get(name) if name in data.schemas and name not in (*SHARED, *LEDGERS) else None
            for key in held.get("keys", ()) if subject else ():
                if not subject.knows(key) and (name, key) not in removed | seen:
                    seen.add((name, key))
                    found, wanted = f"no {name}/{key}, which {release.version} published", "its row, or a tombstone"
                    yield Fault("keys.published", 0, "", found, wanted, key)
