"""The database of a release: typed, keyed, searched, and with views that answer what they say they answer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from mutuals import exports
from mutuals.exports import sqlite
from mutuals.exports.release import Release


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    """The whole record."""
    return exports.read(root)


@pytest.fixture(scope="module")
def database(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    """Its database, read by another SQLite than the one that wrote it."""
    folder = tmp_path_factory.mktemp("database")
    sqlite.write(release, folder)
    with closing(apsw.Connection(str(folder / sqlite.FILE), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        yield connection


def test_it_is_whole(database: apsw.Connection) -> None:
    """A page that is damaged, a reference that leads nowhere, a table that takes any type."""
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    loose = database.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict").fetchall()
    assert [name for (name,) in loose if not name.startswith("sqlite_")] == []


def test_columns_have_the_types_and_limits_of_their_schemas(database: apsw.Connection, release: Release) -> None:
    """A column that lost its type, its key or what makes it required."""
    for part in [*release.canonical, *release.group("wide")]:
        found = database.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (part.name,)).fetchall()
        key = {name: at for at, name in enumerate(part.schema.key, 1)}
        wanted = [(c.name, sqlite.TYPES[c.type], int(c.required or c.name in key), key.get(c.name, 0)) for c in part.schema.columns]
        assert found == wanted, part.name


def test_every_reference_of_the_schemas_is_a_foreign_key(database: apsw.Connection, release: Release) -> None:
    """A key or a code that the database lets be anything."""
    seen = 0
    for part in release.canonical:
        found = {(table, own) for _, _, table, own, *_ in database.execute(f"PRAGMA foreign_key_list('{part.name}')")}
        for link in release.links(part):
            seen += 1
            if link.column.many:
                keys = {
                    (table, own) for _, _, table, own, *_ in database.execute(f"PRAGMA foreign_key_list('{part.name}_{link.column.name}')")
                }
                assert (link.part, "item") in keys, (part.name, link)
            else:
                assert (link.part, link.column.name) in found, (part.name, link)
    assert seen > 80


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts SET outcome_code = 'gone'",
        "UPDATE contracts SET winner_organisation_id = 'nobody'",
        "UPDATE contracts SET value_gbp = 'much'",
        "UPDATE contracts SET value_gbp = -1",
        "UPDATE contracts SET name = NULL",
        "UPDATE spin_outs SET name = 'the same'",
        "UPDATE evidence_contracts SET row_id = 'nothing'",
        "UPDATE evidence_contracts SET source_id = 'nowhere'",
        "UPDATE contracts_loser_organisation_ids SET item = 'nobody'",
    ],
)
def test_the_database_refuses_what_the_gate_refuses(release: Release, tmp_path: Path, statement: str) -> None:
    """A constraint that is written and not kept."""
    sqlite.write(release, tmp_path)
    with closing(sqlite3.connect(tmp_path / sqlite.FILE)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


def test_a_reference_that_leads_nowhere_stops_the_release(root: Path, tmp_path: Path) -> None:
    """A database whose joins lose rows unseen."""
    release = exports.read(root)
    release["contracts"].columns["winner_organisation_id"][0] = "nobody"
    with pytest.raises(sqlite3.IntegrityError, match="contracts refers to a row of organisations"):
        sqlite.write(release, tmp_path)


def test_each_question_is_answered(database: apsw.Connection, release: Release) -> None:
    """A view that does not run, answers with nothing, or counts otherwise than the tables."""
    counts = {}
    for question in sqlite.questions():
        cursor = database.execute(f"SELECT * FROM {question.view}")
        counts[question.view.partition("_")[0]] = len(cursor.fetchall())
    assert list(counts) == [f"q{n}" for n in range(1, 11)] and all(counts.values())
    rows = {table.name: table.records for table in release.data.facts}
    counted = [row for row in rows["spin_outs"] if row["inclusion_code"] == "counted"]
    evidence = [row for table in release.data.of_kind("evidence") for row in table.records]
    assert counts["q1"] == len(rows["pathfinders"])
    assert counts["q2"] == sum(row["status_code"] == "operating" for row in counted)
    assert counts["q3"] == sum(bool(row["value_gbp"] or row["value_gbp_per_year"]) for row in rows["contracts"])
    assert counts["q4"] == sum(row["outcome_code"] not in ("won", "renewed", "feared") for row in rows["contracts"])
    assert counts["q6"] == len(rows["ballots"]) and counts["q9"] == len(rows["quotes"])
    assert counts["q10"] == sum(row["relation"] == "contradicts" for row in evidence)
    (mutuals,) = database.execute("SELECT sum(mutuals) FROM q7_places_and_services").fetchone()
    assert mutuals == len(counted)


def test_lists_are_rows_and_evidence_stands_beside_its_record(database: apsw.Connection, release: Release) -> None:
    """A list that can only be searched as text; a view that loses rows of evidence, or records without any."""
    losers = sum(
        len(row["loser_organisation_ids"].split("; ")) for row in release.data.get("contracts").records if row["loser_organisation_ids"]
    )
    assert database.execute("SELECT count(*) FROM contracts_loser_organisation_ids").fetchone() == (losers,)
    for table in release.data.facts:
        proved = release[f"evidence_{table.name}"].columns["row_id"]
        bare = len(set(table.keys) - set(proved))
        assert database.execute(f"SELECT count(*) FROM {table.name}_with_evidence").fetchone() == (len(proved) + bare,)


def test_the_long_views_are_the_long_files(database: apsw.Connection, release: Release) -> None:
    """A view that says something else than the CSV file of its name."""
    for part in release.group("long"):
        columns = ", ".join(f'"{name}"' for name in part.schema.header)
        found = database.execute(f"SELECT {columns} FROM {part.name}").fetchall()
        assert {tuple("" if cell is None else str(cell) for cell in row) for row in found} == set(part.rows), part.name
        assert len(found) == part.count


def test_words_are_found_whatever_their_accents(database: apsw.Connection) -> None:
    """A search that finds nothing, or not by what is printed."""
    find = 'SELECT "table", row_id FROM search WHERE search MATCH ?'
    assert ("contracts", "hinchingbrooke-2012") in database.execute(find, ("hinchingbrooke hospital",)).fetchall()
    assert ("contracts", "hinchingbrooke-2012") in database.execute(find, ("as_printed: hinchingbrooke",)).fetchall()
    assert database.execute(find, ("advéntures",)).fetchall() == database.execute(find, ("ADVENTURES",)).fetchall() != []


def test_it_says_what_it_is(database: apsw.Connection, release: Release) -> None:
    """A file without version, licence, or the meaning of a column."""
    about = dict(database.execute("SELECT * FROM about").fetchall())
    assert about["version"] == release.edition.version and "CC-BY-4.0" in about["licence"]
    known = set(database.execute("SELECT part, name FROM codebook WHERE title <> '' AND description <> ''").fetchall())
    assert {(part.name, name) for part in release.parts for name in part.schema.header} == known
