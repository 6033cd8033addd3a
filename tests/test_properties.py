"""Properties: whatever the bytes, the parts of the gate answer with what they promise, and never fail otherwise.

The examples are the same in each run. For a long run with new ones: `python -m pytest tests/test_properties.py
--hypothesis-profile=long`.
"""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from repository import INPUTS, Repository

from mutuals import check, dates
from mutuals.amounts import amounts
from mutuals.canonical import RULES, Fault, clean, composed, encode
from mutuals.commands import main
from mutuals.datings import printed_dates, read_date
from mutuals.fingerprints import make, paragraphs, proves, tokens
from mutuals.parsing import Reading, _quick, _read_row, _rows, read
from mutuals.readings import READINGS, Claim
from mutuals.rules import REGISTRY, CheckError, broken
from mutuals.schema import Column, Schema, SchemaError, read_schema, read_schemas
from mutuals.tables import Dataset, read_dataset

ROOT = Path(__file__).resolve().parents[1]
SCHEMAS = read_schemas(ROOT)
DATA = read_dataset(ROOT)
SMALL = [SCHEMAS["people"], SCHEMAS["codes"], SCHEMAS["fingerprints"], SCHEMAS["contracts"]]
schemas = st.sampled_from(SMALL)

# Pieces of which odd files are made: separators, quotation marks, line ends, marks of encodings, odd letters.
ODD = ["", ",", '"', '""', "\n", "\r\n", "\r", "\0", "\ufeff", "\u00a0", "\u2028", "\x85", "\u200b", "\u0301", "\u0316", "\u0f73", "\U0001f600",
       "\ufffd", "\ue000", "\u0378", "=", "+", "-", "@", " ", "  ", "\t", "; ", ";", "a", "é", "e\u0301", "ﬁ", "²", "٣", "9" * 400, "1e999",
       "nan", "-5", "0.10", "2012-06", "[..2012]", "2013/14"]  # fmt: skip
text = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(st.sampled_from(ODD), max_size=8).map("".join)
printed = st.text(st.sampled_from("abyzÄé“”’–£1290,;'.")).map(clean)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "latin-1", "cp437", "shift_jis", "utf-7", "mac-roman"]
encoded = st.builds(lambda text, encoding: text.encode(encoding, errors="replace"), text, st.sampled_from(ENCODINGS))
piece = st.binary(max_size=12) | encoded | st.sampled_from(ODD).map(str.encode)


@st.composite
def shapes(draw: st.DrawFn, schema: Schema) -> bytes:
    """Bytes that are nearly a table: a header that may be spoilt, rows of odd cells, quoted or not, with odd line ends."""
    end = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r", b"\n\n", b"\n\r", b"\x85", b"\0", b""]))
    header = ",".join(schema.header).encode()
    lines = [draw(st.sampled_from([header] * 6 + [header + b",", b"", b'"' + header, header.upper(), header.replace(b",", b";")]))]
    width = st.sampled_from([len(schema.header)] * 8 + [0, 1, len(schema.header) - 1, len(schema.header) + 1])
    for _ in range(draw(st.integers(0, 6))):
        cells = draw(st.integers(0, 3).flatmap(lambda kind: width.flatmap(lambda w: st.lists(cell(kind), min_size=w, max_size=w))))
        lines.append(b",".join(cells))
    return end.join(lines) + draw(st.sampled_from([end, end, b"", b"\x1a", b'"']))


def cell(kind: int) -> st.SearchStrategy[bytes]:
    """Cells: plain ones, quoted ones, and ones with any bytes in them."""
    plain = st.sampled_from([b"", b"a", b"b-c", b"1", b"Ann"])
    return [plain, plain | printed.map(quoted), plain | piece, plain | piece.map(lambda raw: b'"' + raw + b'"')][kind]


def quoted(cell: str) -> bytes:
    """A cell as the canonical form writes it."""
    return ('"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell).encode()


@st.composite
def mutations(draw: st.DrawFn, table: str) -> bytes:
    """The beginning of a real file with a few of its bytes changed, dropped, doubled or moved."""
    content = bytearray((ROOT / DATA.tables[table].file).read_bytes()[:3000])
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(content))), draw(st.sampled_from([0, 0, 1, 1, 2, 7, 80]))
        other = draw(st.integers(0, len(content)))
        content[at : at + length] = draw(st.one_of(piece, st.just(bytes(content[other : other + 80]))))
    return bytes(content)


