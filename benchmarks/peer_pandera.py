"""pandera as a peer of the gate: a DataFrameSchema for each table, every check over whole columns, all failures kept.

    python benchmarks/peer_pandera.py FOLDER [--readings]

With --readings it also asks whether values follow from their as_read and whether sources hold the words, by calling the
functions of the gate for that, evidence row by evidence row, in a check of pandera's.
"""

import time

began = time.perf_counter()

import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pandera.pandas as pa
import peer
from asked import MATCHES, Ask, everything, files, rules

from mutuals.fingerprints import Fingerprint, proves
from mutuals.readings import READINGS, Claim
from mutuals.schema import Schema, read_schemas

BY_OURS = ("evidence.reading", "evidence.fingerprint")
FILE = "_file"


def read(root: Path, name: str) -> pd.DataFrame:
    """One file as a frame of text; all fingerprints, joined before they are parsed, as one with the name of each file."""
    if name != "fingerprints":
        return pd.read_csv(root / f"data/{name}.csv", dtype="str", keep_default_na=False, na_values=[""])
    paths = sorted((root / "data/fingerprints").glob("*.csv"))
    contents = [path.read_bytes().partition(b"\n") for path in paths]
    frame = pd.read_csv(io.BytesIO(contents[0][0] + b"\n" + b"".join(body for _, _, body in contents)), dtype="str")
    return frame.assign(
        **{FILE: pd.Series([path.stem for path in paths]).repeat([body.count(b"\n") for _, _, body in contents]).to_numpy()}
    )


class Frames:
    """All tables, and the sets of keys, proofs and gaps that checks look into."""

    def __init__(self, root: Path):
        self.schemas = read_schemas(root)
        self.tables = files(root, self.schemas)
        self.frames = {name: read(root, name) for name in self.tables}

    def keys(self, name: str) -> set[str]:
        """The keys of a table."""
        return set(self.frames[name][self.tables[name].key[0]])

    def cited(self, table: str, column: str, relation: str = "") -> pd.DataFrame:
        """The evidence rows of a column."""
        evidence = self.frames[f"evidence/{table}"]
        return evidence[(evidence["column"] == column) & (evidence.relation.eq(relation) if relation else True)]

    def gaps(self, table: str, column: str) -> set[str]:
        """The records of a table with a reason for a blank of a column."""
        gaps = self.frames["gaps"]
        return set(gaps.row_id[(gaps.table == table) & (gaps["column"] == column)])

    def blanks(self) -> set[str]:
        """Every expected cell that is blank."""
        found: set[str] = set()
        for name, schema in self.schemas.items():
            for column in schema.columns if name in self.frames else ():
                frame = self.frames[name]
                found |= (
                    {f"{name} {key} {column.name}" for key in frame[schema.key[0]][frame[column.name].isna()]} if column.expected else set()
                )
        return found


def each(cells: pd.Series, many: bool) -> pd.Series:
    """The values of cells, several where the column holds a list, under the cells' index."""
    return cells.str.split("; ").explode() if many else cells


def holds(right: pd.Series) -> pd.Series:
    """Which cells have only right values."""
    return right.groupby(level=0).all()


