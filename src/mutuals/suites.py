"""Great Expectations suites, built in memory from the schemas and the rules; nothing of them is stored.

Each table is a batch with two expectations of our own: what its schema says of its columns, all in one pass, and what
the rules ask. The files of a shared kind (code lists, evidence, fingerprints), of which there are hundreds, are one
batch together. A stock expectation a column and rule, as it once was, took four fifths of the gate's time to describe
what had passed.
This module imports Great Expectations, which takes seconds: import it only to run the whole gate.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from itertools import accumulate, chain, repeat
from math import inf
from typing import Any, ClassVar

import great_expectations as gx
import numpy
import pandas
from great_expectations.expectations.expectation import BatchExpectation

from mutuals import remedies
from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import REGISTRY, CheckError, asked
from mutuals.schema import TYPES, Column, Schema
from mutuals.tables import SHARED, Dataset, Table

FILE = "the file"
TYPED: dict[str, Callable[[str, Column], str]] = {
    "type": lambda cell, column: remedies.number(cell, column).remedy,
    "pattern": remedies.form,
}
NOWHERE = numpy.array([], dtype=int)
_engine: ContextVar["Engine"] = ContextVar("engine")
Found = tuple[str, Fault]


class OurExpectation(BatchExpectation):
    """An expectation whose faults, each with the name of its table, are its details; their number is observed."""

    tables: list[str]
    metric_dependencies: ClassVar[tuple] = ()
    domain_keys: ClassVar[tuple] = ("batch_id",)
    success_keys: ClassVar[tuple] = ("tables",)
    args_keys: ClassVar[tuple] = ("tables",)

    def faults(self, frame: pandas.DataFrame, data: Dataset) -> Iterator[Found]:
        """What does not hold in a batch."""
        raise NotImplementedError

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        found = _engine.get().found(self, execution_engine.batch_manager.active_batch_data.dataframe)
        return {"success": not found, "result": {"observed_value": len(found), "details": {"faults": found}}}


class ExpectTablesToFollowTheirSchema(OurExpectation):
    """Expect each cell to be filled, unique, of the form, of the type and within the limits that its column asks for."""

    def faults(self, frame: pandas.DataFrame, data: Dataset) -> Iterator[Found]:
        """One fault for each cell, or repeated key, that its schema refuses."""
        tables = [data.tables[name] for name in self.tables]
        schema, ends = tables[0].schema, list(accumulate(len(table.keys) for table in tables))
        for rule, column, wanted, wrong in of_schema(frame, schema, shared=tables[0].kind in SHARED):
            whole = len(schema.key) > 1 and rule == "unique" and column.name == schema.key[0]
            for at in wrong.tolist():
                table = tables[which := bisect_right(ends, at)]
                line, record = table.reading.lines[row := at - (ends[which - 1] if which else 0)], table.row(row)
                cell = ",".join(record[name] for name in schema.key) if whole else record[column.name]
                remedy = TYPED[rule](cell, column.of_row(record)) if rule in TYPED else ""
                yield table.name, Fault(f"schema.{rule}", line, column.name, shown(cell), wanted, record[schema.key[0]], remedy)


def held(ids: list[str], tables: list[Table], data: Dataset) -> Iterator[Found]:
    """Where rules do not hold in those of some tables that they concern."""
    for rule in map(REGISTRY.__getitem__, ids):
        for table in filter(rule.concerns, tables):
            yield from ((table.name, fault) for fault in asked(rule, table, data))


class ExpectRulesToHold(OurExpectation):
    """Expect every rule that concerns the tables of a batch to hold."""

    rules: list[str]
    success_keys: ClassVar[tuple] = ("rules", "tables")
    args_keys: ClassVar[tuple] = ("rules", "tables")

    def faults(self, frame: pandas.DataFrame, data: Dataset) -> Iterator[Found]:
        """The faults of each rule in each table that it concerns."""
        yield from held(self.rules, [data.tables[name] for name in self.tables], data)


Question = tuple[str, Column, str, "numpy.ndarray"]


def of_column(frame: pandas.DataFrame, column: Column, shared: bool) -> Iterator[Question]:
    """What one field of a schema asks: rule, column, what is wanted, and the places of the rows that are wrong.

    Each text is asked about once. In a shared batch a value is unique within its file.
    """
    cells = frame[column.name]
    texts = [text for text in cells.unique() if text is not None]

    def where(wrong: Callable[[str], bool]) -> numpy.ndarray:
        found = [text for text in texts if wrong(text)]
        return cells.isin(found).to_numpy().nonzero()[0] if found else NOWHERE

    if column.required:
        yield "required", column, "a value", cells.isna().to_numpy().nonzero()[0]
    if column.unique and (shared or len(texts) < len(cells)):
        repeated = frame.duplicated([FILE, column.name] if shared else [column.name], keep=False) & cells.notna()
        yield "unique", column, "a key that no other row has", repeated.to_numpy().nonzero()[0]
    if column.pattern:
        form = re.compile(column.pattern)
        yield "pattern", column, f"text like {shown(column.example)}", where(lambda text: not form.fullmatch(text))
    if (kind := TYPES[column.type]) is not None:
        plain = re.compile(kind)
        yield "type", column, f"a plain {column.type} like {column.example}", where(lambda text: not plain.fullmatch(text))
    if column.minimum is not None or column.maximum is not None:
        plain = re.compile(TYPES["number"] or "")
        low, high = (-inf if column.minimum is None else column.minimum), (inf if column.maximum is None else column.maximum)
        limits = [("at least", column.minimum), ("at most", column.maximum)]
        wanted = " and ".join(f"{word} {limit:g}" for word, limit in limits if limit is not None)
        yield "range", column, wanted, where(lambda text: bool(plain.fullmatch(text)) and not low <= float(text) <= high)


def of_schema(frame: pandas.DataFrame, schema: Schema, shared: bool) -> Iterator[Question]:
    """What a schema asks of a batch: of each column, then of a key of several columns."""
    for column in schema.columns:
        yield from of_column(frame, column, shared)
    if len(schema.key) > 1:
        repeated = frame.duplicated([FILE, *schema.key] if shared else list(schema.key), keep=False)
        yield "unique", schema[schema.key[0]], "a row that no other row repeats", repeated.to_numpy().nonzero()[0]


def groups(data: Dataset) -> list[list[Table]]:
    """The tables by batch: each by itself, those of a shared kind together."""
    found: dict[str, list[Table]] = {}
    for table in data.tables.values():
        found.setdefault(table.kind if table.kind in SHARED else table.name, []).append(table)
    return list(found.values())


def concerning(tables: list[Table], early: bool = False) -> list[str]:
    """The rules that concern some of these tables; the early ones too, if these were not asked before."""
    return [rule.id for rule in REGISTRY.values() if (early or not rule.early) and any(map(rule.concerns, tables))]


def of_group(tables: list[Table], early: bool = False) -> gx.ExpectationSuite:
    """The suite of a batch: what the schema of its tables says, then the rules that concern them."""
    names = [table.name for table in tables]
    expectations = [ExpectTablesToFollowTheirSchema(tables=names), ExpectRulesToHold(tables=names, rules=concerning(tables, early))]
    return gx.ExpectationSuite(name=tables[0].schema.name, expectations=expectations)


def as_batch(tables: list[Table]) -> pandas.DataFrame:
    """Tables as the frame that the expectations see: text, blanks missing, and the file."""
    columns = {FILE: pandas.Series(list(chain.from_iterable(repeat(t.name, len(t.keys)) for t in tables)), dtype="object")}
    for name in tables[0].schema.header:
        columns[name] = pandas.Series([cell or None for table in tables for cell in table.column(name)], dtype="object")
    return pandas.DataFrame(columns)


class Engine:
    """Where suites are asked: here, of the tables of this process; or elsewhere, by an engine that overrides this.

    `early` is whether rules are among them that could be asked before.
    """

    early = False

    def __init__(self, data: Dataset) -> None:
        self.data = data

    def asset(self, context: Any) -> Any:
        """Where Great Expectations takes its batches from."""
        return context.data_sources.add_pandas("data").add_dataframe_asset("tables")

    def batch(self, tables: list[Table]) -> Any:
        """Tables as the frame that the expectations see."""
        return as_batch(tables)

    def found(self, expectation: OurExpectation, frame: Any) -> list[Found]:
        """What does not hold in a batch."""
        return list(expectation.faults(frame, self.data))


def _faults(result: Any) -> list[Found]:
    """The faults of one expectation. Raises CheckError if it could not run."""
    if result.exception_info and result.exception_info.get("raised_exception", False):
        told = result.exception_info.get("exception_message")
        raise CheckError(f"{told} (asked by {result.expectation_config.type})")
    return result.result["details"]["faults"]


def batches(engine: Engine) -> Any:
    """Where Great Expectations finds the batches that it is given; making it takes a tenth of a second."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return engine.asset(context).add_batch_definition_whole_dataframe("whole")


def run(data: Dataset, engine: Engine | None = None) -> list[tuple[Table, Fault]]:
    """Validate every batch against its suite; all faults, not only the first. Raises CheckError if an expectation cannot run.

    Where a warm process kept what a schema found in the same readings, only the rules are asked again.
    """
    engine, memory, found = engine or Engine(data), data.memory, list[Found]()
    definition = (memory and memory.batches) or batches(engine)
    token = _engine.set(engine)
    try:
        for tables in groups(data):
            name, readings = tables[0].schema.name, [table.reading for table in tables]
            kept = memory.found.get(name) if memory else None
            if kept and kept[0] == readings:
                found += [*kept[1], *held(concerning(tables), tables, data)]
                continue
            batch = definition.get_batch({"dataframe": engine.batch(tables)})
            of_schema, of_rules = map(_faults, batch.validate(of_group(tables, engine.early), result_format="COMPLETE").results)
            found += of_schema + of_rules
            if memory:
                memory.found[name], memory.batches = (readings, of_schema), definition
    finally:
        _engine.reset(token)
    return [(data.tables[name], fault) for name, fault in found]
