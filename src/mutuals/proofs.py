"""Proving a cell: an evidence row is made only where the value follows from the words, and the words stand in the source."""

from dataclasses import dataclass, replace
from pathlib import Path

from mutuals import fingerprints
from mutuals.canonical import clean, encode
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.evidence import fingerprint
from mutuals.findings import shown
from mutuals.parsing import read
from mutuals.readings import READINGS, Claim
from mutuals.schema import Column, whole

Row = dict[str, str]


@dataclass(frozen=True)
class Proof:
    """What is said to prove a cell: the words as printed, their source and paragraph; `value` where it is not the whole cell."""

    column: str
    source: str
    words: str
    paragraph: str = ""
    value: str = ""
    relation: str = "supports"
    note: str = ""


def read_copy(path: Path) -> bytes:
    """The bytes of a copy. Raises CommandError if it cannot be read as UTF-8."""
    try:
        content = path.read_bytes()
        content.decode("utf-8-sig")
        return content
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error


def runs(changes: Changes, source: str) -> fingerprints.Fingerprint | None:
    """The fingerprint of a source, as it is or as it is to be written; None where there is none."""
    rows = changes.after_rows(f"fingerprints/{source}")
    if rows is None:
        return fingerprint(changes.data, source)
    return fingerprints.Fingerprint((whole(row["paragraph"]) or 0, whole(row["size"]) or 0, row["hash"]) for row in rows)


def save_runs(changes: Changes, source: str, found: set[fingerprints.Run]) -> None:
    """Let the fingerprint of a source hold these runs."""
    changes.rows(f"fingerprints/{source}")[:] = [{"paragraph": str(at), "size": str(size), "hash": hash} for at, size, hash in found]


def record(changes: Changes, table: str, key: str) -> Row | None:
    """A row of a table by its key, as it is to be written."""
    name = changes.data.schemas[table].key[0]
    return next((row for row in changes.rows(table) if row[name] == key), None)


def _paragraph(text: str, proof: Proof, name: str) -> str:
    """The paragraph of a copy in which the words stand. Raises CommandError unless it is one."""
    found = [str(n) for n, block in enumerate(fingerprints.paragraphs(text), 1) if fingerprints.stands(block, proof.words)]
    if proof.paragraph in found:
        return proof.paragraph
    if proof.paragraph or len(found) != 1:
        where = f"in paragraphs {', '.join(found)}" if found else "nowhere"
        raise CommandError(f"“{proof.words}” stands {where} in {name}; say --paragraph, or copy the words as printed")
    return found[0]


def _stands(changes: Changes, proof: Proof, text: str | None, name: str) -> str:
    """The paragraph that holds the words; a short span is added to the fingerprint if a copy is at hand."""
    held = runs(changes, proof.source)
    if held is None:
        raise CommandError(f"there is no source “{proof.source}” with a fingerprint; add it and run “mutuals fingerprint”")
    if text is not None:
        paragraph, words = _paragraph(text, proof, name), fingerprints.tokens(proof.words)
        proved = fingerprints.proves(held, proof.source, int(paragraph), proof.words)
        if len(words) >= fingerprints.RUN and not proved:
            raise CommandError(f"{name} is not the text of “{proof.source}”: its fingerprint does not hold the words")
        if not proved:
            save_runs(changes, proof.source, held | set(fingerprints.runs_of(proof.source, int(paragraph), words)))
        return paragraph
    if not proof.paragraph:
        places = sorted({at for at, _, _ in held if fingerprints.proves(held, proof.source, at, proof.words)})
        if len(places) == 1:
            return str(places[0])
        raise CommandError("say --paragraph N, or --text FILE with a copy of the source")
    number = whole(proof.paragraph)
    if number is None or not fingerprints.proves(held, proof.source, number, proof.words):
        raise CommandError(
            f"the fingerprint of “{proof.source}” does not hold “{proof.words}” in paragraph {proof.paragraph}; "
            "copy the words as printed, at least five of them, or give a copy with --text"
        )
    return proof.paragraph


def follows(changes: Changes, row: Row, column: Column, value: str, proof: Proof) -> str | None:
    """None if a value follows from the words of a proof, else what they say."""
    source = record(changes, "sources", proof.source)
    if source is None:
        raise CommandError(f"data/sources.csv has no row “{proof.source}”")
    return READINGS[column.reading](Claim(value, proof.words, proof.note, column, row.get("unit_code", ""), source, changes.current))


def _value(changes: Changes, row: Row, column: Column, proof: Proof) -> str:
    """The value that the words prove. Raises CommandError if it does not follow from them, or does not fit the cell."""
    cell = row[column.name]
    value = proof.value or cell
    if not value:
        raise CommandError("the cell is blank: fill it first, or say --value")
    said = follows(changes, row, column, value, proof)
    if said is not None:
        other = "" if said.strip("“”") == proof.words else f", which says {said}"
        raise CommandError(f"“{value}” does not follow from “{proof.words}”{other}")
    if cell and proof.relation == "supports" and value not in column.items(cell):
        raise CommandError(
            f"“{value}” is not a value of the cell, which says “{cell}”; say --value with one of its values, or --relation contradicts"
        )
    if proof.relation == "contradicts" and not proof.note:
        raise CommandError("say with --note why the cell keeps its value against this source")
    return value


def prove(changes: Changes, table: str, key: str, proof: Proof, text: str | None = None, name: str = "the copy") -> list[Row]:
    """Add the evidence rows of a proof, which are given too; of a list without `value`, one for each value that follows.

    `text` is a copy of the source. Raises CommandError with a sentence where nothing is proved.
    """
    proof = replace(proof, words=clean(proof.words), value=clean(proof.value), note=clean(proof.note))
    row, column = record(changes, table, key), changes.data.schemas[table][proof.column]
    assert row is not None
    items = [] if proof.value else column.items(row[column.name])
    if len(items) > 1:
        proved = [item for item in items if follows(changes, row, column, item, proof) is None]
        values = proved or [_value(changes, row, column, proof)]
    else:
        values = [_value(changes, row, column, proof)]
    schema, evidence, made = changes.data.schemas["evidence"], changes.rows(f"evidence/{table}"), []
    for value in values:
        cells = (key, column.name, value, proof.words, proof.source, proof.paragraph, proof.relation, proof.note)
        new = dict(zip(("row_id", "column", "value", "as_read", "source_id", "paragraph", "relation", "note"), cells, strict=True))
        if wrong := read(encode([new], schema), schema).faults:
            raise CommandError(f"the row cannot be written: found {shown(wrong[0].found)} in {wrong[0].column}, wanted {wrong[0].wanted}")
        new["paragraph"] = _stands(changes, proof, text, name)
        made += [] if new in evidence else [new]
        evidence += [] if new in evidence else [new]
    return made
