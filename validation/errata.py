"""Errata: the error is in the source as printed, and what shows it is there too."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.evidence import in_paragraph, strayed
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import Dataset, Table


@rule(
    "errata.fingerprint",
    "errata",
    "What an erratum says is printed stands in that paragraph of the source, and so does what shows the error.",
    "copy the words as printed, and check the paragraph",
    early=True,
    sees="source",
    far=True,
)
def printed(table: Table, data: Dataset) -> Iterator[Fault]:
    """An error that nobody made, or a proof that is not there."""
    places = (("source_id", "paragraph", "printed"), ("shown_by_source_id", "shown_by_paragraph", "shown_by_as_read"))
    for line, row in table.numbered:
        for source, paragraph, words in places:
            if row[source] and in_paragraph(data, row[source], row[paragraph], row[words]) is False:
                column, wanted = strayed(data, row[source], row[paragraph], row[words])
                at = {"": words, "source_id": source, "paragraph": paragraph}[column]
                yield Fault("errata.fingerprint", line, at, shown(row[at]), wanted, row["erratum_id"])


@rule(
    "errata.shown",
    "errata",
    "An erratum that rests on a source names its paragraph and words; a correction differs from what is printed.",
    "fill the three columns together, or none; correct the correction",
    sees="row",
)
def whole(table: Table, data: Dataset) -> Iterator[Fault]:
    """Half a proof, or a correction that changes nothing."""
    names = ("shown_by_source_id", "shown_by_paragraph", "shown_by_as_read")
    for line, row in table.numbered:
        if len({bool(row[name]) for name in names}) > 1:
            blank = next(name for name in names if not row[name])
            yield Fault(
                "errata.shown", line, blank, "a blank beside a filled neighbour", "source, paragraph and words together", row["erratum_id"]
            )
        if row["correct"] and row["correct"] == row["printed"]:
            yield Fault("errata.shown", line, "correct", shown(row["correct"]), "something else than is printed", row["erratum_id"])
