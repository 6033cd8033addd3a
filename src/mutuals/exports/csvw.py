"""CSV on the Web: the same description as W3C's metadata for tables, which the British government recommends."""

import json
from pathlib import Path
from typing import Any

from mutuals.exports.files import Item
from mutuals.exports.licences import HOLDER, TITLES
from mutuals.exports.release import FACTS, NAME, PURPOSE, Part, Release
from mutuals.schema import SEPARATOR, Column

FILE = "csv-metadata.json"
TYPES = {"string": "string", "integer": "integer", "number": "decimal", "date": "date"}


def _datatype(column: Column) -> dict[str, Any] | str:
    """The type of a column with what limits it; the pattern of a list is that of the whole cell, which CSVW cannot say."""
    limits = {"minimum": column.minimum, "maximum": column.maximum, "format": "" if column.many else column.pattern}
    kept = {name: limit for name, limit in limits.items() if limit not in (None, "")}
    return {"base": TYPES[column.type], **kept} if kept else TYPES[column.type]


def _column(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    found = {"name": column.name, "titles": column.name, "dc:title": column.title, "dc:description": column.description}
    found["datatype"] = _datatype(column)
    if column.required or column.name in key:
        found["required"] = True
    if column.many:
        found["separator"] = SEPARATOR
    if refers := column.refers_to or column.codes:
        found["dc:relation"] = refers
    return found


def _table(release: Release, part: Part) -> dict[str, Any]:
    """A part. Foreign keys are told only of columns that are never blank, since validators take a blank for a key that is not there."""
    paths = {other.name: other.path for other in release.parts}
    foreign = [
        {"columnReference": link.column.name, "reference": {"resource": paths[link.part], "columnReference": link.target}}
        for link in release.links(part)
        if link.column.required
    ]
    return {
        "url": part.path, "dc:title": part.schema.title, "dc:description": part.schema.description, "dc:license": {"@id": TITLES[FACTS][1]},
        "dc:rights": part.licence,
        "tableSchema": {
            "columns": [_column(column, part.schema.key) for column in part.schema.columns],
            "primaryKey": list(part.schema.key), **({"foreignKeys": foreign} if foreign else {}),
        },
    }  # fmt: skip


def write(release: Release, folder: Path) -> list[Item]:
    """Write the metadata beside the CSV files."""
    group = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": f"{NAME}: UK public service mutuals", "dc:description": PURPOSE, "dc:creator": HOLDER,
        "dc:license": {"@id": TITLES[FACTS][1]}, "dc:modified": release.edition.day, "schema:version": release.edition.version,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True, "lineTerminators": ["\n"]},
        "tables": [_table(release, part) for part in release.parts],
    }  # fmt: skip
    (folder / FILE).write_text(json.dumps(group, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return [Item(FILE, "CSVW", "The same for programs that follow W3C's CSV on the Web", FACTS)]
