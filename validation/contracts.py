"""Contracts: successive contracts make a chain in the order of time, and only a contest has losers."""

from collections.abc import Iterator

from mutuals import dates
from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table

# Outcomes of a contest; where a contract is prolonged, given up or taken back, nobody bid.
CONTESTS = ("won", "lost", "renewed", "feared")


def _circular(previous: dict[str, str]) -> set[str]:
    """The keys that come after themselves; each is visited once."""
    seen: set[str] = set()
    found: set[str] = set()
    for key in previous:
        walked: dict[str, int] = {}
        while key in previous and key not in seen:
            seen.add(key)
            walked[key] = len(walked)
            key = previous[key]
        found |= {other for other, at in walked.items() if key in walked and at >= walked[key]}
    return found


@rule(
    "contracts.chain",
    "contracts",
    "A contract comes after another one, never after itself, and does not start before it.",
    "correct previous_contract_id, or the dates of the two contracts",
    sees="table",
)
def chain(table: Table, data: Dataset) -> Iterator[Fault]:
    """A chain that bites its tail or runs backwards."""
    circular = _circular(table.cells("previous_contract_id"))
    for line, row in table.numbered:
        before = table.by_key.get(row["previous_contract_id"])
        if row["contract_id"] in circular:
            wanted = "a contract that does not itself come after this one"
            yield Fault("contracts.chain", line, "previous_contract_id", shown(row["previous_contract_id"]), wanted, row["contract_id"])
        elif before and dates.certainly_after(before["start_date"], row["start_date"]):
            found = f"a start {shown(row['start_date'])} before {shown(before['start_date'])}, the start of {before['contract_id']}"
            yield Fault(
                "contracts.chain", line, "previous_contract_id", found, "a contract that starts before this one", row["contract_id"]
            )


@rule(
    "contracts.losers",
    "contracts",
    "Only a contest has losing bidders: a service that is given up or taken back has none.",
    "clear loser_organisation_ids with its evidence, or correct outcome_code",
    sees="row",
)
def losers(table: Table, data: Dataset) -> Iterator[Fault]:
    """A body that lost its contract, named as a bidder."""
    for line, row in table.numbered:
        known = row["outcome_code"] in data.get("codes/outcomes").by_key
        if row["loser_organisation_ids"] and known and row["outcome_code"] not in CONTESTS:
            wanted = "a blank, since nobody bid"
            yield Fault(
                "contracts.losers", line, "loser_organisation_ids", shown(row["loser_organisation_ids"]), wanted, row["contract_id"]
            )
