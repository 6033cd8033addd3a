"""Great Expectations suites, built in memory from the schemas and the rules; nothing of them is stored.

What a schema says becomes a stock expectation; what it cannot say is a rule, asked through `ExpectRule`.
Each table is a batch; the files of a shared kind (code lists, evidence, fingerprints), of which there are hundreds,
are one batch together, since every batch and expectation has its price.
This module imports Great Expectations, which takes seconds: import it only to run the whole gate.
"""

import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, ClassVar

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas
from great_expectations.expectations.expectation import BatchExpectation

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import REGISTRY
from mutuals.schema import TYPES, Column
from mutuals.tables import SHARED, Dataset, Table

NUMBER = " as a number"
FILE = "the file"
_dataset: ContextVar[Dataset] = ContextVar("dataset")


class CheckError(Exception):
    """The gate itself could not run; nothing is known about the data."""


class ExpectRule(BatchExpectation):
    """Expect one of our rules to hold for the tables of a batch: the number of faults is observed, the faults are its details."""

    rule: str
    tables: list[str]
    metric_dependencies: ClassVar[tuple] = ()
    domain_keys: ClassVar[tuple] = ("batch_id",)
    success_keys: ClassVar[tuple] = ("rule", "tables")
    args_keys: ClassVar[tuple] = ("rule", "tables")

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        data = _dataset.get()
        check = REGISTRY[self.rule].check
        faults = [(name, fault) for name in self.tables for fault in check(data.tables[name], data)]
        return {"success": not faults, "result": {"observed_value": len(faults), "details": {"faults": faults}}}


def _whole(pattern: str) -> str:
    """A pattern for a whole cell; its groups capture nothing, which pandas would warn of."""
    return "^(?:" + re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern) + ")$"


def of_column(column: Column, shared: bool) -> Iterator[gxe.Expectation]:
    """The stock expectations that one field of a schema asks for; in a shared batch a value is unique within its file."""
    name = column.name

    def meta(rule: str, wanted: str) -> dict[str, str]:
        return {"rule": f"schema.{rule}", "column": name, "wanted": wanted}

    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, meta=meta("required", "a value"))
    if column.unique:
        told = meta("unique", "a key that no other row has")
        yield (
            gxe.ExpectCompoundColumnsToBeUnique(column_list=[FILE, name], meta=told)
            if shared
            else gxe.ExpectColumnValuesToBeUnique(column=name, meta=told)
        )
    if column.pattern:
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=_whole(column.pattern), meta=meta("pattern", f"text like {shown(column.example)}")
        )
    if TYPES[column.type]:
        yield gxe.ExpectColumnValuesToMatchRegex(
            column=name, regex=_whole(TYPES[column.type] or ""), meta=meta("type", f"a plain {column.type} like {column.example}")
        )
    if column.minimum is not None or column.maximum is not None:
        limits = " and ".join(
            f"{word} {limit:g}" for word, limit in (("at least", column.minimum), ("at most", column.maximum)) if limit is not None
        )
        yield gxe.ExpectColumnValuesToBeBetween(
            column=name + NUMBER, min_value=column.minimum, max_value=column.maximum, meta=meta("range", limits)
        )


def groups(data: Dataset) -> list[list[Table]]:
    """The tables by batch: each by itself, those of a shared kind together."""
    found: dict[str, list[Table]] = {}
    for table in data.tables.values():
        found.setdefault(table.kind if table.kind in SHARED else table.name, []).append(table)
    return list(found.values())


def of_group(tables: list[Table], data: Dataset) -> gx.ExpectationSuite:
    """The suite of a batch: what the schema of its tables says, then the rules that concern them."""
    asked: list[gxe.Expectation] = []
    schema, shared = tables[0].schema, tables[0].kind in SHARED
    if any(table.reading.usable and table.records for table in tables):
        for column in schema.columns:
            asked += of_column(column, shared)
        if len(schema.key) > 1:
            meta = {"rule": "schema.unique", "column": schema.key[0], "wanted": "a row that no other row repeats"}
            columns = [FILE, *schema.key] if shared else list(schema.key)
            asked.append(gxe.ExpectCompoundColumnsToBeUnique(column_list=columns, meta=meta))
    for rule in REGISTRY.values():
        concerned = [table.name for table in tables if rule.concerns(table)]
        asked += [ExpectRule(rule=rule.id, tables=concerned)] if concerned else []
    return gx.ExpectationSuite(name=schema.name, expectations=asked)


def _placed(tables: list[Table]) -> list[tuple[Table, int]]:
    """Each row of a batch as its table and its place there; a file that could not be read has none."""
    return [(table, at) for table in tables if table.reading.usable for at in range(len(table.records))]


def as_batch(tables: list[Table]) -> pandas.DataFrame:
    """Tables as the frame that the expectations see: text, blanks missing, number columns again as numbers, and the file."""
    places = _placed(tables)
    columns: dict[str, Any] = {FILE: pandas.Series([table.name for table, _ in places], dtype="object")}
    for column in tables[0].schema.columns:
        cells = pandas.Series([table.records[at][column.name] or None for table, at in places], dtype="object")
        columns[column.name] = cells
        if column.type != "string":
            columns[column.name + NUMBER] = pandas.to_numeric(cells, errors="coerce").astype("float64")
    return pandas.DataFrame(columns)


def _faults(result: Any, tables: list[Table], data: Dataset) -> list[tuple[Table, Fault]]:
    schema = tables[0].schema
    if result.exception_info and result.exception_info.get("raised_exception", False):
        told = result.exception_info.get("exception_message")
        raise CheckError(f"{schema.name}: {result.expectation_config.type} could not run: {told}")
    details = result.result
    if "details" in details:
        return [(data.tables[name], fault) for name, fault in details["details"]["faults"]]
    meta, places = result.expectation_config.meta, _placed(tables)
    column, whole = schema[meta["column"]], len(schema.key) > 1 and meta["rule"] == "schema.unique"
    faults = []
    for index in details.get("unexpected_index_list") or []:
        table, at = places[index]
        record = table.records[at]
        cell = ",".join(record[name] for name in schema.key) if whole else record[column.name]
        found, id = shown(cell), record[schema.key[0]]
        faults.append((table, Fault(meta["rule"], table.reading.lines[at], column.name, found, meta["wanted"], id)))
    if not faults:
        raise CheckError(f"{schema.name}: {result.expectation_config.type} on {column.name} failed without naming a row")
    return faults


def run(data: Dataset) -> list[tuple[Table, Fault]]:
    """Validate every batch against its suite; all faults, not only the first. Raises CheckError if an expectation cannot run."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("tables")
    found: list[tuple[Table, Fault]] = []
    token = _dataset.set(data)
    try:
        for tables in groups(data):
            definition = source.add_dataframe_asset(tables[0].name).add_batch_definition_whole_dataframe("whole")
            batch = definition.get_batch({"dataframe": as_batch(tables)})
            asked = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
            result = batch.validate(of_group(tables, data), result_format=asked)
            found += [fault for outcome in result.results if not outcome.success for fault in _faults(outcome, tables, data)]
    finally:
        _dataset.reset(token)
    return found
