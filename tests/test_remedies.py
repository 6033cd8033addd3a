"""Remedies: what is typed as people type it is understood, what is beyond doubt is mended, and nothing else is."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import Repository, told

from mutuals import check, dates, nearest, remedies
from mutuals.commands import main
from mutuals.mending import whole
from mutuals.parsing import read
from mutuals.schema import Column
from mutuals.tables import read_dataset


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path)


def column(type: str = "integer", unit: str = "GBP") -> Column:
    """A column of numbers."""
    return Column("value_gbp", "Value", "What it is worth.", type, "500000000", "fact", unit, "number")


SURE_NUMBERS = [
    ("£500m", "500000000"), ("£500,000,000", "500000000"), ("500,000", "500000"), ("500 000", "500000"), ("500\u00a0000", "500000"),
    ("12.0", "12"), ("£1.5bn", "1500000000"), ("“500”", "500"), ("007", "7"), ("-0", "0"), ("£ 5", "5"), ("500 thousand", "500000"),
    ("£500,000,000.00", "500000000"), ("£123456789012345678", "123456789012345678"), ("-5.0", "-5"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), SURE_NUMBERS)
def test_a_number_of_one_reading_is_mended(typed: str, meant: str) -> None:
    """A sum that a newcomer types as it is printed, and is only told that it is wrong; or digits that are lost on the way."""
    assert remedies.number(typed, column())[::2] == (meant, True)


UNSURE_NUMBERS = [
    ("5e8", "", "500000000"), ("5.00E+08", "", "500000000"), ("1e999", "", "spreadsheet"), ("TRUE", "", "truth value"), ("ten", "10", "10"),
    ("about 500", "500", "500"), ("25%", "", "GBP"), ("$5m", "", "GBP"), ("12.5", "", "whole"), ("12,5", "", "whole"), ("1,00", "", "whole"),
    ("£5m-£6m", "", "whole"), ("500²", "500", "500"), ("²", "", "whole"), ("１２", "12", "12"), ("9" * 30, "", "whole"),
    ("3 years", "", "GBP"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant", "says"), UNSURE_NUMBERS)
def test_a_number_of_several_readings_is_left_to_a_person(typed: str, meant: str, says: str) -> None:
    """A number that a machine makes up: of a footnote's mark, of a rounded display, of another currency."""
    found = remedies.number(typed, column())
    assert (found.text, found.sure) == (meant, False)
    assert says in found.remedy


@pytest.mark.parametrize(
    ("typed", "kind", "wanted"),
    [
        ("25%", column("number", "percent"), ("25", True)),
        ("25 per cent", column("number", "percent"), ("25", True)),
        ("12.50", column("number", "percent"), ("12.5", True)),
        (".5", column("number", "percent"), ("0.5", True)),
        ("ten-year", column(unit="months"), ("120", False)),
        ("10 years", column(unit="months"), ("120", False)),
        ("five", column(unit=""), ("5", False)),
        ("10 years", column(unit="people"), ("", False)),
    ],
)
def test_a_number_is_read_in_the_unit_of_its_column(typed: str, kind: Column, wanted: tuple[str, bool]) -> None:
    """Years that are written into a column of months as they are, or into one of people at all."""
    assert remedies.number(typed, kind)[::2] == wanted


SURE_DATES = [
    ("13/08/2010", "2010-08-13"), ("13.08.2010", "2010-08-13"), ("08/08/2010", "2010-08-08"), ("12/13/2010", "2010-12-13"),
    ("12 August 2010", "2010-08-12"), ("12th August 2010", "2010-08-12"), ("August 12, 2010", "2010-08-12"), ("Aug 2010", "2010-08"),
    ("Sept 2010", "2010-09"), ("2010-8-12", "2010-08-12"), ("2010/08/12", "2010-08-12"), ("12-Aug-2010", "2010-08-12"),
    ("2010-8", "2010-08"), ("11/2011", "2011-11"), ("2010-08-12 00:00:00", "2010-08-12"), ("2010-08-12T00:00:00Z", "2010-08-12"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), SURE_DATES)
