"""Data Package v2: what every file is, column by column, for programs such as frictionless.

Constraints are written the old way too (enum, unique): frictionless 5.21 passes over categories and uniqueKeys.
"""

import json
from pathlib import Path
from typing import Any

from mutuals.exports import citation
from mutuals.exports.files import Item, digest
from mutuals.exports.licences import HOLDER, described
from mutuals.exports.release import FACTS, NAME, PURPOSE, STEM, WORDS, Part, Release, value
from mutuals.schema import Column

FILE = "datapackage.json"
OWN = ("unit", "reading", "rule")  # what a field says beside the standard, where it says it


def _field(release: Release, part: Part, column: Column) -> dict[str, Any]:
    """A column as a field of Table Schema."""
    limits = {"required": column.required, "unique": column.unique, "pattern": column.pattern}
    limits |= {"minimum": column.minimum, "maximum": column.maximum}
    found: dict[str, Any] = {name: getattr(column, name) for name in ("name", "title", "description", "type", "states")}
    found |= {name: text for name in OWN if (text := getattr(column, name))}
    if column.example:
        found["example"] = value(column, column.example)
    if column.many:
        found["list"] = "; "
    if column.codes:
        codes = release[f"codes_{column.codes}"].columns
        found["codes"] = f"codes_{column.codes}"
        if not column.many:
            limits["enum"] = codes["code"]
            pairs = zip(codes["code"], codes["label"], strict=True)
            found["categories"] = [{"value": code, "label": label} for code, label in pairs]
    kept = {name: limit for name, limit in limits.items() if limit not in (None, False, "", [])}
    return {**found, "constraints": kept} if kept else found


def _schema(release: Release, part: Part) -> dict[str, Any]:
    """The Table Schema of a part. Keys in a list cannot be foreign keys; the field says what they refer to."""
    links = [link for link in release.links(part) if not link.column.many]
    foreign = [
        {"fields": [link.column.name], "reference": {"resource": "" if link.part == part.name else link.part, "fields": [link.target]}}
        for link in links
    ]
    unique = [[column.name] for column in part.schema.columns if column.unique]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "title": part.schema.title, "description": part.schema.description, "missingValues": [""], "primaryKey": list(part.schema.key),
        **({"uniqueKeys": unique} if unique else {}), **({"foreignKeys": foreign} if foreign else {}),
        "fields": [_field(release, part, column) for column in part.schema.columns],
    }  # fmt: skip


def _resource(release: Release, part: Part, folder: Path) -> dict[str, Any]:
    path = folder / part.path
    return {
        "name": part.name, "type": "table", "path": part.path, "title": part.schema.title, "description": part.schema.description,
        "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": path.stat().st_size, "hash": f"sha256:{digest(path)}",
        "dialect": {"$schema": "https://datapackage.org/profiles/2.0/tabledialect.json", "delimiter": ",", "lineTerminator": "\n"},
        "licenses": described(part.licence), "schema": _schema(release, part),
    }  # fmt: skip


def package(release: Release, folder: Path) -> dict[str, Any]:
    """The whole description of the CSV files in a folder."""
    sources = release["sources"].columns
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": STEM, "title": f"{NAME}: UK public service mutuals", "description": PURPOSE, "version": release.edition.version,
        "created": f"{citation.released(release)}T00:00:00Z", "keywords": citation.given(release.root)["keywords"],
        "licenses": described(f"{FACTS} AND {WORDS}"), "contributors": [{"title": HOLDER, "roles": ["author"]}],
        "sources": [
            {"title": title, **({"path": url} if url else {})} for title, url in zip(sources["title"], sources["url"], strict=True)
        ],
        "resources": [_resource(release, part, folder) for part in release.parts],
    }  # fmt: skip


def write(release: Release, folder: Path) -> list[Item]:
    """Write the description beside the CSV files, which must be there."""
    text = json.dumps(package(release, folder), ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    return [Item(FILE, "Data Package", "What each CSV file and column means, for programs (Data Package v2)", FACTS)]
