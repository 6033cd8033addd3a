"""What changed from one state of the record to another, by key and cell, so exactly that the second follows from the first.

Tables, columns and keys come before rows, rows before their cells. A row that was renamed (its tombstone says so, or
nothing but its key changed) is compared with the row that it was. The order of rows follows from their keys, and is not told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mutuals.canonical import joined
from mutuals.states import Held, Key, Row, State

KINDS = (
    "table added", "table removed", "table renamed", "key changed", "column added", "column removed", "column renamed",
    "columns reordered", "row added", "row removed", "row renamed", "cell added", "cell removed", "cell changed",
)  # fmt: skip
FIELDS = ("kind", "table", "key", "column", "old", "new", "old_evidence", "new_evidence")


@dataclass(frozen=True)
class Change:
    """One difference. `key` is that of the row in the second state, or in the first where it was removed; of a new table its key columns.

    Columns, keys of tables and of renamed rows are written as a line of CSV. A cell of a new row is “added”, of a row that
    went “removed”, as is one of a column that came or went.
    """

    kind: str
    table: str
    key: Key = ()
    column: str = ""
    old: str = ""
    new: str = ""
    old_evidence: str = ""
    new_evidence: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The difference as cells of text."""
        return {name: joined(list(self.key)) if name == "key" else getattr(self, name) for name in FIELDS}


def _same_table(a: Held, b: Held) -> bool:
    return bool(a.rows) and (a.header, a.key, a.rows) == (b.header, b.key, b.rows)


def _tables(a: State, b: State) -> tuple[dict[str, str], list[Change]]:
    """The tables of the second state by their names in the first, and what became of tables."""
    gone, new = sorted(a.tables.keys() - b.tables.keys()), sorted(b.tables.keys() - a.tables.keys())
    pairs, changes = {name: name for name in sorted(a.tables.keys() & b.tables.keys())}, []
    for name in gone:
        other = next((other for other in new if other not in pairs.values() and _same_table(a.tables[name], b.tables[other])), "")
        if other:
            pairs[name] = other
            changes.append(Change("table renamed", other, old=name, new=other))
        else:
            changes.append(Change("table removed", name, old=joined(a.tables[name].header), new=""))
    added = (name for name in new if name not in pairs.values())
    return pairs, changes + [Change("table added", name, b.tables[name].key, new=joined(b.tables[name].header)) for name in added]


def _columns(table: str, a: Held, b: Held, common: list[tuple[Key, Key]]) -> tuple[dict[str, str], list[Change]]:
    """The columns that both have, by their names in the first, and what became of columns."""
    gone, new = [c for c in a.header if c not in b.header], [c for c in b.header if c not in a.header]
    pairs, changes = {name: name for name in a.header if name in b.header}, []
    for name in gone:
        cells = [a.rows[old][name] for old, _ in common]
        alike = (c for c in new if c not in pairs.values() and any(cells) and cells == [b.rows[now][c] for _, now in common])
        if other := next(alike, ""):
            pairs[name] = other
            changes.append(Change("column renamed", table, column=other, old=name, new=other))
        else:
            changes.append(Change("column removed", table, column=name, old=name))
    changes += [Change("column added", table, column=name, new=name) for name in new if name not in pairs.values()]
    if a.header != b.header:
        changes.append(Change("columns reordered", table, old=joined(a.header), new=joined(b.header)))
    return pairs, changes


def _replaced(b: State, table: str) -> dict[Key, Key]:
    """The keys of a table that the tombstones of a state say to use instead of removed ones."""
    rows = b.rows("tombstones").values()
    return {(row["row_id"],): (row["replaced_by"],) for row in rows if row["table"] == table and row["replaced_by"]}


