"""What Spark's workers do with a piece of the tables: read odd lines again, look at the order, ask the suites."""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from zipimport import zipimporter
from zlib import crc32

import pyarrow
from pyspark import Broadcast

from mutuals import rules
from mutuals.canonical import Fault, joined
from mutuals.parsing import Reading, check_order, read
from mutuals.schema import Schema
from mutuals.suites import FILE, CheckError, ExpectRulesToHold, ExpectTablesToFollowTheirSchema, as_batch
from mutuals.tables import Dataset, Table

KIND, LINE, CELLS, TOLD, PIECE = "the kind", "the line", "the cells", "is told", "the piece"
SCHEMA = "the schema"  # among the rules that are asked
# Kinds of which a piece holds nothing: a rule that asks for them sees more than it says.
HIDDEN = {"row": {"evidence", "fingerprints", "gaps"}, "record": {"fingerprints"}, "source": {"evidence", "gaps"}}
HIDDEN["table"] = HIDDEN["row"]
# Spark comes to its workers in archives that stay as they are; before every task each would be read anew, for most of the time.
zipimporter.invalidate_caches = lambda self: None
Row = tuple[str, int, Sequence[str]]
_data: list[Dataset] = []


@dataclass
class Part(Table):
    """Some rows of a table; `known` are keys of others."""

    known: Iterable[str] = ()

    def knows(self, key: str) -> bool:
        """Whether the key is in the whole file, as far as a cell of some table refers to it."""
        return key in self.known or super().knows(key)


@dataclass
class Piece(Dataset):
    """What lies in one place. A piece holds nothing, or some rows only, of the kinds in `hidden`: to ask for them must not pass."""

    hidden: Iterable[str] = ()

    def _look(self, kind: str) -> None:
        if kind in self.hidden:
            raise CheckError("a rule looks at tables that it does not say it sees; widen its “sees”")

    def get(self, name: str) -> Table:
        """A table by its name."""
        self._look(name.partition("/")[0])
        return super().get(name)

    def of_kind(self, kind: str) -> list[Table]:
        """The files that share a schema."""
        self._look(kind)
        return super().of_kind(kind)


def packed(fault: Fault) -> str:
    """A fault as text, to travel."""
    return json.dumps(asdict(fault))


def unpacked(text: str) -> Fault:
    """A fault that has travelled."""
    return Fault(**json.loads(text))


