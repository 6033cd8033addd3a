"""Names: our own words say no number, and name no body, that the row and its evidence do not have."""

import re
from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table

NAMES = {"contracts": "name", "ballots": "name", "pathfinders": "name", "events": "title", "figures": "statement"}
# Words that many bodies have in their names, so that they show nothing.
COMMON = {
    "care", "cic", "communities", "community", "council", "for", "group", "health", "healthcare", "mutual", "nhs", "service", "services",
    "social", "the", "trust", "and",
}  # fmt: skip


def _proofs(table: Table, id: str, data: Dataset) -> str:
    """The words and notes of a record's evidence, with the titles of its sources."""
    sources = data.get("sources").by_key
    rows = [row for column in table.schema.columns for row in data.evidence.get((table.name, id, column.name), [])]
    return " ".join(f"{row['as_read']} {row['note']} {sources.get(row['source_id'], {}).get('title', '')}" for row in rows)


def _about(table: Table, row: dict[str, str], data: Dataset, without: str) -> str:
    """All that a record says but in one column: its cells, its evidence, and the rows of contract, programme and body that it names."""
    linked = {"contracts": "contract_id", "programmes": "programme_id", "spin_outs": "spin_out_id"}
    cells = [cell for name, cell in row.items() if name != without]
    for name, column in linked.items():
        if column not in (without, table.schema.key[0]):
            cells += data.get(name).by_key.get(row.get(column, ""), {}).values()
    return " ".join([*cells, _proofs(table, row[table.schema.key[0]], data)])


@rule(
    "names.number",
    "facts",
    "A number in a name, title or statement stands in the row or in its evidence.",
    "correct the number, or cite what says it",
    sees="record",
)
def number(table: Table, data: Dataset) -> Iterator[Fault]:
    """A year or a sum that only our own words have."""
    name = NAMES.get(table.name, "")
    for line, row in table.numbered if name else []:
        numbers = re.findall(r"\d[\d,.]*\d|\d", row[name])
        known = set(re.findall(r"\d[\d.]*\d|\d", _about(table, row, data, name).replace(",", ""))) if numbers else set()
        known |= {year[2:] for year in known if len(year) == 4}  # “in 2015-16”
        for lost in [n for n in numbers if n.replace(",", "") not in known]:
            found = f"{shown(lost)} in {shown(row[name])}"
            yield Fault("names.number", line, name, found, "a number of the row or of its evidence", row[table.schema.key[0]])


def _telling(text: str) -> set[str]:
    return {word for word in re.findall(r"\w{3,}", text.lower()) if word not in COMMON}


@rule(
    "names.body",
    "facts",
    "A record that is linked to a spin-out shares a word with its names, its place or its predecessors.",
    "correct spin_out_id",
    sees="record",
)
def body(table: Table, data: Dataset) -> Iterator[Fault]:
    """A record that is linked to a body of which it says nothing."""
    bodies, organisations = data.get("spin_outs").by_key, data.get("organisations").by_key
    told: dict[str, set[str]] = {}
    for id, row in bodies.items():
        ids = [row["organisation_id"], *row["predecessor_organisation_ids"].split("; ")]
        names = [organisations[one][name] for one in ids if one in organisations for name in ("name", "other_names")]
        told[id] = _telling(" ".join([id, *ids, row["name"], row["place"], *names]))
    linked = "spin_out_id" in table.schema.header and table.name != "spin_outs"
    for line, row in table.numbered if linked else []:
        telling, id = told.get(row["spin_out_id"]), row[table.schema.key[0]]
        own = " ".join(cell for name, cell in row.items() if name != "spin_out_id")
        if telling is None or telling & _telling(own) or telling & _telling(_about(table, row, data, "spin_out_id")):
            continue
        yield Fault("names.body", line, "spin_out_id", shown(row["spin_out_id"]), "the body that the record speaks of", id)
