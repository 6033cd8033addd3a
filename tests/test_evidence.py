"""Evidence: no sum, no word of a quotation and no proof can be changed or dropped unseen."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from repository import Repository, Row, places

from mutuals import rules
from mutuals.amounts import amounts
from mutuals.tables import read_dataset

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
OTHER_NUMBER = {"half": "quarter", "thousands": "millions", "millions": "thousands", **dict(pairwise(WORDS))}
UNITS = {"GBP": "gbp", "percent": "percent", "months": "months", "years": "years"}


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path)


def next_digit(text: str) -> str:
    """The text with its first digit, other than nought, changed."""
    return re.sub(r"[1-9]", lambda found: str(int(found[0]) % 9 + 1), text, count=1)


def other_number(words: str) -> str:
    """Words that say another number in the same way."""
    if re.search(r"\d", words):
        return next_digit(words)
    swapped = re.sub(r"\w+", lambda found: OTHER_NUMBER.get(found[0].lower(), found[0]), words)
    assert swapped != words
    return swapped


def sums(repo: Repository) -> list[tuple[str, Row, str]]:
    """Every filled cell in pounds, and every figure: table, row, column."""
    found = [
        (name, row, column.name)
        for name in repo.names()
        if "/" not in name
        for column in repo.schema(name).columns
        if "_gbp" in column.name or (name, column.name) == ("figures", "value")
        for row in repo.rows(name)
        if row[column.name]
    ]
    assert len(found) >= 22
    return found


def proofs(repo: Repository, name: str, row: Row, column: str) -> list[Row]:
    """The evidence rows that support a cell."""
    key = row[repo.schema(name).key[0]]
    return [r for r in repo.rows(f"evidence/{name}") if (r["row_id"], r["column"], r["relation"]) == (key, column, "supports")]


@pytest.mark.parametrize(("states", "rule", "least"), [("fact", "evidence.differs", 20), ("derived", "derived.differs", 2)])
def test_a_digit_changed_in_a_sum_alone_is_found(repo: Repository, states: str, rule: str, least: int) -> None:
    """A sum that says something else than its evidence, or than what it is computed from."""
    wanted = set()
    for name, row, column in sums(repo):
        if repo.schema(name)[column].states == states:
            row[column] = next_digit(row[column])
            wanted.add(repo.place(name, row, column, rule))
    assert len(wanted) >= least
    assert wanted <= places(repo.findings())


def test_a_digit_changed_in_sum_and_evidence_is_found(repo: Repository) -> None:
    """A value that its words do not say."""
    changed = []
    for name, row, column in sums(repo):
        if repo.schema(name)[column].states == "derived":
            continue
        row[column] = next_digit(row[column])
        assert proofs(repo, name, row, column)
        for proof in proofs(repo, name, row, column):
            proof["value"] = row[column]
            changed.append((f"evidence/{name}", proof))
    found = places(repo.findings())
    assert len(changed) >= 20
    assert {repo.place(name, proof, "as_read", "evidence.reading") for name, proof in changed} <= found
    assert "evidence.differs" not in {place[4] for place in found}


def test_a_digit_changed_in_sum_evidence_and_words_is_found(repo: Repository) -> None:
    """A forger who makes cell, evidence and words agree, against the source."""
    changed = []
    for name, row, column in sums(repo):
        if repo.schema(name)[column].states == "derived":
            continue
        for proof in proofs(repo, name, row, column):
            proof["as_read"] = other_number(proof["as_read"])
            unit = UNITS.get(row["unit_code"] if name == "figures" else repo.schema(name)[column].unit, "")
            number = next(amount.number for amount in amounts(proof["as_read"]) if amount.unit == unit)
            row[column] = proof["value"] = f"{number:.2f}".rstrip("0").rstrip(".")
            changed.append((f"evidence/{name}", proof))
    found = places(repo.findings())
    assert {repo.place(name, proof, "as_read", "evidence.fingerprint") for name, proof in changed} <= found
    assert not {"evidence.differs", "evidence.reading", "evidence.missing"} & {place[4] for place in found}


def test_a_contradicting_sum_is_proved_too(repo: Repository) -> None:
    """A sum that only contradicts the cell, and that anybody may change."""
    proof = repo.row("evidence/contracts", row_id="surrey-2011", relation="contradicts")
    proof["value"] = next_digit(proof["value"])
    assert places(repo.findings()) == {repo.place("evidence/contracts", proof, "as_read", "evidence.reading")}


def test_a_word_changed_in_any_proof_is_found(repo: Repository) -> None:
    """Words that the source does not print, in any of the evidence rows."""
    changed = []
    for name in repo.names("evidence"):
        for row in repo.rows(name):
            words = row["as_read"].split(" ")
            words[len(words) // 2] = "otherwise"
            row["as_read"] = " ".join(words)
            changed.append((name, row))
    found = places(repo.findings())
    assert len(changed) > 600
    assert {repo.place(name, row, "as_read", "evidence.fingerprint") for name, row in changed} <= found


def test_a_proof_moved_to_another_paragraph_is_found(repo: Repository) -> None:
    """Words said to stand where they do not, in any of the evidence rows."""
    for name in repo.names("evidence"):
        for row in repo.rows(name):
            row["paragraph"] = str(int(row["paragraph"]) + 40)
    found = {
        (file, line, rule) for file, line, column, _, rule in places(repo.findings()) if column in ("as_read", "paragraph", "source_id")
    }
    assert {(f"data/{n}.csv", repo.line(n, row), "evidence.fingerprint") for n in repo.names("evidence") for row in repo.rows(n)} <= found


def test_each_dropped_proof_is_found(root: Path, core: Path) -> None:
    """A row of evidence that can be dropped although no other row supports the value."""
    rules.discover(root)
    data = read_dataset(core)
    blind, seen = [], 0
    for table in data.of_kind("evidence"):
        subject = data.get(table.subject)
        supports = [(r["row_id"], r["column"], r["value"]) for r in table.records if r["relation"] == "supports"]
        for at, row in enumerate(list(table.records)):
            key = (row["row_id"], row["column"], row["value"])
            dropped = {name: column.pop(at) for name, column in table.reading.columns.items()}
            table.reading.__dict__.pop("records", None)
            data.__dict__.pop("evidence", None)
            faults = [
                fault
                for id in ("evidence.missing", "evidence.differs", "keys.evidence")
                for fault in rules.REGISTRY[id].check(subject, data)
            ]
            for name, column in table.reading.columns.items():
                column.insert(at, dropped[name])
            needed = row["relation"] == "supports" and supports.count(key) == 1
            seen += needed
            told = {(fault.id, row["column"] if fault.rule == "keys.evidence" else fault.column) for fault in faults}
            if needed != (key[:2] in told) or (not needed and faults):
                blind.append((table.name, key, faults))
    assert blind == []
    assert seen > 550


def test_no_row_of_evidence_can_be_dropped_unseen(repo: Repository) -> None:
    """A contradiction, or one of two supports, that is gone and that nobody misses."""
    repo.counted = False
    wanted = set()
    for name in repo.names("evidence"):
        table = name.partition("/")[2]
        for id in {row["row_id"] for row in repo.rows(name)}:
            rows = [row for row in repo.rows(name) if row["row_id"] == id]
            rows.sort(key=lambda row: row["relation"] == "supports")
            repo.rows(name).remove(rows[0])
            record = repo.row(table, **{repo.schema(table).key[0]: id})
            wanted.add(repo.place(table, record, "proofs", "evidence.count"))
    assert wanted and wanted <= places(repo.findings())


def test_each_dropped_proof_of_a_contract_is_found_in_the_file(repo: Repository) -> None:
    """The same in the files: all proofs of each contract dropped, each contract named."""
    wanted = set()
    for row in list(repo.rows("evidence/contracts")):
        repo.rows("evidence/contracts").remove(row)
        contract = repo.row("contracts", contract_id=row["row_id"])
        wanted.add(repo.place("contracts", contract, "contract_id", "keys.evidence"))
    assert {place for place in places(repo.findings()) if place[4] != "second-readings.stands"} == wanted


def middle_word(text: str) -> str:
    """Another word in the middle."""
    words = text.split(" ")
    words[len(words) // 2] = "otherwise"
    return " ".join(words)


def last_word(text: str) -> str:
    """One more word at the end."""
    return f"{text} indeed"


def without_not(text: str) -> str:
    """The text with its negations dropped."""
    return re.sub(r"n[’']t\b", "", re.sub(r"\b(not|never) ", "", text, count=1))


def capital(text: str) -> str:
    """The first letter in the other case."""
    return text[0].swapcase() + text[1:]


def without_inner_comma(text: str) -> str:
    """The text less its first comma that has words on both sides."""
    return re.sub(r", (?=\w)", " ", text, count=1)


def turned(text: str) -> str:
    """Two neighbouring words changed places."""
    words = text.split(" ")
    at = len(words) // 2
    words[at - 1 : at + 1] = reversed(words[at - 1 : at + 1])
    return " ".join(words)


def without_middle(text: str) -> str:
    """A word left out in the middle."""
    words = text.split(" ")
    return " ".join(words[: len(words) // 2] + words[len(words) // 2 + 1 :]) if len(words) > 2 else text


CHANGES = [
    (middle_word, 40),
    (last_word, 40),
    (capital, 40),
    (without_not, 10),
    (next_digit, 1),
    (without_inner_comma, 14),
    (turned, 35),
    (without_middle, 30),
]


@pytest.mark.parametrize(("change", "least"), CHANGES)
def test_a_changed_quotation_is_found(repo: Repository, change: Callable[[str], str], least: int) -> None:
    """A quotation that says what nobody said: every quotation, changed in every one of these ways."""
    changed = []
    for row in repo.rows("quotes"):
        text = change(row["text"])
        if text != row["text"]:
            row["text"] = text
            changed.append(row)
    assert len(changed) >= least
    found = places(repo.findings())
    assert {place for place in found if place[4] != "quotes.form"} == {
        repo.place("quotes", row, "text", "quotes.fingerprint") for row in changed
    }


def test_typographic_marks_in_a_quotation_are_not_a_change(repo: Repository) -> None:
    """A quotation refused for curly quotes or a long dash."""
    marks = str.maketrans({"'": "’", '"': "”", "–": "—"})
    assert any(set("'–") & set(row["text"]) for row in repo.rows("quotes"))
    for row in repo.rows("quotes"):
        row["text"] = row["text"].translate(marks)
    assert places(repo.findings()) == set()


def test_a_quotation_moved_to_another_speaker_or_source_is_found(repo: Repository) -> None:
    """Words put into another mouth, or another paper."""
    moved = repo.row("quotes", quote_id="unite-sofa")
    given = repo.row("quotes", quote_id="downey-new-owners")
    moved["source_id"], given["person_id"] = "third-sector-2012-07", "francis-maude"
    found = places(repo.findings())
    assert repo.place("quotes", moved, "source_id", "quotes.fingerprint") in found
    assert repo.place("quotes", given, "person_id", "evidence.differs") in found


def test_a_changed_fingerprint_is_found(repo: Repository) -> None:
    """A fingerprint from which a needed hash was dropped."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", column="security_gbp", source_id="hsj-surrey-500m")
    rows = repo.rows("fingerprints/hsj-surrey-500m")
    rows[:] = [run for run in rows if run["paragraph"] != row["paragraph"]]
    assert repo.place("evidence/contracts", row, "as_read", "evidence.fingerprint") in places(repo.findings())


@pytest.mark.parametrize(
    ("relation", "value", "column"),
    [("contradicts", "500000000", "relation"), ("less_precise", "500000000", "value"), ("supports", "450000000", "value")],
)
def test_value_and_relation_must_agree(repo: Repository, relation: str, value: str, column: str) -> None:
    """A source said to contradict what it supports, or the other way round."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp", value=value)
    row["relation"] = relation
    assert repo.place("evidence/contracts", row, column, "evidence.relation") in places(repo.findings())


@pytest.mark.parametrize(
    ("change", "column"), [({"row_id": "nobody"}, "row_id"), ({"column": "nothing"}, "column"), ({"column": "note"}, "column")]
)
def test_evidence_for_nothing_is_found(repo: Repository, change: Row, column: str) -> None:
    """Evidence for a row, a column or a kind of column that is not there."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp")
    row.update(change)
    assert repo.place("evidence/contracts", row, column, "evidence.orphan") in places(repo.findings())
