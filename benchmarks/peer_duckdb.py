"""Plain DuckDB as a peer of the gate: each check one query, each finding a row.

    python benchmarks/peer_duckdb.py FOLDER

Readings and fingerprints are not expressed: SQL has no counterpart for them but calling Python row by row.
"""

import time

began = time.perf_counter()

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import peer
from asked import MATCHES, Ask, everything, files, rules

from mutuals.schema import Schema, read_schemas


def quoted(name: str) -> str:
    """A table or column name as SQL has it."""
    return f'"{name}"'


def text(value: str) -> str:
    """A text as SQL has it."""
    return "'" + value.replace("'", "''") + "'"


def load(base: duckdb.DuckDBPyConnection, root: Path, name: str, schema: Schema) -> None:
    """One file as a table of text with its line numbers; all fingerprints as one."""
    path = root / ("data/fingerprints/*.csv" if name == "fingerprints" else f"data/{name}.csv")
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in schema.header)
    form = f"header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr='', columns={{{columns}}}, filename='_file'"
    base.execute(f"CREATE TABLE {quoted(name)} AS SELECT row_number() OVER () + 1 AS _line, * FROM read_csv({text(str(path))}, {form})")


class Queries:
    """The query that each check is: it gives the line of each row that is wrong."""

    def __init__(self, schemas: dict[str, Schema], name: str, schema: Schema):
        self.schemas, self.name, self.schema = schemas, name, schema
        self.table, self.key, self.subject = quoted(name), quoted(schema.key[0]), name.partition("/")[2]

    def items(self, column: str) -> str:
        """Line, key and each value of a filled cell, several where its column holds a list."""
        cell = quoted(column)
        split = f"unnest(string_split({cell}, '; '))" if self.schema[column].many else cell
        return f"(SELECT _line, {self.key} AS k, {split} AS i FROM {self.table} WHERE {cell} IS NOT NULL)"

    def unique(self, columns: list[str]) -> str:
        """Rows whose key another row of the file has."""
        by = ", ".join(map(quoted, [*columns, "_file"]))
        return f"SELECT _line FROM {self.table} SEMI JOIN (SELECT {by} FROM {self.table} GROUP BY ALL HAVING count(*) > 1) USING ({by})"

    def of_evidence(self, ask: Ask) -> str:
        """Facts without evidence, or with other evidence."""
        cited = f'(SELECT row_id, value FROM {quoted(f"evidence/{self.name}")} WHERE "column" = {text(ask.column)}'
        missing = f"SELECT _line FROM {self.items(ask.column)} x %s JOIN {cited}) e ON e.row_id = x.k"
        if ask.rule == "evidence.missing":
            return missing % "ANTI"
        rows = missing.replace("SELECT _line", "SELECT _line, k, i", 1) % "SEMI"
        return f"SELECT DISTINCT _line FROM ({rows}) y ANTI JOIN {cited} AND relation = 'supports') s ON s.row_id = y.k AND s.value = y.i"

    def count(self) -> str:
        """Records that have fewer or more evidence rows than they say."""
        counts = f"(SELECT row_id, count(*) AS n FROM {quoted(f'evidence/{self.name}')} GROUP BY row_id)"
        return f"SELECT _line FROM {self.table} t LEFT JOIN {counts} e ON e.row_id = t.{self.key} WHERE proofs IS DISTINCT FROM coalesce(n, 0)::VARCHAR"

    def orphan(self, column: str) -> str:
        """Evidence for a row, a column or a cell that is not there."""
        schema = self.schemas[self.subject]
        facts = [c.name for c in schema.columns if c.states == "fact"]
        on = f"{quoted(self.subject)} t ON t.{quoted(schema.key[0])} = e.row_id"
        blank = " OR ".join(f'("column" = {text(name)} AND t.{quoted(name)} IS NULL)' for name in facts)
        return {
            "row_id": f"SELECT e._line FROM {self.table} e ANTI JOIN {on}",
            "column": f'SELECT _line FROM {self.table} WHERE "column" NOT IN ({", ".join(map(text, facts))})',
            "value": f"SELECT e._line FROM {self.table} e JOIN {on} WHERE {blank}",
        }[column]

    def unneeded(self) -> str:
        """Reasons for cells that are filled, not expected or not there."""
        blanks = " UNION ALL ".join(
            f'SELECT {text(name)} AS "table", {quoted(schema.key[0])} AS row_id, {text(c.name)} AS "column" FROM {quoted(name)} WHERE {quoted(c.name)} IS NULL'
            for name, schema in self.schemas.items()
            for c in schema.columns
            if c.expected
        )
        return f'SELECT _line FROM gaps ANTI JOIN ({blanks}) USING ("table", row_id, "column")'

    def of(self, ask: Ask) -> str:
        """The query of a check."""
        cell, where = quoted(ask.column), f"SELECT _line FROM {self.table} WHERE "
        if ask.rule in MATCHES:
            return f"{where} NOT regexp_full_match({cell}, {text(ask.by)})"
        if ask.rule == "schema.range":
            column = self.schema[ask.column]
            limits = [(sign, limit) for sign, limit in (("<", column.minimum), (">", column.maximum)) if limit is not None]
            return where + " OR ".join(f"TRY_CAST({cell} AS DOUBLE) {sign} {limit}" for sign, limit in limits)
        if ask.rule in ("schema.code", "schema.reference"):
            key = self.schemas[ask.by.partition("/")[0]].key[0]
            return f"SELECT DISTINCT _line FROM {self.items(ask.column)} x ANTI JOIN {quoted(ask.by)} o ON o.{quoted(key)} = x.i"
        if ask.rule == "gaps.missing":
            gaps = f'(SELECT row_id FROM gaps WHERE "table" = {text(self.name)} AND "column" = {text(ask.column)})'
            return f"SELECT _line FROM {self.table} t ANTI JOIN {gaps} g ON g.row_id = t.{self.key} WHERE {cell} IS NULL"
        return {
            "schema.required": lambda: f"{where} {cell} IS NULL",
            "schema.unique": lambda: self.unique([ask.column] if ask.column else list(self.schema.key)),
            "evidence.count": self.count,
            "evidence.orphan": lambda: self.orphan(ask.column),
            "gaps.unneeded": self.unneeded,
        }.get(ask.rule, lambda: self.of_evidence(ask))()


def check(root: Path) -> Iterator[peer.Place]:
    """Every finding on the tables below a folder."""
    base, schemas = duckdb.connect(), read_schemas(root)
    tables = files(root, schemas)
    for name, schema in tables.items():
        load(base, root, name, schema)
    for name, asks in everything(root).items():
        queries = Queries(schemas, name, tables[name])
        for ask in asks:
            for (line,) in base.execute(queries.of(ask)).fetchall():
                yield f"data/{name}.csv", line, ask.column or tables[name].key[0], ask.rule


if __name__ == "__main__":
    asks = everything(Path(sys.argv[1]))
    peer.run(began, check, rules(asks), sum(map(len, asks.values())), duckdb.__version__)
