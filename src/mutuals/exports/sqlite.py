"""SQLite: typed tables with keys and foreign keys, lists as tables of their own, a search, and views that answer questions.

The file says what it is: `codebook` describes every column, `about` gives version, day and licence, `questions` the
questions that the views named after them answer. Its bytes depend on the tables and on the library that writes them.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mutuals.exports.files import Item
from mutuals.exports.licences import TITLES
from mutuals.exports.release import FACTS, NAME, PURPOSE, STEM, WORDS, Link, Part, Release, named
from mutuals.schema import Column

FILE = f"{STEM}.sqlite"
TYPES = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL"}
CACHE = 262_144  # KiB, so that a tree of keys is not read from the disk again and again; as much is taken only if it is needed
BOOK = ("name", "title", "description", "type", "unit", "codes", "refers_to", "required", "many", "states", "rule")


@dataclass(frozen=True)
class Question:
    """A question that many ask, with the view that answers it."""

    view: str
    words: str
    sql: str


def questions() -> list[Question]:
    """The ten questions, in their order."""
    text = Path(__file__).with_name("questions.sql").read_text(encoding="utf-8")
    return [Question(*found) for found in re.findall(r"^-- (\w+): ([^\n]+)\n(.+?);$", text, re.DOTALL | re.MULTILINE)]


def _q(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def _column(part: Part, column: Column, link: Link | None) -> str:
    """The definition of a column."""
    words = [_q(column.name), TYPES[column.type]]
    if column.required or column.name in part.schema.key:
        words.append("NOT NULL")
    if column.unique and part.schema.key != (column.name,):
        words.append("UNIQUE")
    limits = [(">=", column.minimum), ("<=", column.maximum)]
    words += [f"CHECK ({_q(column.name)} {sign} {limit})" for sign, limit in limits if limit is not None]
    if link:
        words.append(f"REFERENCES {_q(link.part)}({_q(link.target)})")
    return " ".join(words)


def _create(part: Part, links: list[Link]) -> str:
    """The statement that makes a table."""
    single = {link.column.name: link for link in links if not link.column.many}
    columns = [_column(part, column, single.get(column.name)) for column in part.schema.columns]
    key = ", ".join(map(_q, part.schema.key))
    return f"CREATE TABLE {_q(part.name)} (\n  " + ",\n  ".join([*columns, f"PRIMARY KEY ({key})"]) + "\n) STRICT, WITHOUT ROWID"


def _fill(connection: sqlite3.Connection, part: Part, links: list[Link]) -> None:
    """Put the rows of a part into its table, and then index what refers to others: an index is sorted once that way."""
    marks = ", ".join("?" * len(part.schema.header))
    connection.executemany(f"INSERT INTO {_q(part.name)} VALUES ({marks})", part.typed)
    for name in (link.column.name for link in links if not link.column.many and not link.part.startswith("codes_")):
        if part.schema.key[0] != name:
            connection.execute(f"CREATE INDEX {_q(f'{part.name}_by_{name}')} ON {_q(part.name)}({_q(name)})")


def _lists(connection: sqlite3.Connection, part: Part, links: list[Link]) -> None:
    """A table for each list of keys or codes: which row, which place in the list, which key."""
    own = part.schema.key[0]
    for link in (link for link in links if link.column.many):
        name = f"{part.name}_{link.column.name}"
        connection.execute(
            f"CREATE TABLE {_q(name)} ({_q(own)} TEXT NOT NULL REFERENCES {_q(part.name)}({_q(own)}), position INTEGER NOT NULL, "
            f"item TEXT NOT NULL REFERENCES {_q(link.part)}({_q(link.target)}), PRIMARY KEY ({_q(own)}, position)) STRICT, WITHOUT ROWID"
        )
        cells = zip(part.columns[own], part.columns[link.column.name], strict=True)
        rows = ((id, at, item) for id, cell in cells for at, item in enumerate(link.column.items(cell), 1))
        connection.executemany(f"INSERT INTO {_q(name)} VALUES (?, ?, ?)", rows)
        connection.execute(f"CREATE INDEX {_q(f'{name}_by_item')} ON {_q(name)}(item)")


def _proved(part: Part) -> str:
    """A view of a table joined with its evidence: a row for each record and evidence row."""
    proofs = ("column", "value", "as_read", "source_id", "paragraph", "relation", "note")
    shown = ", ".join(f"e.{_q(name)} AS {_q(f'evidence_{name}')}" for name in proofs)
    return (
        f"CREATE VIEW {_q(f'{part.name}_with_evidence')} AS SELECT t.*, {shown}, s.title AS evidence_source, s.url AS evidence_url\n"
        f"FROM {_q(part.name)} AS t LEFT JOIN {_q(f'evidence_{part.name}')} AS e ON e.row_id = t.{_q(part.schema.key[0])}\n"
        "LEFT JOIN sources AS s ON s.source_id = e.source_id"
    )


def _stacked(release: Release) -> Iterator[str]:
    """Views that put all evidence, and all code lists, below one another, with the columns of the long CSV files."""
    proofs = [_q(name) for name in release.data.schemas["evidence"].header]
    parts = [release[table.name] for table in release.data.facts]
    evidence = "\nUNION ALL ".join(
        f"SELECT '{part.name}' AS \"table\", {', '.join(f'e.{name}' for name in proofs)}, t.{_q(named(part))} AS record_name, s.title AS source_title,"
        f" p.name AS source_publisher, s.date_published AS source_date, s.url AS source_url\nFROM {_q(f'evidence_{part.name}')} AS e"
        f" JOIN {_q(part.name)} AS t ON t.{_q(part.schema.key[0])} = e.row_id JOIN sources AS s ON s.source_id = e.source_id"
        " LEFT JOIN organisations AS p ON p.organisation_id = s.publisher_id"
        for part in parts
    )
    yield f"CREATE VIEW evidence_all AS {evidence}"
    lists = (f"SELECT '{part.name.removeprefix('codes_')}' AS list, * FROM {_q(part.name)}" for part in release.group("codes"))
    yield "CREATE VIEW codes_all AS " + "\nUNION ALL ".join(lists)


def _search(connection: sqlite3.Connection, release: Release) -> None:
    """The words of every record, and those that prove it, as printed."""
    connection.execute(
        'CREATE VIRTUAL TABLE search USING fts5("table" UNINDEXED, row_id UNINDEXED, name, words, as_printed, '
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for table in release.data.facts:
        proved: dict[str, list[str]] = {}
        evidence = release[f"evidence_{table.name}"].columns
        for id, words in zip(evidence["row_id"], evidence["as_read"], strict=True):
            proved.setdefault(id, []).append(words)
        wide = release[f"wide_{table.name}"]
        coded = {c.name for c in wide.schema.columns if c.codes or c.refers_to or c.is_date or c.type != "string" or c.states == "key"}
        texts = [name for name in wide.columns if name not in (*coded, named(wide), "sha256")]
        rows = zip(wide.columns[wide.schema.key[0]], wide.columns[named(wide)], *(wide.columns[name] for name in texts), strict=True)
        found = ((table.name, id, name, " ".join(filter(None, words)), " ".join(proved.get(id, ()))) for id, name, *words in rows)
        connection.executemany("INSERT INTO search VALUES (?, ?, ?, ?, ?)", found)
    connection.execute("INSERT INTO search(search) VALUES ('optimize')")


def _about(connection: sqlite3.Connection, release: Release) -> None:
    """What the file says of itself."""
    said = {
        "name": NAME, "description": PURPOSE, "version": release.edition.version, "date": release.edition.day, "data": release.edition.digest,
        "licence": f"{FACTS} AND {WORDS}", "licence_of_facts": TITLES[FACTS][1],
        "licence_of_quotations": "Quoted words stay those of who said or printed them; they are short, and named with their source.",
        "blanks": "A blank is NULL; the table gaps says why where a value was to be expected.",
    }  # fmt: skip
    connection.execute("CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID")
    connection.executemany("INSERT INTO about VALUES (?, ?)", said.items())
    types = ", ".join(f"{name} {'INTEGER' if name in ('required', 'many') else 'TEXT'} NOT NULL" for name in BOOK)
    connection.execute(
        f"CREATE TABLE codebook (part TEXT NOT NULL, position INTEGER NOT NULL, {types}, PRIMARY KEY (part, position)) STRICT"
    )
    for part in release.parts:
        marks = ", ".join("?" * (len(BOOK) + 2))
        rows = ([part.name, at, *(getattr(c, name) for name in BOOK)] for at, c in enumerate(part.schema.columns, 1))
        connection.executemany(f"INSERT INTO codebook VALUES ({marks})", rows)
    connection.execute("CREATE TABLE questions (view TEXT NOT NULL PRIMARY KEY, question TEXT NOT NULL, sql TEXT NOT NULL) STRICT")
    connection.executemany("INSERT INTO questions VALUES (?, ?, ?)", [(q.view, q.words, q.sql) for q in questions()])


def write(release: Release, folder: Path) -> list[Item]:
    """Write the database. Raises sqlite3.IntegrityError where a reference leads nowhere, which the gate should have found."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(
            f"PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA journal_mode = OFF; PRAGMA cache_size = -{CACHE}; BEGIN;"
        )
        for part in (part for part in release.parts if part.group != "long"):
            links = release.links(part)
            connection.execute(_create(part, links))
            _fill(connection, part, links)
            _lists(connection, part, links)
        for table in release.data.facts:
            connection.execute(_proved(release[table.name]))
        for statement in _stacked(release):
            connection.execute(statement)
        for question in questions():
            connection.execute(f"CREATE VIEW {_q(question.view)} AS {question.sql}")
        _search(connection, release)
        _about(connection, release)
        connection.execute("COMMIT")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError(f"a row of {broken[0]} refers to a row of {broken[2]} that is not there")
        connection.executescript("ANALYZE; VACUUM;")
    rows = sum(part.count for part in release.parts)
    return [Item(FILE, "SQLite", "All tables with keys, evidence, a search and views", f"{FACTS} AND {WORDS}", rows)]
