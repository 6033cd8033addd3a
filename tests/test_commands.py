"""Commands: format, cite, verify and fingerprint write what they should, or one sentence and nothing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repository import Repository, places, told

from mutuals.commands import main, verbs
from mutuals.parsing import read

TEXT = """Baths to be run by their staff

Monday, 3 May 2011, by Ann Lea

The council said that it won't close the four baths of Eastham. A £5m, 10-year deal goes to Eastham Baths Ltd.

"We do not want to own them," it said; one of the four baths is shut.
"""


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path / "repository")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of a source that we made up."""
    path = tmp_path / "eastham.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def eastham(repo: Repository, copy: Path, capsys: pytest.CaptureFixture[str]) -> Repository:
    """The repository with that source, its fingerprint, and a contract of which nothing is proved."""
    repo.add(
        "sources",
        source_id="eastham-2011",
        title="Baths to be run by their staff",
        kind_code="news",
        date_published="2011-05-03",
        date_accessed="2026-11-22",
        url="https://example.org/baths",
        scope_code="full",
        paragraphs="1",
        sha256="0" * 64,
        normaliser="1",
    )
    repo.add(
        "contracts",
        contract_id="eastham-baths",
        name="The baths of Eastham",
        outcome_code="won",
        value_gbp="5000000",
        term_months="120",
        value_gbp_per_year="500000",
        loser_organisation_ids="circle; unison",
    )
    repo.save()
    assert run(repo, "fingerprint", "eastham-2011", str(copy)) == 0
    capsys.readouterr()
    return repo


def run(repo: Repository, verb: str, *arguments: str) -> int:
    """Run a command on the copy."""
    return main([verb, "--root", str(repo.root), *arguments])


def everything(repo: Repository) -> dict[str, bytes]:
    """All bytes below data/."""
    return {path.relative_to(repo.root).as_posix(): path.read_bytes() for path in (repo.root / "data").rglob("*") if path.is_file()}


def cite(repo: Repository, *arguments: str, words: str = "A £5m, 10-year deal goes to Eastham", column: str = "value_gbp") -> int:
    """Cite the made-up source for the contract."""
    return run(repo, "cite", "contracts", "eastham-baths", column, "--source", "eastham-2011", "--as-read", words, *arguments)


def shuffled(data: bytes) -> bytes:
    """The rows in another order."""
    lines = data.splitlines(keepends=True)
    return b"".join([lines[0], *reversed(lines[1:])])


def turned(data: bytes) -> bytes:
    """The last column first; no cell holds a comma."""
    return b"".join(b",".join([*line.split(b",")[-1:], *line.split(b",")[:-1]]) + b"\n" for line in data.splitlines())


MENDED = {
    "BOM": ("people", lambda data: b"\xef\xbb\xbf" + data),
    "CRLF": ("people", lambda data: data.replace(b"\n", b"\r\n")),
    "old Mac": ("people", lambda data: data.replace(b"\n", b"\r")),
    "doubled CR": ("people", lambda data: data.replace(b"\n", b"\r\r\n")),
    "Windows letters": ("gaps", lambda data: data.replace("“only a handful”".encode(), b"\x93only a handful\x94")),
    "mixed letters": ("evidence/contracts", lambda data: data.replace("on a £500m contract,".encode(), b"on a \xa3500m contract,")),
    "order": ("people", shuffled),
    "columns": ("codes/units", lambda data: turned(data.replace(b'"Parliaments, of up to five years each."', b"Parliaments."))),
    "needless quotes": ("contracts", lambda data: data.replace(b",won,", b',"won",').replace(b"contract_id,", b'"contract_id",', 1)),
    "decomposed": ("people", lambda data: data.replace(b"Ann", "A\u0301nn".encode())),
    "no-break spaces": ("people", lambda data: data.replace(b"Alan Downey", "Alan\u00a0Downey".encode(), 1)),
    "spaces": ("people", lambda data: data.replace(b"Alan Downey", b"  Alan  Downey ", 1)),
    "zero-width": ("people", lambda data: data.replace(b"Alan Downey", "Alan\u200b Downey".encode(), 1)),
    "blank lines": ("people", lambda data: data.replace(b"\n", b"\n\n")),
    "no last line end": ("people", lambda data: data[:-1]),
}