def _rows(a: Held, b: Held, replaced: dict[Key, Key]) -> dict[Key, Key]:
    """The rows that both have: the key in the second by that in the first. Keys of other columns are no keys of the same rows."""
    if a.key != b.key:
        return {}
    pairs = {key: key for key in a.rows if key in b.rows}
    gone, free = [key for key in a.rows if key not in b.rows], {key for key in b.rows if key not in a.rows}
    if len(a.key) > 1 or not free:
        return pairs

    for old, new in replaced.items():
        if old in gone and new in free:
            pairs[old] = new
            gone.remove(old)
            free.remove(new)

    def alike(held: Held, keys: Iterable[Key]) -> dict[tuple[tuple[str, str], ...], list[Key]]:
        """Keys by all that their rows say but for the key."""
        found: dict[tuple[tuple[str, str], ...], list[Key]] = {}
        for key in keys:
            rest = tuple(sorted((name, cell) for name, cell in held.rows[key].items() if cell and name not in held.key))
            found.setdefault(rest, []).append(key)
        return found

    others = alike(b, sorted(free))
    for rest, keys in alike(a, gone).items():
        if rest and len(keys) == len(others.get(rest, [])) == 1:
            pairs[keys[0]] = others[rest][0]
    return pairs


class Diff:
    """The differences from state `a` to state `b`; `renamed` are rows, (table, *key), that were given another key."""

    def __init__(self, a: State, b: State) -> None:
        self.a, self.b, self.renamed = a, b, dict[Key, Key]()
        tables, self.changes = _tables(a, b)
        for name in sorted(b.tables.keys() | a.tables.keys()):
            old = next((old for old, new in tables.items() if new == name), name)
            if name in b.tables or name not in tables:
                self.changes += self._table(name, old, a.tables.get(old), b.tables.get(name))

    def _table(self, name: str, before: str, a: Held | None, b: Held | None) -> Iterator[Change]:
        """The differences within a table, which one of the states may not have."""
        if a and b and a == b:
            return
        if a and b and a.key != b.key:
            yield Change("key changed", name, old=joined(list(a.key)), new=joined(list(b.key)))
        pairs = _rows(a, b, _replaced(self.b, name)) if a and b else {}
        columns: dict[str, str] = {}
        if a and b:
            columns, changes = _columns(name, a, b, list(pairs.items()))
            yield from changes
        yield from self._cells(name, before, a, b, pairs, columns)

    def _cells(
        self, name: str, before: str, a: Held | None, b: Held | None, pairs: dict[Key, Key], columns: dict[str, str]
    ) -> Iterator[Change]:
        """Rows and cells that came, went or changed."""
        kept = set(pairs.values())
        for key in sorted(a.rows.keys() - pairs.keys()) if a else ():
            yield Change("row removed", name, key)
            yield from self._whole("cell removed", name, key, a.rows[key], a.key, self.a, before)
        for key in sorted(b.rows.keys() - kept) if b else ():
            yield Change("row added", name, key)
            yield from self._whole("cell added", name, key, b.rows[key], b.key, self.b, name)
        for old, key in sorted(pairs.items()) if a and b else ():
            if old != key:
                self.renamed[(name, *old)] = (name, *key)
                yield Change("row renamed", name, key, old=joined(list(old)), new=joined(list(key)))
            yield from self._row(name, before, old, key, a.rows[old], b.rows[key], b.key, columns)

    def _whole(self, kind: str, name: str, key: Key, row: Row, keys: Key, of: State, table: str) -> Iterator[Change]:
        """The filled cells of a row that is in one state only."""
        for column, cell in row.items():
            if cell and column not in keys:
                said, came = of.said(table, key, column), kind == "cell added"
                yield Change(kind, name, key, column, *(("", cell, "", said) if came else (cell, "", said, "")))

    def _row(self, name: str, before: str, old: Key, key: Key, a: Row, b: Row, keys: Key, columns: dict[str, str]) -> Iterator[Change]:
        """The cells of a row of both states that differ."""
        came = {new: "" for new in b if new not in columns.values()}
        for was, now in (*columns.items(), *((gone, "") for gone in a if gone not in columns), *(("", new) for new in came)):
            cell, other = a.get(was, ""), b.get(now, "")
            if cell != other and (now or was) not in keys:
                kind = "cell changed" if was and now else "cell added" if now else "cell removed"
                said = self.a.said(before, old, was) if was else "", self.b.said(name, key, now) if now else ""
                yield Change(kind, name, key, now or was, cell, other, *said)


def counts(changes: Iterable[Change]) -> dict[str, dict[str, int]]:
    """How many differences of each kind each table has; the fingerprints count as one table, as do the code lists and evidence."""
    found: dict[str, dict[str, int]] = {}
    for change in changes:
        of = found.setdefault("fingerprints" if change.table.startswith("fingerprints/") else change.table, {})
        of[change.kind] = of.get(change.kind, 0) + 1
    return found
