"""Great Expectations suites, built in memory from the schemas and the rules; nothing of them is stored.

What a schema says becomes a stock expectation; what it cannot say is a rule, asked through `ExpectRule`.
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
from mutuals.schema import SEPARATOR, TYPES, Column
from mutuals.tables import Dataset, Table

NUMBER = " as a number"
_dataset: ContextVar[Dataset] = ContextVar("dataset")


class CheckError(Exception):
    """The gate itself could not run; nothing is known about the data."""


class ExpectRule(BatchExpectation):
    """Expect one of our rules to hold for a table: the number of faults is the observed value, the faults are its details."""

    rule: str
    table: str
    metric_dependencies: ClassVar[tuple] = ()
    domain_keys: ClassVar[tuple] = ("batch_id",)
    success_keys: ClassVar[tuple] = ("rule", "table")
    args_keys: ClassVar[tuple] = ("rule", "table")

    def _validate(self, metrics: Any, runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        data = _dataset.get()
        faults = list(REGISTRY[self.rule].check(data.tables[self.table], data))
        return {"success": not faults, "result": {"observed_value": len(faults), "details": {"faults": faults}}}


def _whole(pattern: str) -> str:
    """A pattern for a whole cell; its groups capture nothing, which pandas would warn of."""
    return "^(?:" + re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern) + ")$"


def _set_pattern(values: list[str]) -> str:
    one = "(?:" + "|".join(map(re.escape, values)) + ")"
    return f"^{one}(?:{SEPARATOR}{one})*$"


def _membership(column: Column, values: list[str], rule: str, wanted: str) -> Iterator[gxe.Expectation]:
    meta = {"rule": rule, "column": column.name, "wanted": wanted, "values": values}
    if column.many and values:
        yield gxe.ExpectColumnValuesToMatchRegex(column=column.name, regex=_set_pattern(values), meta=meta)
    else:
        yield gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=values, meta=meta)


def _references(column: Column, data: Dataset) -> Iterator[gxe.Expectation]:
    if column.codes:
        codes = data.get(f"codes/{column.codes}")
        if codes.reading.usable:
            known = sorted({*codes.by_key, *codes.reading.set_aside})
            yield from _membership(column, known, "schema.code", f"a code of data/codes/{column.codes}.csv")
    if column.refers_to:
        target = data.get(column.refers_to)
        if target.reading.usable:
            known = sorted({*target.by_key, *target.reading.set_aside})
            yield from _membership(column, known, "schema.reference", f"a key of {target.file}")


def of_column(column: Column, data: Dataset) -> Iterator[gxe.Expectation]:
    """The stock expectations that one field of a schema asks for."""
    name = column.name

    def meta(rule: str, wanted: str) -> dict[str, str]:
        return {"rule": f"schema.{rule}", "column": name, "wanted": wanted}

    if column.required:
        yield gxe.ExpectColumnValuesToNotBeNull(column=name, meta=meta("required", "a value"))
    if column.unique:
        yield gxe.ExpectColumnValuesToBeUnique(column=name, meta=meta("unique", "a key that no other row has"))
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
    yield from _references(column, data)


def of_table(table: Table, data: Dataset) -> gx.ExpectationSuite:
    """The suite of a table: what its schema says, then the rules that concern it."""
    asked: list[gxe.Expectation] = []
    if table.reading.usable and table.records:
        for column in table.schema.columns:
            asked += of_column(column, data)
        if len(table.schema.key) > 1:
            meta = {"rule": "schema.unique", "column": table.schema.key[0], "wanted": "a row that no other row repeats"}
            asked.append(gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.schema.key), meta=meta))
    asked += [ExpectRule(rule=rule.id, table=table.name) for rule in REGISTRY.values() if rule.concerns(table)]
    return gx.ExpectationSuite(name=table.name, expectations=asked)


def as_batch(table: Table) -> pandas.DataFrame:
    """A table as the frame that the expectations see: text, blanks missing, and number columns again as numbers."""
    columns: dict[str, Any] = {}
    for column in table.schema.columns:
        cells = pandas.Series([record[column.name] or None for record in table.records], dtype="object")
        columns[column.name] = cells
        if column.type != "string":
            columns[column.name + NUMBER] = pandas.to_numeric(cells, errors="coerce").astype("float64")
    return pandas.DataFrame(columns)


def _found(cell: str, column: Column, meta: dict[str, Any]) -> str:
    if column.many and "values" in meta:
        return " and ".join(shown(item) for item in column.items(cell) if item not in meta["values"]) or shown(cell)
    return shown(cell)


def _faults(result: Any, table: Table) -> list[Fault]:
    if result.exception_info and result.exception_info.get("raised_exception", False):
        raise CheckError(f"{table.file}: {result.expectation_config.type} could not run: {result.exception_info.get('exception_message')}")
    details = result.result
    if "details" in details:
        return list(details["details"]["faults"])
    meta = result.expectation_config.meta
    column = table.schema[meta["column"]]
    faults = []
    for index in details.get("unexpected_index_list") or []:
        record = table.records[index]
        cell = (
            record[column.name]
            if len(table.schema.key) == 1 or meta["rule"] != "schema.unique"
            else ",".join(record[k] for k in table.schema.key)
        )
        faults.append(
            Fault(
                meta["rule"],
                table.reading.lines[index],
                column.name,
                _found(cell, column, meta),
                meta["wanted"],
                record[table.schema.key[0]],
            )
        )
    if not faults:
        raise CheckError(f"{table.file}: {result.expectation_config.type} on {column.name} failed without naming a row")
    return faults


def run(data: Dataset) -> list[tuple[Table, Fault]]:
    """Validate every table against its suite; all faults, not only the first. Raises CheckError if an expectation cannot run."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("tables")
    found: list[tuple[Table, Fault]] = []
    token = _dataset.set(data)
    try:
        for table in data.tables.values():
            suite = of_table(table, data)
            definition = source.add_dataframe_asset(table.name).add_batch_definition_whole_dataframe("whole")
            batch = definition.get_batch({"dataframe": as_batch(table)})
            result = batch.validate(suite, result_format={"result_format": "COMPLETE", "return_unexpected_index_query": False})
            found += [(table, fault) for outcome in result.results if not outcome.success for fault in _faults(outcome, table)]
    finally:
        _dataset.reset(token)
    return found
