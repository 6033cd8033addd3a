"""Fingerprints: each source has one, made by the normaliser in use, and each belongs to a source."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.fingerprints import VERSION
from mutuals.rules import rule
from mutuals.schema import whole
from mutuals.tables import Dataset, Table


@rule(
    "fingerprints.source",
    "fingerprints",
    "Each fingerprint is named after a source.",
    "rename the file after the source, or add the source",
    early=True,
    sees="table",
)
def named(table: Table, data: Dataset) -> Iterator[Fault]:
    """A fingerprint that belongs to nobody."""
    if not data.get("sources").knows(table.subject):
        yield Fault("fingerprints.source", 0, "", f"the name {shown(table.subject)}", "a key of data/sources.csv")


@rule(
    "fingerprints.extent",
    "fingerprints",
    "A fingerprint has no paragraph beyond the number that its source has.",
    "make the fingerprint again with “mutuals fingerprint”",
    early=True,
    sees="table",
)
def extent(table: Table, data: Dataset) -> Iterator[Fault]:
    """Runs of a paragraph that the source does not have."""
    source = data.get("sources").by_key.get(table.subject)
    last = whole(source["paragraphs"]) if source else None
    if source is None or last is None:
        return
    beyond = {paragraph for paragraph in set(table.column("paragraph")) if (whole(paragraph) or 0) > last}
    for line, paragraph in zip(table.reading.lines, table.column("paragraph"), strict=True) if beyond else ():
        if paragraph in beyond:
            yield Fault("fingerprints.extent", line, "paragraph", shown(paragraph), f"at most {source['paragraphs']}", paragraph)
            return


@rule(
    "sources.fingerprint",
    "sources",
    "Each source has a fingerprint, made by the normaliser in use.",
    "make it with “mutuals fingerprint”",
    early=True,
    sees="row",
)
def made(table: Table, data: Dataset) -> Iterator[Fault]:
    """A source whose words cannot be proved."""
    for line, record in table.numbered:
        id = record["source_id"]
        if f"fingerprints/{id}" not in data.tables:
            yield Fault("sources.fingerprint", line, "source_id", shown(id), f"a file data/fingerprints/{id}.csv", id)
        elif record["normaliser"] != str(VERSION):
            yield Fault("sources.fingerprint", line, "normaliser", shown(record["normaliser"]), str(VERSION), id)
