"""Rules that no single table can hold: dates in order, derived cells, keys, lists, tombstones and bytes."""

from collections.abc import Iterator

from mutuals import dates, remedies
from mutuals.canonical import Fault
from mutuals.derived import COUNT, computed
from mutuals.findings import shown
from mutuals.nearest import looking, named, said
from mutuals.rules import Cell, cells, rule
from mutuals.schema import Column
from mutuals.tables import LEDGERS, SHARED, Dataset, Table

# In each pair the first date may not come after the second.
IN_ORDER = {
    "sources": [("date_published", "date_accessed")],
    "spin_outs": [("left_date", "status_date")],
    "contracts": [("award_date", "start_date"), ("start_date", "end_date")],
    "programmes": [("started_date", "ended_date")],
    "figures": [("as_of_date", "due_date")],
}


@rule(
    "dates.form",
    "all",
    "A date is an EDTF date: 2010-08-12, 2012-06, 2012, 2011-11~, [..2011-11-13].",
    "write the date as EDTF, no more precise than its source",
    sees="row",
)
def form(table: Table, data: Dataset) -> Iterator[Fault]:
    """A date that no program can read."""
    for cell in cells(table, lambda column: column.is_date, lambda column, text: not dates.is_date(text)):
        yield cell.fault("dates.form", shown(cell.text), f"an EDTF date like {cell.column.example}", remedies.date(cell.text).remedy)


@rule("dates.order", "facts", "Dates that follow one another are in that order.", "check both dates against their evidence", sees="row")
def order(table: Table, data: Dataset) -> Iterator[Fault]:
    """A contract that starts before its award, a deadline before its promise, and the like."""
    for first, second in IN_ORDER.get(table.name, []):
        for line, id, one, other in zip(table.reading.lines, table.keys, table.column(first), table.column(second), strict=True):
            if one and other and dates.certainly_after(one, other):
                found = f"{first} {shown(one)} after {second} {shown(other)}"
                yield Fault("dates.order", line, first, found, f"{first} not after {second}", id)


@rule(
    "events.future",
    "events",
    "What is told as having happened happened before we read of it.",
    "correct the date, or mark the event as planned",
    sees="row",
)
def future(table: Table, data: Dataset) -> Iterator[Fault]:
    """A past event in the future of the latest reading."""
    read = max((source["date_accessed"] for source in data.get("sources").records if dates.is_date(source["date_accessed"])), default="")
    for line, record in table.numbered:
        if record["certainty_code"] == "happened" and dates.certainly_after(record["date"], read):
            yield Fault(
                "events.future", line, "date", shown(record["date"]), f"not after {read}, when the sources were read", record["event_id"]
            )


@rule(
    "derived.differs",
    "facts",
    "A derived cell is what its rule computes from the row.",
    "write the value that the rule computes",
    sees="row",
)
def derived(table: Table, data: Dataset) -> Iterator[Fault]:
    """A derived cell that was edited, or not recomputed."""
    for column in (column for column in table.schema.columns if column.rule not in ("", COUNT)):
        for line, record in table.numbered:
            wanted = computed(column, record, table, data) or ""
            if record[column.name] != wanted:
                cell = Cell(line, record[table.schema.key[0]], column, record)
                yield cell.fault("derived.differs", shown(cell.text), f"{shown(wanted)} by the rule {column.rule}")


@rule(
    "lists.form", "all", "A list parts its values by a semicolon and a space, and repeats none.", "write a; b, each value once", sees="row"
)
def lists(table: Table, data: Dataset) -> Iterator[Fault]:
    """Lists with empty, doubled or badly parted values."""
    for cell in cells(table, lambda column: column.many, _ill_parted):
        remedy = remedies.of_cell(cell.column, cell.text, data).remedy
        yield cell.fault("lists.form", shown(cell.text), "each value once, parted by “; ”", remedy)


def _ill_parted(column: Column, text: str) -> bool:
    items = column.items(text)
    return len(set(items)) < len(items) or any(not item or item != item.strip(" ;") or ";" in item for item in items)


@rule(
    "codes.broader",
    "codes",
    "The wider code of a code stands in the same list.",
    "correct the code, or add the wider one",
    sees="row",
    far=True,
)
def broader(table: Table, data: Dataset) -> Iterator[Fault]:
    """A place in a region that the list does not have."""
    close = looking(lambda: table.names)
    for line, row in table.numbered:
        if row["broader"] and (not table.knows(row["broader"]) or row["broader"] == row["code"]):
            remedy = said(close(row["broader"]), "add the wider code")
            yield Fault("codes.broader", line, "broader", shown(row["broader"]), f"another code of {table.file}", row["code"], remedy)


@rule(
    "tombstones.reused",
    "facts",
    "A removed key is never used again.",
    "give the row another key, or remove the tombstone if the removal was a mistake",
    sees="row",
)
def reused(table: Table, data: Dataset) -> Iterator[Fault]:
    """A key that came back from the dead."""
    removed = {row["row_id"] for row in data.get("tombstones").records if row["table"] == table.name}
    for line, record in table.numbered:
        id = record[table.schema.key[0]]
        if id in removed:
            yield Fault("tombstones.reused", line, table.schema.key[0], shown(id), "a key that was never removed", id)


