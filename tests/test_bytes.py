"""Bytes: whatever a file holds, the reader answers with findings at their place, and never with a traceback."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from repository import INPUTS, Repository, places, told

from mutuals.canonical import RULES, clean, encode
from mutuals.parsing import MOST_FAULTS, read
from mutuals.schema import Schema, read_schemas
from mutuals.tables import read_dataset

SEEDS = 40


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path)


@pytest.fixture(scope="module")
def people(root: Path) -> Schema:
    """A small schema: that of the people without the count of evidence."""
    schema = read_schemas(root)["people"]
    return replace(schema, columns=tuple(column for column in schema.columns if column.name != "proofs"))


HEADER = b"person_id,name,other_names,roles,organisation_ids,note\n"
GOOD = HEADER + b"ann,Ann,,,,\nbob,Bob,,,,A note.\n"


def found(data: bytes, schema: Schema) -> list[tuple[str, int, str, str]]:
    """Rule, line, column and record of each fault."""
    return [(fault.rule, fault.line, fault.column, fault.id) for fault in read(data, schema).faults]


CASES = {
    "good": (GOOD, []),
    "header only": (HEADER, []),
    "CRLF": (GOOD.replace(b"\n", b"\r\n"), [("bytes.newline", 1, "", "")]),
    "one CRLF": (GOOD.replace(b"Ann,,,,\n", b"Ann,,,,\r\n"), [("bytes.newline", 2, "", "")]),
    "CR": (GOOD.replace(b"\n", b"\r"), [("bytes.newline", 1, "", "")]),
    "BOM": (b"\xef\xbb\xbf" + GOOD, [("bytes.bom", 1, "", "")]),
    "two BOMs": (b"\xef\xbb\xbf" * 2 + GOOD, [("bytes.bom", 1, "", ""), ("bytes.header", 1, "person_id", "")]),
    "Latin-1": (GOOD.replace(b"A note.", b"Caf\xe9."), [("bytes.encoding", 3, "note", "bob")]),
    "Latin-1 in a key": (GOOD.replace(b"bob,", b"b\xf6b,"), [("bytes.encoding", 3, "person_id", "böb")]),
    "two kinds of bytes": (GOOD.replace(b"A note.", "£1 – ".encode() + b"\x93a\x94"), [("bytes.encoding", 3, "note", "bob")]),
    "no letter": (GOOD.replace(b"A note.", b"\x92 \x81"), [("bytes.encoding", 3, "note", "bob"), ("bytes.control", 3, "note", "bob")]),
    "lost letter": (GOOD.replace(b"A note.", "A n\ufffdte.".encode()), [("bytes.control", 3, "note", "bob")]),
    "UTF-16": (GOOD.decode().encode("utf-16"), [("bytes.encoding", 0, "", "")]),
    "NUL": (GOOD.replace(b"A note.", b"A\x00note."), [("bytes.control", 3, "note", "bob")]),
    "tab": (GOOD.replace(b"A note.", b"A\tnote."), [("bytes.control", 3, "note", "bob")]),
    "no-break space": (GOOD.replace(b"A note.", "A\u00a0note.".encode()), [("bytes.control", 3, "note", "bob")]),
    "zero-width": (GOOD.replace(b"Bob", "B\u200bob".encode()), [("bytes.control", 3, "name", "bob")]),
    "line separator": (GOOD.replace(b"A note.", "A\u2028note.".encode()), [("bytes.control", 3, "note", "bob")]),
    "carriage return in a cell": (GOOD.replace(b"\n", b"\r\n").replace(b"A note.", b"A\rnote."), [("bytes.newline", 1, "", "")]),
    "decomposed": (GOOD.replace(b"Bob", "Bo\u0308b".encode()), [("bytes.nfc", 3, "name", "bob")]),
    "space before": (GOOD.replace(b"Bob", b" Bob"), [("bytes.space", 3, "name", "bob")]),
    "space after": (GOOD.replace(b"Bob", b"Bob "), [("bytes.space", 3, "name", "bob")]),
    "only a space": (GOOD.replace(b"Bob,,", b"Bob, ,"), [("bytes.space", 3, "other_names", "bob")]),
    "too few cells": (GOOD.replace(b"Ann,,,,\n", b"Ann,,,\n"), [("bytes.ragged", 2, "", "ann")]),
    "too many cells": (GOOD.replace(b"A note.", b"A note, and more"), [("bytes.ragged", 3, "", "bob")]),
    "unclosed": (GOOD.replace(b",Ann", b',"Ann'), [("bytes.quote", 2, "", "ann")]),
    "stray": (GOOD.replace(b",Ann", b',"A"nn'), [("bytes.quote", 2, "", "ann")]),
    "undoubled": (GOOD.replace(b",Ann", b',A"nn'), [("bytes.quoting", 2, "", "ann")]),
    "needless": (GOOD.replace(b",Ann", b',"Ann"'), [("bytes.quoting", 2, "", "ann")]),
    "line break in a cell": (GOOD.replace(b"A note.", b'"A\nnote."'), [("bytes.quote", 3, "", "bob"), ("bytes.ragged", 4, "", "note.")]),
    "blank line": (GOOD.replace(b"\nbob", b"\n\nbob"), [("bytes.blank-line", 3, "", "")]),
    "blank last line": (GOOD + b"\n", [("bytes.blank-line", 4, "", "")]),
    "no last line end": (GOOD[:-1], [("bytes.final-newline", 3, "", "")]),
    "order": (HEADER + b"bob,Bob,,,,\nann,Ann,,,,\n", [("bytes.order", 3, "person_id", "ann")]),
    "formula": (GOOD.replace(b"A note.", b"@sum(a1)"), [("bytes.formula", 3, "note", "bob")]),
    "quoted formula": (GOOD.replace(b"A note.", b'"=1,2"'), [("bytes.formula", 3, "note", "bob")]),
    "minus": (GOOD.replace(b"A note.", b"-1"), [("bytes.formula", 3, "note", "bob")]),
    "empty": (b"", [("bytes.empty", 0, "", "")]),
    "only line ends": (b"\n\r\n\n", [("bytes.empty", 0, "", "")]),
    "only a BOM": (b"\xef\xbb\xbf", [("bytes.empty", 0, "", "")]),
    "only NULs": (b"\0" * 50, [("bytes.empty", 0, "", "")]),
    "unknown column": (GOOD.replace(b",note", b",remark"), [("bytes.header", 1, "", "")]),
    "missing column": (GOOD.replace(b",note\n", b"\n"), [("bytes.header", 1, "", "")]),
    "doubled column": (GOOD.replace(b",roles,", b",name,"), [("bytes.header", 1, "", "")]),
    "unclosed header": (GOOD.replace(b"name", b'"name', 1), [("bytes.header", 1, "", "")]),
    "moved column": (HEADER.replace(b"person_id,name", b"name,person_id") + b"Ann,ann,,,,\n", [("bytes.header", 1, "", "")]),
    "NUL in the header": (GOOD.replace(b"roles,", b"roles\0,"), [("bytes.header", 1, "roles", "")]),
    "space in the header": (GOOD.replace(b"roles,", b" roles,"), [("bytes.header", 1, "roles", "")]),
    "quoted header": (GOOD.replace(b"roles,", b'"roles",'), [("bytes.header", 1, "", "")]),
    "no table at all": (b"PK\x03\x04\x14\x00\x06\x00" * 20 + b"\n", [("bytes.header", 1, "", "")]),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_at_its_place(case: str, people: Schema) -> None:
    """A fault of the bytes that is missed, misplaced, or told more than once."""
    data, wanted = CASES[case]
    assert found(data, people) == wanted


def test_a_fault_on_one_line_hides_none_on_another(people: Schema) -> None:
    """An unclosed quotation mark that swallows the rest of the file."""
    data = HEADER + b'ann,"Ann,,,,\nbob,B\xf6b,,,,\ncarl,Carl,,,\ndora, Dora,,,,=1\n'
    assert found(data, people) == [
        ("bytes.quote", 2, "", "ann"),
        ("bytes.encoding", 3, "name", "bob"),
        ("bytes.ragged", 4, "", "carl"),
        ("bytes.space", 5, "name", "dora"),
        ("bytes.formula", 5, "note", "dora"),
    ]


@pytest.mark.parametrize("line", [b"x", b'"', b'x"",,,"x,'])
def test_a_file_that_is_no_table_is_left_after_a_thousand_lines(people: Schema, line: bytes) -> None:
    """A file of another kind that is read to its end, line by line, since all its lines begin alike."""
    reading = read(HEADER + (line + b"\n") * MOST_FAULTS + GOOD[len(HEADER) :], people)
    assert (reading.usable, reading.lines.tolist()) == (True, [MOST_FAULTS + 2, MOST_FAULTS + 3])
    reading = read(HEADER + (line + b"\n") * (MOST_FAULTS + 1) + GOOD[len(HEADER) :], people)
    assert (reading.usable, reading.lines.tolist()) == (False, [])
    assert next(fault.found for fault in reading.faults if fault.line == 0).startswith("more than 1,000 lines")


def test_a_negative_number_is_no_formula(root: Path) -> None:
    """A number column that may not hold a negative number."""
    schema = read_schemas(root)["contracts"]
    row = {**dict.fromkeys(schema.header, ""), "contract_id": "a", "value_gbp": "-5"}
    assert read(encode([row], schema), schema).faults == []


def test_a_cell_of_any_length_is_read(people: Schema) -> None:
    """A long cell that is told as a stray quotation mark."""
    reading = read(GOOD.replace(b"A note.", b"a" * 200_000), people)
    assert reading.faults == []
    assert len(reading.records[1]["note"]) == 200_000


def test_mixed_bytes_are_read_letter_by_letter(people: Schema) -> None:
    """A line whose good letters are spoilt when its bad ones are mended."""
    reading = read(GOOD.replace(b"A note.", "£1 – “a” ".encode() + b"\x93b\x94 caf\xe9"), people)
    assert reading.records[1]["note"] == "£1 – “a” “b” café"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("a\u00a0 b", "a b"),
        (" a\tb\r\n", "a b"),
        ("cafe\u0301", "café"),
        ("a\u200bb", "ab"),
        ("\ufeffa", "a"),
        ("a\0b", "ab"),
        ("“a” – b", "“a” – b"),
    ],
)
def test_clean_cells(cell: str, wanted: str) -> None:
    """A cell that is mended into other words."""
    assert clean(cell) == wanted == clean(wanted)


def test_every_file_is_canonical(root: Path) -> None:
    """A file that is read as clean and written otherwise."""
    for table in read_dataset(root).tables.values():
        assert encode(table.records, table.schema) == (root / table.file).read_bytes(), table.file


ODD = [
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\n",
    b'"',
    b'""',
    b",",
    b";",
    b"\xc2\xa0",
    b"\xe2\x80\x8b",
    b"\x93",
    b"\x81",
    b"=",
    b"9" * 400,
    b"[",
    b"..",
    b"~",
    "²".encode(),
    "٣".encode(),
    "\u0301".encode(),
    "\U0001f600".encode(),
    b"\xed\xa0\x80",
    b"-",
    b"1,000th",
    b"last week",
    b"1e999",
    b"nan",
    b"; ",
    b" ",
]


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """The bytes with a few of them changed, dropped, doubled or moved."""
    content = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(content) + 1), dice.choice((0, 0, 1, 1, 2, 7, 80))
        kind = dice.randrange(4)
        if kind == 0:
            content[at : at + length] = dice.choice(ODD)
        elif kind == 1:
            content[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 2:
            del content[at : at + length]
        else:
            other = dice.randrange(len(content) + 1)
            content[at:at] = content[other : other + length]
    return bytes(content)


def test_no_bytes_make_the_reader_fail(root: Path) -> None:
    """A traceback, a place outside the file, or spoilt bytes that pass for canonical."""
    dice = random.Random(20261122)
    schemas = read_schemas(root)
    for path in sorted((root / "data").rglob("*.csv")):
        folder = path.parent.name
        schema = schemas[path.stem if folder == "data" else folder]
        for _ in range(SEEDS):
            data = spoilt(path.read_bytes()[:4000], dice)
            reading = read(data, schema)
            last = data.count(b"\n") + data.count(b"\r") + 1
            assert all(fault.rule in RULES and 0 <= fault.line <= last and fault.column in ("", *schema.header) for fault in reading.faults)
            assert reading.faults or encode(reading.records, schema) == data, data


@pytest.mark.parametrize("seed", range(8))
def test_no_bytes_make_the_gate_fail(repo: Repository, seed: int) -> None:
    """A traceback of a rule on what a spoilt file says, or on what it no longer says."""
    dice = random.Random(seed)
    for path in dice.sample(sorted((repo.root / "data").rglob("*.csv")), 9):
        path.write_bytes(spoilt(path.read_bytes(), dice))
    assert repo.findings()


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("contracts", "value_gbp", "²"),
        ("contracts", "value_gbp", "9" * 400),
        ("contracts", "value_gbp", "9" * 5000),
        ("contracts", "term_months", "0"),
        ("contracts", "value_gbp", "1e999"),
        ("contracts", "security_gbp", "nan"),
        ("quotes", "paragraph", "x"),
        ("quotes", "paragraph", "²"),
        ("quotes", "paragraph", "٣"),
        ("quotes", "paragraph", "9" * 5000),
        ("evidence/contracts", "paragraph", "²"),
        ("evidence/contracts", "value", "²"),
        ("evidence/contracts", "as_read", "the 1,000th £"),
        ("fingerprints/third-sector-2012-07", "size", "²"),
        ("sources", "paragraphs", "²"),
        ("sources", "date_published", "[..2012]"),
        ("sources", "date_published", "0001-01-02"),
        ("sources", "date_published", "2012/.."),
        ("figures", "value", "inf"),
    ],
)
def test_an_absurd_value_is_found(repo: Repository, name: str, column: str, value: str) -> None:
    """A value that is no number or no day for the engine's own arithmetic, told as a traceback or not at all."""
    for row in repo.rows(name):
        row[column] = value
    assert {place[0] for place in places(repo.findings())} & {f"data/{name}.csv", "data/evidence/sources.csv"}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"", ["errata", "gaps", "people", "contracts", "evidence/contracts", "codes/outcomes", "fingerprints/hsj-surrey-450m"]),
        (None, ["errata", "gaps", "organisations", "contracts", "evidence/contracts", "codes/outcomes"]),
        (b"\xff\xfea\0", ["contracts", "evidence/quotes"]),
        (b"a,b\n", ["errata", "evidence/contracts"]),
    ],
)
def test_an_unreadable_table_is_the_only_finding(repo: Repository, data: bytes | None, names: list[str]) -> None:
    """A table that is empty or gone, and drags every row that refers to it along."""
    for name in names:
        before = repo.path(name).read_bytes()
        repo.path(name).unlink() if data is None else repo.path(name).write_bytes(data)
        found = repo.findings()
        repo.path(name).write_bytes(before)
        assert [finding.file for finding in found] == [f"data/{name}.csv"], told(found)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("errata", "assure-medical,"),
        ("evidence/pathfinders", "london-partnership,host_organisation_ids,"),
        ("organisations", "assura-medical,"),
        ("codes/outcomes", "lost,"),
        ("gaps", "contracts,"),
        ("sources", "hsj-surrey-450m,"),
        ("quotes", "gregory-culture,"),
        ("fingerprints/hsj-surrey-450m", "1,"),
        ("people", "ceri-jones,"),
        ("contracts", "surrey-2011,"),
        ("figures", "health-workers-left,"),
    ],
)
def test_a_line_that_cannot_be_read_is_the_only_finding(repo: Repository, name: str, start: str) -> None:
    """A needless comma that makes its row look removed, and drags along whatever refers to it."""
    line = repo.spoil(name, f"\n{start}".encode(), f"\n{start},".encode()) + 1
    found = repo.findings()
    assert [(finding.file, finding.line, finding.rule) for finding in found] == [(f"data/{name}.csv", line, "bytes.ragged")], told(found)


@pytest.mark.parametrize(
    "file",
    [
        "notes.csv",
        "contracts.CSV",
        "contracts.csv.orig",
        "evidence/nothing.csv",
        "evidence/gaps.csv",
        "evidence/codes.csv",
        "codes/a/b.csv",
        "contracts/people.csv",
        "evidence.csv",
        "x.txt",
    ],
)
def test_a_file_of_no_table_is_found(repo: Repository, file: str) -> None:
    """A file below data/ that nothing reads, taken for a part of the record."""
    path = repo.root / "data" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a,b\n1,2\n")
    assert [(finding.file, finding.rule) for finding in repo.findings()] == [(f"data/{file}", "layout.unknown-file")]


def test_the_copy_is_what_the_gate_reads(core: Path, repo: Repository) -> None:
    """Tests that run on less than the repository has."""
    for name in INPUTS:
        wanted = {
            path.relative_to(core): path.read_bytes() for path in (core / name).rglob("*.[cjp][sy]*") if "__pycache__" not in path.parts
        }
        assert wanted == {path.relative_to(repo.root): path.read_bytes() for path in (repo.root / name).rglob("*.[cjp][sy]*")}
