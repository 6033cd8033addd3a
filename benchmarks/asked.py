"""What the gate's peers are asked: the rules of the gate that a table validator can express, derived from schemas/*.json.

Each peer takes from this list what it can say; the number of rules and of checks that it takes is printed beside its times.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutuals.schema import TYPES, Column, Schema, read_schemas
from mutuals.tables import LEDGERS, SHARED

_DAY = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
DATE = rf"{_DAY}[~?%]?(/{_DAY}[~?%]?)?|\[({_DAY})?\.\.{_DAY}\]|\[{_DAY},{_DAY}\]"
LIST = r"[^; ]+( [^; ]+)*(; [^; ]+( [^; ]+)*)*"
_HIDDEN = "\x01-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd"
CLEAN = rf"[^=+@\-{_HIDDEN}][^{_HIDDEN}]*( [^{_HIDDEN}]+)*"
MATCHES = ("schema.pattern", "schema.type", "dates.form", "lists.form", "bytes.space")
# What one pattern holds that the gate tells as several rules.
TOGETHER = {"bytes.space": ("bytes.space", "bytes.control", "bytes.formula")}


@dataclass(frozen=True)
class Ask:
    """One check: its rule, the column it is about (blank for the whole key), and the pattern, the list or the table it goes by."""

    rule: str
    column: str = ""
    by: str = ""


def _of_column(column: Column) -> Iterator[Ask]:
    name = column.name
    if column.required:
        yield Ask("schema.required", name)
    if column.unique:
        yield Ask("schema.unique", name)
    patterns = (
        column.pattern,
        TYPES[column.type],
        DATE * ("date" in name.split("_")),
        LIST * column.many,
        CLEAN * (column.type == "string"),
    )
    yield from (Ask(rule, name, pattern) for rule, pattern in zip(MATCHES, patterns, strict=True) if pattern)
    if column.minimum is not None or column.maximum is not None:
        yield Ask("schema.range", name)
    if column.codes:
        yield Ask("schema.code", name, f"codes/{column.codes}")
    if column.refers_to:
        yield Ask("schema.reference", name, column.refers_to)
    if column.expected:
        yield Ask("gaps.missing", name)


def of_schema(schema: Schema) -> list[Ask]:
    """What is asked of a table, of a ledger, or of each file of a shared kind."""
    found = [ask for column in schema.columns for ask in _of_column(column)]
    if len(schema.key) > 1:
        found.append(Ask("schema.unique"))
    if schema.name not in (*SHARED, *LEDGERS):
        found += [Ask(rule, c.name) for c in schema.columns if c.states == "fact" for rule in ("evidence.missing", "evidence.differs")]
        found.append(Ask("evidence.count", "proofs"))
    own = {"evidence": [Ask("evidence.orphan", name) for name in ("row_id", "column", "value")], "gaps": [Ask("gaps.unneeded", "column")]}
    return found + own.get(schema.name, [])


def files(root: Path, schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Each file by its address below data/, with its schema; fingerprints, of which there are thousands, as one."""
    known = {name: schema for name, schema in schemas.items() if name not in SHARED}
    for kind in ("codes", "evidence"):
        known |= {f"{kind}/{path.stem}": schemas[kind] for path in sorted((root / f"data/{kind}").glob("*.csv"))}
    return known | {"fingerprints": schemas["fingerprints"]}


def everything(root: Path, taken: Callable[[Ask, Schema], bool] = lambda ask, schema: True) -> dict[str, list[Ask]]:
    """The checks of each file that a peer takes."""
    schemas = read_schemas(root)
    return {name: [ask for ask in of_schema(schema) if taken(ask, schema)] for name, schema in files(root, schemas).items()}


def rules(asks: dict[str, list[Ask]]) -> list[str]:
    """The ids of the gate's rules that are asked."""
    return sorted({rule for some in asks.values() for ask in some for rule in TOGETHER.get(ask.rule, (ask.rule,))})
