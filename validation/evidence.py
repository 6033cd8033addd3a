"""Evidence: each fact has its proof, the proof says what the cell says, and the source says what the proof says."""

from collections.abc import Callable, Iterator
from functools import cache

from mutuals import dates
from mutuals.canonical import Fault
from mutuals.derived import COUNT, counted
from mutuals.evidence import in_paragraph, strayed
from mutuals.findings import shown
from mutuals.fingerprints import tokens
from mutuals.nearest import looking, named, said
from mutuals.readings import READINGS, Claim
from mutuals.rules import cell_at, rule
from mutuals.schema import Column
from mutuals.tables import Dataset, Table

MOST_WORDS = 15


def _states_fact(column: Column) -> bool:
    return column.states == "fact"


def _facts(table: Table, data: Dataset) -> bool:
    evidence = data.tables.get(f"evidence/{table.name}")
    return evidence is not None and evidence.reading.usable


def _by_column(evidence: Table) -> dict[str, list[int]]:
    """The places of the rows of an evidence file by the column that they are of."""
    found: dict[str, list[int]] = {}
    for at, name in enumerate(evidence.column("column")):
        found.setdefault(name, []).append(at)
    return found


def _proved(table: Table, data: Dataset) -> Iterator[tuple[Column, set[str], set[tuple[str, str]]]]:
    """Of each column that states a fact: the records that have evidence for it, and which values of them it supports."""
    evidence = data.get(f"evidence/{table.name}")
    at, rows, values, relations = _by_column(evidence), *map(evidence.column, ("row_id", "value", "relation"))
    for column in filter(_states_fact, table.schema.columns):
        places = at.get(column.name, [])
        yield column, {rows[i] for i in places}, {(rows[i], values[i]) for i in places if relations[i] == "supports"}


@rule(
    "evidence.missing",
    "facts",
    "Each filled cell that states a fact has at least one evidence row.",
    "add evidence with “mutuals cite”, or blank the cell",
    early=True,
    sees="record",
)
def missing(table: Table, data: Dataset) -> Iterator[Fault]:
    """A fact without any evidence row for its cell."""
    if not _facts(table, data):
        return
    evidence = data.get(f"evidence/{table.name}")
    # A record that has no evidence at all is told once, by keys.evidence.
    known = set(evidence.column("row_id")) - evidence.reading.set_aside
    for column, proved, _ in _proved(table, data):
        for at, (id, text) in enumerate(zip(table.keys, table.column(column.name), strict=True)):
            if text and id not in proved and id in known:
                yield cell_at(table, at, column).fault(
                    "evidence.missing", f"{shown(text)} without evidence", "an evidence row for the cell"
                )


@rule(
    "evidence.count",
    "facts",
    "Each record says how many evidence rows it has, so that none is lost unseen.",
    "restore the evidence row that is gone; where rows were added or removed on purpose, run “mutuals format”",
    early=True,
    sees="record",
)
def count(table: Table, data: Dataset) -> Iterator[Fault]:
    """A record with fewer or more evidence rows than it says."""
    for column in (column for column in table.schema.columns if column.rule == COUNT):
        for at, (id, text) in enumerate(zip(table.keys, table.column(column.name), strict=True)):
            wanted = counted(id, table, data)
            if wanted is not None and wanted != text:
                place = f"data/evidence/{table.name}.csv"
                yield cell_at(table, at, column).fault("evidence.count", shown(text), f"{wanted}, the number of its rows in {place}")


@rule(
    "evidence.differs",
    "facts",
    "Each value of a fact is repeated by evidence that supports it.",
    "if the cell is right, cite its source; if the evidence is right, restore the cell",
    early=True,
    sees="record",
)
def differs(table: Table, data: Dataset) -> Iterator[Fault]:
    """A cell whose evidence supports other values."""
    if not _facts(table, data):
        return
    aside = data.get(f"evidence/{table.name}").reading.set_aside
    for column, proved, supported in _proved(table, data):
        for at, (id, text) in enumerate(zip(table.keys, table.column(column.name), strict=True)):
            if not text or (id, text) in supported or id not in proved or id in aside:
                continue
            values = {row["value"] for row in data.evidence[table.name, id, column.name] if row["relation"] == "supports"}
            for item in (item for item in column.items(text) if (id, item) not in supported):
                other = " or ".join(map(shown, sorted(values))) or "evidence that supports it"
                found = f"{other}, as in data/evidence/{table.name}.csv"
                yield cell_at(table, at, column).fault("evidence.differs", shown(item), found)


