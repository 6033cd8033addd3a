"""Entries: a record that is added, amended or retired with everything that belongs to it; what is typed is understood as people write it.

Nothing is written here: the rows are collected in `Changes`. What cannot be understood is told in a sentence, all of it at once.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

from mutuals import dates, fingerprints, remedies
from mutuals.canonical import FORMULA_STARTS, clean
from mutuals.changes import Changes
from mutuals.check import today
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.nearest import close, fold, near
from mutuals.proofs import Proof, follows, prove, record, save_runs
from mutuals.schema import SEPARATOR, TYPES, Column, Schema
from mutuals.tables import Dataset, Table

COVERED = "the fingerprint covers the passages cited"
MOST_LETTERS = 2_000  # of a cell
MOST, MOST_CODES = 12, 40  # names that are offered at a time, codes that are listed
Row = dict[str, str]
Gap = tuple[str, str, str, str]  # reason, where it was looked for, when, and a note


def table_named(data: Dataset, text: str) -> Table:
    """A fact table by its name or by one of its records: spin_outs, spin-out, “source”. Raises CommandError with what there is."""
    names = {fold(form): table.name for table in data.facts for form in (table.name, table.name.removesuffix("s"))}
    name = names.get(fold(text)) or near(text, names)
    if not name or fold(text) not in names:
        hint = f"; write {shown(name)} if that is meant" if name else ""
        raise CommandError(f"there is no table {shown(text)}: there are {', '.join(t.name for t in data.facts)}{hint}")
    return data.get(name)


def found(data: Dataset, text: str) -> tuple[Table, str]:
    """A record by its key, or by table/key where two tables share the key. Raises CommandError with the nearest."""
    name, _, key = text.rpartition("/")
    tables = [table_named(data, name)] if name else data.facts
    having = [table for table in tables if key in table.places]
    if len(having) == 1:
        return having[0], key
    if having:
        raise CommandError(f"several tables have {shown(key)}: write {' or '.join(f'{table.name}/{key}' for table in having)}")
    nearest = [f"{table.name}/{other}" for table in tables if (other := near(key, table.names))]
    hint = f"; write {' or '.join(map(shown, nearest))} if that is meant" if nearest else ""
    raise CommandError(f"no table has a record {shown(key)}{hint}")


def likely(table: Table, text: str) -> list[tuple[str, str]]:
    """Records or codes that a text may name, each with its name: the closest first, then those in whose names it stands."""
    folded = fold(text)
    inside = [key for name, key in table.names.items() if key and len(folded) > 2 and folded in name]
    keys = list(dict.fromkeys([*close(text, table.names), *inside]))[:MOST]
    return [(key, next(filter(None, (table.by_key[key].get(n, "") for n in ("name", "label", "title"))), key)) for key in keys]


def _item(column: Column, text: str, data: Dataset) -> str:
    """One value of a cell that names a record or a code, as its key. Raises ValueError with the remedy."""
    target = data.get(f"codes/{column.codes}" if column.codes else column.refers_to)
    if key := text if text in target.places else target.names.get(fold(text), ""):
        return key
    named = [f"{shown(key)} ({name})" for key, name in likely(target, text)]
    codes = f"write one of {', '.join(target.keys)}" if column.codes and len(target.keys) <= MOST_CODES else ""
    raise ValueError(f"write {' or '.join(named)} if that is meant" if named else codes or f"add it to {target.file} first")


def understood(column: Column, text: str, data: Dataset) -> str:
    """A cell as it is to be written. Raises ValueError with a sentence where it cannot be meant in one way only."""
    text = clean(text)
    if not text:
        return ""
    if len(text) > MOST_LETTERS:
        raise ValueError(f"{column.name}: {len(text):,} characters, where at most {MOST_LETTERS:,} can be meant")
    if column.codes or column.refers_to:
        items = [item.strip() for item in text.split(";") if item.strip()] if column.many else [text]
        try:
            return SEPARATOR.join(dict.fromkeys(_item(column, item, data) for item in items))
        except ValueError as error:
            raise ValueError(f"{column.name}: {shown(text)} is not in the record; {error}") from error
    meant = remedies.of_cell(column, text, data)
    if meant.sure:
        return meant.text
    wrong = (column.is_date and not dates.is_date(text)) or (column.type != "string" and not re.fullmatch(TYPES[column.type] or "", text))
    if wrong or (column.type == "string" and text.startswith(FORMULA_STARTS)):
        remedy = meant.remedy or ("write a date like " if column.is_date else "write something like ") + column.example
        raise ValueError(f"{column.name}: {shown(text)} cannot be taken as it is; {remedy}")
    return text


def slug(text: str) -> str:
    """A key made of a name."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60].strip("-")