def test_a_date_of_one_reading_is_mended(typed: str, meant: str) -> None:
    """A date that a newcomer types as it is printed, or that a spreadsheet wrote, and is only told that it is wrong."""
    assert remedies.date(typed)[::2] == (meant, True)
    assert dates.is_date(meant)


UNSURE_DATES = [
    ("12/08/2010", ["2010-08-12", "2010-12-08"]), ("05/06/2010", ["2010-06-05", "2010-05-06"]), ("12-Aug-10", ["2010-08-12"]),
    ("28/6/10", ["2010-06-28"]), ("2010/11", ["2010/2011"]), ("40402", ["2010-08-12"]), ("c. 2010", ["2010~"]),
    ("about November 2011", ["2011-11~"]), ("by 13 November 2011", ["[..2011-11-13]"]), ("2010-08-12 10:30", ["2010-08-12"]),
    ("31/02/2010", []), ("Aug-10", []), ("12 August", []), ("yesterday", []), ("2010-13-12", []), ("2010 or 2011", []), ("x" * 999, []),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "says"), UNSURE_DATES)
def test_a_date_of_several_readings_is_left_to_a_person(typed: str, says: list[str]) -> None:
    """A day and a month that change places, a century that nobody printed, or no proposal at all."""
    found = remedies.date(typed)
    assert not found.sure
    assert bool(found.remedy) == bool(says)
    assert all(date in found.remedy and dates.is_date(date) for date in says)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("won", "won"), ("Won", "won"), ("in house", "in_house"), ("IN-HOUSE", "in_house"), ("“won”", "won"), ("wоn", "won"),
        ("taken back", "in_house"), ("wn", "won"), ("inhouse", "in_house"), ("nothing like it", ""), ("twin", ""), ("", ""), ("x" * 10**6, ""),
    ],
)  # fmt: skip
def test_the_nearest_name_is_found(typed: str, wanted: str) -> None:
    """A near miss that is not named, a far one that is, a name of two, or a search that takes for ever."""
    pairs = [("won", "won"), ("in_house", "in_house"), ("taken back", "in_house"), ("twin", "one"), ("Twin", "other")]
    assert nearest.near(typed, nearest.named(pairs)) == wanted


def cell(name: str, key: str, at: str, value: str) -> Callable[[Repository], None]:
    """Write a cell as somebody typed it."""
    return lambda repo: repo.row(name, **{repo.schema(name).key[0]: key}).update({at: value})


PROPOSED = [
    (cell("quotes", "cameron-why", "mode_code", "statment"), "schema.code", "write “statement” if that is meant"),
    (cell("quotes", "unite-sofa", "mode_code", "Statement"), "schema.code", "write “statement”, or run"),
    (cell("contracts", "surrey-2011", "spin_out_id", "Circle-Hinchingbrooke"), "schema.reference", "write “circle-hinchingbrooke” if"),
    (cell("contracts", "surrey-2011", "winner_organisation_id", "Assura Medical"), "schema.reference", "write “assura-medical” if"),
    (cell("sources", "hsj-surrey-450m", "date_accessed", "12/08/2026"), "dates.form", "2026-08-12 if the day comes first"),
    (cell("contracts", "surrey-2011", "value_gbp", "£500m"), "schema.type", "write “500000000”"),
    (cell("figures", "nurses-left", "value", "£12"), "schema.type", "the column holds"),
    (cell("sources", "hsj-surrey-450m", "url", "https://example.org/“a”"), "schema.pattern", "curly quotation mark “ (U+201C)"),
    (cell("people", "alan-downey", "person_id", "Alan Downey"), "schema.pattern", "write it as “alan-downey”"),
    (cell("people", "ceri-jones", "person_id", "cеri-jones"), "schema.pattern", "CYRILLIC SMALL LETTER IE (U+0435)"),
    (cell("contracts", "surrey-2011", "note", "Thе sum."), "letters.script", "type “The”"),
    (cell("evidence/contracts", "hinchingbrooke-2012", "column", "value"), "evidence.orphan", "write “value_gbp” if"),
    (cell("evidence/contracts", "surrey-2011", "row_id", "surrey-2010"), "evidence.orphan", "write “surrey-2011” if"),
    (cell("gaps", "contracts", "table", "contract"), "gaps.unneeded", "write “contracts” if"),
]