def reread(forms: list[tuple[Schema, list[str]]], batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Rows, of which those that come as raw bytes are read by our own parser; it tells what is wrong with them.

    A line that cannot be read has no cells then. `forms` are schema and header by the number that each line has.
    """
    for batch in batches:
        form, kind, file, line, raw, cells = batch.columns
        told = [None] * len(batch)
        if raw.null_count < len(raw):
            rows = cells.to_pylist()
            for at, content in enumerate(raw.to_pylist()):
                if content is not None:
                    rows[at], told[at] = _read(*forms[form[at].as_py()], line[at].as_py(), content)
            cells = pyarrow.array(rows, cells.type)
        yield pyarrow.RecordBatch.from_arrays(
            [kind, file, line, cells, pyarrow.array(told, pyarrow.string())], [KIND, FILE, LINE, CELLS, TOLD]
        )


def _read(schema: Schema, header: list[str], line: int, raw: bytes) -> tuple[list[str] | None, str | None]:
    """The cells of a line, if it can be read; and its faults and the key that is set aside, if there are any."""
    reading = read(joined(header).encode() + b"\n" + raw + b"\n", schema)
    faults = [packed(replace(fault, line=line)) for fault in reading.faults if fault.line > 1]
    cells = [reading.columns[name][0] for name in schema.header] if reading.lines else None
    return cells, json.dumps([faults, sorted(reading.set_aside)]) if faults else None


def order(schemas: dict[str, Schema], rows: pyarrow.Table) -> pyarrow.Table:
    """Of one file, given by the cells of its key: the number of its rows, and the fault in their order."""
    name = rows[FILE][0].as_py()
    schema = schemas[name.partition("/")[0]]
    lines, keys = zip(*sorted(zip(rows[LINE].to_pylist(), rows[CELLS].to_pylist(), strict=True)), strict=True)
    reading = Reading(dict(zip(schema.key, map(list, zip(*keys, strict=True)), strict=True)), array("I", lines))
    check_order(reading, schema)
    return pyarrow.table(
        {FILE: [name], "count": [len(lines)], "fault": pyarrow.array([packed(f) for f in reading.faults] or [None], pyarrow.string())}
    )


def filled(tables: Mapping[str, Table], rows: Iterable[Row]) -> dict[str, Table]:
    """The tables that these rows are of, with them in the order of their lines."""
    found: dict[str, Table] = {}
    once = {(name, line): cells for name, line, cells in rows}
    for name, group in groupby(sorted(once.items(), key=itemgetter(0)), key=lambda item: item[0][0]):
        old, (places, cells) = tables[name], zip(*group, strict=True)
        columns = dict(zip(old.schema.header, map(list, zip(*cells, strict=True)), strict=True))
        lines = array("I", map(itemgetter(1), places))
        found[name] = replace(old, reading=Reading(columns, lines, set_aside=old.reading.set_aside, usable=old.reading.usable))
    return found


def _both(one: Table, other: Table) -> Table:
    """A table that is not judged, with the rows of two: those that anybody may look up, and those of the piece."""
    if not one.reading.lines:
        return other
    parts = (zip(table.reading.lines, zip(*table.reading.columns.values(), strict=True), strict=True) for table in (one, other))
    return filled({one.name: one}, ((one.name, line, cells) for line, cells in chain(*parts)))[one.name]


def _seen(shared: Broadcast) -> Dataset:
    """What every piece sees, with the rules found once by each worker."""
    data = shared.value
    if not _data or _data[0] is not data:
        rules.REGISTRY.clear()
        rules.discover(data.root)
        _data[:] = [data]
    return data


def judged(shared: Broadcast, pieces: int, names: list[str], asked: dict[str, list[str]], rows: pyarrow.Table) -> pyarrow.Table:
    """The faults in the rows of a piece: those that the rules find, and the schema if it is among them."""
    data = _seen(shared)
    sees, number = rows[PIECE][0].as_py().split(" ")
    here = filled(data.tables, zip(*(rows[name].to_pylist() for name in (FILE, LINE, CELLS)), strict=True))
    tables = dict(data.tables)
    for name, table in tables.items():
        if sees == "source" and table.kind == "fingerprints" and crc32(table.subject.encode()) % pieces != int(number):
            tables[name] = replace(table, reading=Reading(usable=False))
    for name, table in here.items():
        old = data.tables[name]
        tables[name] = Part(name, table.file, table.schema, table.reading, old.places) if name in names else _both(old, table)
    of = [name for name in names if name in here or sees == "everything"]
    piece = partial(Piece, data.root, data.schemas, tables, data.faults)
    sights: dict[str, list[str]] = defaultdict(list)  # what a rule says that it sees may be less than what lies here
    for id in (id for id in asked[sees] if of and id != SCHEMA):
        sights[rules.REGISTRY[id].sees if sees != "everything" else sees].append(id)
    found = []
    for sight, ids in sights.items():
        found += ExpectRulesToHold(tables=of, rules=ids).faults(None, piece(hidden=HIDDEN.get(sight, ())))
    if of and SCHEMA in asked[sees]:
        found += ExpectTablesToFollowTheirSchema(tables=of).faults(as_batch([tables[name] for name in of]), piece())
    return pyarrow.table(
        {
            FILE: pyarrow.array([name for name, _ in found], pyarrow.string()),
            "fault": pyarrow.array([packed(f) for _, f in found], pyarrow.string()),
        }
    )
