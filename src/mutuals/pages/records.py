"""What a record's page says beside its cells: its story in dates, its contracts in their order, how sure we are, and its data."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mutuals.pages.beside import Group
from mutuals.pages.leads import lead
from mutuals.pages.orders import by_date, listed
from mutuals.pages.sharing import LICENCE
from mutuals.pages.view import FOLDERS, View, refers
from mutuals.tables import Table
from mutuals.wording import several, words

Record = dict[str, str]

# What a reader needs first, by table: what it is, where, when it left, what became of it. All other columns are details.
FIRST = {
    "pathfinders": ("services", "place", "gss_code", "host_organisation_ids", "announced_date", "wave", "intended_form_code", "spin_out_id"),
    "spin_outs": (
        "services", "sector_code", "place", "gss_code", "left_date", "predecessor_organisation_ids", "status_code", "status_date",
        "inclusion_code", "inclusion_basis_code", "form_code", "staff", "staff_date",
    ),
    "contracts": (
        "service", "outcome_code", "spin_out_id", "buyer_organisation_id", "winner_organisation_id", "loser_organisation_ids", "value_gbp",
        "yearly_gbp", "term_months", "award_date", "start_date", "end_date",
    ),
    "programmes": ("operator_organisation_ids", "started_date", "ended_date", "value_gbp", "bodies"),
    "ballots": ("kind_code", "subject_code", "question", "organisation_id", "date", "for_pct", "against_pct", "result_code", "followed_code"),
    "organisations": ("kind_code", "place", "roles", "identifiers"),
    "people": ("roles", "organisation_ids"),
    "sources": ("title", "url", "short_name", "date_published", "kind_code", "scope_code"),
    "events": ("date", "title", "kind_code", "certainty_code", "organisation_ids", "person_ids", "spin_out_id", "pathfinder_ids", "contract_id"),
    "figures": (
        "value", "bound_code", "scope", "kind_code", "as_of_date", "due_date", "claimant_person_id", "claimant_organisation_id",
        "claimant_described", "source_id", "part_of_id", "programme_id", "spin_out_id",
    ),
    "quotes": ("person_id", "organisation_id", "role", "said_date", "source_id", "continues_id", "stance_code", "theme_codes"),
}  # fmt: skip
# The dates of a record that are events of its own, with the words of the timeline.
OWN = {
    "pathfinders": {"announced_date": "Named as a pathfinder"},
    "spin_outs": {"left_date": "Left the public sector", "status_date": ""},
    "contracts": {"award_date": "Awarded", "start_date": "Starts", "end_date": "Ends"},
    "programmes": {"started_date": "Begun", "ended_date": "Ended"},
    "ballots": {"date": "Asked"},
}
CONTRACT_DATES = ("start_date", "award_date", "end_date")
# The tables whose own dates belong to the timeline of a record that they refer to.
DATED = {
    "spin_outs": ("contracts", "ballots", "pathfinders"), "organisations": ("contracts", "ballots", "spin_outs"), "contracts": (),
    "pathfinders": (), "programmes": ("spin_outs",),
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """One line of a timeline: the table and column of its date, the record that it is of, and words for it."""

    table: str
    column: str
    record: Record
    words: str


def _own(view: View, table: str, record: Record) -> list[Moment]:
    found = []
    for column, said in OWN.get(table, {}).items():
        if record[column]:
            said = said or f"Status: {view.label('statuses', record['status_code'])}"
            found.append(Moment(table, column, record, said))
    return found


def timeline(view: View, table: Table, record: Record) -> list[Moment]:
    """A record's own dates, the events that name it, and the dates of its contracts, programmes and ballots, in their order."""
    if table.name == "sources":
        return []
    id, found = record[table.schema.key[0]], _own(view, table.name, record)
    for other, rows in view.mentions(table.name, id).items():
        for row, _ in rows:
            if other == "events":
                found.append(Moment("events", "date", row, row["title"]))
            elif other in DATED.get(table.name, ()):
                found += [Moment(other, own.column, row, f"{own.words}: {row['name']}") for own in _own(view, other, row)]
    return sorted(found, key=lambda moment: by_date(moment.record, moment.column))


