"""Intake: the answers of an issue form as rows with their evidence, or what is missing, in sentences that its writer can act on."""

import re
from itertools import count

from mutuals import entries
from mutuals.canonical import clean
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.fingerprints import proves
from mutuals.forms import Form
from mutuals.nearest import fold, named, near
from mutuals.proofs import Proof, record, runs
from mutuals.schema import SEPARATOR, Column
from mutuals.tables import Table

Answers = dict[str, str]
MOST_PASSAGE = 5_000  # characters of a source that are quoted to us
PERSON = "A person has to read this one: nothing was written. It was sent by somebody who says: {relation}; and who would like: {wish}."


def _record(changes: Changes, text: str) -> tuple[Table, str]:
    """The record that is meant, by its key, its page's address or its name. Raises CommandError with the nearest."""
    text = re.sub(r"^https?://[^/]+/|\.html.*$", "", clean(text))
    folder, _, key = text.rpartition("/")
    if key and re.fullmatch(r"[a-z0-9-]+", key) and re.fullmatch(r"[a-z_-]*", folder):
        return entries.found(changes.data, f"{'figures' if folder == 'claims' else folder}/{key}" if folder else key)
    matches = [(table, key) for table in changes.data.facts if (key := table.names.get(fold(text), ""))]
    if len(matches) == 1:
        return matches[0]
    likely = [f"{t.name}/{key}" for t, key in matches] or [
        f"{t.name}/{key}" for t in changes.data.facts for key, _ in entries.likely(t, text)[:3]
    ]
    hint = f"do you mean {' or '.join(likely[:6])}?" if likely else "a body that is not in the record yet has to be added by a maintainer"
    raise CommandError(f"{shown(text)} names no one record; {hint}")


def _column(table: Table, text: str) -> Column:
    """The column that is meant, by its name or its title. Raises CommandError with those that there are."""
    columns = [column for column in table.schema.columns if column.states in ("fact", "editorial")]
    names = named((name, column.name) for column in columns for name in (column.name, column.title))
    if key := names.get(fold(clean(text)), ""):
        return table.schema[key]
    likely = near(clean(text), names)
    hint = f"do you mean {shown(table.schema[likely].title)}?" if likely else f"there are {', '.join(c.title for c in columns)}"
    raise CommandError(f"{shown(clean(text))} is no fact of {table.schema.title}; {hint}")


def _source(changes: Changes, text: str) -> str:
    """The key of the source that is meant, by its key, address or title. Raises CommandError where it is not in the record."""
    sources, bare = changes.data.get("sources"), clean(text).rstrip("/")
    by_address = [row["source_id"] for row in sources.records if row["url"] and row["url"].rstrip("/") == bare]
    if key := bare if bare in sources.places else next(iter(by_address), "") or sources.names.get(fold(bare), ""):
        return key
    likely = [key for key, _ in entries.likely(sources, bare)[:5]]
    hint = f" Do you mean {' or '.join(likely)}?" if likely else ""
    raise CommandError(f"the source {shown(bare)} is not in the record yet: send the form “A source that is missing” for it first.{hint}")


def _places(changes: Changes, source: str) -> list[str]:
    """A source and its further parts: the words may stand in any of them."""
    return [source, *(row["source_id"] for row in changes.data.get("sources").records if row["derived_from_id"] == source)]


def _cited(changes: Changes, table: Table, key: str, column: Column, answers: Answers) -> list[str]:
    """Collect the evidence of an answer, from the source or a part of it; what is wrong otherwise."""
    if column.states != "fact":
        return []
    origin, words = _source(changes, answers["source"]), clean(answers["words"])
    for source in _places(changes, origin):
        held = runs(changes, source) or set()
        if any(proves(held, source, at, words) for at in {at for at, _, _ in held}):
            return list(entries.proved(changes, table, key, [Proof(column.name, source, words)], {}))
    return [
        f"the words {shown(words)} are not in what we hold of {origin}: copy at least five words exactly as they are printed; if they stand "
        "in another part of the page, send the sentences around them with the form “A source that is missing”"
    ]


def fact(changes: Changes, answers: Answers, former: str, why: str) -> list[str]:
    """Collect what a new or a wrong fact comes to: the cell, its evidence, what becomes of the old one."""
    table, key = _record(changes, answers["record"])
    column, row = _column(table, answers["column"]), record(changes, table.name, key) or {}
    typed = answers.get("right") or answers.get("value", "")
    try:
        value = entries.understood(column.of_row(row), typed, changes.data)
    except ValueError as error:
        return [str(error)]
    cell, told = row[column.name], []
    if "right" not in answers and cell and cell != value:
        if not column.many:
            return [
                f"{table.name}/{key} says {shown(cell)} for {column.title} already; if that is wrong, send the form “Something is wrong”"
            ]
        value = SEPARATOR.join(dict.fromkeys([*column.items(cell), *column.items(value)]))
    if cell != value:
        told = entries.amend(changes, table, key, column, value, former, why)
    return told or _cited(changes, table, key, column, answers)


def source(changes: Changes, answers: Answers) -> list[str]:
    """Collect a new source, seen in part: its title, date and passage are its fingerprint."""
    if len(answers["passage"]) > MOST_PASSAGE:
        return [f"the passage has {len(answers['passage']):,} characters: a few sentences are enough, and at most {MOST_PASSAGE:,}"]
    table = changes.data.get("sources")
    typed = {
        "title": answers["title"], "short_name": answers["publisher"], "kind_code": answers["kind"], "url": answers["url"],
        "date_published": answers["date"], "scope_code": "excerpt",
    }  # fmt: skip
    row = entries.fill(changes, table.schema, typed)
    taken, same = {other["source_id"] for other in changes.rows("sources")}, [key for key, same in entries.alike(table, row) if same]
    origin = next((key for key in same if row["url"] and table.by_key[key]["url"] == row["url"]), "")
    if same and not origin:
        return [f"a source of this title is in the record already, as {' or '.join(same)}: say its address, if it is another"]
    row["source_id"] = key = entries.new_key(changes, "sources", f"{row['short_name']} {row['date_published'] or row['title']}")
    if origin:
        row["derived_from_id"] = origin = table.by_key[origin]["derived_from_id"] or origin
        row["note"] = f"A further part of the same page; {entries.COVERED}."
        row["source_id"] = key = next(key for n in count(2) if (key := f"{origin}-part-{n}") not in taken)
    text = "\n\n".join(filter(None, (clean(answers["title"]), clean(answers["date"]), answers["passage"])))
    proofs = [Proof("title", key, row["title"], "1")] + [Proof("date_published", key, clean(answers["date"]), "2")] * bool(answers["date"])
    return entries.add(changes, table, row, proofs, {"*": ("not_stated", "", "", "")}, {key: text.encode()})


def taken(changes: Changes, form: Form, answers: Answers, former: str, why: str) -> list[str]:
    """Collect what an answered form comes to; sentences on what is missing or not understood, none if it can be written."""
    if blank := [form.labels[id] for id in form.labels if id in form.needed and not answers[id]]:
        return [f"“{label}” is blank, and is needed" for label in blank]
    if form.name == "about-me":
        return [PERSON.format(**{id: clean(answers[id]) for id in ("relation", "wish")})]
    try:
        return source(changes, answers) if form.name == "missing-source" else fact(changes, answers, former, why)
    except CommandError as error:
        return str(error).splitlines()
