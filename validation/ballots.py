"""Ballots: the numbers of one vote fit together."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@rule(
    "ballots.sums",
    "ballots",
    "No more people answer than are asked, and those for and against are at most 100 per cent together.",
    "check the numbers against their evidence",
    sees="row",
)
def sums(table: Table, data: Dataset) -> Iterator[Fault]:
    """Votes that do not add up."""
    for line, row in table.numbered:
        asked, answered = _number(row["asked"]), _number(row["answered"])
        if asked is not None and answered is not None and answered > asked:
            yield Fault("ballots.sums", line, "answered", f"{answered:g} of {asked:g}", "at most as many as were asked", row["ballot_id"])
        both = (_number(row["for_pct"]) or 0) + (_number(row["against_pct"]) or 0)
        if both > 100:
            yield Fault("ballots.sums", line, "against_pct", f"{both:g} per cent together", "at most 100", row["ballot_id"])


@rule(
    "ballots.result",
    "ballots",
    "A share of more than half decides the result.",
    "correct result_code, or check the shares against their evidence",
    sees="row",
)
def result(table: Table, data: Dataset) -> Iterator[Fault]:
    """A result that its own numbers contradict."""
    for line, row in table.numbered:
        for name, won in (("for_pct", "for"), ("against_pct", "against")):
            both = (_number(row["for_pct"]) or 0) + (_number(row["against_pct"]) or 0)
            if (_number(row[name]) or 0) > 50 and both <= 100 and row["result_code"] != won:  # else ballots.sums says so
                yield Fault(
                    "ballots.result",
                    line,
                    "result_code",
                    shown(row["result_code"]),
                    f"{shown(won)}, by {row[name]} per cent",
                    row["ballot_id"],
                )


@rule(
    "ballots.body",
    "ballots",
    "A ballot that belongs to a spin-out was held in its organisation or in one that it came from.",
    "correct spin_out_id or organisation_id",
    sees="row",
)
def body(table: Table, data: Dataset) -> Iterator[Fault]:
    """A ballot in a body that has nothing to do with the spin-out."""
    for line, row in table.numbered:
        of = data.get("spin_outs").by_key.get(row["spin_out_id"])
        bodies = [of["organisation_id"], *of["predecessor_organisation_ids"].split("; ")] if of else []
        if of and row["organisation_id"] and row["organisation_id"] not in bodies:
            yield Fault(
                "ballots.body",
                line,
                "spin_out_id",
                shown(row["spin_out_id"]),
                f"a spin-out of {shown(row['organisation_id'])}",
                row["ballot_id"],
            )
