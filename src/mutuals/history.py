"""The record's past: what the gate of today says of every state of data/ that the history holds.

A past state was taken for clean when it was kept. What today's rules find in it is either a fault that was mended
since, or a false alarm. It is called a false alarm where nobody changed what it points at: the row stands today with
the same cells (and, for a record, the same evidence), and the gate has nothing against it. A row that was right and
leant on something wrong elsewhere counts so too, which makes the number too high rather than too low.
Columns that a past state did not have are left blank and not held against it; what is computed is computed anew.
"""

import csv
import io
import tarfile
from pathlib import Path
from typing import Any

from mutuals import rules
from mutuals.canonical import Fault, encode
from mutuals.commands import CommandError
from mutuals.derived import recompute
from mutuals.parsing import read
from mutuals.score import faults
from mutuals.states import git
from mutuals.tables import Dataset, Table

Headers = dict[str, list[str]]


def commits(root: Path) -> list[str]:
    """Every commit that changed data/, the newest first; none where the history is not there or is cut off."""
    try:
        whole = Path(git(root, "rev-parse", "--show-toplevel").decode().strip()) == root.resolve()
        if not whole or git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
            return []
        return git(root, "log", "--format=%H", "--", "data").decode().split()
    except CommandError:
        return []


class Past:
    """The states of a record's history, read once for each file that differs from one state to the next."""

    def __init__(self, today: Dataset) -> None:
        self.today = today
        self.read: dict[tuple[str, bytes], tuple[list[str], Table]] = {}
        for table in today.tables.values():
            self.read[table.file, (today.root / table.file).read_bytes()] = table.schema.header, table

    def _table(self, file: str, content: bytes) -> tuple[list[str], Table]:
        """A file's header, and its rows under the schema of today."""
        if (file, content) not in self.read:
            name = file.removeprefix("data/").removesuffix(".csv")
            rows, schema = csv.DictReader(io.StringIO(content.decode(), newline="")), self.today.schemas[name.partition("/")[0]]
            records = [{column: row.get(column) or "" for column in schema.header} for row in rows]
            self.read[file, content] = list(rows.fieldnames or []), Table(name, file, schema, read(encode(records, schema), schema))
        return self.read[file, content]

    def state(self, commit: str) -> tuple[Dataset, Headers]:
        """The tables as they were at a commit, and the header that each file then had; a list that was not there is that of today."""
        past, headers = Dataset(self.today.root, self.today.schemas), {}
        with tarfile.open(fileobj=io.BytesIO(git(self.today.root, "archive", "--format=tar", commit, "data"))) as archive:
            for member in (member for member in archive.getmembers() if member.name.endswith(".csv")):
                if member.name.removeprefix("data/").removesuffix(".csv").partition("/")[0] in self.today.schemas:
                    file = archive.extractfile(member)
                    headers[member.name], table = self._table(member.name, file.read() if file else b"")
                    past.tables[table.name] = table
        for name, table in sorted(self.today.tables.items()):
            if name not in past.tables and table.kind != "fingerprints":
                empty = Table(name, table.file, table.schema, read(encode([], table.schema), table.schema))
                past.tables[name] = table if table.kind == "codes" else empty
        for table in past.facts:
            past.tables[table.name] = self._computed(table, past)
        return past, headers

    def _computed(self, table: Table, past: Dataset) -> Table:
        """A table with what is computed as the rules of today compute it."""
        if (
            table is self.today.tables.get(table.name)
            and past.tables.get(f"evidence/{table.name}") is self.today.tables[f"evidence/{table.name}"]
        ):
            return table
        records = [dict(row) for row in table.records]
        copy = Table(table.name, table.file, table.schema, read(encode(records, table.schema), table.schema))
        recompute(copy, past)
        return Table(table.name, table.file, table.schema, read(encode(copy.records, table.schema), table.schema))

    def alarms(self, commit: str) -> tuple[int, int, list[tuple[str, Fault]]]:
        """Of a past state: rows (but of fingerprints) that stand today as they were, findings on others, and false alarms."""
        past, headers = self.state(commit)
        same = {table.file: _same(past, self.today, table, headers.get(table.file, [])) for table in past.tables.values()}
        found = [(file, fault) for file, fault in faults(past, clean=self.today) if fault.column in ("", *headers.get(file, []))]
        false = sorted((one for one in found if one[1].line in same[one[0]]), key=lambda one: (one[0], one[1].line, one[1].rule))
        rows = sum(len(lines) for file, lines in same.items() if not file.startswith("data/fingerprints/"))
        return rows, len(found) - len(false), false


def _same(past: Dataset, today: Dataset, table: Table, header: list[str]) -> set[int]:
    """The lines of a past file whose rows stand as they were, with their evidence, and a source with its fingerprint."""
    now = today.tables.get(table.name)
    if now is table and table.kind == "fingerprints":
        return set(table.reading.lines)
    names = [column.name for column in table.schema.columns if column.name in header and column.states != "derived"]
    known = set(zip(*map(now.column, names), strict=True)) if now and names else set()
    proofs = [_proofs(data, table.name) for data in (past, today)]

    def proved(id: str) -> bool:
        return proofs[0].get(id) == proofs[1].get(id) and (table.name != "sources" or f"fingerprints/{id}" in past.tables)

    rows = zip(table.reading.lines, table.keys, zip(*map(table.column, names), strict=True), strict=False)
    return {line for line, id, row in rows if row in known and proved(id)}


def _proofs(data: Dataset, name: str) -> dict[str, list[tuple[str, ...]]]:
    """The evidence rows of each record of a table; none for a table that has no evidence."""
    found: dict[str, list[tuple[str, ...]]] = {}
    evidence = data.tables.get(f"evidence/{name}")
    for row in zip(*evidence.reading.columns.values(), strict=True) if evidence else ():
        found.setdefault(row[0], []).append(row)
    return found


def measured(today: Dataset) -> dict[str, Any]:
    """The false alarms of all past states; an empty dict where there is no history."""
    rules.discover(today.root)
    past = Past(today)
    told = [past.alarms(commit) for commit in commits(today.root)]
    named = sorted({f"{file}, {fault.id}, {fault.column} ({fault.rule})" for _, _, false in told for file, fault in false})
    rows, mended, alarms = (
        (sum(part) for part in zip(*((rows, mended, len(false)) for rows, mended, false in told), strict=True)) if told else (0, 0, 0)
    )
    return {"states": len(told), "rows": rows, "mended": mended, "alarms": alarms, "named": named} if told else {}
