"""The score of the gate: how many planted errors it catches, and how many it finds where they are.

Many mutants share one copy of the record, so that the gate need not run for each. No two in a copy can be seen by
one rule at one row: their zones (the edited rows, and all rows that name one of their keys) have no row in common.
Each finding is then the mutant's in whose zone it lies; where one lies in no zone, the copy is tried again in
halves, down to a single mutant. What a mutant gives is therefore what `mutuals check` says of it alone, as a test proves.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mutuals import rules
from mutuals.canonical import Fault, encode
from mutuals.findings import shown
from mutuals.mutants import BLANKS, ONE, PLACES, Address, Draw, Mutant, Row
from mutuals.parsing import Reading, read
from mutuals.tables import Dataset, Table

Key = tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """What the gate said of one mutant: the rules that found it, and whether one named its very cell, or its row."""

    mutant: Mutant
    rules: frozenset[str]
    cell: bool
    row: bool

    @property
    def located(self) -> bool:
        """Whether a finding leads to the error: to the cell where one cell was changed, else to an edited row."""
        return self.cell if self.mutant.family in (ONE, BLANKS, PLACES) else self.row


@dataclass
class Copy:
    """A spoiled copy in the making. `lines` gives, for each spoiled file, the address of the row on each line."""

    mutants: list[Mutant] = field(default_factory=list)
    taken: set[object] = field(default_factory=set)
    keys: set[Key] = field(default_factory=set)
    named: set[Key] = field(default_factory=set)
    lines: dict[str, list[Address]] = field(default_factory=dict)


def faults(data: Dataset, tables: Iterable[Table] | None = None, clean: Dataset | None = None) -> set[tuple[str, Fault]]:
    """The errors that the gate finds, or finds in these tables: by bytes, by all rules, and by schemas where a table is not that of the clean record."""
    from mutuals.suites import ExpectTablesToFollowTheirSchema, as_batch

    found: set[tuple[str, Fault]] = set()
    for table in list(data.tables.values()) if tables is None else tables:
        whole = data.tables[table.name]
        told = list(whole.reading.faults)
        if clean is None or whole is not clean.tables.get(table.name):
            asked = ExpectTablesToFollowTheirSchema(tables=[table.name])
            told += [fault for _, fault in asked.faults(as_batch([whole]), data)]
        for rule in (rule for rule in rules.REGISTRY.values() if rule.level == "error" and rule.concerns(table)):
            told += rule.check(table, data)
        found |= {(table.file, fault) for fault in told}
    return found


class Trial:
    """The gate on trial: a record, and who names whom in it."""

    def __init__(self, draw: Draw) -> None:
        self.draw, self.data = draw, draw.data
        rules.discover(self.data.root)
        self.known = faults(self.data, clean=self.data)
        self.naming: dict[Key, set[Address]] = {}
        self.listing: dict[Key, set[Address]] = {}
        for name, table in self.data.tables.items():
            for at, row in enumerate(draw.rows[name]) if table.kind not in ("fingerprints", "codes") else ():
                for key in self._named(table, row, lists=False):
                    self.naming.setdefault(key, set()).add((name, at))
                for key in self._named(table, row):
                    self.listing.setdefault(key, set()).add((name, at))

    def _key(self, name: str, row: Row) -> Key:
        return name, row[self.data.tables[name].schema.key[0]]

    def _subject(self, table: Table, row: Row) -> str:
        """The table that a row is about, for evidence and ledgers."""
        return row.get("table", table.subject) if "row_id" in row else ""

    def _only(self, table: Table, row: Row) -> set[Key]:
        """The cells of a row that no other row may repeat, as keys of their columns."""
        return {
            (f"{table.name} {column.name}", row[column.name]) for column in table.schema.columns if column.unique or column.name == "url"
        }

    def _named(self, table: Table, row: Row, lists: bool = True) -> set[Key]:
        """The rows that a row names, itself among them, by table and key; of those in a list rules ask only whether they are there. A blank reference names the blank key, which no row has."""
        subject = self._subject(table, row)
        columns = {column.name: column for column in self.data.schemas[subject].columns} if subject in self.data.schemas else {}
        column = columns.get(row.get("column", ""))
        found = {(subject, row["row_id"])} if subject else set()
        found |= {(column.refers_to, row["value"])} if column and column.refers_to and "value" in row else set()
        found |= set() if subject else {(table.name, row[table.schema.key[0]]), *self._only(table, row)}
        found |= {("figures", row["part_of_id"])} if "part_of_id" in row else set()
        for column in table.schema.columns:
            found |= (
                {(column.refers_to, item) for item in column.items(row[column.name]) or [""]}
                if column.refers_to and (lists or not column.many)
                else set()
            )
        return found

    def _own(self, mutant: Mutant) -> set[Key]:
        """The rows that a mutant changes, before and after, as others name them; of evidence and ledgers what they are about."""
        found: set[Key] = set()
        for (name, at), rows in mutant.edits.items():
            table = self.data.tables[name]
            for row in (self.draw.row((name, at)), *rows):
                subject = self._subject(table, row)
                key = row["row_id"] if subject else row[table.schema.key[0]]
                found |= self._only(table, row)
                found.add(("sources", table.subject) if table.kind == "fingerprints" else (subject or table.name, key))
                told = table.kind == "errata" and mutant.column in ("", "source_id", "printed", "correct")
                found |= {("sources", row["source_id"])} if told else set()
        return found

    def zone(self, mutant: Mutant) -> set[object]:
        """The rows at which a rule may see the mutant; a row out of order, of which only the first is told, takes its file."""
        own = self._own(mutant)
        keys = {
            key for address, rows in mutant.edits.items() for key in (self._key(address[0], r) for r in (self.draw.row(address), *rows))
        }
        naming = self.naming if all(len(rows) == 1 for rows in mutant.edits.values()) and len(keys) == len(mutant.edits) else self.listing
        zone: set[object] = set(mutant.edits).union(*(naming.get(key, ()) for key in own))
        zone |= {(f"fingerprints/{key}", -2) for table, key in own if table == "sources"}
        if mutant.swapped:
            zone |= {(name, at + step) for name, at in mutant.edits for step in (0, 1)} | {name for name, _ in mutant.edits}
        if self.data.tables[mutant.address[0]].kind == "codes":
            name = mutant.address[0]
            coded = {
                (schema.name, column.name)
                for schema in self.data.schemas.values()
                for column in schema.columns
                if f"codes/{column.codes}" == name
            }
            tables = {name, *(table for table, _ in coded), *(f"evidence/{table}" for table, _ in coded)}
            zone |= {
                (table.name, at)
                for table in self.data.tables.values()
                if table.name in tables or (table.kind, "relation") in coded
                for at in range(len(self.draw.rows[table.name]))
            }
        return zone

    def copies(self, mutants: Iterable[Mutant]) -> list[Copy]:
        """The mutants shared out to copies in which none meets another, those with the widest zones first."""
        copies: list[Copy] = []
        zones = [(mutant, self.zone(mutant)) for mutant in mutants]
        for mutant, zone in sorted(zones, key=lambda pair: -len(pair[1])):
            own = self._own(mutant)
            named = {key for (name, _), rows in mutant.edits.items() for row in rows for key in self._named(self.data.tables[name], row)}
            fit = (copy for copy in copies if not (copy.taken & zone or copy.keys & named or copy.named & own))
            copy = next(fit, None)
            if copy is None:
                copies.append(copy := Copy())
            copy.mutants.append(mutant)
            copy.taken |= zone
            copy.keys |= own
            copy.named |= named
        return copies

    def spoil(self, copy: Copy) -> Dataset:
        """The record with the mutants of a copy in it, each file in its canonical bytes."""
        tables, edits = dict(self.data.tables), {address: rows for m in copy.mutants for address, rows in m.edits.items()}
        swapped = {address for m in copy.mutants if m.swapped for address in m.edits}
        for name in sorted({name for name, _ in edits}):
            table = self.data.tables[name]
            placed = [((name, at), row) for at, old in enumerate(self.draw.rows[name]) for row in edits.get((name, at), [old])]
            placed.sort(key=lambda pair: table.schema.sort_key(pair[1]))
            head, *lines = encode([row for _, row in placed], table.schema).splitlines(keepends=True)
            addresses = [address for address, _ in placed]
            for at in [at for at, address in enumerate(addresses[:-1]) if address in swapped]:
                for moved in (lines, addresses):
                    moved[at : at + 2] = reversed(moved[at : at + 2])
            copy.lines[table.file] = addresses
            tables[name] = Table(name, table.file, table.schema, read(head + b"".join(lines), table.schema))
        known = {
            id: runs
            for id, runs in self.data.fingerprints.items()
            if tables[f"fingerprints/{id}"] is self.data.tables[f"fingerprints/{id}"]
        }
        return Dataset(self.data.root, self.data.schemas, tables, fingerprints=known)

    def _seen(self, data: Dataset, copy: Copy) -> Iterator[Table]:
        """The tables in which a rule may see a mutant; of evidence, which rules ask row by row, the rows alone."""
        for name in sorted({place[0] for place in copy.taken if isinstance(place, tuple)} & set(data.tables)):
            table = data.tables[name]
            if table.kind == "evidence":
                addresses = copy.lines.get(table.file) or [(name, at) for at in range(len(table.keys))]
                kept = [at for at, address in enumerate(addresses) if address in copy.taken]
                lines, columns = table.reading.lines, table.reading.columns.items()
                reading = Reading({column: [cells[at] for at in kept] for column, cells in columns}, array("I", [lines[at] for at in kept]))
                table = Table(name, table.file, table.schema, reading)
            yield table

    def _at(self, copy: Copy, file: str, fault: Fault) -> Address:
        at, addresses = fault.line - 2, copy.lines.get(file)
        return (file.removeprefix("data/").removesuffix(".csv"), at) if at < 0 or addresses is None else addresses[at]

    def judge(self, mutants: Iterable[Mutant]) -> Iterator[Verdict]:
        """What the gate says of each mutant."""
        for copy in self.copies(mutants):
            zones = [self.zone(mutant) for mutant in copy.mutants]
            data = self.spoil(copy)
            found = [(self._at(copy, *one), one[1]) for one in faults(data, self._seen(data, copy), self.data) - self.known]
            owners = [[at for at, zone in enumerate(zones) if address in zone] for address, _ in found]
            half = len(copy.mutants) // 2
            if half and any(len(owner) != 1 for owner in owners):
                yield from self.judge(copy.mutants[:half])
                yield from self.judge(copy.mutants[half:])
                continue
            for at, mutant in enumerate(copy.mutants):
                yield _verdict(mutant, [pair for pair, owner in zip(found, owners, strict=True) if not half or owner == [at]])


def _verdict(mutant: Mutant, found: list[tuple[Address, Fault]]) -> Verdict:
    cell = any((address, fault.column) in mutant.cells for address, fault in found)
    named = {mutant.row, shown(mutant.row)} if mutant.operator == "a row dropped" else set()
    row = any(address in mutant.edits or {fault.id, fault.found} & named for address, fault in found)
    return Verdict(mutant, frozenset(fault.rule for _, fault in found), cell, row)