files = schemas.flatmap(lambda schema: st.tuples(st.one_of(st.binary(), encoded, shapes(schema), shapes(schema)), st.just(schema)))
real = st.sampled_from(sorted(DATA.tables)).flatmap(lambda name: st.tuples(mutations(name), st.just(DATA.tables[name].schema)))


@given(st.one_of(files, files, real))
@example((b"\xef\xbb\xbf\r\r\n", SCHEMAS["people"]))
def test_any_bytes_are_read_and_what_is_clean_is_canonical(given: tuple[bytes, Schema]) -> None:
    """An error of Python's own, a place outside the file, or spoilt bytes that pass for canonical."""
    data, schema = given
    reading, last = read(data, schema), data.count(b"\n") + data.count(b"\r") + 1
    for fault in reading.faults:
        assert fault.rule in RULES
        assert 0 <= fault.line <= last
        assert fault.column in ("", *schema.header)
        assert fault.found.isprintable() and fault.wanted.isprintable()
    assert list(reading.columns) == schema.header
    assert {len(cells) for cells in reading.columns.values()} == {len(reading.lines)}
    assert all(clean(cell) == cell for cells in reading.columns.values() for cell in cells)
    assert reading.faults or encode(reading.records, schema) == data
    if reading.usable and not reading.set_aside:
        again = read(encode(reading.records, schema), schema)
        assert again.records == sorted(reading.records, key=schema.sort_key)
        assert all(fault.rule == "bytes.formula" or "lost character" in fault.found for fault in again.faults)


@given(
    schemas.flatmap(
        lambda schema: st.tuples(st.lists(st.lists(printed, min_size=len(schema.header), max_size=len(schema.header))), st.just(schema))
    )
)
def test_the_canonical_bytes_of_any_records_are_clean(given: tuple[list[list[str]], Schema]) -> None:
    """Bytes that we write ourselves and then refuse."""
    rows, schema = given
    records = [dict(zip(schema.header, cells, strict=True)) for cells in rows]
    reading = read(encode(records, schema), schema)
    assert reading.faults == []
    assert reading.records == sorted(records, key=schema.sort_key)


def closely(raw: bytes, schema: Schema) -> tuple[list[str] | None, list]:
    """What a line is when it is looked at cell by cell."""
    reading = Reading({name: [] for name in schema.header})
    return _read_row(reading, 2, raw, schema.header, schema), reading.faults


def line(schema: Schema) -> st.SearchStrategy[bytes]:
    """A line for a schema, which may lack a cell."""
    width = len(schema.header)
    return st.integers(0, 3).flatmap(lambda kind: st.lists(cell(kind), min_size=width - 1, max_size=width)).map(b",".join)


lines = schemas.flatmap(lambda schema: st.tuples(line(schema), st.just(schema)))
several = schemas.flatmap(lambda schema: st.tuples(st.lists(line(schema), min_size=1, max_size=4), st.just(schema)))


@given(lines)
def test_the_quick_look_at_a_line_is_the_close_one(given: tuple[bytes, Schema]) -> None:
    """A fault that is passed over because a line looks clean as a whole."""
    raw, schema = given[0].replace(b"\n", b"\r"), given[1]
    quick = _quick(raw, len(schema.header))
    if quick is not None:
        assert closely(raw, schema) == (quick, [])
    elif closely(raw, schema)[1] == []:  # only what a number column may hold is left to the close look
        assert any(cell.startswith("-") for cell in raw.decode().split(","))


