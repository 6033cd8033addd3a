"""Figures: a measure is counted in a unit of its own."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table

# What each measure is counted in; nearly all may be shares, and then in percent.
UNITS = {
    "contracts": {"contracts", "gbp", "percent"}, "costs": {"gbp", "percent"}, "customers": {"people", "percent", "services"},
    "departments": {"departments"}, "duration": {"parliaments", "years"}, "funding": {"gbp", "percent"}, "growth": {"gbp", "percent"},
    "members": {"people", "percent"}, "organisations": {"organisations", "percent"}, "ownership": {"percent"},
    "pathfinders": {"organisations"}, "productivity": {"percent"}, "satisfaction": {"percent"}, "savings": {"gbp", "percent"},
    "services": {"services", "percent"}, "sickness": {"percent"}, "staff": {"people", "percent"}, "support": {"people", "percent"},
    "surplus": {"gbp", "percent"}, "turnover": {"gbp", "percent"},
}  # fmt: skip


@rule(
    "figures.unit",
    "figures",
    "A measure is counted in a unit of its own: staff in people, turnover in pounds.",
    "correct measure_code or unit_code; a new measure is given its units in validation/figures.py",
    sees="row",
)
def unit(table: Table, data: Dataset) -> Iterator[Fault]:
    """A measure in a unit that it cannot have."""
    for line, row in table.numbered:
        units = UNITS.get(row["measure_code"], {row["unit_code"]})
        if row["unit_code"] not in units:
            wanted = f"{' or '.join(sorted(units))}, the unit of {row['measure_code']}"
            yield Fault("figures.unit", line, "unit_code", shown(row["unit_code"]), wanted, row["figure_id"])