def decomposed(data: bytes) -> bytes:
    """The bytes with one letter in two parts."""
    return data.replace("Á".encode(), "A\u0301".encode())


@pytest.mark.parametrize("case", MENDED)
def test_format_mends_what_it_can(case: str, repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A mending that loses or changes a word, or is not made."""
    name, spoil = MENDED[case]
    if case == "decomposed":
        repo.path(name).write_bytes(repo.path(name).read_bytes().replace(b"Ceri", "Ánn".encode()))
        spoil = decomposed
    if case == "columns":
        repo.path(name).write_bytes(repo.path(name).read_bytes().replace(b'"Parliaments, of up to five years each."', b"Parliaments."))
    before = repo.path(name).read_bytes()
    repo.path(name).write_bytes(spoil(before))
    assert repo.path(name).read_bytes() != before
    assert run(repo, "format", "--dry-run") == 0
    assert repo.path(name).read_bytes() == spoil(before)
    assert "would mend" in capsys.readouterr().out
    assert run(repo, "format") == 0
    assert f"data/{name}.csv:" in capsys.readouterr().out
    assert repo.path(name).read_bytes() == before
    assert run(repo, "format") == 0
    assert capsys.readouterr().out == ""


REFUSED = {
    "ragged": (lambda data: data.replace(b"Alan Downey,", b"Alan Downey", 1), "bytes.ragged"),
    "unclosed": (lambda data: data.replace(b"Alan", b'"Alan', 1), "bytes.quote"),
    "NUL": (lambda data: data.replace(b"Alan", b"Al\0an", 1), "bytes.control"),
    "NUL in the header": (lambda data: data.replace(b"name", b"na\0me", 1), "bytes.header"),
    "unknown column": (lambda data: data.replace(b",note", b",remark", 1), "bytes.header"),
    "missing column": (lambda data: data.replace(b",proofs\n", b"\n", 1), "bytes.header"),
    "doubled column": (lambda data: data.replace(b",roles", b",name", 1), "bytes.header"),
    "empty": (lambda data: b"", "bytes.empty"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "bytes.encoding"),
    "no such letter": (lambda data: data.replace(b"Alan", b"Al\x92an\x81", 1), "bytes.control"),
    "lost letter": (lambda data: data.replace(b"Alan", "Al\ufffdn".encode(), 1), "bytes.control"),
    "formula": (lambda data: data.replace(b"Alan", b"=Alan", 1), "bytes.formula"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_format_leaves_what_only_a_person_can_mend(case: str, repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is written back with less, or more, than it said."""
    spoil, rule = REFUSED[case]
    repo.path("people").write_bytes(b"\xef\xbb\xbf"[: 0 if case in ("empty", "UTF-16") else 3] + spoil(repo.path("people").read_bytes()))
    repo.path("figures").write_bytes(b"\xef\xbb\xbf" + repo.path("figures").read_bytes())
    before = everything(repo)
    assert run(repo, "format") == 1
    said = capsys.readouterr().out
    assert f"[{rule}]" in said
    assert "data/people.csv" in said
    after = everything(repo)
    assert {file for file in after if after[file] != before.get(file)} == {"data/figures.csv"}
    assert set(after) == set(before)


def test_findings_are_told_on_any_terminal(repo: Repository) -> None:
    """A traceback where the terminal has no curly quotes."""
    repo.path("people").write_bytes(repo.path("people").read_bytes().replace(b"Alan", "=Ałan".encode()))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from mutuals.commands import main; sys.exit(main())", "format", "--root", str(repo.root)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == b""
    assert b"data/people.csv:2:name  alan-downey  [bytes.formula]" in done.stdout


def test_fingerprint_gives_the_same_bytes_twice(eastham: Repository, copy: Path) -> None:
    """A fingerprint that depends on the day or the order of a set."""
    before = everything(eastham)
    assert run(eastham, "fingerprint", "eastham-2011", str(copy)) == 0
    assert everything(eastham) == before
    row = next(r for r in read(eastham.path("sources").read_bytes(), eastham.schema("sources")).records if r["source_id"] == "eastham-2011")
    assert (row["paragraphs"], row["normaliser"]) == ("4", "1")
    assert b"baths" not in eastham.path("fingerprints/eastham-2011").read_bytes()


def test_fingerprints_of_the_record_keep_their_place(eastham: Repository, core: Path) -> None:
    """A new source that changes the fingerprint of another."""
    for path in (core / "data/fingerprints").glob("*.csv"):
        assert eastham.path(f"fingerprints/{path.stem}").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"\n \n", b"\xff\xfea\0"])
