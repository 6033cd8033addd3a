"""Sources: what is said of a copy agrees with its fingerprint, its address and its note."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.evidence import fingerprint
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.schema import whole
from mutuals.tables import Dataset, Table

IN_PART = "the fingerprint covers the passages cited"


@rule(
    "sources.extent",
    "sources",
    "A source has no more paragraphs than its fingerprint.",
    "correct paragraphs, or make the fingerprint again with “mutuals fingerprint”",
    sees="source",
)
def extent(table: Table, data: Dataset) -> Iterator[Fault]:
    """Paragraphs of which there is no word."""
    for line, row in table.numbered:
        runs, id = fingerprint(data, row["source_id"]), row["source_id"]
        last = max((paragraph for paragraph, _, _ in runs), default=0) if runs else None
        aside = data.get(f"fingerprints/{id}").reading.set_aside
        if last is not None and not aside and (whole(row["paragraphs"]) or 0) > last:
            yield Fault("sources.extent", line, "paragraphs", shown(row["paragraphs"]), f"{last}, as in its fingerprint", id)


@rule(
    "sources.part",
    "sources",
    "A further part of a source has the address of the first, whose key its own begins with; no other two share an address.",
    "correct url or derived_from_id",
    sees="table",
)
def part(table: Table, data: Dataset) -> Iterator[Fault]:
    """A part of another page, or one page told as two sources."""
    first = {row["url"]: row["source_id"] for row in reversed(table.records) if row["url"] and not row["derived_from_id"]}
    for line, row in table.numbered:
        id, whole_id = row["source_id"], row["derived_from_id"]
        origin = table.by_key.get(whole_id)
        if origin and not id.startswith(f"{whole_id}-"):
            yield Fault("sources.part", line, "derived_from_id", shown(whole_id), f"a key with which {id} begins", id)
        elif origin and row["url"] != origin["url"]:
            yield Fault("sources.part", line, "url", shown(row["url"]), f"{shown(origin['url'])}, the address of {whole_id}", id)
        elif not whole_id and row["url"] and first[row["url"]] != id:
            yield Fault("sources.part", line, "url", shown(row["url"]), f"an address other than that of {first[row['url']]}", id)


@rule(
    "sources.scope",
    "sources",
    "A source that was seen in part says so in its note, and no other does.",
    "correct scope_code or note",
    sees="row",
)
def scope(table: Table, data: Dataset) -> Iterator[Fault]:
    """A copy that is taken for whole, or the other way round."""
    for line, row in table.numbered:
        if row["scope_code"] in data.get("codes/scopes").by_key and (row["scope_code"] == "full") == (IN_PART in row["note"]):
            wanted = f"a note without “{IN_PART}”" if row["scope_code"] == "full" else f"“{IN_PART}”"
            yield Fault("sources.scope", line, "note", shown(row["note"]), wanted, row["source_id"])
