"""frictionless as a peer of the gate: our schemas are Table Schemas, so it reads them as they are, and what it can say more.

    python benchmarks/peer_frictionless.py FOLDER

Code lists become enumerations, dates and lists patterns. A list of codes or keys, a gap, and whether evidence agrees with
its cell are not expressed; that evidence belongs to a row is, as a foreign key.
"""

import time

began = time.perf_counter()

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import frictionless
import peer
from asked import MATCHES, Ask, everything, files, rules

from mutuals.schema import Schema, read_schemas

# The rule of ours that a kind of error is.
ERRORS = {"type-error": "schema.type", "primary-key": "schema.unique", "unique-error": "schema.unique", "foreign-key": "schema.reference"}
LIMITS = {
    "required": "schema.required",
    "enum": "schema.code",
    "minimum": "schema.range",
    "maximum": "schema.range",
    "pattern": "schema.pattern",
}


def taken(ask: Ask, schema: Schema) -> bool:
    """Whether a check can be expressed."""
    if ask.rule in ("schema.code", "schema.reference"):
        return not schema[ask.column].many
    if ask.rule.startswith(("evidence.", "gaps.")):
        return (ask.rule, ask.column) == ("evidence.orphan", "row_id")
    return True


def field(root: Path, schema: Schema, name: str, asks: list[Ask]) -> dict:
    """A field with its constraints; several patterns become one."""
    column, mine = schema[name], [ask for ask in asks if ask.column == name]
    patterns = [ask.by for ask in mine if ask.rule in MATCHES and ask.rule != "schema.type"]
    limits: dict = {"required": True} if column.required else {}
    limits |= {"unique": True} if column.unique else {}
    limits |= {"pattern": "".join(f"(?=(?:{pattern})$)" for pattern in patterns) + ".*"} if patterns else {}
    limits |= {key: limit for key, limit in (("minimum", column.minimum), ("maximum", column.maximum)) if limit is not None}
    for ask in mine:
        if ask.rule == "schema.code":
            with (root / f"data/{ask.by}.csv").open(encoding="utf-8", newline="") as file:
                limits["enum"] = [row["code"] for row in csv.DictReader(file)]
    return {"name": name, "type": column.type, "constraints": limits}


def keys(name: str, asks: list[Ask], tables: dict[str, Schema]) -> list[dict]:
    """The foreign keys of a file: its references, and for evidence its rows."""
    pairs = [(ask.column, ask.by) for ask in asks if ask.rule == "schema.reference"]
    pairs += [("row_id", name.partition("/")[2])] if name.startswith("evidence/") else []
    return [{"fields": column, "reference": {"resource": table, "fields": tables[table].key[0]}} for column, table in pairs]


def resource(root: Path, name: str, tables: dict[str, Schema], asks: list[Ask]) -> frictionless.Resource:
    """One file with its schema; all fingerprints as one table of many parts."""
    schema = tables[name]
    fields = [field(root, schema, column.name, asks) for column in schema.columns]
    told = {"fields": fields, "primaryKey": list(schema.key), "foreignKeys": keys(name, asks, tables)}
    place: dict = {"name": name.replace("/", "-"), "path": f"data/{name}.csv", "encoding": "utf-8"}
    if name == "fingerprints":
        first, *others = sorted(f"data/fingerprints/{path.name}" for path in (root / "data/fingerprints").iterdir())
        place |= {"path": first, "extrapaths": others}
    return frictionless.Resource.from_descriptor({"schema": told, **place}, basepath=str(root))


def rule(error: frictionless.Error, name: str) -> str:
    """The rule of ours that an error breaks; any pattern is told as the form of a cell."""
    if error.type == "constraint-error":
        return LIMITS[error.note.split('"')[1]]
    return "evidence.orphan" if error.type == "foreign-key" and name.startswith("evidence/") else ERRORS.get(error.type, error.type)


def check(root: Path) -> Iterator[peer.Place]:
    """Every finding on the tables below a folder."""
    tables, asks = files(root, read_schemas(root)), everything(root, taken)
    package = frictionless.Package(resources=[resource(root, name, tables, asks[name]) for name in tables], basepath=str(root))
    for name, held in zip(tables, package.resources, strict=True):
        for task in held.validate(limit_errors=10**9).tasks:
            for error in task.errors:
                place = error.to_descriptor()
                column = place.get("fieldName") or next(iter(place.get("fieldNames", [])), tables[name].key[0])
                yield f"data/{name}.csv", place.get("rowNumber", 0), column, rule(error, name)


if __name__ == "__main__":
    asks = everything(Path(sys.argv[1]), taken)
    peer.run(began, check, rules(asks), sum(map(len, asks.values())), frictionless.__version__)