def test_fingerprint_of_no_text_is_one_sentence(
    eastham: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    """A fingerprint that is emptied by a wrong file."""
    path, before = tmp_path / "other.txt", everything(eastham)
    if content is not None:
        path.write_bytes(content)
    assert run(eastham, "fingerprint", "eastham-2011", str(path)) == 2
    assert run(eastham, "fingerprint", "nobody", str(path)) == 2
    assert capsys.readouterr().err.count("\n") == 2
    assert everything(eastham) == before


def test_cite_writes_one_row_that_the_gate_accepts(eastham: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A row that is written and then refused, or written somewhere else."""
    before = everything(eastham)
    words = "A\u00a0£5m, 10-year\n deal goes to Eastham"
    assert cite(eastham, "--paragraph", "3", words=words) == 0
    assert cite(eastham, "--paragraph", "3", words=words) == 0
    assert "there already" in capsys.readouterr().out
    after = everything(eastham)
    assert {file for file in after if after[file] != before[file]} == {"data/contracts.csv", "data/evidence/contracts.csv"}
    line = 'eastham-baths,value_gbp,5000000,"A £5m, 10-year deal goes to Eastham",eastham-2011,3,supports,\n'.encode()
    assert set(after["data/evidence/contracts.csv"].splitlines(True)) - set(before["data/evidence/contracts.csv"].splitlines(True)) == {
        line
    }
    eastham.touched.clear()
    found = {place for place in places(eastham.findings()) if "evidence/" in place[0] or place[2] == "value_gbp"}
    assert found == set(), told(eastham.findings())


def test_cite_with_a_copy_finds_the_paragraph_and_adds_a_short_span(eastham: Repository, copy: Path) -> None:
    """A short span that nothing proves, or one that a wrong copy proves."""
    assert cite(eastham, words="10-year deal", column="term_months") == 2
    assert cite(eastham, "--paragraph", "3", words="10-year deal", column="term_months") == 2
    before = everything(eastham)
    assert cite(eastham, "--text", str(copy), words="10-year deal", column="term_months") == 0
    after = everything(eastham)
    assert {file for file in after if after[file] != before[file]} == {
        "data/contracts.csv",
        "data/evidence/contracts.csv",
        "data/fingerprints/eastham-2011.csv",
    }
    assert (
        len(after["data/fingerprints/eastham-2011.csv"].splitlines()) == len(before["data/fingerprints/eastham-2011.csv"].splitlines()) + 1
    )
    assert b"term_months,120,10-year deal,eastham-2011,3,supports" in after["data/evidence/contracts.csv"]
    eastham.touched.clear()
    assert not [place for place in places(eastham.findings()) if "evidence/" in place[0] or "fingerprints/" in place[0]]


def test_cite_takes_one_value_of_a_list(eastham: Repository, copy: Path) -> None:
    """A list that is cited as if it were one body."""
    before = everything(eastham)
    assert cite(eastham, "--paragraph", "3", column="loser_organisation_ids") == 2
    assert cite(eastham, "--paragraph", "3", "--value", "nobody", column="loser_organisation_ids") == 2
    assert everything(eastham) == before


@pytest.mark.parametrize(
    "arguments",
    [
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "won't close the four baths of Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "term_months",
            "--source",
            "eastham-2011",
            "--as-read",
            "the four baths of Eastham",
            "--text",
            "COPY",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £6m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 9-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "2",
        ],
        ["contracts", "eastham-baths", "value_gbp", "--source", "eastham-2011", "--as-read", ""],
        ["contracts", "eastham-baths", "value_gbp", "--source", "eastham-2011", "--as-read", "=£5m", "--paragraph", "3"],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "nobody",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "bbc-2010-02-15",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "security_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
            "--value",
            "6000000",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
            "--relation",
            "contradicts",
        ],
        [
            "contracts",
            "eastham-baths",
            "note",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp_per_year",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "nobody",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        ["gaps", "contracts", "note", "--source", "eastham-2011", "--as-read", "A £5m, 10-year deal goes to Eastham", "--paragraph", "3"],
        [
            "nothing",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--paragraph",
            "3",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "eastham-2011",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--text",
            "/nowhere/at/all.txt",
        ],
        [
            "contracts",
            "eastham-baths",
            "value_gbp",
            "--source",
            "independent-2011-11-13",
            "--as-read",
            "A £5m, 10-year deal goes to Eastham",
            "--text",
            "COPY",
        ],
        ["contracts", "eastham-baths", "value_gbp", "--source", "eastham-2011", "--as-read", "the £5m baths", "--text", "COPY"],
    ],
)
def test_cite_refuses_in_one_sentence_and_writes_nothing(
    eastham: Repository, copy: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Evidence that does not follow, does not stand there, or belongs to nothing, and is written all the same."""
    before = everything(eastham)
    assert run(eastham, "cite", *(str(copy) if argument == "COPY" else argument for argument in arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("mutuals cite: ")
    assert said.err.count("\n") == 1
    assert everything(eastham) == before


def test_cite_does_not_write_into_a_file_out_of_order(eastham: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that could not be read, and is lost when the file is written."""
    path = eastham.path("evidence/contracts")
    path.write_bytes(path.read_bytes().replace(b",supports,\n", b",supports\n", 1))
    before = everything(eastham)
    assert cite(eastham, "--paragraph", "3") == 2
    assert "mutuals check" in capsys.readouterr().err
    assert everything(eastham) == before


def test_verify_is_clean_against_the_right_text(eastham: Repository, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy of the very text that is refused, for its words or for its typography."""
    cite(eastham, "--paragraph", "3")
    cite(eastham, "--text", str(copy), words="10-year deal", column="term_months")
    other = copy.with_name("windows.txt")
    other.write_bytes(
        b"\xef\xbb\xbf"
        + TEXT.replace("won't", "won’t")
        .replace("close the", "close\u00a0the")
        .replace("goes to", "goes\nto")
        .replace("\n", "\r\n")
        .encode()
    )
    for path in (copy, other):
        capsys.readouterr()
        assert run(eastham, "verify", "eastham-2011", "--text", str(path)) == 0
        assert capsys.readouterr().out == "eastham-2011: 2 of 2 spans stand in the copy; the fingerprint is that of the record\n"


def test_verify_names_what_is_missing_and_where_it_stands(eastham: Repository, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A copy with other words, or with the words elsewhere, that passes."""
    cite(eastham, "--paragraph", "3")
    cite(eastham, "--text", str(copy), words="10-year deal", column="term_months")
    before = everything(eastham)
    capsys.readouterr()
    copy.write_text(TEXT.replace("£5m", "£6m"), encoding="utf-8")
    assert run(eastham, "verify", "eastham-2011", "--text", str(copy)) == 1
    said = capsys.readouterr().out
    assert "data/evidence/contracts.csv  eastham-baths  paragraph 3 does not hold “A £5m, 10-year deal goes to Eastham”\n" in said
    assert "1 of 2 spans" in said
    assert "another version" in said
    copy.write_text("A new headline\n\n" + TEXT, encoding="utf-8")
    assert run(eastham, "verify", "eastham-2011", "--text", str(copy)) == 1
    assert "does not hold “10-year deal”; it stands in paragraph 4" in capsys.readouterr().out
    copy.write_text(TEXT.replace("do not want", "do want"), encoding="utf-8")
    assert run(eastham, "verify", "eastham-2011", "--text", str(copy)) == 1
    assert "2 of 2 spans stand in the copy; the fingerprint differs" in capsys.readouterr().out
    assert everything(eastham) == before


def test_verify_of_an_unknown_source_is_one_sentence(repo: Repository, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A source that is misspelt and passes."""
    assert run(repo, "verify", "nobody", "--text", str(copy)) == 2
    assert run(repo, "verify", "hsj-surrey-450m", "--text", "/nowhere") == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_each_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """A command that nobody can find."""
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    said = capsys.readouterr().out
    assert stop.value.code == 0
    assert verbs()
    assert [verb for verb in verbs() if not re.search(rf"^    {verb}\s", said, re.MULTILINE)] == []


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["check", "--format", "xml"]])
def test_a_misspelt_command_is_exit_code_2(arguments: list[str]) -> None:
    """A mistyped command that passes for a clean check."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