def test_each_near_miss_has_a_remedy_of_its_own(repo: Repository) -> None:
    """A newcomer who is told that something is wrong and must guess what would be right."""
    for spoil, _, _ in PROPOSED:
        spoil(repo)
    found = repo.findings()
    silent = [remedy for _, rule, remedy in PROPOSED if not any(f.rule == rule and remedy in f.remedy for f in found)]
    assert silent == [], told(found)


FILES = [
    ("people", "persons", "rename or remove"),
    ("people", "People", "rename it to data/people.csv if"),
    ("evidence/people", "evidence/poeple", "rename it to data/evidence/people.csv if"),
]


@pytest.mark.parametrize(("name", "new", "remedy"), FILES)
def test_a_misspelt_file_is_named(repo: Repository, name: str, new: str, remedy: str) -> None:
    """A file that nothing reads, with no word on what it should be called; or one that is to replace another."""
    repo.path(name).rename(repo.path(new))
    data = read_dataset(repo.root)
    said = {file: check.RULES[fault.rule].remedy if not fault.remedy else fault.remedy for file, fault in data.faults}
    assert said[f"data/{new}.csv"].startswith(remedy)


@pytest.mark.parametrize(("old", "new"), [(b",name,", b",Name,"), (b",name,", b",naem,"), (b"person_id,", b"Person ID,")])
def test_a_misspelt_column_is_named(repo: Repository, old: bytes, new: bytes) -> None:
    """A header that is refused as a whole, with no word on which of its columns is misspelt."""
    repo.spoil("people", old, new)
    fault = read(repo.path("people").read_bytes(), repo.schema("people")).faults[0]
    assert fault.remedy == f"rename “{new.decode().strip(',')}” to “{old.decode().strip(',')}” if that is meant"


def run(repo: Repository, *arguments: str) -> int:
    """Run “mutuals format” on the copy."""
    return main(["format", "--root", str(repo.root), *arguments])


def everything(repo: Repository) -> dict[str, bytes]:
    """All bytes below data/."""
    return {path.relative_to(repo.root).as_posix(): path.read_bytes() for path in (repo.root / "data").rglob("*.csv")}


def parted(mark: str) -> Callable[[bytes], bytes]:
    """A file as a spreadsheet of another locale saves it."""

    def change(data: bytes) -> bytes:
        out = io.StringIO()
        csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(csv.reader(io.StringIO(data.decode("utf-8"))))
        return out.getvalue().encode("utf-8")

    return change


def dropped(data: bytes) -> bytes:
    """A file whose rows lost their blank cells at the end."""
    lines = data.splitlines()
    return b"".join(line + b"\n" for line in [lines[0], *(line.rstrip(b",") for line in lines[1:])])


MENDED = {
    "a code by its label": ("quotes", lambda data: data.replace(b",fragment,", b",Fragment,")),
    "codes of a list": ("quotes", lambda data: data.replace(b"privatisation; john_lewis_model", b"Privatisation ;John Lewis model")),
    "evidence and cell": ("evidence/contracts", lambda data: data.replace(b",value_gbp,500000000,", ",value_gbp,£500m,".encode())),
    "a sum": ("contracts", lambda data: data.replace(b",500000000,", ",£500m,".encode(), 1)),
    "a sum with commas": ("contracts", lambda data: data.replace(b",500000000,", b',"500,000,000",', 1)),
    "a number with a point": ("sources", lambda data: data.replace(b",full,", b",Full,").replace(b",1,", b",1.0,")),
    "a figure in its row's unit": ("figures", lambda data: data.replace(b",50,up_to,percent,", b",50%,up_to,percent,")),
    "a day": ("sources", lambda data: data.replace(b",2026-11-22,", b",22/11/2026,")),
    "a day in words": ("sources", lambda data: data.replace(b",2026-11-22,", b",22 November 2026,")),
    "semicolons": ("quotes", parted(";")),
    "tabs": ("contracts", parted("\t")),
    "bars and Windows letters": ("gaps", lambda data: parted("|")(data).decode("utf-8").encode("cp1252", errors="strict")),
    "blank cells at the end": ("evidence/contracts", dropped),
    "blank cells at the end of second readings": ("second_readings", dropped),
}


