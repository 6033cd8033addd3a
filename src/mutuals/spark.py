"""The gate on Spark: the same suites and rules, asked piece by piece of tables that need not fit one machine.

Spark reads every line under the explicit schema of its table, all text; a line in which something may be wrong is read
again by our own parser, where it lies, so that each fault has its place. The tables then stay in Spark. A suite has
them cut into pieces by what its rules say that they see (rules.SEES): a record lies with its evidence and its reasons
for blanks, a proof with the fingerprint of its source. In each piece the very same expectations are asked.

What must fit into one worker: a piece of some ROWS rows; the code lists, the sources and the ledgers without the gaps;
the rows of other tables that some cell refers to; the keys of a table; and for rules that see a table, or everything, that.
The package and the repository must be found under the same paths on every machine.
"""

import csv
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from mutuals import rules
from mutuals.canonical import MOST_BYTES, Fault, clean
from mutuals.parsing import MOST_FAULTS, Reading, count_more, read
from mutuals.pieces import CELLS, KIND, LINE, PIECE, SCHEMA, TOLD, filled, judged, order, reread, unpacked
from mutuals.schema import SEPARATOR, Schema
from mutuals.suites import FILE, CheckError, Engine, ExpectRulesToHold, Found, OurExpectation, concerning
from mutuals.tables import LEDGERS, SHARED, Dataset, Table, read_dataset

REASON = "Spark takes byte order marks and line ends away before anybody sees them"
NOT_CHECKED = dict.fromkeys(("bytes.bom", "bytes.final-newline", "bytes.newline"), REASON)
ROWS = 50_000  # of a piece, or so
KEY, BAD = "the key", "is malformed"
# What the parser would take as it stands: printable ASCII without quotation marks, odd spaces or beginnings of formulas.
PLAIN, ODD = r"^[ !#-~]+\z", "(^|,)[=+@ -]| (,|$)|  "
SETTINGS = {
    "spark.master": "local[*]",
    "spark.app.name": "mutuals check",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.files.openCostInBytes": "65536",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "100000",
}


def session() -> SparkSession:
    """The session that runs already, or one made by Spark's own settings, and on this machine if these name no other."""
    running = SparkSession.getActiveSession()
    if running or {"PYSPARK_GATEWAY_PORT", "PYSPARK_SUBMIT_ARGS"} & os.environ.keys():
        return running or SparkSession.builder.getOrCreate()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else any Python of that name on the path
    return SparkSession.builder.config(map=SETTINGS).getOrCreate()


def _opened(path: Path, schema: Schema) -> Reading:
    """A file that can be opened, of which Spark shall say what it holds."""
    path.open("rb").close()
    return Reading({name: [] for name in schema.header})


def _note(reading: Reading, faults: list[Fault]) -> None:
    """Note faults in a reading, of each rule the first thousand."""
    for fault in faults:
        reading.told[fault.rule] += 1
        if reading.told[fault.rule] <= MOST_FAULTS:
            reading.faults.append(fault)


def _head(table: Table, raw: bytes, visible: bool) -> list[str]:
    """The header of a file in its order, what is wrong with it being noted; none where no row can be read."""
    told = read(raw + b"\nx\n" if visible else b"", table.schema)  # Another line shows that the file is more than a blank header.
    _note(table.reading, [fault for fault in told.faults if fault.line < 2])
    table.reading.usable = told.usable
    return [clean(cell) for cell in next(csv.reader([raw.decode("utf-8", "mutuals.cp1252")]))] if told.usable else []


def _shape(names: Iterable[str]) -> str:
    """The explicit schema under which rows are read: text, all of it."""
    return ", ".join(f"`{name}` string" for name in names)


def _each(column: str, cases: Iterable[tuple[Any, Column]]) -> Column:
    """For each row what its case says, null where there is none."""
    return F.coalesce(*(F.when(F.col(column) == case, value) for case, value in cases))


def _record(schema: Schema) -> str:
    """The column by which the rows of one record are known in every table."""
    return "row_id" if "row_id" in schema.key else schema.key[0]


