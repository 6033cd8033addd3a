"""Add a record with its evidence, the reasons for its blanks and, of a source, its fingerprint.

For example: mutuals add organisation --set name="Eastham Council" --set kind_code=council --proof name eastham-2011 3 "Eastham Council"

In a terminal, without flags, it asks: choices from the code lists, names looked up in the record, dates and sums as people
write them. All is written together once the gate has passed it, or nothing is. A paragraph of - is found by itself.
"""

import argparse
from pathlib import Path

from mutuals import asking, entries
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.interview import asked
from mutuals.outcome import finish, options
from mutuals.proofs import Proof, read_copy
from mutuals.tables import Table


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    several = {"action": "append", "default": []}
    parser.add_argument("table", help="a fact table or one of its records, such as spin-out or contract")
    parser.add_argument("--key", default="", help="the key; made of the name if it is not given")
    parser.add_argument("--set", metavar="COLUMN=VALUE", help="fill a cell", **several)
    words = ("COLUMN[=VALUE]", "SOURCE", "PARAGRAPH", "WORDS")
    parser.add_argument("--proof", nargs=4, metavar=words, help="prove a cell, or several parted by commas", **several)
    parser.add_argument("--gap", nargs=2, metavar=("COLUMN", "REASON"), help="why a cell is blank; * for all others", **several)
    parser.add_argument("--looked", nargs=2, metavar=("WHERE", "DATE"), default=("", ""), help="where and when, for looked_not_found")
    parser.add_argument("--text", nargs=2, metavar=("SOURCE", "FILE"), help="a copy of a source; it is not kept", **several)
    parser.add_argument("--another", action="store_true", help="it is another than the record of the same name or address")
    options(parser)


def pairs(texts: list[str]) -> dict[str, str]:
    """COLUMN=VALUE by column. Raises CommandError for a text without the mark."""
    if odd := next((text for text in texts if "=" not in text), ""):
        raise CommandError(f"{shown(odd)} is not COLUMN=VALUE")
    return {column.strip(): value for column, _, value in (text.partition("=") for text in texts)}


def copies(given: list[list[str]]) -> dict[str, bytes]:
    """Copies of sources by their keys. Raises CommandError where one cannot be read as UTF-8."""
    return {source: read_copy(Path(path)) for source, path in given}


def _proofs(given: list[list[str]]) -> list[Proof]:
    found = []
    for named, source, paragraph, words in given:
        columns, _, value = named.partition("=")
        found += [Proof(column.strip(), source, words, paragraph.strip("-"), value) for column in columns.split(",")]
    return found


def _same(table: Table, row: dict[str, str], another: bool) -> None:
    """Raise CommandError if the record is there already; say which are alike."""
    for key, same in entries.alike(table, row):
        if same and not another:
            raise CommandError(f"{table.name}/{key} has this name or address already: amend it, or say --another if it is another one")
        print(f"Note: {table.name}/{key} is called nearly the same.")


def run(arguments: argparse.Namespace) -> int:
    """Understand what was typed, collect the rows, and write them if the gate passes them."""
    changes = Changes(arguments.root)
    table = entries.table_named(changes.data, arguments.table)
    key, name = table.schema.key[0], next(n for n in ("name", "title", "statement", "text") if n in table.schema.by_name)
    if asking.guided([arguments.set, arguments.proof, arguments.key]):
        if not asked(changes, table):
            return 1
        return finish(changes, arguments)
    if not arguments.set:
        raise CommandError("say --set COLUMN=VALUE, or run it in a terminal without flags to be asked")
    typed = pairs(arguments.set)
    row = entries.fill(changes, table.schema, {column: text for column, text in typed.items() if column != key})
    _same(table, row, arguments.another)
    texts = copies(arguments.text)
    row[key] = arguments.key or typed.get(key, "") or entries.new_key(changes, table.name, row[name])
    gaps = {column: (reason, *(arguments.looked if reason == "looked_not_found" else ("", "")), "") for column, reason in arguments.gap}
    proofs = _proofs(arguments.proof)
    if table.name == "sources" and row[key] in texts and "title" not in [proof.column for proof in proofs]:
        proofs.append(Proof("title", row[key], row["title"]))
    wrong = entries.add(changes, table, row, proofs, gaps, texts)
    wrong += [f"{c.name}: say --proof {c.name} SOURCE PARAGRAPH WORDS" for c in entries.unproved(changes, table, row[key])]
    if wrong:
        print(f"{table.name}/{row[key]} cannot be written yet:", *wrong, "Nothing was written.", sep="\n")
        return 1
    print(f"{table.name}/{row[key]}")
    return finish(changes, arguments)
