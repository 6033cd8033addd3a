"""Evidence: each fact has its proof, the proof says what the cell says, and the source says what the proof says."""

from collections.abc import Iterator

from mutuals import dates
from mutuals.canonical import Fault
from mutuals.derived import COUNT, computed
from mutuals.evidence import in_paragraph, strayed
from mutuals.findings import shown
from mutuals.fingerprints import tokens
from mutuals.readings import READINGS, Claim
from mutuals.rules import cells, rule
from mutuals.schema import Column
from mutuals.tables import Dataset, Table

MOST_WORDS = 15


def _states_fact(column: Column) -> bool:
    return column.states == "fact"


def _facts(table: Table, data: Dataset) -> bool:
    evidence = data.tables.get(f"evidence/{table.name}")
    return evidence is not None and evidence.reading.usable


@rule(
    "evidence.missing",
    "facts",
    "Each filled cell that states a fact has at least one evidence row.",
    "add evidence with “mutuals cite”, or blank the cell",
)
def missing(table: Table, data: Dataset) -> Iterator[Fault]:
    """A fact without any evidence row for its cell."""
    if not _facts(table, data):
        return
    aside = data.get(f"evidence/{table.name}").reading.set_aside
    for cell in cells(table, _states_fact):
        if cell.text and cell.id not in aside and not data.evidence.get((table.name, cell.id, cell.column.name)):
            yield cell.fault("evidence.missing", f"{shown(cell.text)} without evidence", "an evidence row for the cell")


@rule(
    "evidence.count",
    "facts",
    "Each record says how many evidence rows it has, so that none is lost unseen.",
    "restore the evidence row that is gone; where rows were added or removed on purpose, run “mutuals format”",
)
def count(table: Table, data: Dataset) -> Iterator[Fault]:
    """A record with fewer or more evidence rows than it says."""
    for cell in cells(table, lambda column: column.rule == COUNT):
        wanted = computed(cell.column, cell.record, table, data)
        if wanted is not None and wanted != cell.text:
            place = f"data/evidence/{table.name}.csv"
            yield cell.fault("evidence.count", shown(cell.text), f"{wanted}, the number of its rows in {place}")


@rule(
    "evidence.differs",
    "facts",
    "Each value of a fact is repeated by evidence that supports it.",
    "if the cell is right, cite its source; if the evidence is right, restore the cell",
)
def differs(table: Table, data: Dataset) -> Iterator[Fault]:
    """A cell whose evidence supports other values."""
    if not _facts(table, data):
        return
    aside = data.get(f"evidence/{table.name}").reading.set_aside
    for cell in cells(table, _states_fact):
        rows = data.evidence.get((table.name, cell.id, cell.column.name), [])
        supported = sorted({row["value"] for row in rows if row["relation"] == "supports"})
        for item in cell.column.items(cell.text) if rows and cell.id not in aside else []:
            if item not in supported:
                wanted = " or ".join(map(shown, supported)) or "evidence that supports it"
                yield cell.fault("evidence.differs", shown(item), f"{wanted}, as in data/evidence/{table.name}.csv")


@rule("evidence.orphan", "evidence", "Each evidence row belongs to a filled fact cell.", "remove the row, or fill the cell that it proves")
def orphan(table: Table, data: Dataset) -> Iterator[Fault]:
    """Evidence for a record, column or cell that is not there."""
    subject = data.get(table.subject)
    names = {column.name: column for column in subject.schema.columns}
    for line, row in table.numbered:
        column = names.get(row["column"])
        if not subject.knows(row["row_id"]):
            yield Fault("evidence.orphan", line, "row_id", shown(row["row_id"]), f"a key of {subject.file}", row["row_id"])
        elif column is None or column.states != "fact":
            yield Fault(
                "evidence.orphan", line, "column", shown(row["column"]), f"a column of {subject.file} that states a fact", row["row_id"]
            )
        elif row["row_id"] in subject.by_key and not subject.by_key[row["row_id"]][column.name]:
            yield Fault("evidence.orphan", line, "value", f"{shown(row['value'])} for a blank cell", "a filled cell", row["row_id"])


def _includes(wide: str, narrow: str) -> bool:
    """Whether the days that one date may mean include those of another."""
    if wide == narrow or not dates.is_date(wide) or not dates.is_date(narrow):
        return False
    (first, last), (start, end) = dates.bounds(wide), dates.bounds(narrow)
    return first <= start and end <= last