class Spark(Engine):
    """The tables of a repository in Spark. `data` are the same without rows, with what is wrong with their bytes."""

    early = True

    def __init__(self, root: Path) -> None:
        """Read every file. Raises CheckError where Spark passes one over."""
        self.spark = session()
        super().__init__(read_dataset(root, parse=_opened))
        self.schemas = {table.kind: table.schema for table in self.data.tables.values()}
        self.rows = self.kept = self._parsed(*self._lines()).persist()
        self._tell()
        self.rows = self.rows.where(F.col(CELLS).isNotNull())
        self.count = self._ordered()
        self.pieces = max(2 * self.spark.sparkContext.defaultParallelism, sum(self.count.values()) // ROWS + 1)
        self.seen = self.spark.sparkContext.broadcast(self._lookups())
        self.told: dict[tuple[str, ...], list[Found]] = {}  # of the batch that is asked

    def close(self) -> None:
        """Let Spark forget the tables."""
        self.kept.unpersist()
        self.seen.destroy()

    def _at(self, kind: str, *names: str) -> Column:
        """The cells of some columns of a kind of table: an array, or a cell if there is one name."""
        cells = [F.col(CELLS)[self.schemas[kind].header.index(name)] for name in names]
        return cells[0] if len(cells) == 1 else F.array(*cells)

    def _lines(self) -> tuple[DataFrame, list[tuple[str, tuple[str, ...]]]]:
        """Every line but the headers, with its file, its number and its form; and each form: kind of table and header."""
        paths = [self.data.root / table.file for table in self.data.tables.values() if table.reading.usable]
        paths = [re.sub(r"([\\{}\[\]*?])", r"\\\1", str(path)) for path in paths if path.stat().st_size]
        at = F.monotonically_increasing_id().bitwiseAND(F.lit(2**33 - 1)).alias("at")  # the place in its partition
        place = F.col("_metadata.file_path").alias("path"), F.col("_metadata.file_block_start").alias("block")
        if not paths:
            raise CheckError("no file below data/ holds anything that Spark could read")
        text = self.spark.read.text(paths).select("value", *place, at)
        head = F.min_by(F.col("value").cast("binary"), "at").alias("head")
        visible = F.max(F.col("value").rlike(r"[^\uFEFF \t\r\n\x00]")).alias("visible")
        blocks = defaultdict(list)
        for row in text.groupBy("path", "block").agg(F.min("at").alias("at"), F.count("*").alias("count"), head, visible).collect():
            blocks[unquote(urlsplit(row["path"]).path)].append(row)
        places, forms = [], {}
        for table in (table for table in self.data.tables.values() if table.reading.usable):
            path = self.data.root / table.file
            rows, before = sorted(blocks[str(path)], key=lambda row: row["block"]), 0
            if not rows and path.stat().st_size > len("\ufeff".encode()):
                raise CheckError(f"Spark passes over {table.file}, as it does where a name begins with “_”; rename the file")
            header = _head(table, bytes(rows[0]["head"]) if rows else b"", any(row["visible"] for row in rows))
            for row in rows if header else ():
                form = forms.setdefault((table.kind, tuple(header)), len(forms))
                places.append((row["path"], row["block"], form, table.kind, table.name, before + 1 - row["at"]))
                before += row["count"]
        if not places:
            raise CheckError("no file below data/ has a header that its rows could be read by")
        shifts = self.spark.createDataFrame(places, f"path string, block long, form int, {_shape([KIND, FILE])}, shift long")
        lines = text.join(F.broadcast(shifts), ["path", "block"]).withColumn(LINE, F.col("at") + F.col("shift"))
        return lines.where(F.col(LINE) > 1), list(forms)

    def _parsed(self, lines: DataFrame, forms: list[tuple[str, tuple[str, ...]]]) -> DataFrame:
        """Lines as rows: those in which nothing can be wrong as Spark reads them, the others as our own parser does."""
        options, value, form = {"columnNameOfCorruptRecord": BAD, "sep": ",", "quote": '"', "escape": '"'}, F.col("value"), F.col("form")
        parsed = [F.from_csv(value, _shape([*header, BAD]), options) for _, header in forms]
        lines = lines.select("*", *(F.when(form == at, cells).alias(f"form {at}") for at, cells in enumerate(parsed)))
        cells = [
            F.array(*(F.coalesce(F.col(f"`form {at}`.`{name}`"), F.lit("")) for name in self.schemas[kind].header))
            for at, (kind, _) in enumerate(forms)
        ]
        fits = [F.col(f"`form {at}`.`{BAD}`").isNull() for at in range(len(forms))]
        whole = value.rlike(PLAIN) & ~value.rlike(ODD) & (F.octet_length(value) <= MOST_BYTES) & _each("form", enumerate(fits))
        raw, own = F.when(~whole, value.cast("binary")).alias("raw"), F.when(whole, _each("form", enumerate(cells))).alias(CELLS)
        lines = lines.select("form", KIND, FILE, LINE, raw, own)
        schemas = [(self.schemas[kind], list(header)) for kind, header in forms]
        rows = lines.mapInArrow(
            lambda batches: reread(schemas, batches), f"{_shape([KIND, FILE])}, `{LINE}` long, `{CELLS}` array<string>, {_shape([TOLD])}"
        )
        return rows.withColumn(KEY, _each(KIND, ((kind, self._at(kind, _record(schema))) for kind, schema in self.schemas.items())))

    def _tell(self) -> None:
        """Note in the tables what is wrong with their lines; of a file that is hardly a table the rest is left, as our parser does."""
        told = self.rows.where(F.col(TOLD).isNotNull()).select(FILE, LINE, TOLD).collect()
        for name, rows in groupby(sorted(told), key=lambda row: row[0]):
            reading = self.data.tables[name].reading
            for _, line, what in rows:
                faults, aside = json.loads(what)
                _note(reading, list(map(unpacked, faults)))
                reading.set_aside.update(aside)
                if len(reading.set_aside) > MOST_FAULTS:
                    self.rows = self.rows.where((F.col(FILE) != name) | (F.col(LINE) < line))
                    break

    def _ordered(self) -> dict[str, int]:
        """Note what is wrong with the order of rows, then what is too much to tell; the number of rows of each table that has some."""
        schemas, found = self.data.schemas, {}
        keys = _each(KIND, ((kind, F.array(*(self._at(kind, name) for name in schema.key))) for kind, schema in self.schemas.items()))
        rows = self.rows.select(FILE, LINE, keys.alias(CELLS)).groupBy(FILE)
        for name, count, fault in rows.applyInArrow(
            lambda rows: order(schemas, rows), f"{_shape([FILE])}, count long, fault string"
        ).collect():
            found[name] = count
            _note(self.data.tables[name].reading, [unpacked(fault)] if fault else [])
        for table in self.data.tables.values():
            count_more(table.reading)
        return found

    def _lookups(self) -> Dataset:
        """The tables as every piece sees them beside its own rows."""
        asked = []
        for kind, schema in self.schemas.items():
            also = {"evidence": ["value"], "tombstones": ["row_id", "replaced_by"], "second_readings": ["row_id"]}.get(kind, [])
            asked += [(kind, self._at(kind, column.name)) for column in schema.columns if column.refers_to or column.name in also]
        keys = F.array_compact(F.array(*(F.when(F.col(KIND) == kind, F.split(cell, SEPARATOR)) for kind, cell in asked)))
        known = self.rows.select(F.explode(F.flatten(keys)).alias(KEY)).distinct()
        whole = F.col(KIND).isin(["codes", "sources", *(name for name in LEDGERS if name != "gaps")])
        facts = F.col(KIND).isin([table.kind for table in self.data.facts]) & ~whole
        rows = self.rows.where(whole).unionByName(self.rows.where(facts).join(known, KEY, "left_semi"))
        found = filled(self.data.tables, rows.select(FILE, LINE, CELLS).collect())
        return replace(self.data, tables=self.data.tables | found, faults=[])

    def asset(self, context: Any) -> Any:
        """Where Great Expectations takes its batches from."""
        return context.data_sources.add_spark("data", persist=False).add_dataframe_asset("tables")

    def batch(self, tables: list[Table]) -> DataFrame:
        """Tables as the frame that the expectations see: text, blanks missing, the file and the line."""
        cells = [F.nullif(self._at(tables[0].kind, name), F.lit("")).alias(name) for name in tables[0].schema.header]
        return self.rows.where(F.col(KIND) == tables[0].kind).select(FILE, LINE, KEY, *cells)

    def _piece(self, sees: str, by: Column) -> Column:
        """The piece to which a row belongs by the key that it shares with what is seen beside it."""
        return F.concat(F.lit(f"{sees} "), F.pmod(F.crc32(by.cast("binary")), F.lit(self.pieces)).cast("string"))

    def _own(self, kind: str, sees: str) -> list[Column]:
        """The pieces of a row that is judged."""
        cited = [F.col(f"`{column.name}`") for column in self.schemas[kind].columns if column.refers_to == "sources"]
        cited += [F.col(KEY)] * (kind == "sources")
        by = {"everything": [F.lit("")], "table": [F.col(FILE)], "source": cited}.get(sees, [F.col(KEY)])
        return [self._piece(sees, key) for key in by]

    def _beside(self, kind: str, names: list[str], sees: str) -> Iterator[Column]:
        """The pieces of a row that is seen beside those that are judged, where it is one."""
        own = F.col(KIND) == kind
        if sees == "everything":
            yield F.when(~own, self._piece(sees, F.lit("")))
        if sees == "source":
            yield F.when(F.col(KIND) == "fingerprints", self._piece(sees, F.substring_index(FILE, "/", -1)))
        if sees == "record":
            others = F.col(FILE).isin([f"evidence/{name}" for name in names])
            if kind in ("evidence", "gaps"):
                others = ~own & ~F.col(KIND).isin([*SHARED, *(LEDGERS if kind == "evidence" else ())])
            others = F.col(KIND) == "evidence" if kind == "second_readings" else others
            yield F.when(others, self._piece(sees, F.col(KEY)))
            if any(column.expected for column in self.schemas[kind].columns) and "gaps" in self.schemas:
                yield F.when((F.col(KIND) == "gaps") & self._at("gaps", "table").isin(names), self._piece(sees, F.col(KEY)))

    def found(self, expectation: OurExpectation, frame: DataFrame) -> list[Found]:
        """What does not hold in a batch; both expectations of its suite are asked in one go, at the first."""
        names = tuple(expectation.tables)
        if names not in self.told:
            self.told = {names: self._asked(list(names), frame)}
        of_rules = isinstance(expectation, ExpectRulesToHold)
        return [found for found in self.told[names] if (found[1].rule in rules.REGISTRY) == of_rules]

    def _asked(self, names: list[str], frame: DataFrame) -> list[Found]:
        """All that does not hold in a batch: each piece is asked where it lies, files without rows are asked here.

        What is wrong by a rule that looks far is asked again of everything, which says the same of the place and more of the remedy.
        """
        asked: dict[str, list[str]] = defaultdict(list)
        for id in concerning([self.data.tables[name] for name in names], self.early):
            asked[rules.REGISTRY[id].sees].append(id)
        asked["record" if "record" in asked else "row"] += asked.pop("row", [])
        schema = self.data.tables[names[0]].schema
        apart = any(column.unique and column.name != _record(schema) for column in schema.columns)  # of which all rows must lie together
        asked["table" if apart else "record" if "record" in asked else "row"].append(SCHEMA)
        faults = self._judged(frame, names, dict(asked))
        if far := sorted({fault.rule for _, fault in faults if fault.rule in rules.REGISTRY and rules.REGISTRY[fault.rule].far}):
            faults = {found for found in faults if found[1].rule not in far} | self._judged(frame, names, {"everything": far})
        bare = [name for name in names if name not in self.count]
        here = [id for sees, ids in asked.items() for id in ids if id != SCHEMA and (sees != "everything" or not self.count)]
        return [*faults, *ExpectRulesToHold(tables=bare, rules=here).faults(frame, self.seen.value)]

    def _judged(self, frame: DataFrame, names: list[str], asks: dict[str, list[str]]) -> set[Found]:
        """The faults in the rows of a batch by rules, or the schema, which are given by what they see."""
        seen, count, kind = self.seen, self.pieces, self.data.tables[names[0]].kind
        cells = F.array(*(F.coalesce(F.col(f"`{name}`"), F.lit("")) for name in self.schemas[kind].header))
        own = F.array(*(piece for sees in asks for piece in self._own(kind, sees)))
        rows = frame.select(F.explode(F.array_compact(own)).alias(PIECE), FILE, LINE, cells.alias(CELLS))
        if beside := [piece for sees in asks for piece in self._beside(kind, names, sees)]:
            rows = rows.union(self.rows.select(F.explode(F.array_compact(F.array(*beside))).alias(PIECE), FILE, LINE, CELLS))
        done = rows.groupBy(PIECE).applyInArrow(lambda rows: judged(seen, count, names, asks, rows), f"{_shape([FILE])}, fault string")
        return {(name, unpacked(fault)) for name, fault in done.collect()}