@rule(
    "evidence.orphan",
    "evidence",
    "Each evidence row belongs to a filled fact cell.",
    "remove the row, or fill the cell that it proves",
    early=True,
    sees="record",
    far=True,
)
def orphan(table: Table, data: Dataset) -> Iterator[Fault]:
    """Evidence for a record, column or cell that is not there."""
    subject = data.get(table.subject)
    facts = {column.name: subject.column(column.name) for column in subject.schema.columns if _states_fact(column)}
    close, like = looking(lambda: subject.names), looking(lambda: named((name, name) for name in facts))
    rows = zip(table.reading.lines, *map(table.column, ("row_id", "column", "value")), strict=True)
    for line, id, name, value in rows:
        at = subject.places.get(id)
        if at is None and not subject.knows(id):
            remedy = said(close(id), "remove the row")
            yield Fault("evidence.orphan", line, "row_id", shown(id), f"a key of {subject.file}", id, remedy)
        elif name not in facts:
            remedy = said(like(name), "remove the row")
            yield Fault("evidence.orphan", line, "column", shown(name), f"a column of {subject.file} that states a fact", id, remedy)
        elif at is not None and not facts[name][at]:
            yield Fault("evidence.orphan", line, "value", f"{shown(value)} for a blank cell", "a filled cell", id)


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
    early=True,
    sees="record",
)
def relation(table: Table, data: Dataset) -> Iterator[Fault]:
    """Support with another value beside a supported one, contradiction with the same value or without a reason."""
    subject = data.get(table.subject)

    @cache
    def supported(id: str, column: str) -> set[str]:
        return {row["value"] for row in data.evidence.get((table.subject, id, column), []) if row["relation"] == "supports"}

    for at, (id, name, value, kind) in enumerate(zip(*map(table.column, ("row_id", "column", "value", "relation")), strict=True)):
        here, column = subject.places.get(id), subject.schema.by_name.get(name)
        text = "" if here is None or column is None else subject.column(name)[here]
        if column and text and (kind != "supports" or value != text):
            yield from _related(table, at, column, text, supported)


def _related(table: Table, at: int, column: Column, text: str, supported: Callable[[str, str], set[str]]) -> Iterator[Fault]:
    """What is wrong between one evidence row and its cell, where they do not simply agree."""
    row, line, items = table.row(at), table.reading.lines[at], column.items(text)
    id, kind = row["row_id"], row["relation"]

    def fault(name: str, found: str, wanted: str) -> Fault:
        return Fault("evidence.relation", line, name, found, wanted, id)

    if kind == "supports" and row["value"] not in items and supported(id, row["column"]).issuperset(items):
        yield fault("value", shown(row["value"]), f"{shown(text)}, which the cell says, or “contradicts”")
    if kind == "contradicts" and row["value"] in items:
        yield fault("relation", "“contradicts” with the cell's own value", "“supports”")
    if kind == "less_precise" and not _includes(row["value"], text):
        yield fault("value", shown(row["value"]), f"a date that includes {shown(text)}")
    if kind == "contradicts" and not row["note"]:
        yield fault("note", "a contradiction without a note", "why the cell keeps its value")


@rule(
    "evidence.reading",
    "evidence",
    "A value follows from its as_read by the reading that its column names.",
    "correct the value, or cite the words that say it",
    early=True,
    sees="record",
)
def reading(table: Table, data: Dataset) -> Iterator[Fault]:
    """A number, date, code, name or term that its words do not say."""
    subject, sources, own_words = data.get(table.subject), data.get("sources").by_key, READINGS["own_words"]
    names = {column.name: (column, READINGS[column.reading]) for column in filter(_states_fact, subject.schema.columns)}
    columns, units = ("row_id", "column", "value", "as_read", "source_id", "note", "relation"), subject.column("unit_code")
    for line, id, name, value, as_read, source_id, note, kind in zip(table.reading.lines, *map(table.column, columns), strict=True):
        column, read = names.get(name, (None, own_words))
        at = subject.places.get(id)
        if column is None or read is own_words or at is None or source_id not in sources:
            continue
        unit = units[at] if units else ""
        said = read(Claim(value, as_read, note, column, unit, sources[source_id], data))
        if said is not None:
            # Where the cell does not say so either, the value is one against two.
            alone = kind == "supports" and value not in column.items(subject.column(name)[at])
            found = f"{shown(value)} from {shown(as_read)}"
            wanted = f"what the words say as a {column.reading}: {said}"
            yield Fault("evidence.reading", line, "value" if alone else "as_read", found, wanted, id)


@rule(
    "evidence.fingerprint",
    "evidence",
    "The words of as_read stand in that paragraph of the source.",
    "copy the words as printed, and check the paragraph; “mutuals verify” helps where a copy is at hand",
    early=True,
    sees="source",
    far=True,
)
def in_source(table: Table, data: Dataset) -> Iterator[Fault]:
    """Words that the source's fingerprint does not hold."""
    columns = ("row_id", "source_id", "paragraph", "as_read")
    for line, id, source, paragraph, words in zip(table.reading.lines, *map(table.column, columns), strict=True):
        if in_paragraph(data, source, paragraph, words) is False:
            column, wanted = strayed(data, source, paragraph, words)
            found = {"": words, "source_id": source, "paragraph": paragraph}[column]
            yield Fault("evidence.fingerprint", line, column or "as_read", shown(found), wanted, id)


@rule(
    "evidence.short",
    "evidence",
    f"An as_read is at most {MOST_WORDS} words: a proof, not a copy of the article.",
    "cite only the words that say it",
    early=True,
    sees="row",
)
def short(table: Table, data: Dataset) -> Iterator[Fault]:
    """Evidence that copies more than it needs."""
    for line, id, words in zip(table.reading.lines, table.column("row_id"), table.column("as_read"), strict=True):
        if len(words) < 2 * MOST_WORDS:
            continue  # too short for so many words
        count = sum(any(map(str.isalnum, token)) for token in tokens(words))
        if count > MOST_WORDS:
            yield Fault("evidence.short", line, "as_read", f"{count} words", f"at most {MOST_WORDS}", id)
