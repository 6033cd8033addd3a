"""Numbers side by side: those that contradict one another first, then every number by what it measures.

Four kinds of contradiction are looked for, each by a rule that a reader can repeat: parts that come to more than their
whole; the same thing, by our statement of it, with another number from another source within half a year; a number of the
record that another source contradicts; and what errata.csv calls a contradiction, or hard to reconcile.
"""

from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import Any

from mutuals.dates import bounds, is_date
from mutuals.derived import plain
from mutuals.pages.orders import by_date, measures
from mutuals.pages.view import View, dashed
from mutuals.schema import Column

Record = dict[str, str]
CLOSE = 183  # days between two numbers that can contradict one another
SAME = ("measure_code", "kind_code", "unit_code", "statement")


@dataclass(frozen=True)
class Sum:
    """A whole, the parts of it that one source gives for one day, and what they come to."""

    whole: Record
    parts: list[Record]
    total: str


def sums(figures: list[Record]) -> list[Sum]:
    """Wholes whose parts, as one source gives them for one day, come to more."""
    by_key = {figure["figure_id"]: figure for figure in figures}
    parts: dict[tuple[str, str, str], list[Record]] = {}
    for figure in figures:
        if figure["part_of_id"] in by_key and figure["value"]:
            parts.setdefault((figure["part_of_id"], figure["source_id"], figure["as_of_date"]), []).append(figure)
    found = []
    for (id, _, _), rows in parts.items():
        whole, total = by_key[id], sum(float(row["value"]) for row in rows)
        if whole["value"] and total > limits(whole)[1] and {row["unit_code"] for row in rows} == {whole["unit_code"]}:
            found.append(Sum(whole, rows, plain(total)))
    return found


def limits(figure: Record) -> tuple[float, float]:
    """The smallest and the largest number that a figure can mean; one that is “about” right is taken as stated."""
    value = float(figure["value"])
    return (
        value if figure["bound_code"] != "up_to" else -inf,
        inf if figure["bound_code"] in ("at_least", "more_than", "several_times") else value,
    )


def apart(one: Record, other: Record) -> bool:
    """Whether two numbers of the same thing, from two sources, cannot both be right on days so close together."""
    if one["source_id"] == other["source_id"] or not is_date(one["as_of_date"]) or not is_date(other["as_of_date"]):
        return False
    days = abs((bounds(one["as_of_date"])[1] - bounds(other["as_of_date"])[1]).days)
    (low, high), (floor, ceiling) = limits(one), limits(other)
    return days <= CLOSE and (high < floor or ceiling < low)


def rivals(figures: list[Record]) -> list[list[Record]]:
    """Numbers of the same thing that differ, together, by their days."""
    groups: dict[tuple[str, ...], list[Record]] = {}
    for figure in figures:
        if figure["value"]:
            groups.setdefault(tuple(figure[name].casefold() for name in SAME), []).append(figure)
    found = []
    for rows in groups.values():
        differing = {figure["figure_id"] for pair in combinations(rows, 2) if apart(*pair) for figure in pair}
        if differing:
            found.append(sorted((row for row in rows if row["figure_id"] in differing), key=lambda row: by_date(row, "as_of_date")))
    return found


def contradicted(view: View) -> list[tuple[str, Column, Record, list[Record], list[Record]]]:
    """Cells with a number that a source contradicts: table, column, record, evidence for it, and against it."""
    found = []
    for (table, id, name), rows in view.data.evidence.items():
        against = [row for row in rows if row["relation"] == "contradicts"]
        column = view.data.schemas[table][name]
        if against and column.type != "string":
            found.append((table, column, view.data.get(table).by_key[id], [row for row in rows if row not in against], against))
    return found


def pages(view: View) -> dict[str, tuple[str, dict[str, Any]]]:
    """The page of contradictions, where old addresses of numbers lead, and a page for each measure."""
    table, groups = view.data.get("figures"), measures(view)
    errata = [row for row in view.data.get("errata").records if row["kind_code"] in ("contradiction", "tension")]
    context = {"table": table, "sums": sums(table.records), "rivals": rivals(table.records), "contradicted": contradicted(view)}
    found: dict[str, tuple[str, dict[str, Any]]] = {"numbers": ("numbers.html", {**context, "errata": errata, "measures": groups})}
    for code, rows in groups.items():
        found[f"numbers/{dashed(code)}"] = ("measure.html", {"table": table, "code": code, "records": rows, "measures": groups})
    return found
