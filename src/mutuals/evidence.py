"""Looking evidence up: whether words stand in a paragraph, and what the record's spans are."""

from mutuals.fingerprints import RUN, Fingerprint, hash_run, proves, tokens
from mutuals.schema import whole
from mutuals.tables import Dataset


def fingerprint(data: Dataset, source_id: str) -> Fingerprint | None:
    """A source's fingerprint; None where it is missing or could not be read, which rules of their own report."""
    table = data.tables.get(f"fingerprints/{source_id}")
    if table is None or not table.reading.usable:
        return None
    if source_id not in data.fingerprints:
        paragraphs, sizes = (list(map(whole, table.column(name))) for name in ("paragraph", "size"))
        runs = zip(paragraphs, sizes, table.column("hash"), strict=True)
        data.fingerprints[source_id] = Fingerprint(
            (paragraph, size, hash) for paragraph, size, hash in runs if paragraph is not None and size is not None
        )
    return data.fingerprints[source_id]


def in_paragraph(data: Dataset, source_id: str, paragraph: str, words: str) -> bool | None:
    """Whether a source's paragraph holds the words; None where there is no fingerprint or paragraph to ask, or part could not be read."""
    runs, number = fingerprint(data, source_id), whole(paragraph)
    if runs is None or number is None:
        return None
    if proves(runs, source_id, number, words):
        return True
    return None if paragraph in data.tables[f"fingerprints/{source_id}"].reading.set_aside else False


def strayed(data: Dataset, source_id: str, paragraph: str, words: str) -> tuple[str, str]:
    """What is wrong where words do not stand in their paragraph: the column, and what is wanted in it.

    It is the paragraph where another of the source holds them, the source where another has them in that paragraph,
    else the words themselves (a blank column).
    """
    number, run = whole(paragraph), tokens(words)[:RUN]

    def begins(source: str, at: int) -> bool:
        return (at, len(run), hash_run(source, at, run)) in (fingerprint(data, source) or ())

    for at in sorted({at for at, _, _ in fingerprint(data, source_id) or ()}):
        if begins(source_id, at) and in_paragraph(data, source_id, str(at), words):
            return "paragraph", f"{at}, the paragraph of {source_id} that holds these words"
    for other in data.get("sources").keys if number is not None else ():
        if begins(other, number) and in_paragraph(data, other, paragraph, words):
            return "source_id", f"{other}, whose paragraph {paragraph} holds these words"
    return "", f"words of {source_id}, paragraph {paragraph}"


def spans(data: Dataset, source_id: str) -> list[tuple[str, str, int, str]]:
    """Everything that cites a source: (file, record, paragraph, words) of evidence, quotations and errata."""
    found = []
    for table in data.of_kind("evidence"):
        found += [(table.file, r["row_id"], r["paragraph"], r["as_read"]) for r in table.records if r["source_id"] == source_id]
    quotes, errata = data.get("quotes"), data.get("errata")
    found += [(quotes.file, r["quote_id"], r["paragraph"], r["text"]) for r in quotes.records if r["source_id"] == source_id]
    for record in errata.records:
        if record["source_id"] == source_id:
            found.append((errata.file, record["erratum_id"], record["paragraph"], record["printed"]))
        if record["shown_by_source_id"] == source_id:
            found.append((errata.file, record["erratum_id"], record["shown_by_paragraph"], record["shown_by_as_read"]))
    return [(file, id, number, words) for file, id, paragraph, words in found if (number := whole(paragraph)) is not None]
