"""The files of a release: each is read back by a program that did not write it, and gives back exactly the tables.

Readers: zipimport and DuckDB for CSV, APSW (with an SQLite of its own) for the database, DuckDB for Parquet and JSON Lines,
openpyxl for the workbook, frictionless and csvw for the descriptions, pybtex and the published schema for citations.
"""

import csv
import datetime
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zipimport
from collections.abc import Iterator
from pathlib import Path

import apsw
import duckdb
import openpyxl
import pytest
from openpyxl.workbook import Workbook
from pybtex.database import parse_file

from mutuals import exports
from mutuals.canonical import FORMULA_STARTS
from mutuals.exports import citation, csvs, csvw, datapackage, sqlite, workbook
from mutuals.exports.release import Part, Release
from mutuals.schema import SEPARATOR, Column

SQL = {"string": "VARCHAR", "date": "DATE", "integer": "BIGINT", "number": "DOUBLE"}


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    """The whole record."""
    return exports.read(root)


@pytest.fixture(scope="module")
def dist(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files."""
    folder = tmp_path_factory.mktemp("dist")
    exports.write(release, folder)
    return folder


@pytest.fixture(scope="module")
def database(dist: Path) -> Iterator[apsw.Connection]:
    """Its database, read by another SQLite than the one that wrote it."""
    connection = apsw.Connection(str(dist / sqlite.FILE), flags=apsw.SQLITE_OPEN_READONLY)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def book(dist: Path) -> Workbook:
    """Its workbook."""
    return openpyxl.load_workbook(dist / workbook.FILE)


def text(column: Column, value: object) -> str:
    """A value as the tables write it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return SEPARATOR.join(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_csv(part: Part, rows: object) -> bytes:
    """Rows of values in the one byte form of a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(part.schema.header)
    writer.writerows([text(c, cell) for c, cell in zip(part.schema.columns, row, strict=True)] for row in rows)
    return out.getvalue().encode()


def kept(release: Release, part: Part) -> bytes:
    """The file as it stands in data/."""
    return (release.root / part.path).read_bytes()


def changed(release: Release, rows: dict[str, object]) -> list[str]:
    """The canonical tables that a format does not give back byte for byte."""
    assert {part.name for part in release.canonical} == set(rows)
    return [part.name for part in release.canonical if as_csv(part, rows[part.name]) != kept(release, part)]


def test_a_release_holds_every_table_of_data(release: Release, root: Path) -> None:
    """A table that was forgotten, or one that is there twice."""
    files = {path.relative_to(root).as_posix() for path in (root / "data").rglob("*.csv") if path.parent.name != "fingerprints"}
    assert {part.path for part in release.canonical} == files
    assert len({part.name for part in release.parts}) == len(release.parts)
    assert {part.group for part in release.parts} == {"data", "evidence", "codes", "wide", "long"}


def test_a_large_file_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that fails at the last step, since a table of more than 2 GB needs another form in the zip."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10_000)
    content = bytes(range(256)) * 100
    (tmp_path / "large.csv").write_bytes(content)
    csvs.pack(tmp_path, [tmp_path / "large.csv"], tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert [archive.read(name) for name in archive.namelist()] == [content]


def test_the_zip_gives_the_tables_back(release: Release, dist: Path) -> None:
    """A file that a zip lacks, or changed; and a time or a name in it that is not the same for everybody."""
    archive = zipimport.zipimporter(str(dist / csvs.ZIP))
    for folder in ("data", "schemas"):
        for path in (release.root / folder).rglob("*.*"):
            assert archive.get_data(f"{dist / csvs.ZIP}/spun-out/{path.relative_to(release.root).as_posix()}") == path.read_bytes()
    with zipfile.ZipFile(dist / csvs.ZIP) as entries:
        names = entries.namelist()
        assert names == sorted(names) and all(entry.date_time == csvs.TIME for entry in entries.infolist())
        assert {"spun-out/README.txt", "spun-out/datapackage.json", "spun-out/wide/contracts.csv", "spun-out/long/evidence.csv"} <= set(
            names
        )


def test_the_csv_files_are_those_of_the_repository(release: Release, dist: Path) -> None:
    """A CSV file that is not the table, to the byte, or that another reader splits otherwise."""
    assert [part.path for part in release.canonical if (dist / part.path).read_bytes() != kept(release, part)] == []
    for part in release.parts:
        read = duckdb.read_csv(str(dist / part.path), all_varchar=True, header=True, delimiter=",", quotechar='"', escapechar='"')
        assert read.columns == part.schema.header, part.name
        assert [tuple(cell or "" for cell in row) for row in read.fetchall()] == list(part.rows), part.name


def test_sqlite_gives_the_tables_back(release: Release, database: apsw.Connection) -> None:
    """A number, a blank or a letter that the database changes."""
    assert changed(release, {part.name: database.execute(f'SELECT * FROM "{part.name}"') for part in release.canonical}) == []


def test_parquet_gives_the_tables_back_with_their_types(release: Release, dist: Path) -> None:
    """A whole number that became a fraction, a list that became text, a blank that became empty."""
    rows = {}
    for part in release.parts:
        read = duckdb.read_parquet(str(dist / f"parquet/{part.name}.parquet"))
        rows[part.name] = read.fetchall()
        types = [f"{SQL[column.type]}{'[]' if column.many else ''}" for column in part.schema.columns]
        assert list(zip(read.columns, map(str, read.types), strict=True)) == list(zip(part.schema.header, types, strict=True)), part.name
        assert as_csv(part, rows[part.name]) == (dist / part.path).read_bytes(), part.name
    assert changed(release, {part.name: rows[part.name] for part in release.canonical}) == []


def test_parquet_says_what_its_columns_mean(release: Release, dist: Path) -> None:
    """A file that came away from the others and says nothing of itself."""
    told = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{dist}/parquet/quotes.parquet')").fetchall()
    said = {bytes(key).decode(): bytes(value).decode() for key, value in told if key != b"ARROW:schema"}
    assert said["version"] == release.edition.version and said["licence"] == "CC-BY-4.0 AND LicenseRef-Quotations"


def test_json_lines_give_the_tables_back(release: Release, dist: Path) -> None:
    """A line that is no JSON, or a value of another type than its schema says."""
    for part in [*release.group("data"), *release.group("long")]:
        columns = {c.name: SQL[c.type] + "[]" * c.many for c in part.schema.columns}
        read = duckdb.read_json(str(dist / f"jsonl/{part.name}.jsonl"), columns=columns, format="newline_delimited")
        assert as_csv(part, read.fetchall()) == (dist / part.path).read_bytes(), part.name


def body(book: Workbook, name: str) -> Iterator[dict[str, object]]:
    """The rows of a sheet's one table, by its headers; a table without rows has a blank one, since Excel wants one."""
    sheet = book[name]
    (table,) = sheet.tables.values()
    header, *rows = sheet[table.ref]
    for row in rows:
        if any(cell.value is not None for cell in row):
            yield {head.value: cell.value for head, cell in zip(header, row, strict=True)}


def test_the_workbook_gives_the_tables_back(release: Release, book: Workbook) -> None:
    """A cell that a spreadsheet shows otherwise than the table has it."""
    rows: dict[str, list[list[object]]] = {}
    stacked = {name: list(body(book, name)) for name in ("evidence", "codes")}
    for part in release.canonical:
        found = {
            "evidence": lambda part=part: (row for row in stacked["evidence"] if row["table"] == part.subject),
            "codes": lambda part=part: (row for row in stacked["codes"] if row["list"] == part.name.removeprefix("codes_")),
        }.get(part.group, lambda part=part: body(book, part.name))()
        rows[part.name] = [[row[name] for name in part.schema.header] for row in found]
    assert changed(release, rows) == []


def test_the_workbook_keeps_to_the_guidance(release: Release, book: Workbook, dist: Path) -> None:
    """A merged cell, a second table on a sheet, a table that is not marked, a header that does not stay, a formula, a link."""
    assert book.sheetnames[:4] == ["Cover", "Contents", "Notes", "Codebook"]
    told = [row["sheet"] for row in body(book, "Contents")]
    assert told == book.sheetnames[4:]
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        assert sheet["A1"].value and sheet["A1"].font.bold and table.name.isidentifier()
        assert sheet.freeze_panes == f"B{workbook.TOP + 2}" and table.ref.startswith(f"A{workbook.TOP + 1}:")
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges and sheet.sheet_state == "visible"
        assert all(not dimension.hidden and dimension.width >= 14 for dimension in sheet.column_dimensions.values()), sheet.title
        types = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert types <= {"s", "n", "d"}, sheet.title
    assert book.properties.title and book.properties.creator and book.properties.created.isoformat()[:10] == release.edition.day
    with zipfile.ZipFile(dist / workbook.FILE) as parts:
        texts = [parts.read(name) for name in parts.namelist() if name.endswith(".xml")]
    assert not any(mark in text for text in texts for mark in (b"<f>", b"<hyperlink", b"externalLink"))


def test_numbers_are_numbers_and_exact_days_are_days_in_the_workbook(release: Release, book: Workbook) -> None:
    """A sum that a spreadsheet cannot add up, or a day that it cannot sort."""
    for part in release.group("wide"):
        for row in body(book, part.name.removeprefix("wide_")):
            for column in part.schema.columns:
                wanted = {"integer": (int,), "number": (int, float), "date": (datetime.datetime,)}.get(column.type, (str,))
                assert row[column.name] is None or isinstance(row[column.name], wanted), (part.name, column.name)


def test_the_codebook_of_the_workbook_knows_every_column(book: Workbook) -> None:
    """A column without a word on what it is."""
    known = {(row["sheet"], row["column"]) for row in body(book, "Codebook") if row["title"] and row["description"]}
    for sheet in book.worksheets[4:]:
        assert {(sheet.title, cell.value) for cell in sheet[workbook.TOP + 1]} <= known


@pytest.mark.parametrize(("limit", "gone"), [("MOST_ROWS", "sources"), ("MOST_CELLS", "spin_outs")])
def test_a_table_that_no_sheet_holds_is_named_in_the_contents(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, gone: str
) -> None:
    """Rows that are cut off unseen where there are more than a sheet, or a workbook, can hold."""
    cells = sum(part.count * len(part.schema.header) for part in release.group("wide"))
    monkeypatch.setattr(workbook, limit, release["wide_sources"].count if limit == "MOST_ROWS" else cells - 1)
    workbook.write(release, tmp_path)
    book = openpyxl.load_workbook(tmp_path / workbook.FILE)
    assert gone not in book.sheetnames and "contracts" in book.sheetnames
    told = {row["sheet"]: row["description"] for row in body(book, "Contents")}
    assert "left out here" in told[gone] and "left out" not in told["contracts"]


def test_a_text_that_no_cell_holds_is_cut_and_says_so() -> None:
    """A cell that makes a workbook unreadable, or ends without a word."""
    short, long, paired = "a" * workbook.MOST_TEXT, "a" * (workbook.MOST_TEXT + 1), "😀" * workbook.MOST_TEXT
    assert workbook.fitting(short) == short
    for given in (long, paired):
        cut = workbook.fitting(given)
        assert cut.endswith(workbook.CUT) and len(cut.encode("utf-16-le")) // 2 <= workbook.MOST_TEXT
        assert given.startswith(cut.removesuffix(workbook.CUT))


def run(*words: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A program of the environment, in a process of its own, with warnings on."""
    command = [sys.executable, "-W", "default", *words]
    return subprocess.run(command, cwd=folder, env=os.environ | environ, capture_output=True, text=True, encoding="utf-8")


FRICTIONLESS = ("-m", "frictionless", "validate", "datapackage.json")
CSVW = ("-c", "from csvw.__main__ import csvwvalidate; import sys; sys.exit(csvwvalidate())", "-v", "csv-metadata.json")


@pytest.fixture(scope="module")
def spoilt(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the CSV files, to be spoilt one at a time."""
    folder = tmp_path_factory.mktemp("spoilt") / "dist"
    shutil.copytree(dist, folder, ignore=shutil.ignore_patterns("parquet", "jsonl", "fingerprints", "*.sqlite", "*.xlsx", "*.zip"))
    yield folder


# A file, what stands there, and what is put in its place: a code of no list, a body that is not there, a word for a number.
FAULTS = [
    ("data/contracts.csv", ",won,", ",gone,"),
    ("data/evidence/contracts.csv", ",supports,", ",says-so,"),
    ("data/ballots.csv", ",200,", ",two hundred,"),
]


def test_the_data_package_is_valid(dist: Path) -> None:
    """A description that frictionless refuses, or that does not fit the files."""
    done = run(*FRICTIONLESS, folder=dist)
    assert done.returncode == 0, done.stdout + done.stderr
    package = json.loads((dist / datapackage.FILE).read_text(encoding="utf-8"))
    assert len(package["resources"]) > 60 and all(resource["hash"].startswith("sha256:") for resource in package["resources"])
    assert package["licenses"] and package["sources"] and package["contributors"] and package["version"]


@pytest.mark.parametrize("fault", FAULTS)
def test_frictionless_finds_a_fault_by_the_description(spoilt: Path, fault: tuple[str, str, str]) -> None:
    """A description under which every file is valid."""
    name, old, new = fault
    original = (spoilt / name).read_text(encoding="utf-8")
    (spoilt / name).write_text(original.replace(old, new, 1), encoding="utf-8", newline="\n")
    resource = next(
        r["name"] for r in json.loads((spoilt / datapackage.FILE).read_text(encoding="utf-8"))["resources"] if r["path"] == name
    )
    done = run(*FRICTIONLESS, "--resource-name", resource, "--json", folder=spoilt)
    (spoilt / name).write_text(original, encoding="utf-8", newline="\n")
    found = {error["type"] for task in json.loads(done.stdout)["tasks"] for error in task["errors"]}
    assert done.returncode != 0 and found & {"constraint-error", "foreign-key", "type-error"}, done.stdout


def test_the_metadata_for_csv_on_the_web_is_valid(dist: Path) -> None:
    """Metadata that csvw refuses, in its strict form; it counts warnings, so they are on."""
    done = run(*CSVW, folder=dist)
    assert done.returncode == 0 and "OK" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("fault", FAULTS[1:])
def test_csvw_finds_a_fault_by_the_metadata(spoilt: Path, fault: tuple[str, str, str]) -> None:
    """Metadata under which every file is valid."""
    name, old, new = fault
    group = json.loads((spoilt / csvw.FILE).read_text(encoding="utf-8"))
    tables = {table["url"]: table for table in group["tables"]}
    needed = {name, *(key["reference"]["resource"] for key in tables[name]["tableSchema"].get("foreignKeys", []))}
    for url in needed - {name}:
        tables[url]["tableSchema"].pop("foreignKeys", None)
    part = {**group, "tables": [tables[url] for url in sorted(needed)]}
    (spoilt / "part.json").write_text(json.dumps(part), encoding="utf-8")
    asked = (*CSVW[:-1], "part.json")
    assert "OK" in run(*asked, folder=spoilt).stdout
    original = (spoilt / name).read_text(encoding="utf-8")
    (spoilt / name).write_text(original.replace(old, new, 1), encoding="utf-8", newline="\n")
    done = run(*asked, folder=spoilt)
    (spoilt / name).write_text(original, encoding="utf-8", newline="\n")
    assert done.returncode != 0 and "FAIL" in done.stdout, done.stdout + done.stderr


def test_the_citation_file_is_valid(dist: Path, root: Path, tmp_path: Path, release: Release) -> None:
    """A CITATION.cff that the published schema refuses, here or in the release; or without the day and the version."""
    asked = ("-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format")
    for folder in (root, dist):
        done = run(*asked, citation.FILE, folder=folder)
        assert done.returncode == 0, done.stdout
    said = citation.given(dist)
    assert (said["version"], said["date-released"]) == (release.edition.version, citation.released(release))
    (tmp_path / citation.FILE).write_text("cff-version: 1.2.0\ntitle: without a message\n", encoding="utf-8")
    assert run(*asked, citation.FILE, folder=tmp_path).returncode == 1


def test_every_source_can_be_cited_by_its_key(dist: Path, release: Release) -> None:
    """A source that BibTeX cannot read, or that has lost its words."""
    entries = parse_file(str(dist / citation.SOURCES)).entries
    sources = release.data.get("sources").records
    assert list(entries) == [row["source_id"] for row in sources]
    plain = str.maketrans("", "", "\\{}")
    for row in sources:
        fields = entries[row["source_id"]].fields
        assert fields["title"].translate(plain) == row["title"].translate(plain), row["source_id"]
        assert (fields.get("url", ""), fields.get("date", "")) == (row["url"], row["date_published"])


def test_checksums_are_those_of_all_files(dist: Path) -> None:
    """A file without a checksum, or with that of another."""
    lines = (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    named = {line[66:] for line in lines}
    assert named == {p.relative_to(dist).as_posix() for p in dist.rglob("*") if p.is_file()} - {"SHA256SUMS"}
    tool = shutil.which("sha256sum") or shutil.which("shasum")
    assert tool, "neither sha256sum nor shasum is here"
    words = [tool, "--check", "--status", "SHA256SUMS"] if "sha256sum" in tool else [tool, "-a", "256", "-c", "-s", "SHA256SUMS"]
    assert subprocess.run(words, cwd=dist).returncode == 0
    (dist / "README.txt").write_text((dist / "README.txt").read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert subprocess.run(words, cwd=dist).returncode != 0
    (dist / "README.txt").write_text((dist / "README.txt").read_text(encoding="utf-8")[:-1], encoding="utf-8")


def test_the_readme_is_short_and_its_numbers_are_counted(dist: Path, release: Release) -> None:
    """A README that nobody reads, or whose numbers are of another day."""
    text = (dist / "README.txt").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 45 and max(map(len, text.splitlines())) <= 140
    assert all(f"{release[table.name].count:,} rows" in text for table in release.data.facts)
    assert all((dist / word).is_file() for word in text.split() if word.endswith((".csv", ".json", ".toml")))


def test_the_bib_csv_and_json_of_a_release_hold_nothing_that_a_spreadsheet_runs(release: Release) -> None:
    """A label or a name, put together here, that begins like a formula."""
    for part in release.parts:
        for column in part.schema.columns:
            if column.type == "string":
                assert not any(cell.startswith(FORMULA_STARTS) for cell in part.columns[column.name]), (part.name, column.name)


def test_csvw_and_data_package_describe_the_same_files(dist: Path) -> None:
    """A file that one of them forgot."""
    package = json.loads((dist / datapackage.FILE).read_text(encoding="utf-8"))
    group = json.loads((dist / csvw.FILE).read_text(encoding="utf-8"))
    assert [resource["path"] for resource in package["resources"]] == [table["url"] for table in group["tables"]]
    for resource, table in zip(package["resources"], group["tables"], strict=True):
        names = [column["name"] for column in table["tableSchema"]["columns"]]
        assert [field["name"] for field in resource["schema"]["fields"]] == names
