"""The schemas: the only place that says what a column is, and who must prove it.

Each `schemas/<name>.json` is a Frictionless Table Schema with a few properties of our own:

- on the table: `title`, `description`;
- on a field: `unit`, `states` (key, fact, derived, editorial or record), `reading` (how a fact follows
  from its `as_read`), `expected` (a blank needs a row in gaps.csv), `codes` (a code list), `list`
  (several values, parted by a semicolon), `rule` (what computes a derived cell).
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

STATES = ("key", "fact", "derived", "editorial", "record")
READINGS = ("verbatim", "own_words", "number", "date", "code", "reference", "identifier", "inferred")
TYPES = {"string": None, "integer": r"-?(?:0|[1-9][0-9]{0,17})", "number": r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]*[1-9])?"}
SEPARATOR = "; "
KINDS = {
    **dict.fromkeys(("title", "description", "type", "states", "unit", "reading", "rule", "pattern"), "printable text"),
    **dict.fromkeys(("name", "codes"), "a name in lower case with underscores"),
    **dict.fromkeys(("expected", "list", "required", "unique"), "true or false"),
    **dict.fromkeys(("minimum", "maximum"), "a number of at most 18 digits"),
    "example": "text or a number",
}


class SchemaError(Exception):
    """A schema that cannot be used; the message names the file and the remedy."""


def whole(text: str) -> int | None:
    """A cell as a whole number; None unless it is plain digits, and no more of them than any count has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


@dataclass(frozen=True)
class Column:
    """One field of a Table Schema."""

    name: str
    title: str
    description: str
    type: str
    example: str
    states: str
    unit: str = ""
    reading: str = ""
    expected: bool = False
    required: bool = False
    unique: bool = False
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    codes: str = ""
    refers_to: str = ""
    many: bool = False
    rule: str = ""

    @property
    def is_date(self) -> bool:
        """Whether the column holds dates, which its name says."""
        return self.name == "date" or self.name.endswith("_date") or self.name.startswith("date_")

    def of_row(self, row: dict[str, str]) -> "Column":
        """The column with the unit of a row, where each row gives its own."""
        return replace(self, unit=row["unit_code"]) if self.name == "value" and row.get("unit_code") else self

    def items(self, cell: str) -> list[str]:
        """The values in a cell: one, or for a list column those between the semicolons; none if blank."""
        if not cell:
            return []
        return cell.split(SEPARATOR) if self.many else [cell]


@dataclass(frozen=True)
class Schema:
    """One table's columns in their order, and the columns that make its key."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def header(self) -> list[str]:
        """The column names in the order in which the file has them."""
        return [column.name for column in self.columns]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]

    def sort_key(self, record: dict[str, str]) -> tuple:
        """Where a record stands in its file: by its key, numbers as numbers."""
        return tuple(
            (1, 0, record[name]) if self[name].type != "integer" or (number := whole(record[name])) is None else (0, number, "")
            for name in self.key
        )

    def sort_keys(self, columns: dict[str, list[str]]) -> Iterator[tuple]:
        """Where each row of a table, given by its columns, stands in its file; compares as `sort_key` does."""
        cells = []
        for name in self.key:
            if self[name].type == "integer":
                at = {text: (1, 0, text) if (number := whole(text)) is None else (0, number, "") for text in set(columns[name])}
                cells.append([at[text] for text in columns[name]])
            else:
                cells.append(columns[name])
        return zip(*cells, strict=True)


def _is(kind: str, value: Any) -> bool:
    """Whether a property of a field is of a kind."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e18
    text = isinstance(value, str) and value.isprintable()
    if kind.startswith("a name"):
        return text and re.fullmatch("[a-z][a-z0-9_]*", value) is not None
    return {"printable text": text, "true or false": isinstance(value, bool), "text or a number": text or number}.get(kind, number)