@given(several, st.booleans())
def test_lines_looked_at_together_are_as_each_by_itself(given: tuple[list[bytes], Schema], ended: bool) -> None:
    """A fault at the border of two lines, or one that is passed over because many lines look clean together."""
    raws, schema = [raw.replace(b"\n", b"\r") for raw in given[0]], given[1]
    reading = Reading({name: [] for name in schema.header})
    given_lines = [raw + b"\n" for raw in raws[:-1]] + [raws[-1] + b"\n" * (ended or not raws[-1])]
    rows = _rows(reading, 2, given_lines, schema.header, schema)
    each = [closely(raw, schema) if raw else (None, [Fault("bytes.blank-line", 2, "", "", "")]) for raw in raws]
    assert rows == [cells for cells, _ in each if cells]
    assert [fault.rule for fault in reading.faults] == [fault.rule for _, faults in each for fault in faults]
    assert list(reading.lines) == [number for number, (cells, _) in enumerate(each, 2) if cells]


@given(lines, st.lists(st.sampled_from(["ann", "bob", "carl", "dora"]), unique=True))
def test_a_spoilt_line_changes_no_other(given: tuple[bytes, Schema], keys: list[str]) -> None:
    """A fault on one line that hides another line, or what it says."""
    raw, schema = given[0].replace(b"\n", b"").replace(b"\r", b""), given[1]
    good = [b",".join([key.encode(), *[b"x"] * (len(schema.header) - 1)]) for key in keys]
    header = ",".join(schema.header).encode()
    reading = read(b"\n".join([header, *good, raw, *good, b""]), schema)
    found = dict(zip(reading.lines, reading.records, strict=True))
    for at, line in enumerate(good):
        wanted = dict(zip(schema.header, line.decode().split(","), strict=True))
        assert found[at + 2] == found[at + len(good) + 3] == wanted


@given(text)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A file that “mutuals format” changes each time, or marks that are put in an order of our own."""
    assert clean(clean(text)) == clean(text)
    assert composed(text) == unicodedata.normalize("NFC", text)


marks = st.text(st.sampled_from("ae\u0301\u0316\u0308\u0327\u0f71\u0f72\u0f73\u0344\u1100\u1161\u11a8\uac00\u0338<"), max_size=40)


@given(marks)
def test_marks_are_composed_as_the_library_does(text: str) -> None:
    """Letters that become others, since marks were put in a wrong order first."""
    assert composed(text) == unicodedata.normalize("NFC", text)


day = (
    st.from_regex(r"\A-?[0-9]{1,5}(-[0-9]{2}(-[0-9]{2})?)?[~?%]?\Z")
    | st.dates().map(str)
    | st.sampled_from(["0001-01-01", "9999-12-31", "1", "201u", "19XX", "y17e7", ""])
)
edtf = st.one_of(
    day,
    st.builds("{}/{}".format, day, day),
    st.builds("[{}..{}]".format, day, day),
    st.builds("{{{},{}}}".format, day, day),
    st.text("0123456789-/~?%[]{}.,uXye ", max_size=14),
)


@given(edtf | text)
def test_any_text_is_a_date_or_none(text: str) -> None:
    """A date that ends before it begins, or a text that ends the gate."""
    with suppress(ValueError):
        first, last = dates.bounds(text)
        assert first <= last
    assert isinstance(dates.spoken(text), str)


words = st.lists(st.sampled_from(["£", "1", "12", "500", "m", "bn", "million", "thousand", "per cent", "%", "half", "twenty", "five", "first",
    "year", "years ago", "a year ago", "yesterday", "today", "this week", "last week", "this decade", "last year", "January", "May", "in",
    "1 May", "31 February", "2012", "2013/14", "2014-15", "30/02/2012", "2012-13-45", "9" * 400, "1,000th", "²", "٣", "-", ",", "12th"]) | text, max_size=7).map(" ".join)  # fmt: skip


@given(words, edtf)
def test_any_words_are_read(words: str, published: str) -> None:
    """Words in which a number or a day is looked for and that end the gate."""
    assert all(0 <= amount.number < 1e18 for amount in amounts(words))
    assert all(isinstance(found, str) for found in printed_dates(words))
    if dates.is_date(published):
        assert read_date(words, published)


columns = st.sampled_from([column for table in DATA.facts for column in table.schema.columns if column.reading])
keys = st.sampled_from(
    sorted(row["code"] for table in DATA.of_kind("codes") for row in table.records) + sorted(DATA.get("organisations").by_key)
)


@given(
    columns,
    words | keys | edtf,
    words | printed,
    text,
    st.sampled_from(["", "gbp", "percent", "people", "x"]),
    edtf,
    st.sampled_from(sorted(DATA.get("sources").by_key)),
)
def test_any_claim_is_judged(column: Column, value: str, as_read: str, note: str, unit: str, published: str, source: str) -> None:
    """Evidence that ends the gate instead of being refused."""
    claim = Claim(value, as_read, note, column, unit, {"source_id": source, "date_published": published}, DATA)
    said = READINGS[column.reading](claim)
    assert said is None or isinstance(said, str)


prose = st.lists(
    st.sampled_from(["the", "staff", "voted", "not", "12", "13", "£5m", "Hospital", "hospital", "it's", "co-op", "yes", "."]),
    min_size=1,
    max_size=14,
)


@given(prose, prose, st.data())
def test_a_changed_word_is_never_proved(before: list[str], span: list[str], data: st.DataObject) -> None:
    """A quotation with another word, a word more or a word less that passes for the source's own."""
    source = " ".join([*before, "begins", *span, "ends"])
    runs, whole = make("s", source, [(1, " ".join(span))]), tokens(source)
    assert proves(runs, "s", 1, " ".join(span))
    at = data.draw(st.integers(0, len(span) - 1))
    other = [*span[:at], *data.draw(st.lists(st.sampled_from([*span, "never", "14"]), max_size=2)), *span[at + 1 :]]
    words = tokens(" ".join(other))
    stands = any(whole[i : i + len(words)] == words for i in range(len(whole)))
    if not stands and len(words) <= 5:
        assert not proves(runs, "s", 1, " ".join(other))
    assert not proves(runs, "s", 2, " ".join(span)) and not proves(runs, "t", 1, " ".join(span))


