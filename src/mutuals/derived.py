"""Derived cells: each rule computes the text of a cell from its row; a blank where an input is blank."""

from collections.abc import Callable

from mutuals.schema import Column, SchemaError, whole
from mutuals.tables import Dataset, Table


def plain(number: float) -> str:
    """A number as the tables write it: plain digits, at most two decimals, none that are needless."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def value_per_year(record: dict[str, str]) -> str:
    """Value of a contract in pounds a year: as printed; else value × 12 ÷ term in months, rounded to a pound."""
    if record["yearly_gbp"]:
        return record["yearly_gbp"]
    value, months = whole(record["value_gbp"]), whole(record["term_months"])
    return "" if value is None or not months else str(round(value * 12 / months))


def security_share(record: dict[str, str]) -> str:
    """Security demanded in percent of the contract's value, to two decimals."""
    security, value = whole(record["security_gbp"]), whole(record["value_gbp"])
    return "" if security is None or not value else plain(100 * security / value)


DERIVED: dict[str, Callable[[dict[str, str]], str]] = {"value_per_year": value_per_year, "security_share": security_share}
COUNT = "evidence_rows"


def counted(id: str, table: Table, data: Dataset) -> str | None:
    """How many evidence rows a record has; None where that cannot be known, since evidence could not be read."""
    evidence = data.get(f"evidence/{table.name}")
    return str(data.proofs[table.name][id]) if evidence.reading.usable and id not in evidence.reading.set_aside else None


def computed(column: Column, record: dict[str, str], table: Table, data: Dataset) -> str | None:
    """What a derived cell must hold; None where that cannot be known, since evidence could not be read."""
    if column.rule == COUNT:
        return counted(record[table.schema.key[0]], table, data)
    try:
        return DERIVED[column.rule](record)
    except KeyError as error:
        raise SchemaError(f"schemas/{table.kind}.json: field {column.name}: its rule {column.rule} knows no {error}") from error


def recompute(table: Table, data: Dataset) -> list[tuple[int, str, str, str]]:
    """Set every derived cell of a table that differs; (line, column, old, new) of each."""
    changed = []
    for column in table.schema.columns:
        for line, record in table.numbered if column.rule else []:
            value = computed(column, record, table, data)
            if value is not None and value != record[column.name]:
                changed.append((line, column.name, record[column.name], value))
                record[column.name] = value
    return changed