def chain(view: View, record: Record) -> list[Record]:
    """A contract with those before and after it for the same service, the first of them first; empty if it stands alone."""
    contracts = view.data.get("contracts").by_key
    first, seen = record, {record["contract_id"]}
    while first["previous_contract_id"] in contracts and first["previous_contract_id"] not in seen:
        first = contracts[first["previous_contract_id"]]
        seen.add(first["contract_id"])
    found, at = [first], 0
    while at < len(found):
        known = {contract["contract_id"] for contract in found}
        later = [row for row, titles in view.mentions("contracts", found[at]["contract_id"]).get("contracts", [])]
        found[at + 1 : at + 1] = sorted(
            (row for row in later if row["contract_id"] not in known), key=lambda row: by_date(row, "start_date")
        )
        at += 1
    return found if len(found) > 1 else []


def sureness(view: View, table: Table, record: Record) -> str:
    """How well a record is proved, in words, counted from its evidence and from the second readings of its cells."""
    id = record[table.schema.key[0]]
    rows = {
        c.name: view.data.evidence.get((table.name, id, c.name), []) for c in table.schema.columns if c.states == "fact" and record[c.name]
    }
    behind = {column: {row["source_id"] for row in proofs if row["relation"] != "contradicts"} for column, proofs in rows.items()}
    sources = set().union(*behind.values())
    if not sources:
        return "Nothing on this page rests on a source of its own: it is our classification."
    part = sum(view.data.get("sources").by_key[source]["scope_code"] == "excerpt" for source in sources)
    single = sum(len(found) == 1 for found in behind.values())
    against = sum(row["relation"] == "contradicts" for proofs in rows.values() for row in proofs)
    return " ".join(filter(None, (
        f"{several(len(rows), 'fact').capitalize()} from {several(len(sources), 'source')}{_part(part, len(sources))}.",
        _single(single, len(rows)) if len(sources) > 1 else "Nothing else that was read confirms it.",
        _against(against), _second(view, table.name, id), _words(view, table.name, record),
    )))  # fmt: skip


def _words(view: View, table: str, record: Record) -> str:
    """How the words of a quotation are proved."""
    kept = table == "quotes" and f"fingerprints/{record['source_id']}" in view.data.tables
    return "The words themselves are proved by the fingerprint of their source." if kept else ""


def _part(part: int, sources: int) -> str:
    """How many of the sources were seen only in part."""
    if not part:
        return ""
    if part == sources:
        return f", {'all ' if part > 1 else ''}seen only in part"
    return f", of which {words(part)} {'was' if part == 1 else 'were'} seen only in part"


def _single(single: int, facts: int) -> str:
    """How many of the facts rest on one source only."""
    if single == facts:
        return "Each of them rests on one source only."
    if not single:
        return "Each of them has at least two sources."
    return f"{words(single).capitalize()} of the facts {'rests' if single == 1 else 'rest'} on one source only."


def _against(against: int) -> str:
    """How many passages say something else."""
    if not against:
        return "No source that was read says otherwise."
    one = against == 1
    return f"{several(against, 'passage').capitalize()} {'says' if one else 'say'} something else, and {'is' if one else 'are'} shown beside the fact."


def _second(view: View, table: str, id: str) -> str:
    """What second readings found of a record's cells, as a sentence."""
    verdicts = view.second_readings.get((table, id), Counter())
    read = verdicts["agrees"] + verdicts["error"]
    if not read:
        return "None of its cells was drawn for a second reading."
    wrong = (
        f"; {words(verdicts['error'])} {'was' if verdicts['error'] == 1 else 'were'} found wrong then"
        if verdicts["error"]
        else " and agreed"
    )
    return (
        f"{several(read, 'cell').capitalize()} {'was' if read == 1 else 'were'} read again by a second reader who did not see ours{wrong}."
    )