@given(text | st.lists(text).map("\n\n".join))
def test_any_text_has_a_fingerprint(text: str) -> None:
    """A copy of a source whose own paragraphs are not proved by it."""
    runs = make("s", text)
    for number, block in enumerate(paragraphs(text), 1):
        assert not tokens(block) or proves(runs, "s", number, block)


jsons = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=8,
)
PARTS = json.loads((ROOT / "schemas/contracts.json").read_text(encoding="utf-8"))
PROPERTIES = ["name", "title", "type", "example", "states", "unit", "reading", "codes", "rule", "expected", "list", "constraints"]
LIMITS = ["required", "unique", "pattern", "minimum", "maximum"]


@given(
    st.sampled_from([*PARTS, "x"]),
    st.sampled_from(["", *PROPERTIES]),
    st.sampled_from(LIMITS),
    jsons,
    st.integers(0, len(PARTS["fields"]) - 1),
)
def test_any_schema_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, part: str, name: str, limit: str, value: object, at: int
) -> None:
    """A schema that ends the gate, or one that is taken and then cannot be asked."""
    document = json.loads(json.dumps(PARTS))
    if name == "constraints":
        document["fields"][at].setdefault(name, {})[limit] = value
    elif name:
        document["fields"][at][name] = value
    else:
        document[part] = value
    path = tmp_path_factory.getbasetemp() / "contracts.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with suppress(SchemaError):
        schema = read_schema(path)
        assert read(b"", schema).faults and read(encode([], schema), schema).faults == []


