"""Faults for invented tables: one cell or row changed, and the place and rule at which the gate must say so."""

import random
from dataclasses import dataclass

from mutuals.tables import Dataset

Row = dict[str, str]
Tables = dict[str, list[Row]]
ONE_IN = 10_000


@dataclass
class Fault:
    """What was planted, and the finding that it must lead to: the line is set when the table is written."""

    kind: str
    rule: str
    table: str
    row: Row
    column: str
    line: int = 0

    def told(self) -> dict[str, str | int]:
        """The fault as JSON."""
        return {"kind": self.kind, "rule": self.rule, "file": f"data/{self.table}.csv", "line": self.line, "column": self.column}


def _digit(cell: str) -> str:
    """A number with its last digit changed."""
    at = max(i for i, c in enumerate(cell) if c.isdigit())
    return cell[:at] + str((int(cell[at]) + 1) % 9 + (at == 0)) + cell[at + 1 :]


CELLS = {
    "a digit of a number changed": ("evidence.differs", lambda column: column.reading == "number", _digit),
    "an unknown code": ("schema.code", lambda column: bool(column.codes), lambda cell: "no_such_code"),
    "a reference to nothing": ("schema.reference", lambda column: bool(column.refers_to), lambda cell: "no-such-key"),
    "a required cell blanked": ("schema.required", lambda column: column.required and column.states != "key", lambda cell: ""),
    "a date with slashes": ("dates.form", lambda column: column.reading == "date", lambda cell: "12/08/2010"),
    "a number with a comma": ("schema.type", lambda column: column.reading == "number", lambda cell: "1,200"),
    "a doubled space": ("bytes.space", lambda column: column.name == "name", lambda cell: cell.replace(" ", "  ", 1)),
}
ROWS = (
    "an evidence row dropped",
    "a word changed in as_read",
    "evidence for a row that is not there",
    "a gap row dropped",
    "a key doubled",
)


def _in_cell(kind: str, tables: Tables, data: Dataset, name: str, row: Row, chance: random.Random) -> Fault | None:
    """A fault in a filled cell of a row, where its table has a column for it."""
    rule, wanted, spoilt = CELLS[kind]
    columns = [column.name for column in data.schemas[name].columns if wanted(column) and row[column.name]]
    if not columns:
        return None
    column = chance.choice(columns)
    row[column] = spoilt(row[column])
    return Fault(kind, rule, name, row, column)


def _in_rows(kind: str, tables: Tables, data: Dataset, name: str, row: Row, chance: random.Random) -> Fault | None:
    """A fault in the evidence or the gaps of a row, or in its key."""
    key = data.schemas[name].key[0]
    ledger = tables["gaps" if kind == "a gap row dropped" else f"evidence/{name}"]
    if kind == "a key doubled":
        other = chance.choice(tables[name])
        row[key] = other[key]
        return Fault(kind, "schema.unique", name, row, key) if other is not row else None
    at = next((i for i, entry in enumerate(ledger) if entry["row_id"] == row[key] and entry.get("table", name) == name), None)
    if at is None:
        return None
    if kind == "a word changed in as_read":
        ledger[at]["as_read"] = "Nobody " + ledger[at]["as_read"].partition(" ")[2]
        return Fault(kind, "evidence.fingerprint", f"evidence/{name}", ledger[at], "as_read")
    if kind == "evidence for a row that is not there":
        ledger[at]["row_id"] = "no-such-key"
        return Fault(kind, "evidence.orphan", f"evidence/{name}", ledger[at], "row_id")
    gone = ledger.pop(at)
    return Fault(kind, "gaps.missing", name, row, gone["column"]) if "table" in gone else Fault(kind, "evidence.count", name, row, "proofs")


def plant(tables: Tables, data: Dataset, chance: random.Random) -> list[Fault]:
    """Change one cell or row in 10,000, fingerprints and code lists not counted, and at least one of each kind; no row twice."""
    cells = sum(len(row) for rows in tables.values() for row in rows)
    rows = [(table.name, row) for table in data.facts for row in tables[table.name]]
    chance.shuffle(rows)
    kinds, found = [*CELLS, *ROWS], []
    wanted = max(len(kinds), cells // ONE_IN)
    for name, row in rows:
        kind = kinds[len(found) % len(kinds)]
        fault = (_in_cell if kind in CELLS else _in_rows)(kind, tables, data, name, row, chance)
        found += [fault] if fault else []
        if len(found) == wanted:
            break
    return found
