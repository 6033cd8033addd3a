"""Adding, amending and retiring: by flags and by questions, with evidence, gaps and fingerprints, or nothing at all."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from repository import Repository, told

from mutuals import check
from mutuals.commands import main
from mutuals.entries import slug

TEXT = """Baths to be run by their staff

Monday, 3 May 2011, by Ann Lea

The council of Eastham said that it won't close the four baths. A £5m, 10-year deal goes to Eastham Baths Ltd, a community \
interest company owned by its 120 staff, which opened on 1 April 2011 in Kent.
"""
Ask = Callable[..., int]


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy, with a text that somebody holds beside it."""
    copy = Repository.copy(core, tmp_path / "repository")
    (tmp_path / "eastham.txt").write_text(TEXT, encoding="utf-8")
    return copy


@pytest.fixture
def ask(repo: Repository, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command as if at a terminal: each answer, in turn, is given to the next question that begins so, and Enter to all others."""

    def answered(answers: list[tuple[str, str]], *arguments: str) -> int:
        left, asked = list(answers), []

        def reply(question: str) -> str:
            asked.append(question)
            assert len(asked) < 200, asked[-3:]
            answer = left.pop(0)[1] if left and question.strip().startswith(left[0][0]) else ""
            if answer == "EOF":
                raise EOFError
            return answer

        monkeypatch.setattr("builtins.input", reply)
        monkeypatch.setattr("mutuals.asking.guided", lambda given: not any(given))
        status = run(repo, *arguments)
        assert left == []
        return status

    return answered


def run(repo: Repository, verb: str, *arguments: str) -> int:
    """Run a command on the copy."""
    return main([verb, "--root", str(repo.root), *arguments])


def everything(repo: Repository) -> dict[str, bytes]:
    """All bytes of the tables."""
    return {path.relative_to(repo.root).as_posix(): path.read_bytes() for path in (repo.root / "data").rglob("*.csv")}


def source(repo: Repository) -> int:
    """Add the text as a source."""
    return run(
        repo, "add", "source", "--key", "eastham-2011", "--set", "title=Baths to be run by their staff", "--set", "short_name=Eastham Gazette",
        "--set", "kind_code=News", "--set", "date_published=3 May 2011", "--set", "url=https://example.org/baths", "--gap", "*", "not_stated",
        "--text", "eastham-2011", str(repo.root.parent / "eastham.txt"), "--proof", "date_published", "eastham-2011", "2", "Monday, 3 May 2011",
    )  # fmt: skip


def clean(repo: Repository) -> bool:
    """Whether the gate finds nothing."""
    findings = check.check(repo.root)
    assert not findings, told(findings)
    return True


def words(text: str) -> Iterator[str]:
    """A proof from the made-up source."""
    yield from ("eastham-2011", "-", text)


def contract(*more: str) -> list[str]:
    """Flags for a contract, in words as people write them."""
    set = [
        "name=The baths of Eastham",
        "outcome_code=Won",
        "service=four baths",
        "value_gbp=£5m",
        "term_months=120",
        "award_date=3 May 2011",
    ]
    proofs = {
        "service": "won't close the four baths", "value_gbp,term_months": "A £5m, 10-year deal goes to Eastham Baths",
        "award_date": "Monday, 3 May 2011", "outcome_code": "10-year deal goes to Eastham Baths Ltd",
    }  # fmt: skip
    flags = [flag for text in set for flag in ("--set", text)]
    flags += [flag for column, text in proofs.items() for flag in ("--proof", column, *words(text))]
    return ["contract", *flags, "--gap", "*", "not_stated", *more]


def test_a_record_is_added_with_all_that_belongs_to_it(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A row without its evidence, gaps or fingerprint; a text that is kept; dates and sums that are not understood."""
    assert source(repo) == 0 and clean(repo)
    assert run(repo, "add", *contract()) == 0 and clean(repo)
    after = everything(repo)
    assert b"baths-of-eastham" in after["data/contracts.csv"] and b",5000000,120,," in after["data/contracts.csv"]
    assert after["data/evidence/contracts.csv"].count(b"\nthe-baths-of-eastham,") == 5
    assert b"contracts,the-baths-of-eastham,security_gbp,not_stated" in after["data/gaps.csv"]
    assert not any(b"owned by its 120 staff, which" in content for content in after.values())
    assert "The gate: no findings." in capsys.readouterr().out


@pytest.mark.parametrize("words", ["words that nobody printed", "-"])
def test_words_that_prove_nothing_can_be_left(repo: Repository, ask: Ask, capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Somebody who cannot get past a cell whose proof is refused, since Enter gives the same words again."""
    assert source(repo) == 0
    before = everything(repo)
    answers = [
        ("Name", "The baths of Eastham"),
        ("Outcome", "won"),
        ("Source: its key", "eastham-2011"),
        ("The words", words),
    ]
    assert ask(answers, "add", "contract") == 1
    said = capsys.readouterr().out
    assert "  one of " in said and "Note: outcome_code has no evidence yet" in said
    assert everything(repo) == before


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--set", "award_date=1/4/2011"], "2011-04-01 if the day comes first"),
        (["--set", "value_gbp=five or six million"], "number"),
        (["--set", "outcome_code=wn"], "“won”"),
        (["--set", "buyer_organisation_id=Assura Medicine"], "“assura-medical”"),
        (["--set", "nothing=1"], "no column"),
        (["--set", "proofs=1"], "no column"),
        (["--set", "note==1+1"], "cannot be taken"),
        (["--set", "feared_rival=Serco"], "say --proof feared_rival"),
        (["--proof", "award_date", "eastham-2011", "1", "Monday, 3 May 2011"], "does not hold"),
        (["--proof", "value_gbp", "eastham-2011", "-", "A £6m, 10-year deal goes to Eastham"], "which says"),
        (["--proof", "value_gbp", "nobody", "-", "A £5m, 10-year deal goes to Eastham"], "no row “nobody”"),
        (["--key", "../../outside"], "cannot be a key"),
        (["--key", "surrey-2011"], "already"),
        (["--set", "name=Surrey community health services"], "has this name or address already"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is(
    repo: Repository, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of a record that is written; a duplicate; a guess; or a traceback for a sentence."""
    source(repo)
    if "Surrey" in more[-1]:
        name = repo.row("contracts", contract_id="surrey-2011")["name"]
        more, repo.touched = ["--set", f"name={name.upper()}"], {}
    before = everything(repo)
    assert run(repo, "add", *contract(*more)) in (1, 2)
    said = capsys.readouterr()
    assert says in said.out + said.err and "Traceback" not in said.err
    assert everything(repo) == before


def test_the_gate_refuses_and_nothing_is_kept_unless_asked(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A row that the gate refuses and that is written all the same, or cannot be."""
    source(repo)
    before = everything(repo)
    wrong = ["--set", "start_date=2 May 2011", "--proof", "start_date", *words("which opened on 1 April 2011 in Kent")]
    assert run(repo, "add", *contract(*wrong)) == 1
    assert everything(repo) == before
    late = [
        "--set",
        "award_date=3 May 2011",
        "--set",
        "start_date=1 April 2011",
        "--proof",
        "start_date",
        *words("opened on 1 April 2011 in"),
    ]
    assert run(repo, "add", *contract(*late)) == 1 and "[dates.order]" in capsys.readouterr().out
    assert everything(repo) == before
    assert run(repo, "add", *contract(*late, "--dry-run", "--keep")) == 0 and everything(repo) == before
    assert run(repo, "add", *contract(*late, "--keep")) == 1 and everything(repo) != before


QUESTIONS = [
    ("Name", "Eastham Baths Ltd"), ("Source: its key", "Eastham Gazette"), ("Add “Eastham Gazette” as a new source", "y"),
    ("Title", "Baths to be run by their staff"), ("Key [baths", "eastham-2011"), ("A file with the text of the source", "COPY"),
    ("The words that say it, as printed (- to leave it without) [Baths", ""), ("Short name", "Eastham Gazette"), ("Kind (needed", "news"), ("Published", "3/5/2011"),
    ("Published", "3 May 2011"), ("The words that say it, as printed (- to leave it without) [Baths", "Monday, 4 May 2011"),
    ("The words that say it, as printed (Enter", "Monday, 3 May 2011"), ("Address", "https://example.org/baths"),
    ("The words that say it, as printed", "deal goes to Eastham Baths Ltd"), ("Kind", "?"), ("Kind", "mutal"),
    ("Which one did you mean by “mutal”", "1"),
]  # fmt: skip


def test_questions_lead_to_the_same_rows(repo: Repository, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal that asks for what it could know, takes what it does not understand, or writes other rows than flags do."""
    copy = str(repo.root.parent / "eastham.txt")
    assert ask([(question, copy if answer == "COPY" else answer) for question, answer in QUESTIONS], "add", "organisation") == 0
    said, asked = capsys.readouterr().out, everything(repo)
    assert "2011-05-03 if the day comes first" in said and "which says" in said
    for name, content in repo.before.items():
        (repo.root / "data" / name).write_bytes(content)
    repo.path("fingerprints/eastham-2011").unlink()
    assert source(repo) == 0
    flags = ["--set", "name=Eastham Baths Ltd", "--set", "kind_code=mutual", "--proof", "name", *words("deal goes to Eastham Baths Ltd")]
    assert run(repo, "add", "organisation", *flags) == 0
    assert everything(repo) == asked


def test_questions_amend_and_retire(repo: Repository, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """Questions that write another cell, or remove a record without a reason; and an end of the answers that writes a half."""
    source(repo)
    run(repo, "add", *contract())
    held = everything(repo)
    start = [("Start", "3 May 2011"), ("Source:", "eastham-2011"), ("The words", "Monday, 3 May 2011")]
    assert ask(start, "amend", "the-baths-of-eastham", "start_date") == 0 and clean(repo)
    assert b",2011-05-03,2011-05-03," in repo.path("contracts").read_bytes()
    assert ask([("Why is it blank", "not_stated")], "amend", "the-baths-of-eastham", "start_date") == 0
    assert everything(repo) == held
    assert ask([("Why is contracts/the-baths", "EOF")], "retire", "the-baths-of-eastham") == 2 and everything(repo) == held
    assert "nothing was written" in capsys.readouterr().err
    assert ask([("Why is contracts/the-baths", "A test.")], "retire", "the-baths-of-eastham") == 0 and clean(repo)


def test_a_cell_is_amended_with_its_evidence(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A new value beside the evidence of the old one, a reason for a blank that is filled, or a source that is dropped in silence."""
    source(repo)
    run(repo, "add", *contract())
    key = "contracts/the-baths-of-eastham"
    held = everything(repo)
    assert run(repo, "amend", key, "value_gbp", "--value", "6000000") == 1
    assert "--former contradicts" in capsys.readouterr().out and everything(repo) == held
    assert run(repo, "amend", key, "buyer_organisation_id", "--value", "assura-medical") == 1, "no evidence"
    assert everything(repo) == held
    assert (
        run(
            repo,
            "amend",
            key,
            "start_date",
            "--value",
            "1 April 2011",
            "--source",
            "eastham-2011",
            "--as-read",
            "opened on 1 April 2011 in",
        )
        == 1
    )
    start = ["--source", "eastham-2011", "--as-read", "Monday, 3 May 2011"]
    assert run(repo, "amend", key, "start_date", "--value", "3 May 2011", *start) == 0 and clean(repo)
    assert b"the-baths-of-eastham,start_date" not in repo.path("gaps").read_bytes()
    assert run(repo, "amend", key, "start_date", "--blank", "not_stated") == 0 and clean(repo)
    assert everything(repo) == held
    contradicted = ["--former", "contradicts", "--why", "A misprint."]
    assert run(repo, "amend", key, "term_months", "--value", "60", *contradicted) == 1, "only contradicted"
    assert run(repo, "amend", "nobody", "name", "--value", "x") == run(repo, "amend", key, "proofs", "--value", "1") == 2


def test_a_record_is_retired_when_nothing_refers_to_it(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A record that is gone and is still named elsewhere, whose evidence stays, or whose key can be given again."""
    before = everything(repo)
    assert run(repo, "retire", "organisations/assura-medical", "--reason", "A test.") == 1
    assert "contracts/surrey-2011 (winner_organisation_id)" in capsys.readouterr().out and everything(repo) == before
    source(repo)
    run(repo, "add", *contract())
    assert run(repo, "retire", "eastham-2011", "--reason", "A test.") == 1
    assert run(repo, "retire", "the-baths-of-eastham", "--reason", "It was a test.") == 0 and clean(repo)
    assert run(repo, "retire", "eastham-2011", "--reason", "It was a test.") == 0 and clean(repo)
    after = everything(repo)
    assert {name for name in before if before[name] != after.get(name)} == {"data/tombstones.csv"} and set(after) == set(before)
    assert b"contracts,the-baths-of-eastham," in after["data/tombstones.csv"]
    assert run(repo, "add", *contract()) in (1, 2), "the source is gone"
    source_again = source(repo)
    assert source_again == 1, "a key is never given again"


@pytest.mark.parametrize(
    ("name", "key"), [("The Eastham Baths’ Ltd", "the-eastham-baths-ltd"), ("Ѕtaff & Co.", "staff-co"), ("x" * 99, "x" * 60)]
)
def test_a_key_is_made_of_a_name(name: str, key: str) -> None:
    """A key with letters that no key may have."""
    assert slug(name) == key
