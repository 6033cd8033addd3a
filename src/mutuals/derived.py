"""Derived cells: each rule computes the text of a cell from its row; a blank where an input is blank."""

from collections.abc import Callable


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def plain(number: float) -> str:
    """A number as the tables write it: plain digits, at most two decimals, none that are needless."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def value_per_year(record: dict[str, str]) -> str:
    """Value of a contract in pounds a year: value × 12 ÷ term in months, rounded to a pound."""
    value, months = _whole(record["value_gbp"]), _whole(record["term_months"])
    return "" if value is None or not months else str(round(value * 12 / months))


def security_share(record: dict[str, str]) -> str:
    """Security demanded in percent of the contract's value, to two decimals."""
    security, value = _whole(record["security_gbp"]), _whole(record["value_gbp"])
    return "" if security is None or not value else plain(100 * security / value)


DERIVED: dict[str, Callable[[dict[str, str]], str]] = {"value_per_year": value_per_year, "security_share": security_share}