def new_key(changes: Changes, table: str, name: str) -> str:
    """A free key for a name: never one that was given before."""
    schema, gone = changes.data.schemas[table], {row["row_id"] for row in changes.data.get("tombstones").records if row["table"] == table}
    taken, base, number = {row[schema.key[0]] for row in changes.rows(table)} | gone, slug(name), 1
    while (key := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return key


def alike(table: Table, cells: Row) -> list[tuple[str, bool]]:
    """Records that may be the one that is to be added, and whether each has the very name or address."""
    same = [row[table.schema.key[0]] for row in table.records if cells.get("url") and row.get("url") == cells["url"]]
    named = [cells[name] for name in ("name", "title", "statement") if cells.get(name)]
    same += [key for text in named if (key := table.names.get(fold(text), ""))]
    return [(key, True) for key in dict.fromkeys(same)] + [
        (key, False) for key in dict.fromkeys(key for text in named for key in close(text, table.names)) if key not in same
    ]


def fill(changes: Changes, schema: Schema, typed: Row) -> Row:
    """A row of what was typed, column by column. Raises CommandError with a sentence for each cell that was not understood."""
    row, wrong = dict.fromkeys(schema.header, ""), []
    for name, text in typed.items():
        column = schema.by_name.get(name)
        if column is None or column.states == "derived":
            likely = near(name, {fold(other): other for other in schema.header})
            hint = f"; write {shown(likely)} if that is meant" if likely and column is None else ""
            wrong.append(f"{name}: no column of data/{schema.name}.csv that can be filled{hint}")
            continue
        try:
            row[name] = understood(column.of_row(typed), text, changes.current)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise CommandError("\n".join(wrong))
    return row


def source_of(changes: Changes, row: Row, text: bytes) -> None:
    """Fill what a row of data/sources.csv says of a copy, and make its fingerprint. Raises CommandError if the copy holds no words."""
    copy = text.decode("utf-8-sig")
    found = fingerprints.make(row["source_id"], copy)
    if not found:
        raise CommandError("the copy holds no words")
    row["paragraphs"], row["sha256"] = str(len(fingerprints.paragraphs(copy))), hashlib.sha256(text).hexdigest()
    row["normaliser"], row["date_accessed"] = str(fingerprints.VERSION), row["date_accessed"] or str(today())
    row["scope_code"] = row["scope_code"] or "excerpt"
    if row["scope_code"] != "full" and COVERED not in row["note"]:
        row["note"] = f"{row['note']} Seen in part; {COVERED}.".strip()
    save_runs(changes, row["source_id"], found)


def add(changes: Changes, table: Table, row: Row, proofs: Iterable[Proof], gaps: dict[str, Gap], texts: dict[str, bytes]) -> list[str]:
    """Collect a new row, its evidence, the reasons for its blanks and, of a source, its fingerprint; one sentence for each fault."""
    key = row[table.schema.key[0]]
    if not re.fullmatch(table.schema[table.schema.key[0]].pattern, key):
        return [f"{shown(key)} cannot be a key: write it with small letters, digits and hyphens"]
    if record(changes, table.name, key):
        return [f"{table.file} has a row {shown(key)} already: amend it, or give another key"]
    if table.name == "sources" and key in texts:
        source_of(changes, row, texts[key])
    changes.rows(table.name).append(row)
    wrong = list(proved(changes, table, key, proofs, texts))
    known = {(gap["row_id"], gap["column"]) for gap in changes.rows("gaps") if gap["table"] == table.name}
    for column in (
        column for column in table.schema.columns if column.expected and not row[column.name] and (key, column.name) not in known
    ):
        if reason := gaps.get(column.name) or gaps.get("*"):
            changes.rows("gaps").append(gap(table.name, key, column.name, reason))
        else:
            wrong.append(f"{column.name} is blank: give it, or say why it cannot be given (--gap {column.name} not_stated)")
    return wrong


def gap(table: str, key: str, column: str, why: Gap) -> Row:
    """A row of gaps.csv."""
    return dict(
        zip(("table", "row_id", "column", "reason_code", "where_looked", "date_looked", "note"), (table, key, column, *why), strict=True)
    )


def proved(changes: Changes, table: Table, key: str, proofs: Iterable[Proof], texts: dict[str, bytes]) -> Iterator[str]:
    """Collect the evidence of the proofs; a sentence for each that proves nothing."""
    for proof in proofs:
        column = table.schema.by_name.get(proof.column)
        if column is None or column.states != "fact":
            yield f"{proof.column}: no column of {table.file} that needs evidence"
            continue
        try:
            text = texts.get(proof.source)
            prove(changes, table.name, key, proof, None if text is None else text.decode("utf-8-sig"), f"the copy of {proof.source}")
        except CommandError as error:
            yield f"{proof.column}: {error}"


def unproved(changes: Changes, table: Table, key: str) -> list[Column]:
    """The filled cells of a row that state facts and have no evidence yet."""
    row, cited = record(changes, table.name, key) or {}, {r["column"] for r in changes.rows(f"evidence/{table.name}") if r["row_id"] == key}
    return [column for column in table.schema.columns if column.states == "fact" and row.get(column.name) and column.name not in cited]


def amend(changes: Changes, table: Table, key: str, column: Column, value: str, former: str, why: str) -> list[str]:
    """Collect another value of a cell; `former` says what becomes of the evidence for the old one: removed, or contradicts.

    Evidence whose words say the new value as well goes on to support it. Where the cell becomes blank its evidence goes.
    """
    row = record(changes, table.name, key)
    assert row is not None
    old, row[column.name] = row[column.name], value
    evidence, gaps, wrong = changes.rows(f"evidence/{table.name}"), changes.rows("gaps"), []
    if value:
        gaps[:] = [gap for gap in gaps if (gap["table"], gap["row_id"], gap["column"]) != (table.name, key, column.name)]
    for mine in [r for r in evidence if (r["row_id"], r["column"]) == (key, column.name)]:
        if mine["relation"] != "supports" or mine["value"] in column.items(value):
            if value and not (mine["relation"] == "contradicts" and mine["value"] in column.items(value)):
                continue
            mine["relation"] = "supports"
        proof = Proof(column.name, mine["source_id"], mine["as_read"], note=mine["note"])
        if value and not column.many and column.reading != "own_words" and follows(changes, row, column, value, proof) is None:
            mine["value"] = value
        elif not value or former == "removed":
            evidence.remove(mine)
        elif former == "contradicts" and why:
            mine["relation"], mine["note"] = "contradicts", why
        else:
            wrong.append(
                f"paragraph {mine['paragraph']} of {mine['source_id']} says {shown(mine['as_read'])} for {shown(old)}: say --former contradicts "
                "with --why it does not stand, or --former removed if it was misread"
            )
    return wrong


def mentions(changes: Changes, table: str, key: str) -> Iterator[str]:
    """The rows that refer to a record, as table/key column; those that go with it, and past readings of it, are none."""
    for other in changes.data.tables.values():
        if other.kind in ("codes", "fingerprints", "second_readings", "gaps"):
            continue
        for column in (c for c in other.schema.columns if c.refers_to == table or (c.name == "part_of_id" and other.name == table)):
            for id, cell in zip(other.keys, other.column(column.name), strict=True):
                if key in column.items(cell) and (other.subject, id) != (table, key):
                    yield f"{other.name if other.kind != 'evidence' else other.subject}/{id} ({column.name})"


def retire(changes: Changes, table: Table, key: str, reason: str, replaced_by: str) -> list[str]:
    """Collect the removal of a row with its evidence and gaps, and its tombstone; one sentence if others refer to it."""
    if rows := list(dict.fromkeys(mentions(changes, table.name, key))):
        more = f" and {len(rows) - 20} more" if len(rows) > 20 else ""
        return [
            f"{'1 place refers' if len(rows) == 1 else f'{len(rows)} places refer'} to {table.name}/{key}; change them first: {', '.join(rows[:20])}{more}"
        ]
    name = table.schema.key[0]
    for file, gone in (
        (table.name, {name: key}), (f"evidence/{table.name}", {"row_id": key}), ("gaps", {"table": table.name, "row_id": key}),
    ):  # fmt: skip
        rows = changes.rows(file)
        rows[:] = [row for row in rows if not gone.items() <= row.items()]
    if table.name == "sources" and f"fingerprints/{key}" in changes.data.tables:
        changes.remove(f"fingerprints/{key}")
    cells = (table.name, key, str(today()), clean(reason), replaced_by)
    changes.rows("tombstones").append(dict(zip(("table", "row_id", "date_removed", "reason", "replaced_by"), cells, strict=True)))
    return []