@rule(
    "tombstones.target",
    "tombstones",
    "A tombstone is of a table, and points to a key that exists or was itself removed.",
    "correct the table or the key",
    sees="table",
)
def target(table: Table, data: Dataset) -> Iterator[Fault]:
    """A tombstone that leads nowhere."""
    names = set(data.schemas) - {*SHARED, *LEDGERS}
    like = looking(lambda: named((name, name) for name in names))
    removed = {(row["table"], row["row_id"]) for row in table.records}
    for line, row in table.numbered:
        if row["table"] not in names:
            remedy = said(like(row["table"]), "name another table")
            yield Fault("tombstones.target", line, "table", shown(row["table"]), "the name of a fact table", row["row_id"], remedy)
        elif (
            row["replaced_by"]
            and not data.get(row["table"]).knows(row["replaced_by"])
            and (row["table"], row["replaced_by"]) not in removed
        ):
            yield Fault("tombstones.target", line, "replaced_by", shown(row["replaced_by"]), f"a key of {row['table']}", row["row_id"])


@rule(
    "figures.part",
    "figures",
    "A part of a figure names a figure of the same unit that is not smaller.",
    "correct part_of_id or the values",
    sees="table",
)
def part(table: Table, data: Dataset) -> Iterator[Fault]:
    """A part that is larger than its whole, or of nothing."""
    for line, row in table.numbered:
        if not row["part_of_id"]:
            continue
        whole = table.by_key.get(row["part_of_id"])
        if whole is None:
            if not table.knows(row["part_of_id"]):
                yield Fault("figures.part", line, "part_of_id", shown(row["part_of_id"]), "a key of data/figures.csv", row["figure_id"])
        elif whole["unit_code"] != row["unit_code"] or (_number(row) or 0) > (_number(whole) or float("inf")):
            yield Fault(
                "figures.part",
                line,
                "part_of_id",
                f"{shown(row['value'])} as a part of {shown(whole['value'])}",
                "a part not larger than its whole",
                row["figure_id"],
            )


@rule(
    "figures.place",
    "figures",
    "A figure stands in the paragraph that evidence for it names.",
    "correct source_id or paragraph, or cite that paragraph",
    sees="record",
)
def place(table: Table, data: Dataset) -> Iterator[Fault]:
    """A figure that sends the reader to a paragraph that does not state it."""
    evidence = data.get("evidence/figures").reading
    cited = set(zip(*map(data.get("evidence/figures").column, ("row_id", "source_id", "paragraph")), strict=True))
    proved, sources = {known[0] for known in cited}, {known[:2] for known in cited}
    for line, row in table.numbered:
        id, at = row["figure_id"], (row["source_id"], row["paragraph"])
        if evidence.usable and id not in evidence.set_aside and id in proved and (id, *at) not in cited:
            yield Fault(
                "figures.place",
                line,
                "paragraph" if (id, at[0]) in sources else "source_id",
                f"{at[0]}, paragraph {at[1]}",
                "a paragraph that data/evidence/figures.csv cites for the figure",
                id,
            )


def _number(row: dict[str, str]) -> float | None:
    try:
        return float(row["value"])
    except ValueError:
        return None


@rule(
    "keys.evidence",
    "facts",
    "A record that states facts has evidence under its key.",
    "correct the key in the table or in its evidence; cite a new record with “mutuals cite”",
    early=True,
    sees="record",
)
def keyed(table: Table, data: Dataset) -> Iterator[Fault]:
    """A key that was changed in one place, so that the record has lost all its evidence."""
    evidence = data.get(f"evidence/{table.name}")
    proved = {*evidence.column("row_id"), *evidence.reading.set_aside}
    facts = [table.column(column.name) for column in table.schema.columns if column.states == "fact"]
    for at, id in enumerate(table.keys) if evidence.reading.usable else []:
        if id not in proved and any(cells[at] for cells in facts):
            found, key = f"{shown(id)} without any evidence", table.schema.key[0]
            yield Fault("keys.evidence", table.reading.lines[at], key, found, f"a key of {evidence.file}", id)


@rule(
    "events.planned",
    "events",
    "What is told as planned or feared is not over before the first source tells it.",
    "correct certainty_code or the date",
    sees="record",
)
def planned(table: Table, data: Dataset) -> Iterator[Fault]:
    """A past event that is told as to come."""
    sources = data.get("sources").by_key
    for line, row in table.numbered if table.name == "events" else []:
        rows = [proof for column in table.schema.columns for proof in data.evidence.get(("events", row["event_id"], column.name), [])]
        printed = [sources[proof["source_id"]]["date_published"] for proof in rows if proof["source_id"] in sources]
        if row["certainty_code"] in ("planned", "feared") and printed and all(dates.certainly_after(day, row["date"]) for day in printed):
            found = f"{shown(row['certainty_code'])} for {shown(row['date'])}"
            yield Fault("events.planned", line, "certainty_code", found, "a date not before the day of its first source", row["event_id"])
