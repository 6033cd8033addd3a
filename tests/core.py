"""A small part of the record that is consistent in itself: what rests on the sources that were read in full."""

import shutil
from pathlib import Path

from mutuals.files import write_rows
from mutuals.tables import Dataset, read_dataset

# Sources read in part that tests rest on, beside those read in full.
ALSO = ("hsj-surrey-450m", "hsj-surrey-500m")


def _named(data: Dataset, table: str, id: str, target: str) -> set[str]:
    """Keys of another table that a record refers to."""
    subject = data.get(table)
    record = subject.by_key[id]
    return {item for column in subject.schema.columns if column.refers_to == target for item in column.items(record[column.name])}


def keys(data: Dataset) -> dict[str, set[str]]:
    """The keys to keep, by table: records that rest on the sources above, and all that these refer to."""
    facts = [table.name for table in data.facts]
    sources = {row["source_id"] for row in data.get("sources").records if row["scope_code"] == "full"} | set(ALSO)
    errata = data.get("errata").records
    sources |= {row["shown_by_source_id"] for row in errata if row["source_id"] in sources and row["shown_by_source_id"]}
    kept: dict[str, set[str]] = {name: set() for name in facts}
    cited: dict[str, dict[str, set[str]]] = {name: {} for name in facts}
    for name in facts:
        for row in data.get(f"evidence/{name}").records:
            cited[name].setdefault(row["row_id"], set()).add(row["source_id"])
    new = {(name, id) for name in facts if name != "sources" for id, used in cited[name].items() if used & sources}
    new |= (
        {("sources", id) for id in sources}
        | {("ballots", "tees-community-services-2010-second"), ("programmes", "right-to-request")}
        | {("figures", "mutuals-staff-2014")}
    )
    while new:
        for name, id in new:
            kept[name].add(id)
        wider = set()
        for name, id in new:
            wider |= {("sources", source) for source in cited[name].get(id, set())}
            for target in facts:
                wider |= {(target, other) for other in _named(data, name, id, target)}
        new = {(name, id) for name, id in wider if id not in kept[name]}
    return kept


def write(source: Path, target: Path) -> Path:
    """Write the small record with the real schemas and rules below `target`, and return it."""
    for name in ("schemas", "validation"):
        shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    data = read_dataset(source)
    kept = keys(data)
    for table in data.tables.values():
        write_rows(target / table.file, _rows(data, table.name, kept), table.schema)
    for path in (target / "data/fingerprints").glob("*.csv"):
        if path.stem not in kept["sources"]:
            path.unlink()
    return target


def _rows(data: Dataset, name: str, kept: dict[str, set[str]]) -> list[dict[str, str]]:
    """The rows of a file that stay."""
    table = data.get(name)
    folder, _, stem = name.rpartition("/")
    errata = {row["erratum_id"] for row in data.get("errata").records if row["source_id"] in kept["sources"]}

    def stays(row: dict[str, str]) -> bool:
        if folder == "evidence":
            return row["row_id"] in kept[stem]
        if name in ("corrections", "gaps", "second_readings", "tombstones"):
            return row["row_id"] in (errata if row["table"] == "errata" else kept.get(row["table"], ()))
        if name == "errata":
            return row["source_id"] in kept["sources"]
        return row[table.schema.key[0]] in kept[name] if name in kept else True

    return [row for row in table.records if stays(row)]