def _column(field: dict, references: dict[str, str], where: str) -> Column:
    limits = field.get("constraints", {})
    for name, value in (*field.items(), *limits.items()):
        if name in KINDS and not _is(KINDS[name], value):
            raise SchemaError(f"{where}: field {field.get('name', '?')!r:.60}: “{name}” must be {KINDS[name]}")
    try:
        re.compile(limits.get("pattern", ""))
    except (re.error, OverflowError, RecursionError) as error:
        raise SchemaError(f"{where}: field {field.get('name', '?')}: “pattern” is no regular expression: {error}") from error
    for name in ("name", "title", "description", "type", "example", "states"):
        if name not in field:
            raise SchemaError(f"{where}: field {field.get('name', '?')} has no “{name}”; add it")
    if field["states"] not in STATES or field["type"] not in TYPES:
        raise SchemaError(f"{where}: field {field['name']} has an unknown “states” or “type”")
    if field.get("reading", "") not in (READINGS if field["states"] == "fact" else ("",)):
        raise SchemaError(f"{where}: field {field['name']}: a fact, and only a fact, names its reading, one of {', '.join(READINGS)}")
    if (field["states"] == "derived") != bool(field.get("rule")):
        raise SchemaError(f"{where}: field {field['name']}: a derived column, and only that, names its rule")
    if (field.get("reading") == "code" and not field.get("codes")) or (
        field.get("reading") == "reference" and field["name"] not in references
    ):
        raise SchemaError(f"{where}: field {field['name']}: a code needs “codes”, a reference its entry in foreignKeys")
    return Column(
        **{name: field[name] for name in ("name", "title", "description", "type", "states")},
        example=str(field["example"]),
        unit=field.get("unit", ""),
        reading=field.get("reading", ""),
        expected=field.get("expected", False),
        required=limits.get("required", False),
        unique=limits.get("unique", False),
        pattern=limits.get("pattern", ""),
        minimum=limits.get("minimum"),
        maximum=limits.get("maximum"),
        codes=field.get("codes", ""),
        refers_to=references.get(field["name"], ""),
        many=field.get("list", False),
        rule=field.get("rule", ""),
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, which names nothing twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"an object names something twice: {', '.join(name for name, _ in pairs)!r:.200}")
    return found


def read_schema(path: Path) -> Schema:
    """Read one schema. Raises SchemaError with a sentence that names the file and the field."""
    try:
        if path.is_symlink() or not path.is_file():
            raise OSError("it is a link, or no plain file")
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise SchemaError(f"schemas/{path.name} cannot be read as JSON: {error}") from error
    try:
        references = {entry["fields"]: str(entry["reference"]["resource"]) for entry in document.get("foreignKeys", [])}
        columns = tuple(_column(field, references, f"schemas/{path.name}") for field in document["fields"])
        key = document["primaryKey"]
        key = (key,) if isinstance(key, str) else tuple(key)
        title, description = document["title"], document["description"]
        names = {column.name for column in columns}
        fits = len(names) == len(columns) and 0 < len(key) == len(set(key)) and {*key, *references} <= names
    except KeyError as error:
        raise SchemaError(f"schemas/{path.name} has no {error.args[0]!r}; add it") from error
    except (TypeError, AttributeError) as error:
        raise SchemaError(f"schemas/{path.name} is not a Table Schema: {error}") from error
    if not fits:
        raise SchemaError(f"schemas/{path.name}: its primaryKey or foreignKeys name a field that it does not have, or a name stands twice")
    if not _is("printable text", title) or not _is("printable text", description):
        raise SchemaError(f"schemas/{path.name}: its title and description must be printable text")
    return Schema(path.stem, title, description, columns, key)


def read_schemas(root: Path) -> dict[str, Schema]:
    """All schemas of a repository by table name."""
    paths = sorted((root / "schemas").glob("*.json"))
    if not paths:
        raise SchemaError(f"no schemas/*.json below {root}; is this the repository's root?")
    schemas = {path.stem: read_schema(path) for path in paths}
    for schema in schemas.values():
        for column in schema.columns:
            if column.refers_to and column.refers_to not in schemas:
                raise SchemaError(f"schemas/{schema.name}.json: field {column.name} refers to “{column.refers_to}”, which has no schema")
    return schemas