def nearby(view: View, table: str, record: Record) -> list[tuple[str, str]]:
    """Other bodies and plans of the same council area: (table, key)."""
    area, own = record.get("gss_code", ""), (table, record[next(iter(record))])
    found = [
        (other, row[view.data.get(other).schema.key[0]])
        for other in ("spin_outs", "pathfinders")
        for row in view.data.get(other).records
        if area and row["gss_code"] == area
    ]
    return [place for place in found if place != own]


def neighbours(view: View, base: str) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Before and after each record in its list, as the frame links them: (rel, address, name); `base` as on record pages."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for table in FOLDERS:
        ids = [record[view.data.get(table).schema.key[0]] for record in listed(view, table)]
        for before, id, after in zip([None, *ids], ids, [*ids[1:], None], strict=False):
            pairs = (("prev", before), ("next", after))
            found[table, id] = [(rel, base + view.address(table, other), view.title(table, other)) for rel, other in pairs if other]
    return found


def as_json(view: View, table: Table, record: Record) -> str:
    """A record with its labels, evidence, gaps and links, for programs: UTF-8, the same bytes each time."""
    id = record[table.schema.key[0]]
    cells: dict[str, Any] = {}
    labels: dict[str, str] = {}
    for column in table.schema.columns:
        cell = record[column.name]
        items: list[Any] = [i if column.type == "string" else float(i) if "." in i else int(i) for i in column.items(cell)]
        cells[column.name] = items if column.many else items[0] if items else None
        for item in column.items(cell):
            if column.codes:
                labels[f"{column.codes}/{item}"] = view.label(column.codes, item)
            elif (of := refers(column)) and item in view.data.get(of).by_key:
                labels[f"{of}/{item}"] = view.name(of, item)
    fields = ("column", "value", "as_read", "source_id", "paragraph", "relation", "note")
    evidence = [
        {name: row[name] for name in fields} for c in table.schema.columns for row in view.data.evidence.get((table.name, id, c.name), [])
    ]
    gaps = [
        {k: v for k, v in gap.items() if k not in ("table", "row_id")}
        for c in table.schema.columns
        if (gap := view.gaps.get((table.name, id, c.name)))
    ]
    links = [
        {"table": other, "key": row[key], "page": view.address(other, row[key]), "columns": titles}
        for other, rows in view.mentions(table.name, id).items()
        for key in [view.data.get(other).schema.key[0]]
        for row, titles in rows
    ]
    found = {
        "table": table.name, "key": id, "name": view.name(table.name, id), "page": view.address(table.name, id), "version": view.version,
        "date": view.newest, "licence": LICENCE, "record": cells, "labels": labels, "evidence": evidence, "gaps": gaps, "links": links,
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=1).replace("<", "\\u003c") + "\n"


def _contracts(view: View, table: str, record: Record) -> list[tuple[Record, list[str]]]:
    """The contracts that refer to a record of another table, in their order, with the titles of the columns that do."""
    rows = [] if table in ("contracts", "sources") else view.mentions(table, record[next(iter(record))]).get("contracts", [])
    return sorted(rows, key=lambda row: by_date(row[0], next((name for name in CONTRACT_DATES if row[0][name]), "start_date")))


def context(view: View, table: Table, record: Record, around: list[tuple[str, str, str]], beside: list[Group]) -> dict[str, Any]:
    """What record.html needs of one record."""
    facts, first = view.facts(table, record, "../"), FIRST[table.name]
    main = sorted((fact for fact in facts if fact.column.name in first), key=lambda fact: first.index(fact.column.name))
    said: Markup = lead(view, table.name, record, "../")
    return {
        "table": table, "record": record, "id": record[table.schema.key[0]], "around": around, "lead": said, "beside": beside,
        "description": str(said.striptags()), "main": main, "details": [fact for fact in facts if fact not in main],
        "contracts": _contracts(view, table.name, record), "moments": timeline(view, table, record), "sure": sureness(view, table, record), "nearby": nearby(view, table.name, record),
        "chain": chain(view, record) if table.name == "contracts" else [],
    }  # fmt: skip
