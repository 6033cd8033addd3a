"""Ballots: the numbers of one vote fit together."""

from collections.abc import Iterator

from mutuals.canonical import Fault
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