@pytest.fixture(scope="module")
def spoilt(core: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A copy that each example spoils and mends."""
    return Repository.copy(core, tmp_path_factory.mktemp("spoilt"))


names = st.sampled_from(
    [
        *sorted(
            path.relative_to(ROOT).as_posix()
            for name in INPUTS
            for path in (ROOT / name).glob("**/*.[cjp][sy]*")
            if "__pycache__" not in path.parts and path.parent.name != "fingerprints"
        ),
        "data/fingerprints/hsj-surrey-450m.csv",
        "validation/known_failures.toml",
        "data/notes.csv",
    ]
)
PYTHON = st.sampled_from([b"", b"1 / 0", b"import nothing\n", b"def f(:\n", b"\0", b"\xff", b"raise SystemExit(0)\n", b"[" * 300])
spoils = st.dictionaries(
    names,
    st.one_of(st.binary(), encoded, PYTHON, st.lists(st.tuples(st.integers(0, 10**6), piece), min_size=1, max_size=5)),
    min_size=1,
    max_size=3,
)


Change = bytes | list[tuple[int, bytes]]


def spoil(repo: Repository, changes: dict[str, Change]) -> dict[Path, bytes | None]:
    """Put other bytes into files, or a few into the bytes that they have; what they held before is returned."""
    before = {}
    for name, change in changes.items():
        path = repo.root / name
        before[path] = old = path.read_bytes() if path.exists() else None
        content = bytearray(old or b"")
        for at, new in change if isinstance(change, list) else ():
            at %= len(content) + 1
            content[at : at + len(new) // 2] = new
        path.write_bytes(change if isinstance(change, bytes) else bytes(content))
    return before


def mend(before: dict[Path, bytes | None]) -> None:
    """Put back what files held."""
    for path, content in before.items():
        path.unlink() if content is None else path.write_bytes(content)


def late_rules(data: Dataset, **warm: object) -> Iterator[tuple[str, Fault]]:
    """What rules find that otherwise wait for Great Expectations."""
    return ((table.file, fault) for rule in REGISTRY.values() if not rule.early for table, fault in broken(rule, data))


def judge(repo: Repository, changes: dict[str, Change]) -> None:
    """Spoil a copy, ask the gate, and mend it: it answers findings, or one sentence that names the file."""
    before = spoil(repo, changes)
    try:
        found = check.check(repo.root)
        assert found == sorted(set(found))
        assert all(finding.found and finding.wanted and finding.remedy for finding in found)
    except (SchemaError, CheckError) as error:
        assert "schemas/" in str(error) or "validation/" in str(error)
        assert str(error).isprintable()
    finally:
        mend(before)


@settings(max_examples=settings.default.max_examples // 4)
@given(spoils)
def test_any_bytes_in_any_files_are_findings_or_one_sentence(spoilt: Repository, changes: dict[str, Change]) -> None:
    """A rule that fails on what a spoilt file says, or on what it no longer says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "late", late_rules)
        judge(spoilt, changes)


@settings(max_examples=settings.default.max_examples // 20)
@given(spoils)
def test_any_bytes_in_any_files_are_answered_by_the_whole_gate(spoilt: Repository, changes: dict[str, Change]) -> None:
    """A suite of Great Expectations that fails on odd cells, columns or schemas."""
    judge(spoilt, changes)


@settings(max_examples=settings.default.max_examples // 20)
@given(
    spoils,
    st.sampled_from(
        [["check"], ["check", "--format", "json"], ["check", "--format", "github"], ["format", "--dry-run"], ["stats"], ["sample"]]
    ),
)
def test_any_bytes_in_any_files_are_answered_by_the_commands(spoilt: Repository, changes: dict[str, Change], command: list[str]) -> None:
    """A command that ends in a traceback, or with another code than it says."""
    before = spoil(spoilt, changes)
    out, wrong = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(wrong):
            status = main([*command, "--root", str(spoilt.root)])
    finally:
        mend(before)
    assert status in (0, 1, 2)
    assert "Traceback" not in out.getvalue() + wrong.getvalue()
    assert wrong.getvalue().count("\n") == (status == 2)
    if command[0] in ("check", "format") and status == 2:
        assert "schemas/" in wrong.getvalue() or "validation/" in wrong.getvalue()
    if command[-1] == "json" and status < 2:
        assert bool(json.loads(out.getvalue())) == bool(status)


PATTERNS = sorted({column.pattern for schema in SCHEMAS.values() for column in schema.columns if column.pattern})
UNITS = ["a", "1", "A", "-", "a-", "a_", "a1-", "; ", "GB-COH-1", "GB-COH-1; ", "A-", "https://", "/", "E1", "|"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_ends_on_long_texts_that_it_nearly_matches(pattern: str) -> None:
    """A pattern that tries every way to part a text: it would not end on one of these."""
    for unit in UNITS:
        for start in ("", "a", "GB-COH-1", "https://a"):
            assert re.fullmatch(pattern, start + unit * 5_000 + '"') is None
