"""Write an evidence row, with the words that prove a cell.

For example: mutuals cite contracts hinchingbrooke-2012 value_gbp --source S --paragraph 10 --as-read "£1bn"

The value is taken from the cell unless --value says otherwise. Nothing is written unless the value follows from
the words and the source's fingerprint holds them. With --text FILE, a copy of the source, the paragraph is found
by itself and a span of fewer than five words is added to the fingerprint.
"""

import argparse
from pathlib import Path

from mutuals import files, fingerprints
from mutuals.canonical import clean, encode
from mutuals.commands import CommandError
from mutuals.commands.fingerprint import read_text, save
from mutuals.derived import recompute
from mutuals.evidence import fingerprint, in_paragraph
from mutuals.parsing import read
from mutuals.readings import READINGS, Claim
from mutuals.schema import Column
from mutuals.tables import Dataset, read_dataset

RELATIONS = ("supports", "less_precise", "contradicts")


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("table", help="a fact table, such as contracts")
    parser.add_argument("row", help="key of the record")
    parser.add_argument("column", help="the column that is proved")
    parser.add_argument("--source", required=True, help="key of the source")
    parser.add_argument("--as-read", required=True, help="the few words that say it, as printed")
    parser.add_argument("--paragraph", type=int, help="paragraph of the source; found by itself with --text")
    parser.add_argument("--value", help="what the source says, if not what the cell says, or one value of a list")
    parser.add_argument("--relation", choices=RELATIONS, default="supports")
    parser.add_argument("--note", default="", help="how the value follows, or why the cell stands against it")
    parser.add_argument("--text", type=Path, help="a copy of the source")


def _target(data: Dataset, arguments: argparse.Namespace) -> tuple[dict[str, str], Column]:
    """The record and column that are cited for. Raises CommandError if either is not there."""
    table = next((t for t in data.facts if t.name == arguments.table), None)
    if table is None:
        raise CommandError(f"there is no table “{arguments.table}”; there are {', '.join(t.name for t in data.facts)}")
    if table.reading.faults:
        raise CommandError(f"{table.file} is not in order ({table.reading.faults[0].found}); run “mutuals check” first")
    record = table.by_key.get(arguments.row)
    if record is None:
        raise CommandError(f"{table.file} has no row “{arguments.row}”; add the row first")
    facts = {column.name: column for column in table.schema.columns if column.states == "fact"}
    if arguments.column not in facts:
        raise CommandError(f"{table.file} has no column “{arguments.column}” that states a fact; there are {', '.join(facts)}")
    return record, facts[arguments.column]


def _paragraph(arguments: argparse.Namespace, text: str) -> int:
    found = [n for n, block in enumerate(fingerprints.paragraphs(text), 1) if fingerprints.stands(block, arguments.as_read)]
    if arguments.paragraph in found:
        return arguments.paragraph
    if arguments.paragraph or len(found) != 1:
        where = f"in paragraphs {', '.join(map(str, found))}" if found else "nowhere"
        raise CommandError(f"“{arguments.as_read}” stands {where} in {arguments.text}; say --paragraph, or copy the words as printed")
    return found[0]


def _prove(data: Dataset, arguments: argparse.Namespace) -> int:
    """The paragraph that holds the words; a short span is added to the fingerprint if a copy is at hand."""
    runs = fingerprint(data, arguments.source)
    if runs is None:
        raise CommandError(f"there is no source “{arguments.source}” with a fingerprint; add it and run “mutuals fingerprint”")
    if arguments.text:
        paragraph = _paragraph(arguments, read_text(arguments.text))
        words = fingerprints.tokens(arguments.as_read)
        proved = fingerprints.proves(runs, arguments.source, paragraph, arguments.as_read)
        if len(words) >= fingerprints.RUN and not proved:
            raise CommandError(f"{arguments.text} is not the text of “{arguments.source}”: its fingerprint does not hold the words")
        if not proved:
            save(data, arguments.source, runs | set(fingerprints.runs_of(arguments.source, paragraph, words)))
        return paragraph
    if not arguments.paragraph:
        raise CommandError("say --paragraph N, or --text FILE with a copy of the source")
    if not in_paragraph(data, arguments.source, str(arguments.paragraph), arguments.as_read):
        raise CommandError(
            f"the fingerprint of “{arguments.source}” does not hold “{arguments.as_read}” in paragraph {arguments.paragraph}; "
            "copy the words as printed, at least five of them, or give a copy with --text"
        )
    return arguments.paragraph


def _recount(root: Path, name: str) -> None:
    """Bring the number of evidence rows up to date in the table that was cited for."""
    data = read_dataset(root)
    table = data.get(name)
    recompute(table, data)
    files.write_rows(root / table.file, table.records, table.schema)


def _value(data: Dataset, arguments: argparse.Namespace) -> str:
    """The value that the words prove. Raises CommandError if it does not follow from them, or does not fit the cell."""
    record, column = _target(data, arguments)
    value = arguments.value or record[column.name]
    source = data.get("sources").by_key.get(arguments.source)
    if source is None:
        raise CommandError(f"data/sources.csv has no row “{arguments.source}”")
    if not value:
        raise CommandError("the cell is blank: fill it first, or say --value")
    said = READINGS[column.reading](Claim(value, arguments.as_read, arguments.note, column, record.get("unit_code", ""), source, data))
    if said is not None:
        raise CommandError(f"“{value}” does not follow from “{arguments.as_read}”, which says {said}")
    if record[column.name] and arguments.relation == "supports" and value not in column.items(record[column.name]):
        cell = record[column.name]
        raise CommandError(
            f"“{value}” is not a value of the cell, which says “{cell}”; say --value with one of its values, or --relation contradicts"
        )
    if arguments.relation == "contradicts" and not arguments.note:
        raise CommandError("say with --note why the cell keeps its value against this source")
    return value


def _row(data: Dataset, arguments: argparse.Namespace, value: str) -> dict[str, str]:
    """The evidence row, proved. Raises CommandError if its cells may not be written."""
    row = {
        "row_id": arguments.row,
        "column": arguments.column,
        "value": value,
        "as_read": arguments.as_read,
        "source_id": arguments.source,
        "paragraph": str(arguments.paragraph or ""),
        "relation": arguments.relation,
        "note": arguments.note,
    }
    wrong = read(encode([row], data.schemas["evidence"]), data.schemas["evidence"]).faults
    if wrong:
        raise CommandError(f"the row cannot be written: found {wrong[0].found} in {wrong[0].column}, wanted {wrong[0].wanted}")
    return {**row, "paragraph": str(_prove(data, arguments))}


def run(arguments: argparse.Namespace) -> int:
    """Prove the words, read the value from them, and write the row."""
    data = read_dataset(arguments.root)
    for name in ("as_read", "value", "note"):
        setattr(arguments, name, clean(getattr(arguments, name) or ""))
    value = _value(data, arguments)
    path = data.root / f"data/evidence/{arguments.table}.csv"
    try:
        rows = files.rows(path, data.schemas["evidence"])
    except ValueError as error:
        raise CommandError(str(error)) from error
    row = _row(data, arguments, value)
    if row in rows:
        print("the row is there already")
        return 0
    files.write_rows(path, [*rows, row], data.schemas["evidence"])
    _recount(data.root, arguments.table)
    place = f"{arguments.source}, paragraph {row['paragraph']}"
    print(f"data/evidence/{arguments.table}.csv: {arguments.row} {arguments.column} = {value}, “{arguments.as_read}”, {place}")
    return 0
