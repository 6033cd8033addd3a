"""Contracts: successive contracts make a chain in the order of time, and only a contest has losers."""

from collections.abc import Iterator

from mutuals import dates
from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table

# Outcomes of a contest; where a contract is prolonged, given up or taken back, nobody bid.
CONTESTS = ("won", "lost", "renewed", "feared")


@rule(
    "contracts.chain",
    "contracts",
    "A contract comes after another one, never after itself, and does not start before it.",
    "correct previous_contract_id, or the dates of the two contracts",
    sees="table",
)
def chain(table: Table, data: Dataset) -> Iterator[Fault]:
    """A chain that bites its tail or runs backwards."""
    for line, row in table.numbered:
        seen, at = {row["contract_id"]}, row["previous_contract_id"]
        while at in table.by_key and at not in seen:
            seen.add(at)
            at = table.by_key[at]["previous_contract_id"]
        before = table.by_key.get(row["previous_contract_id"])
        if at == row["contract_id"]:
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