class Checks:
    """The pandera check that each ask is."""

    def __init__(self, data: Frames, name: str):
        self.data, self.name, self.schema, self.frame = data, name, data.tables[name], data.frames[name]
        self.keys, self.subject = self.frame[self.schema.key[0]], name.partition("/")[2]

    def among(self, cells: pd.Series, ask: Ask, known: set[str]) -> pd.Series:
        """Whether all values of a cell are known."""
        return holds(each(cells, self.schema[ask.column].many).isin(known))

    def within(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether a number, if it is one, lies within its limits."""
        numbers, column = pd.to_numeric(cells, errors="coerce"), self.schema[ask.column]
        low = column.minimum if column.minimum is not None else float("-inf")
        return numbers.isna() | numbers.between(low, column.maximum if column.maximum is not None else float("inf"))

    def evidenced(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether a filled cell has evidence."""
        return self.keys.loc[cells.index].isin(set(self.data.cited(self.name, ask.column).row_id))

    def supported(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether each value of a cell that has evidence is supported by some."""
        proofs = self.data.cited(self.name, ask.column, "supports")
        known, items = set(proofs.row_id + " " + proofs.value), each(cells, self.schema[ask.column].many)
        right = (self.keys.loc[items.index] + " " + items).isin(known)
        return holds(right) | ~self.evidenced(cells, ask)

    def counted(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether a record says how many evidence rows it has."""
        counts = self.data.frames[f"evidence/{self.name}"].row_id.value_counts()
        return cells == self.keys.map(counts).fillna(0).astype(int).astype(str)

    def belonging(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether evidence belongs to a row, a column and a filled cell that are there."""
        table, schema = self.data.frames[self.subject], self.data.tables[self.subject]
        if ask.column == "row_id":
            return cells.isin(set(table[schema.key[0]]))
        facts = [column.name for column in schema.columns if column.states == "fact"]
        if ask.column == "column":
            return cells.isin(facts)
        blank = {f"{key} {name}" for name in facts for key in table[schema.key[0]][table[name].isna()]}
        return ~(self.frame.row_id + " " + self.frame["column"]).isin(blank)

    def needed(self, cells: pd.Series, ask: Ask) -> pd.Series:
        """Whether a reason is for an expected cell that is blank."""
        return (self.frame.table + " " + self.frame.row_id + " " + cells).isin(self.data.blanks())

    def of(self, ask: Ask) -> pa.Check:
        """The check of a column. Its test is a function, and not a partial, since pandera copies all that it holds but functions."""

        def known() -> set[str]:
            return self.data.keys(ask.by)

        tests: dict[str, Callable[[pd.Series], pd.Series]] = {
            "schema.required": lambda cells: cells.notna(),
            "schema.unique": lambda cells: ~cells.duplicated(keep=False),
            "schema.range": lambda cells: self.within(cells, ask),
            "schema.code": lambda cells: self.among(cells, ask, known()),
            "schema.reference": lambda cells: self.among(cells, ask, known()),
            "gaps.missing": lambda cells: cells.notna() | self.keys.isin(self.data.gaps(self.name, ask.column)),
            "gaps.unneeded": lambda cells: self.needed(cells, ask),
            "evidence.missing": lambda cells: self.evidenced(cells, ask),
            "evidence.differs": lambda cells: self.supported(cells, ask),
            "evidence.count": lambda cells: self.counted(cells, ask),
            "evidence.orphan": lambda cells: self.belonging(cells, ask),
        }
        whole = ask.rule in ("schema.required", "gaps.missing", "gaps.unneeded", "evidence.count", "evidence.orphan")
        test = (lambda cells: cells.str.fullmatch(ask.by)) if ask.rule in MATCHES else tests[ask.rule]
        return pa.Check(test, name=ask.rule, error=ask.rule, ignore_na=not whole)


class Readings:
    """Our readings and fingerprints, asked of each evidence row."""

    def __init__(self, data: Frames):
        self.data, self.schemas, self.held = data, data.schemas, {}
        self.runs: dict[str, Fingerprint] = defaultdict(Fingerprint)
        prints = data.frames["fingerprints"]
        for source, paragraph, size, run in zip(prints[FILE], prints.paragraph, prints["size"], prints.hash, strict=True):
            self.runs[source].add((int(paragraph), int(size), run))

    def get(self, name: str) -> SimpleNamespace:
        """A table as readings see it."""
        if name not in self.held:
            records, key = self.data.frames[name].fillna("").to_dict("records"), self.data.tables[name].key[0]
            reading = SimpleNamespace(usable=True, set_aside=set())
            by_key = {row[key]: row for row in records}
            cells = partial(lambda rows, column: {of: row[column] for of, row in rows.items()}, by_key)
            self.held[name] = SimpleNamespace(records=records, by_key=by_key, cells=cells, reading=reading)
        return self.held[name]

    def follow(self, frame: pd.DataFrame, table: str) -> list[bool]:
        """Whether each value follows from its words."""
        columns = {column.name: column for column in self.schemas[table].columns if column.states == "fact"}
        rows, sources, found = self.get(table).by_key, self.get("sources").by_key, []
        for row in frame.fillna("").to_dict("records"):
            column, record, source = columns.get(row["column"]), rows.get(row["row_id"]), sources.get(row["source_id"])
            if column is None or record is None or source is None:
                found.append(True)
                continue
            claim = Claim(row["value"], row["as_read"], row["note"], column, record.get("unit_code", ""), source, self)
            found.append(READINGS[column.reading](claim) is None)
        return found

    def stand(self, frame: pd.DataFrame) -> list[bool]:
        """Whether each source holds the words in that paragraph."""
        rows = zip(frame.source_id, frame.paragraph, frame.as_read, strict=True)
        return [source not in self.runs or proves(self.runs[source], source, int(paragraph), words) for source, paragraph, words in rows]

    def checks(self, table: str) -> list[pa.Check]:
        """The two checks of an evidence file."""
        tests = (lambda frame: pd.Series(self.follow(frame, table), frame.index), lambda frame: pd.Series(self.stand(frame), frame.index))
        return [pa.Check(test, name=rule, error=rule, ignore_na=False) for rule, test in zip(BY_OURS, tests, strict=True)]


def of_table(data: Frames, name: str, asks: list[Ask], readings: Readings | None) -> pa.DataFrameSchema:
    """The pandera schema of a table."""
    made, schema = Checks(data, name), data.tables[name]
    columns = {c.name: pa.Column(checks=[made.of(ask) for ask in asks if ask.column == c.name], nullable=True) for c in schema.columns}
    by = [FILE, *schema.key] if name == "fingerprints" else list(schema.key)
    once = pa.Check(lambda frame: ~frame.duplicated(by, keep=False), name="schema.unique", error="schema.unique", ignore_na=False)
    whole = [once] if any(not ask.column for ask in asks) else []
    return pa.DataFrameSchema(columns, checks=whole + (readings.checks(made.subject) if readings and name.startswith("evidence/") else []))


def failures(error: pa.errors.SchemaErrors, schema: Schema) -> set[tuple[int, str, str]]:
    """Row, column and rule of each failure; what concerns a whole row stands in the column that the gate names."""
    whole = {"schema.unique": schema.key[0], "evidence.reading": "as_read", "evidence.fingerprint": "as_read"}
    cases = error.failure_cases
    return {
        (int(at), whole.get(rule, column), rule)
        for at, column, rule in zip(cases["index"], cases["column"].astype(str), cases["check"], strict=True)
    }


def check(root: Path, by_ours: bool) -> Iterator[peer.Place]:
    """Every finding on the tables below a folder."""
    data = Frames(root)
    readings = Readings(data) if by_ours else None
    for name, asks in everything(root).items():
        try:
            of_table(data, name, asks, readings).validate(data.frames[name], lazy=True)
        except pa.errors.SchemaErrors as error:
            for at, column, rule in sorted(failures(error, data.tables[name])):
                yield f"data/{name}.csv", at + 2, column, rule


if __name__ == "__main__":
    import pandera

    by_ours = "--readings" in sys.argv
    asks = everything(Path(sys.argv[1]))
    extra = len([name for name in asks if name.startswith("evidence/")]) * len(BY_OURS)
    asked, checks = rules(asks), sum(map(len, asks.values()))
    peer.run(
        began,
        partial(check, by_ours=by_ours),
        sorted([*asked, *BY_OURS]) if by_ours else asked,
        checks + extra * by_ours,
        pandera.__version__,
    )
