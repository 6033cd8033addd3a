"""Quotations: verbatim, short, said before they were printed, and by somebody."""

from collections.abc import Iterator

from mutuals import dates
from mutuals.canonical import Fault
from mutuals.evidence import in_paragraph, strayed
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.schema import whole
from mutuals.tables import Dataset, Table

MOST_WORDS = 100


@rule(
    "quotes.fingerprint",
    "quotes",
    "A quotation stands word for word in that paragraph of its source.",
    "copy the words between the quotation marks exactly as printed, misprints and all",
    early=True,
    sees="source",
    far=True,
)
def verbatim(table: Table, data: Dataset) -> Iterator[Fault]:
    """A quotation with a changed word, digit, capital or mark."""
    for line, row in table.numbered:
        if in_paragraph(data, row["source_id"], row["paragraph"], row["text"]) is False:
            column, wanted = strayed(data, row["source_id"], row["paragraph"], row["text"])
            yield Fault("quotes.fingerprint", line, column or "text", shown(row[column or "text"]), wanted, row["quote_id"])


@rule(
    "quotes.short",
    "quotes",
    f"A quotation is at most {MOST_WORDS} words: short quotations only are kept.",
    "keep the part that matters, or leave it out",
    sees="row",
)
def short(table: Table, data: Dataset) -> Iterator[Fault]:
    """A quotation that is a copy of the article."""
    for line, row in table.numbered:
        if len(row["text"].split()) > MOST_WORDS:
            yield Fault("quotes.short", line, "text", f"{len(row['text'].split())} words", f"at most {MOST_WORDS}", row["quote_id"])


@rule(
    "quotes.form",
    "quotes",
    "A statement begins with a capital and ends as a sentence or with a comma; a fragment or a term does neither.",
    "copy the whole statement, or correct mode_code",
    sees="row",
)
def form(table: Table, data: Dataset) -> Iterator[Fault]:
    """A statement that was trimmed, or words of one that pass for it."""
    for line, row in table.numbered:
        text, known = row["text"], row["mode_code"] in data.get("codes/quote_modes").by_key
        said = text[:1].isupper() or text[:1].isdigit(), text.endswith((".", "?", "!", ","))
        if text and known and set(said) != {row["mode_code"] == "statement"}:
            wanted = (
                "a capital first and a mark at the end"
                if row["mode_code"] == "statement"
                else f"words from inside a sentence, for {shown(row['mode_code'])}"
            )
            yield Fault("quotes.form", line, "text", shown(text), wanted, row["quote_id"])


@rule("quotes.said-after-printed", "quotes", "Nothing is quoted before it was said.", "correct the date", sees="row")
def said(table: Table, data: Dataset) -> Iterator[Fault]:
    """A quotation said after its source was published."""
    sources = data.get("sources").by_key
    for line, row in table.numbered:
        published = sources.get(row["source_id"], {}).get("date_published", "")
        if dates.certainly_after(row["said_date"], published):
            yield Fault(
                "quotes.said-after-printed",
                line,
                "said_date",
                shown(row["said_date"]),
                f"not after {published}, when it was printed",
                row["quote_id"],
            )


@rule(
    "quotes.continues",
    "quotes",
    "A quotation that continues another is of the same source and speaker, and continues an earlier paragraph or the same.",
    "correct continues_id",
    sees="table",
)
def continues(table: Table, data: Dataset) -> Iterator[Fault]:
    """A quotation carried on by somebody else."""
    for line, row in table.numbered:
        other = table.by_key.get(row["continues_id"])
        if other is None:
            continue
        same = all(row[name] == other[name] for name in ("source_id", "person_id", "organisation_id"))
        here, there = whole(row["paragraph"]), whole(other["paragraph"])
        earlier = here is not None and there is not None and here < there
        if not same or earlier or other is row:
            yield Fault(
                "quotes.continues",
                line,
                "continues_id",
                shown(row["continues_id"]),
                "an earlier quotation of the same source and speaker",
                row["quote_id"],
            )