@pytest.mark.parametrize("case", MENDED)
def test_format_brings_back_the_very_bytes(case: str, repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A mending that loses or invents something, that is not told, or that is made again and again."""
    name, spoil = MENDED[case]
    before = everything(repo)
    spoilt = spoil(before[f"data/{name}.csv"])
    assert spoilt != before[f"data/{name}.csv"]
    repo.path(name).write_bytes(spoilt)
    assert run(repo, "--dry-run") == 0
    assert repo.path(name).read_bytes() == spoilt
    assert f"data/{name}.csv:" in (said := capsys.readouterr().out)
    assert "would mend" in said
    assert run(repo) == 0
    assert capsys.readouterr().out == said.replace("would mend", "mended")
    assert everything(repo) == before
    assert run(repo) == 0
    assert capsys.readouterr().out == ""


LEFT = {
    "a day of two readings": ("sources", lambda data: data.replace(b",2026-11-22,", b",12/11/2026,", 1), 0),
    "a year of two digits": ("sources", lambda data: data.replace(b",2026-11-22,", b",22-Nov-26,", 1), 0),
    "what a spreadsheet rounded": ("figures", lambda data: data.replace(b",10000,", b",1E+04,", 1), 1),
    "a name for a key": ("contracts", lambda data: data.replace(b",assura-medical,", b",Assura Medical,", 1), 0),
    "a code that is near": ("quotes", lambda data: data.replace(b",fragment,", b",fragmnt,", 1), 0),
    "a letter of another script": ("contracts", lambda data: data.replace(b"article", "аrticle".encode(), 1), 0),
    "a straight quotation mark": ("sources", lambda data: data.replace("’".encode(), b"'"), 1),
    "a comma that was lost in the middle": ("evidence/contracts", lambda data: data.replace(b",supports,", b"supports,", 1), 1),
    "a day that may be a note": ("gaps", dropped, 1),
    "a comma before a free cell": ("codes/outcomes", lambda data: data.replace(b",,\n", b",\n", 1), 1),
    "semicolons in some lines": ("quotes", lambda data: parted(";")(data).replace(b";", b",", 30).replace(b",", b";", 20), 1),
}


@pytest.mark.parametrize("case", LEFT)
def test_format_leaves_what_needs_a_person(case: str, repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A guess that is written into the record."""
    name, spoil, status = LEFT[case]
    before = repo.path(name).read_bytes()
    repo.path(name).write_bytes(spoil(before))
    spoilt = everything(repo)
    assert spoilt[f"data/{name}.csv"] != before
    assert run(repo) == status
    after = everything(repo)
    assert after[f"data/{name}.csv"] == spoilt[f"data/{name}.csv"]
    assert bool(capsys.readouterr().out) == bool(status or after != spoilt)


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["ann", "1"], ("ann", "1", "")),
        (["ann"], ("ann", "", "")),
        (["annx"], None),
        (["ann", "1x"], ("ann", "1", "x")),
        (["ann", "x"], ("ann", "", "x")),
        (["1", "x"], None),
        (["", "1"], None),
        (["a" * 10_000, "1"], ("a" * 10_000, "1", "")),
    ],
)
def test_lost_commas_have_one_place_or_none(cells: list[str], wanted: tuple[str, ...] | None) -> None:
    """A row that is filled though its cells may have stood elsewhere: here letters, then a digit or a blank, then letters or a blank."""

    def fits(at: int, text: str) -> bool:
        return [text.isalpha(), text in ("", "1"), text in ("", "x")][at]

    assert whole(cells, 3, fits) == wanted


def test_examples_are_of_the_rules_that_they_stand_at(root: Path) -> None:
    """A rule that is shown with the finding of another."""
    examples = json.loads((root / "validation/examples.json").read_text(encoding="utf-8"))
    assert [rule for rule, finding in examples.items() if f"[{rule}]" not in finding] == []
