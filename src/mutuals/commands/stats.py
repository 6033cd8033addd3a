"""Say how much the record holds: rows and evidence of each table, and the counts that people ask for.

For example: mutuals stats

Only rows whose every filled fact cell has evidence count; the others are named, and the exit code is 1.
"""

import argparse
from collections import Counter
from collections.abc import Iterator

from mutuals.tables import Dataset, Table, read_dataset

NATIONS = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales", "K": "United Kingdom"}


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments: there are none."""


def unproved(data: Dataset, table: Table) -> list[str]:
    """Keys of the rows with a filled fact cell that no evidence supports."""
    facts = [column.name for column in table.schema.columns if column.states == "fact"]
    key = table.schema.key[0]

    def proved(id: str, column: str) -> bool:
        return any(row["relation"] == "supports" for row in data.evidence.get((table.name, id, column), []))

    return [row[key] for row in table.records if any(row[column] and not proved(row[key], column) for column in facts)]


def _by(data: Dataset, table: str, column: str) -> str:
    """How often each code of a column stands, the most frequent first."""
    codes = data.get(f"codes/{data.schemas[table][column].codes}").by_key
    counts = Counter(row[column] for row in data.get(table).records)
    return ", ".join(f"{count} {codes[code]['label'] if code in codes else 'blank'}" for code, count in counts.most_common())


def questions(data: Dataset) -> Iterator[tuple[str, str]]:
    """The counts that people ask for, each with its name."""
    spin_outs, contracts = data.get("spin_outs").records, data.get("contracts").records
    nations = Counter(NATIONS.get(row["gss_code"][:1], "no one area") for row in spin_outs)
    routes = Counter(row["programme_id"] or "not told" for row in spin_outs)
    pathfinders = Counter((row["wave"], bool(row["spin_out_id"])) for row in data.get("pathfinders").records)
    waves = sorted({wave for wave, _ in pathfinders})
    yield "spin-outs by inclusion", _by(data, "spin_outs", "inclusion_code")
    yield "spin-outs by basis", _by(data, "spin_outs", "inclusion_basis_code")
    yield "spin-outs by last state", _by(data, "spin_outs", "status_code")
    yield "spin-outs by nation", ", ".join(f"{count} {nation}" for nation, count in nations.most_common())
    yield "spin-outs by route", ", ".join(f"{count} {route}" for route, count in routes.most_common())
    yield (
        "pathfinders",
        "; ".join(f"wave {w}: {pathfinders[w, True] + pathfinders[w, False]}, {pathfinders[w, True]} traced" for w in waves),
    )
    real = [row for row in contracts if row["outcome_code"] != "feared"]
    sums = sum(bool(row["value_gbp"] or row["yearly_gbp"]) for row in real)
    yield "contracts", f"{len(real)} and {len(contracts) - len(real)} feared losses; {sums} with a sum"
    yield "contracts by outcome", _by(data, "contracts", "outcome_code")
    yield "contracts in a chain", str(sum(bool(row["previous_contract_id"]) for row in real))
    yield "figures by kind", _by(data, "figures", "kind_code")
    yield "organisations with an identifier", str(sum(bool(row["identifiers"]) for row in data.get("organisations").records))
    yield "sources by extent", _by(data, "sources", "scope_code")


def run(arguments: argparse.Namespace) -> int:
    """Print the counts; 1 if a row has a fact without evidence."""
    data, failed = read_dataset(arguments.root), 0
    print(f"{'table':<16}{'rows':>7}{'facts':>8}{'evidence':>10}")
    for table in data.facts:
        facts = sum(bool(row[column.name]) for row in table.records for column in table.schema.columns if column.states == "fact")
        print(f"{table.name:<16}{len(table.records):>7,}{facts:>8,}{len(data.get(f'evidence/{table.name}').records):>10,}")
        for key in unproved(data, table):
            print(f"  {key}: a fact without evidence")
            failed = 1
    for name, answer in questions(data):
        print(f"{name}: {answer}")
    return failed