@rule(
    "evidence.relation",
    "evidence",
    "Evidence that supports a cell repeats its value; evidence that is less precise includes it; evidence that contradicts it differs and says why the cell stands.",
    "make value and relation agree; for a contradiction, say in the note why the cell keeps its value",
)
def relation(table: Table, data: Dataset) -> Iterator[Fault]:
    """Support with another value beside a supported one, contradiction with the same value or without a reason."""
    subject = data.get(table.subject)
    names = {column.name: column for column in subject.schema.columns}
    for line, row in table.numbered:
        record, column = subject.by_key.get(row["row_id"]), names.get(row["column"])
        if record is None or column is None or not record[column.name]:
            continue
        items = column.items(record[column.name])
        rows = data.evidence.get((table.subject, row["row_id"], row["column"]), [])
        settled = all(any(r["value"] == item and r["relation"] == "supports" for r in rows) for item in items)
        if row["relation"] == "supports" and row["value"] not in items and settled:
            yield Fault(
                "evidence.relation",
                line,
                "value",
                shown(row["value"]),
                f"{shown(record[column.name])}, which the cell says, or “contradicts”",
                row["row_id"],
            )
        if row["relation"] == "contradicts" and row["value"] in items:
            yield Fault("evidence.relation", line, "relation", "“contradicts” with the cell's own value", "“supports”", row["row_id"])
        if row["relation"] == "less_precise" and not _includes(row["value"], record[column.name]):
            yield Fault(
                "evidence.relation", line, "value", shown(row["value"]), f"a date that includes {shown(record[column.name])}", row["row_id"]
            )
        if row["relation"] == "contradicts" and not row["note"]:
            yield Fault("evidence.relation", line, "note", "a contradiction without a note", "why the cell keeps its value", row["row_id"])


@rule(
    "evidence.reading",
    "evidence",
    "A value follows from its as_read by the reading that its column names.",
    "correct the value, or cite the words that say it",
)
def reading(table: Table, data: Dataset) -> Iterator[Fault]:
    """A number, date, code, name or term that its words do not say."""
    subject, sources = data.get(table.subject), data.get("sources")
    names = {column.name: column for column in subject.schema.columns}
    for line, row in table.numbered:
        column, source = names.get(row["column"]), sources.by_key.get(row["source_id"])
        record = subject.by_key.get(row["row_id"])
        if column is None or column.states != "fact" or source is None or record is None:
            continue
        claim = Claim(row["value"], row["as_read"], row["note"], column, record, source, data)
        said = READINGS[column.reading](claim)
        if said is not None:
            alone = row["relation"] == "supports" and row["value"] not in column.items(record[column.name])
            yield Fault(
                "evidence.reading",
                line,
                "value" if alone else "as_read",  # Where the cell does not say so either, the value is one against two.
                f"{shown(row['value'])} from {shown(row['as_read'])}",
                f"what the words say as a {column.reading}: {said}",
                row["row_id"],
            )


@rule(
    "evidence.fingerprint",
    "evidence",
    "The words of as_read stand in that paragraph of the source.",
    "copy the words as printed, and check the paragraph; “mutuals verify” helps where a copy is at hand",
)
def in_source(table: Table, data: Dataset) -> Iterator[Fault]:
    """Words that the source's fingerprint does not hold."""
    for line, row in table.numbered:
        if in_paragraph(data, row["source_id"], row["paragraph"], row["as_read"]) is False:
            column, wanted = strayed(data, row["source_id"], row["paragraph"], row["as_read"])
            yield Fault("evidence.fingerprint", line, column or "as_read", shown(row[column or "as_read"]), wanted, row["row_id"])


@rule(
    "evidence.short",
    "evidence",
    f"An as_read is at most {MOST_WORDS} words: a proof, not a copy of the article.",
    "cite only the words that say it",
)
def short(table: Table, data: Dataset) -> Iterator[Fault]:
    """Evidence that copies more than it needs."""
    for line, row in table.numbered:
        count = sum(any(c.isalnum() for c in token) for token in tokens(row["as_read"]))
        if count > MOST_WORDS:
            yield Fault("evidence.short", line, "as_read", f"{count} words", f"at most {MOST_WORDS}", row["row_id"])
