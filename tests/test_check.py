"""The gate: each rule finds its own fault and nothing else, all faults are told, and the command says so."""

import datetime
import html
import json
import os
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest
from repository import Repository, places, told

from mutuals import book, check, fingerprints, rules
from mutuals.canonical import MOST_BYTES, RULES
from mutuals.commands import main
from mutuals.findings import LEVELS, SCHEMA, Finding, as_github, as_json, as_summary, as_text
from mutuals.schema import SchemaError, read_schema

Where = tuple[str, int, str, str]


TODAY = datetime.date(2026, 11, 30)


@pytest.fixture
def repo(core: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A small copy to spoil, on a day that does not pass."""
    monkeypatch.setattr(check, "today", lambda: TODAY)
    return Repository.copy(core, tmp_path)


def cell(name: str, key: str, column: str, value: str) -> Callable[[Repository], list[Where]]:
    """Change one cell of the row with this key; it is there that the fault must be found."""

    def spoil(repo: Repository) -> list[Where]:
        row = repo.row(name, **{repo.schema(name).key[0]: key})
        row[column] = value
        return [repo.place(name, row, column, "")[:4]]

    return spoil


def whole(name: str, change: Callable[[bytes], bytes], line: int) -> Callable[[Repository], list[Where]]:
    """Change all bytes of a file."""

    def spoil(repo: Repository) -> list[Where]:
        repo.path(name).write_bytes(change(repo.path(name).read_bytes()))
        return [(f"data/{name}.csv", line, "", "")]

    return spoil


def added(name: str, at: str, /, **cells: str) -> Callable[[Repository], list[Where]]:
    """Add a row, in one column of which the fault must be found."""

    def spoil(repo: Repository) -> list[Where]:
        row = repo.add(name, **cells)
        file, line, column, id, _ = repo.place(name, row, at, "")
        return [(file, line, column, row.get("row_id", id))]

    return spoil


def in_line(key: str, change: Callable[[bytes], bytes], column: str = "") -> Callable[[Repository], list[Where]]:
    """Change the bytes of one contract's line."""

    def spoil(repo: Repository) -> list[Where]:
        lines = repo.path("contracts").read_bytes().splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{key},".encode()))
        lines[at] = change(lines[at])
        repo.path("contracts").write_bytes(b"".join(lines))
        return [("data/contracts.csv", at + 1, column, key)]

    return spoil


def windows_letter(repo: Repository) -> list[Where]:
    """A note that was saved in another encoding."""
    repo.row("contracts", contract_id="hinchingbrooke-2012")["note"] = "In the cafe."
    repo.save()
    repo.touched.clear()
    return in_line("hinchingbrooke-2012", lambda line: line.replace(b"cafe", b"caf\xe9"), "note")(repo)


def unended(repo: Repository) -> list[Where]:
    """A last line without its end."""
    data = repo.path("contracts").read_bytes()
    repo.path("contracts").write_bytes(data[:-1])
    return [("data/contracts.csv", data.count(b"\n"), "", "")]


def swapped(repo: Repository) -> list[Where]:
    """Two rows out of order."""
    lines = repo.path("contracts").read_bytes().splitlines(keepends=True)
    first = lines[1].split(b",")[0].decode()
    lines[1], lines[2] = lines[2], lines[1]
    repo.path("contracts").write_bytes(b"".join(lines))
    return [("data/contracts.csv", 3, "contract_id", first)]


def future_event(repo: Repository) -> list[Where]:
    """A deadline that came after the last reading, told as past."""
    for row in repo.rows("sources"):
        row["date_accessed"] = "2025-01-14"
    proof = repo.row("evidence/events", row_id="departments-plan-due", column="date")
    proof.update(value="2025-02", as_read="by February 2025")
    for paragraph, size, run in fingerprints.runs_of(proof["source_id"], int(proof["paragraph"]), fingerprints.tokens(proof["as_read"])):
        repo.add(f"fingerprints/{proof['source_id']}", paragraph=str(paragraph), size=str(size), hash=run)
    row = repo.row("events", event_id="departments-plan-due")
    row.update(date="2025-02", certainty_code="happened")
    return [repo.place("events", row, "date", "")[:4]]


def other_words(repo: Repository) -> list[Where]:
    """Words that say the sum and stand nowhere."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp", as_read="lost out on a £500m contract")
    row["as_read"] = "lost out on some £500m contract"
    return [repo.place("evidence/contracts", row, "as_read", "")[:4]]


def words_elsewhere(repo: Repository) -> list[Where]:
    """Words that stand there and do not name the winner."""
    row = repo.row("evidence/contracts", row_id="hinchingbrooke-2012", column="winner_organisation_id")
    row["as_read"] = "From February next year"
    return [repo.place("evidence/contracts", row, "as_read", "")[:4]]


def unproved(repo: Repository) -> list[Where]:
    """A fact whose only evidence was dropped."""
    repo.rows("evidence/contracts").remove(repo.row("evidence/contracts", row_id="feared-retender", column="feared_rival"))
    return [repo.place("contracts", repo.row("contracts", contract_id="feared-retender"), "feared_rival", "")[:4]]


def uncounted(repo: Repository) -> list[Where]:
    """Evidence that contradicts a cell, dropped: the cell itself needs it not."""
    repo.counted = False
    repo.rows("evidence/contracts").remove(repo.row("evidence/contracts", row_id="surrey-2011", relation="contradicts"))
    return [repo.place("contracts", repo.row("contracts", contract_id="surrey-2011"), "proofs", "")[:4]]


def orphaned(repo: Repository) -> list[Where]:
    """Evidence for a sum that the table leaves blank."""
    row = repo.row("evidence/contracts", row_id="hinchingbrooke-2012", column="value_gbp")
    new = repo.add("evidence/contracts", **{**row, "row_id": "feared-retender"})
    return [repo.place("evidence/contracts", new, "value", "")[:4]]


def unreasoned(repo: Repository) -> list[Where]:
    """A contradiction that does not say why the cell stands."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", relation="contradicts")
    row["note"] = ""
    return [repo.place("evidence/contracts", row, "note", "")[:4]]


def copied(repo: Repository) -> list[Where]:
    """Evidence of twenty words, which do stand there."""
    words = repo.row("quotes", quote_id="cameron-why")["text"].split()
    row = repo.row("evidence/events", row_id="cameron-tells-mps", column="title")
    row["as_read"] = " ".join(words[:20])
    return [repo.place("evidence/events", row, "as_read", "")[:4]]


def long_quotation(repo: Repository) -> list[Where]:
    """A quotation of 101 words, which do stand there."""
    row = repo.row("quotes", quote_id="cameron-why")
    row["text"] = " ".join(["Word", *(f"word{number}" for number in range(100))]) + "."
    name, words = f"fingerprints/{row['source_id']}", fingerprints.tokens(row["text"])
    sizes = {int(run["size"]) for run in repo.rows(name) if run["paragraph"] == row["paragraph"]}
    for size in sizes - set(range(fingerprints.RUN)):
        for paragraph, length, hash in fingerprints.runs_of(row["source_id"], int(row["paragraph"]), words, size):
            repo.add(name, paragraph=str(paragraph), size=str(length), hash=hash)
    return [repo.place("quotes", row, "text", "")[:4]]


def said_later(repo: Repository) -> list[Where]:
    """A quotation dated by a deadline in its own source, months after it was printed."""
    quote = repo.row("quotes", quote_id="taskforce-plan")
    row = repo.row("evidence/quotes", row_id="taskforce-plan", column="said_date")
    quote["said_date"] = row["value"] = "2012-12"
    row["as_read"], row["source_id"], row["paragraph"] = "by December 2012", "third-sector-2012-07", "7"
    return [repo.place("quotes", quote, "said_date", "")[:4]]


def unexplained(repo: Repository) -> list[Where]:
    """A blank whose reason was dropped."""
    repo.rows("gaps").remove(repo.row("gaps", row_id="hinchingbrooke-2012", column="security_gbp"))
    return [repo.place("contracts", repo.row("contracts", contract_id="hinchingbrooke-2012"), "security_gbp", "")[:4]]


def unrepeatable(repo: Repository) -> list[Where]:
    """A search without its day."""
    row = repo.row("gaps", row_id="hinchingbrooke-2012", column="security_gbp")
    row["reason_code"], row["where_looked"] = "looked_not_found", "the annual report"
    return [("data/gaps.csv", repo.line("gaps", row), "date_looked", "hinchingbrooke-2012")]


def nobody(repo: Repository) -> list[Where]:
    """A fingerprint of no source."""
    repo.path("fingerprints/nobody").write_bytes(repo.path("fingerprints/hsj-surrey-450m").read_bytes())
    return [("data/fingerprints/nobody.csv", 0, "", "")]


def linked(repo: Repository) -> list[Where]:
    """A table that is a link to a file outside data/."""
    path = repo.path("tombstones")
    path.rename(repo.root / "elsewhere.csv")
    path.symlink_to(repo.root / "elsewhere.csv")
    return [("data/tombstones.csv", 0, "", "")]


def endless(repo: Repository) -> list[Where]:
    """A line of more than a million bytes."""
    return [(*in_line("surrey-2011", lambda line: line.replace(b",", b"," + b"x" * 1_000_000, 1))(repo)[0][:2], "", "surrey-2011")]


def doubled(repo: Repository) -> list[Where]:
    """A code that is listed twice; both rows are named."""
    rows = [repo.row("codes/units", code="years")]
    rows.append(repo.add("codes/units", **{**rows[0], "label": "years again"}))
    return [repo.place("codes/units", row, "code", "")[:4] for row in rows]


def stale(repo: Repository) -> list[Where]:
    """A known failure that no longer fails."""
    known(repo, id="surrey-2011")
    return [("validation/known_failures.toml", 1, "", "surrey-2011")]


def ending(day: str) -> Callable[[Repository], list[Where]]:
    """A known failure that still fails, and ends on a day."""

    def spoil(repo: Repository) -> list[Where]:
        FIXTURES["schema.reference"](repo)
        known(repo, id="surrey-2011", expires=day)
        return [("validation/known_failures.toml", 1, "", "surrey-2011")]

    return spoil


def twice(repo: Repository) -> list[Where]:
    """A body that was added again under another key."""
    row = repo.row("organisations", organisation_id="unison")
    new = repo.add("organisations", **{**row, "organisation_id": "unison-union"})
    for proof in [proof for proof in repo.rows("evidence/organisations") if proof["row_id"] == "unison"]:
        repo.add("evidence/organisations", **{**proof, "row_id": "unison-union"})
    for gap in [gap for gap in repo.rows("gaps") if (gap["table"], gap["row_id"]) == ("organisations", "unison")]:
        repo.add("gaps", **{**gap, "row_id": "unison-union"})
    return [repo.place("organisations", new, "name", "")[:4]]


def unimportable(repo: Repository) -> list[Where]:
    """A file of rules with a slip in its third line."""
    (repo.root / "validation/people.py").write_text('"""People."""\n\ndef nobody(:\n', encoding="utf-8")
    return [("validation/people.py", 3, "", "")]


def removed(name: str) -> Callable[[Repository], list[Where]]:
    """A file that is not there."""

    def spoil(repo: Repository) -> list[Where]:
        repo.path(name).unlink()
        return [(f"data/{name}.csv", 0, "", "")]

    return spoil


def extra(repo: Repository) -> list[Where]:
    """A file that belongs to no table."""
    (repo.root / "data/notes.csv").write_bytes(b"a,b\n")
    return [("data/notes.csv", 0, "", "")]


def reused(repo: Repository) -> list[Where]:
    """A key that was removed and is there again."""
    repo.add("tombstones", table="contracts", row_id="surrey-2011", date_removed="2026-11-22", reason="a mistake")
    return [repo.place("contracts", repo.row("contracts", contract_id="surrey-2011"), "contract_id", "")[:4]]


def known(repo: Repository, **entry: str) -> None:
    """Write one known failure."""
    entry = {
        "rule": "schema.reference",
        "file": "data/contracts.csv",
        "column": "spin_out_id",
        "reason": "It is being looked into.",
        "expires": "2026-12-31",
        **entry,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    (repo.root / "validation/known_failures.toml").write_text("\n".join(["[[failure]]", *lines]), encoding="utf-8")


BLANK_HASH = "0123456789abcdef"


def both_sides(repo: Repository) -> list[Where]:
    """The same share, with the same proof, for leaving and against it."""
    row = repo.row("ballots", ballot_id="tees-community-services-2010-second")
    proof = repo.row("evidence/ballots", row_id=row["ballot_id"], column="against_pct")
    repo.rows("evidence/ballots").append({**proof, "column": "for_pct"})
    row["for_pct"] = row["against_pct"]
    repo.rows("gaps").remove(repo.row("gaps", row_id=row["ballot_id"], column="for_pct"))
    return [repo.place("ballots", row, "against_pct", "")[:4]]


def taken_back(repo: Repository) -> list[Where]:
    """A lost contract that is said to be taken back, with words that say so, and that keeps its losing bidder."""
    row = repo.row("contracts", contract_id="surrey-2011")
    row["outcome_code"] = "returned_in_house"
    for proof in repo.rows("evidence/contracts"):
        if (proof["row_id"], proof["column"]) == ("surrey-2011", "outcome_code"):
            proof.update(value="returned_in_house", as_read="back in-house")
            words = fingerprints.tokens(proof["as_read"])
            for paragraph, size, run in fingerprints.runs_of(proof["source_id"], int(proof["paragraph"]), words):
                repo.add(f"fingerprints/{proof['source_id']}", paragraph=str(paragraph), size=str(size), hash=run)
    return [repo.place("contracts", row, "loser_organisation_ids", "")[:4]]


def elsewhere(name: str, key: str, column: str, value: str, at: str) -> Callable[[Repository], list[Where]]:
    """Change one cell; the fault must be found in another of its row."""

    def spoil(repo: Repository) -> list[Where]:
        return [(file, line, at, id) for file, line, _, id in cell(name, key, column, value)(repo)]

    return spoil


def stranger(repo: Repository) -> list[Where]:
    """A ballot that is linked to a body of which it says something, and in which it was not held."""
    row = repo.row("ballots", ballot_id="tees-community-services-2010-second")
    row["note"] += " Circle had no part in it."
    return cell("ballots", row["ballot_id"], "spin_out_id", "circle-hinchingbrooke")(repo)


def unknown(repo: Repository) -> list[Where]:
    """A record without any evidence, which says so."""
    row = repo.row("events", event_id="commission-on-ownership-announced")
    proofs = repo.rows("evidence/events")
    proofs[:] = [proof for proof in proofs if proof["row_id"] != row["event_id"]]
    return [repo.place("events", row, "event_id", "")[:4]]


def lost(repo: Repository) -> list[Where]:
    """A key that a release published, and that is neither there nor has a tombstone."""
    path = repo.root / "releases/1.0.0.json"
    path.parent.mkdir()
    tables = {"contracts": {"columns": ["contract_id"], "key": ["contract_id"], "rows": 2, "sha256": "", "keys": ["gone", "surrey-2011"]}}
    path.write_text(
        json.dumps({"version": "1.0.0", "date": "2026-11-27", "headlines": {}, "moves": [], "tables": tables}), encoding="utf-8"
    )
    return [("data/tombstones.csv", 0, "", "gone")]


READ = {
    "round": "9", "table": "contracts", "row_id": "surrey-2011", "column": "value_gbp", "source_id": "independent-2011-11-13",
    "paragraph": "16", "value": "500000000", "verdict_code": "agrees", "severity_code": "none", "date_read": "2026-11-23",
}  # fmt: skip

FIXTURES: dict[str, Callable[[Repository], list[Where]]] = {
    "bytes.blank-line": whole("contracts", lambda data: data.replace(b"\n", b"\n\n", 2).replace(b"\n\n", b"\n", 1), 3),
    "bytes.bom": whole("contracts", lambda data: b"\xef\xbb\xbf" + data, 1),
    "bytes.control": cell("contracts", "hinchingbrooke-2012", "note", "The\u00a0sum is the article's."),
    "bytes.empty": whole("tombstones", lambda data: b"", 0),
    "bytes.encoding": windows_letter,
    "bytes.final-newline": unended,
    "bytes.formula": cell("contracts", "hinchingbrooke-2012", "note", "=1+1"),
    "bytes.header": whole("contracts", lambda data: data.replace(b"contract_id,", b"Contract ID,", 1), 1),
    "bytes.long": endless,
    "bytes.newline": whole("contracts", lambda data: data.replace(b"\n", b"\r\n"), 1),
    "bytes.nfc": cell("contracts", "hinchingbrooke-2012", "note", "At the cafe\u0301."),
    "bytes.order": swapped,
    "bytes.quote": in_line("hinchingbrooke-2012", lambda line: line.replace(b",", b',"', 1)),
    "bytes.quoting": in_line("hinchingbrooke-2012", lambda line: line.replace(b",won,", b',"won",')),
    "bytes.ragged": in_line("feared-big-firms", lambda line: line[:-1] + b",\n"),
    "bytes.space": cell("contracts", "hinchingbrooke-2012", "note", "The  sum is the article's."),
    "areas.place": cell("spin_outs", "seqol", "gss_code", "E10000030"),
    "ballots.body": stranger,
    "ballots.result": cell("ballots", "tees-community-services-2010-second", "result_code", "for"),
    "ballots.sums": both_sides,
    "codes.broader": cell("codes/areas", "E10000003", "broader", "E12000099"),
    "contracts.chain": cell("contracts", "surrey-2011", "previous_contract_id", "surrey-2011"),
    "contracts.losers": taken_back,
    "dates.form": cell("sources", "independent-2011-11-13", "date_accessed", "22/11/2026"),
    "dates.order": lambda repo: [
        (file, line, "date_published", id) for file, line, _, id in cell("sources", "independent-2011-11-13", "date_accessed", "2010")(repo)
    ],
    "derived.differs": cell("contracts", "surrey-2011", "value_gbp_per_year", "100000001"),
    "errata.fingerprint": cell("errata", "politcial", "printed", "growing politcal support"),
    "errata.shown": lambda repo: [
        (file, line, "shown_by_source_id", id) for file, line, _, id in cell("errata", "politcial", "shown_by_paragraph", "3")(repo)
    ],
    "events.future": future_event,
    "events.planned": cell("events", "commission-on-ownership-announced", "certainty_code", "planned"),
    "evidence.count": uncounted,
    "evidence.differs": cell("contracts", "feared-retender", "feared_rival", "private firm"),
    "evidence.fingerprint": other_words,
    "evidence.missing": unproved,
    "evidence.orphan": orphaned,
    "evidence.reading": words_elsewhere,
    "evidence.relation": unreasoned,
    "evidence.short": copied,
    "figures.part": cell("figures", "nurses-left", "part_of_id", "pathfinders-first-wave"),
    "figures.place": cell("figures", "cost-savings", "paragraph", "11"),
    "figures.unit": elsewhere("figures", "mutuals-staff", "measure_code", "turnover", "unit_code"),
    "fingerprints.extent": added("fingerprints/hsj-surrey-450m", "paragraph", paragraph="99", size="5", hash=BLANK_HASH),
    "fingerprints.source": nobody,
    "gaps.missing": unexplained,
    "gaps.search": unrepeatable,
    "gaps.unneeded": added("gaps", "column", table="contracts", row_id="surrey-2011", column="value_gbp", reason_code="not_stated"),
    "keys.evidence": unknown,
    "known-failures.expired": ending("2026-11-29"),
    "known-failures.soon": ending("2026-12-30"),
    "known-failures.stale": stale,
    "layout.missing-file": removed("codes/outcomes"),
    "layout.unknown-file": extra,
    "layout.unreadable": linked,
    "letters.script": cell("contracts", "hinchingbrooke-2012", "note", "The s\u0443m is the article's."),
    "keys.correction": added(
        "corrections",
        "version",
        correction_id="x",
        table="contracts",
        row_id="surrey-2011",
        what="It was 1.",
        effect="None.",
        date_found="2026-12-01",
        raised_by_code="reader",
        version="1.0.0",
    ),
    "keys.published": lost,
    "lists.form": cell("quotes", "cameron-aggressive-aspiration", "theme_codes", "scale; scale"),
    "names.body": cell("figures", "circle-staff-share", "spin_out_id", "seqol"),
    "names.number": cell("figures", "mutuals-staff", "statement", "Staff of the public sector mutuals in operation in 1999"),
    "names.twice": twice,
    "quotes.continues": cell("quotes", "jowell-champions", "continues_id", "gregory-culture"),
    "quotes.fingerprint": cell("quotes", "unite-sofa", "text", "You go to John Lewis to buy a bed, not to have chemotherapy,"),
    "quotes.form": elsewhere("quotes", "unite-sofa", "mode_code", "fragment", "text"),
    "quotes.said-after-printed": said_later,
    "quotes.short": long_quotation,
    "rules.broken": unimportable,
    "schema.code": cell("quotes", "unite-sofa", "mode_code", "statment"),
    "schema.pattern": cell("sources", "hsj-surrey-450m", "url", "hsj.co.uk"),
    "schema.range": added("fingerprints/hsj-surrey-450m", "size", paragraph="1", size="0", hash=BLANK_HASH),
    "schema.reference": cell("contracts", "surrey-2011", "spin_out_id", "Circle Hinchingbrooke"),
    "schema.required": cell("quotes", "unite-sofa", "stance_code", ""),
    "schema.type": added("fingerprints/hsj-surrey-450m", "size", paragraph="1", size="five", hash=BLANK_HASH),
    "schema.unique": doubled,
    "second-readings.stands": added("second_readings", "paragraph", **READ | {"paragraph": "12"}),
    "second-readings.target": added("second_readings", "row_id", **READ | {"row_id": "nobody"}),
    "second-readings.verdict": added("second_readings", "severity_code", **READ | {"severity_code": "minor"}),
    "sources.extent": cell("sources", "hsj-surrey-450m", "paragraphs", "4"),
    "sources.fingerprint": cell("sources", "hsj-surrey-450m", "normaliser", "2"),
    "sources.part": lambda repo: cell("sources", "hsj-surrey-500m", "url", repo.row("sources", source_id="hsj-surrey-450m")["url"])(repo),
    "sources.scope": cell("sources", "hsj-surrey-450m", "note", "Seen in part."),
    "spin-outs.basis": cell("spin_outs", "circle-hinchingbrooke", "inclusion_basis_code", "staff_owned"),
    "tombstones.reused": reused,
    "tombstones.target": added(
        "tombstones", "replaced_by", table="contracts", row_id="gone", date_removed="2026", reason="why", replaced_by="nobody"
    ),
}


def example(finding: Finding) -> str:
    """A finding as the rules page shows it: without the number of its line, which moves when rows are added above it."""
    return str(finding).replace(f":{finding.line}", ":LINE", 1) if finding.line else str(finding)


def test_every_rule_has_a_fixture_and_an_example_and_says_what_it_catches(root: Path) -> None:
    """A rule that nothing shows to work, or that a reader cannot understand."""
    rules.discover(root)
    said = check.sentences()
    assert set(FIXTURES) == set(said)
    assert set(FIXTURES) == set(json.loads((root / "validation/examples.json").read_text(encoding="utf-8")))
    assert [id for id, words in said.items() if not all(words) or words.level not in LEVELS] == []


@pytest.mark.parametrize("rule", sorted(FIXTURES))
def test_a_rule_finds_its_fault_there_and_nothing_else(rule: str, repo: Repository, root: Path) -> None:
    """A rule that is blind, names another place, drags others along, or is shown in the book with another finding."""
    wanted = {(*where, rule) for where in FIXTURES[rule](repo)}
    found = repo.findings()
    assert places(found) == wanted, told(found)
    assert all(finding.found and finding.wanted and finding.remedy for finding in found)
    assert json.loads((root / "validation/examples.json").read_text(encoding="utf-8"))[rule] == example(found[0])


def test_all_findings_are_told_by_the_whole_gate(repo: Repository) -> None:
    """A run that stops at the first file, the first fault of a file or the first kind of fault."""
    chosen = (
        "bytes.control",
        "derived.differs",
        "schema.reference",
        "quotes.fingerprint",
        "schema.required",
        "dates.form",
        "schema.unique",
        "gaps.missing",
    )
    wanted = {(*where, rule) for rule in chosen for where in FIXTURES[rule](repo)}
    found = repo.findings()
    assert places(found) == wanted, told(found)
    assert found == sorted(found)


def test_each_broken_reference_is_found(repo: Repository) -> None:
    """A reference to nothing in some column of some table."""
    wanted = set()
    for name in repo.names():
        for column in repo.schema(name).columns:
            rows = [row for row in repo.rows(name) if row[column.name]] if column.refers_to else []
            for row in rows[:2]:
                row[column.name] = f"{row[column.name]}; nobody-here" if column.many else "nobody-here"
                wanted.add((name, id(row), column.name))
    assert len({(name, column) for name, _, column in wanted}) >= 34
    found = places(repo.findings())
    for name, number, column in wanted:
        row = next(row for row in repo.rows(name) if id(row) == number)
        assert repo.place(name, row, column, "schema.reference") in found


def test_each_unknown_code_is_found(repo: Repository) -> None:
    """A code of no list in some column of some table."""
    wanted = []
    for name in repo.names():
        for column in repo.schema(name).columns:
            rows = [row for row in repo.rows(name) if row[column.name]] if column.codes else []
            for row in rows[-2:]:
                row[column.name] = f"{row[column.name]}; no_such" if column.many else "no_such"
                wanted.append((name, row, column.name))
    found = places(repo.findings())
    assert len(wanted) >= 40
    assert {repo.place(name, row, column, "schema.code") for name, row, column in wanted} <= found


def test_a_removed_row_breaks_the_references_to_it(repo: Repository) -> None:
    """A row that others point to and that goes unnoticed."""
    repo.rows("organisations").remove(repo.row("organisations", organisation_id="circle"))
    found = places(repo.findings())
    contract = repo.row("contracts", contract_id="hinchingbrooke-2012")
    assert repo.place("contracts", contract, "winner_organisation_id", "schema.reference") in found
    assert any(place[4] == "evidence.orphan" and place[0] == "data/evidence/organisations.csv" for place in found)


PAIRS = [
    ("contracts", "hinchingbrooke-2012", "award_date", "start_date", "", ""),
    ("figures", "departments-plan", "as_of_date", "due_date", "", ""),
    ("sources", "independent-2011-11-13", "date_published", "date_accessed", "", ""),
    ("spin_outs", "circle-hinchingbrooke", "left_date", "status_date", "2012-02", "2011-11-13"),
]


@pytest.mark.parametrize(("name", "key", "first", "second", "early", "late"), PAIRS)
def test_a_reversed_pair_of_dates_is_found(repo: Repository, name: str, key: str, first: str, second: str, early: str, late: str) -> None:
    """Two dates that changed places."""
    row = repo.row(name, **{repo.schema(name).key[0]: key})
    row[first], row[second] = (early, late) if early else (row[second], row[first])
    assert repo.place(name, row, first, "dates.order") in places(repo.findings())


@pytest.mark.parametrize("date", ["[2011-11-12..2011-10-31]", "2012-02/2011-11", "2011-02-30", "11/2011", "2011-13", "Nov 2011"])
def test_an_impossible_date_is_found(repo: Repository, date: str) -> None:
    """A span that ends before it begins, or a day that no calendar has."""
    row = repo.row("contracts", contract_id="hinchingbrooke-2012")
    row["award_date"] = date
    assert repo.place("contracts", row, "award_date", "dates.form") in places(repo.findings())


def test_each_blank_without_a_reason_is_found(repo: Repository) -> None:
    """An expected cell that was blanked, in any column of any table, and a reason that was dropped, for any cell."""
    wanted = []
    for name in repo.names():
        for column in (column for column in repo.schema(name).columns if column.expected):
            for row in repo.rows(name):
                row[column.name] = ""
                wanted.append((name, row, column.name))
    repo.rows("gaps").clear()
    found = {place for place in places(repo.findings()) if place[4] == "gaps.missing"}
    assert len(wanted) > 350
    assert found == {repo.place(name, row, column, "gaps.missing") for name, row, column in wanted}


def test_a_new_rules_file_is_found_by_itself(repo: Repository) -> None:
    """A rule that must be registered by hand."""
    (repo.root / "validation/people.py").write_text(
        "from mutuals.canonical import Fault\nfrom mutuals.rules import rule\n\n"
        "@rule('people.test', 'people', 'Nobody is there.', 'leave')\n"
        "def nobody(table, data):\n"
        "    yield Fault('people.test', 2, 'name', 'somebody', 'nobody')\n"
    )
    assert places(repo.findings()) == {("data/people.csv", 2, "name", "", "people.test")}


def test_no_two_rules_share_an_id(root: Path) -> None:
    """A rule that silently replaces another, or that is asked of no table."""
    rules.discover(root)
    written = sum(path.read_text(encoding="utf-8").count("\n@rule(") for path in (root / "validation").glob("*.py"))
    named = [rule for rule in rules.REGISTRY.values() if not rule.id.startswith("bytes.")]
    assert len(named) == written
    from mutuals.tables import read_dataset

    tables = read_dataset(root).tables.values()
    assert [rule.id for rule in rules.REGISTRY.values() if not any(rule.concerns(table) for table in tables)] == []


RULE = (
    b"from mutuals.canonical import Fault\nfrom mutuals.rules import rule\n@rule('a', 'people', 'b', 'c'%s)\ndef f(table, data):\n    %s\n"
)
FAULT = b"Fault(%s, %s, 'name', 'found', 'wanted')"


@pytest.mark.parametrize("early", [b"", b", early=True"])
@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"yield 1 / 0", 5),
        (b"raise SystemExit\n    yield", 5),
        (b"yield from f(table, data)", 5),
        (b"yield {}[\n        'x']", 5),
        (b"yield 'a fault'", 3),
        (b"yield " + FAULT % (b"'b'", b"1"), 3),
        (b"yield " + FAULT % (b"'a'", b"'1'"), 3),
        (b"yield " + FAULT % (b"['a']", b"1"), 3),
    ],
)
def test_a_rule_that_breaks_stops_the_gate(
    repo: Repository, capsys: pytest.CaptureFixture[str], body: bytes, line: int, early: bytes
) -> None:
    """A rule whose own error passes for a clean table, or that does not say where the rule went wrong."""
    (repo.root / "validation/people.py").write_bytes(RULE % (early, body))
    assert main(["check", "--root", str(repo.root)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"validation/people.py:{line}: the rule a fails on data/people.csv" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"x = 1\nimport no_such_module\n", 2),
        (b"x = 1\n\nraise Exception('a\\nb')\n", 3),
        (b"import sys\nsys.exit(0)\n", 2),
        (b"def f():\n    f()\nf()\n", 2),
        (b"x = 1\ny = '\0'\n", 2),
        (b"x = 1\ny = '\xff'\n", 2),
        (b"# coding: none-such\n", 0),
        (b"\xff\xfea\0", 1),
        (b"x = 1\nx = " + b"(" * 500 + b")" * 500 + b"\n", 2),
        (b"if 1:\n  x = 1\n y = 2\n", 3),
        (RULE % (b"", b"yield from ()") * 2, 8),
        (RULE % (b"", b"return []"), 3),
        ((RULE % (b"", b"yield from ()")).replace(b"'c'", b"3"), 3),
        ((RULE % (b"", b"yield from ()")).replace(b"'a'", b"[]"), 3),
        (b"from mutuals.rules import rule\nrule()\n", 2),
    ],
)
def test_rules_that_cannot_be_imported_are_found_at_their_line(repo: Repository, content: bytes, line: int) -> None:
    """A file of rules that ends the gate, or that takes the other rules with it."""
    where = FIXTURES["schema.reference"](repo)[0]
    (repo.root / "validation/people.py").write_bytes(content)
    wanted = {("validation/people.py", line, "", "", "rules.broken"), (*where, "schema.reference")}
    found = repo.findings()
    assert places(found) == wanted, told(found)
    assert all(str(finding).isprintable() for finding in found)


@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_what_is_no_plain_file_is_not_run_or_read(repo: Repository, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe that is waited for without end, or a link that leads out of the repository."""
    for name in ("validation/people.py", "schemas/people.json", "validation/known_failures.toml"):
        path = repo.root / name
        kept = path.read_bytes() if path.exists() else None
        path.unlink(missing_ok=True)
        path.mkdir() if kind == "folder" else os.mkfifo(path) if kind == "pipe" else path.symlink_to(repo.root / "data/people.csv")
        status, said = main(["check", "--root", str(repo.root)]), capsys.readouterr()
        path.rmdir() if kind == "folder" else path.unlink()
        if kept is not None:
            path.write_bytes(kept)
        assert status == (1 if name.endswith(".py") else 2)
        assert name in said.out + said.err
        assert said.err.count("\n") == status - 1


def test_a_known_failure_is_not_stale_where_its_rule_could_not_be_asked(repo: Repository) -> None:
    """Known failures that are told as mended when the rules that find them are gone."""
    repo.row("quotes", quote_id="unite-sofa")["said_date"] = "2010"
    known(repo, rule="quotes.said-after-printed", file="data/quotes.csv", id="unite-sofa", column="said_date")
    (repo.root / "validation/quotes.py").write_bytes(b"1 / 0\n")
    assert "known-failures.stale" not in {finding.rule for finding in repo.findings()}


def test_a_chain_that_leads_into_a_ring_is_no_ring(repo: Repository) -> None:
    """Contracts before a ring that are told as part of it, or a ring of several that is missed."""
    keys = [row["contract_id"] for row in repo.rows("contracts")][:4]
    for key, before in zip(keys, (*keys[1:], keys[2]), strict=True):
        repo.row("contracts", contract_id=key).update(previous_contract_id=before, start_date="")
    found = {place[3] for place in places(repo.findings()) if place[4] == "contracts.chain"}
    assert found == set(keys[2:])


def test_a_known_failure_of_any_rule_is_not_stale(repo: Repository) -> None:
    """An entry that is judged before Great Expectations has asked its rule."""
    file, _, column, id = FIXTURES["schema.required"](repo)[0]
    known(repo, rule="schema.required", file=file, id=id, column=column, expires="2027-12-31")
    assert repo.findings() == []


def test_a_known_failure_is_left_out(repo: Repository) -> None:
    """A known failure that fails all the same, or that hides its neighbours."""
    FIXTURES["schema.reference"](repo)
    FIXTURES["derived.differs"](repo)
    repo.save()
    known(repo, id="surrey-2011")
    assert {finding.rule for finding in repo.findings()} == {"derived.differs"}


@pytest.mark.parametrize(
    "toml",
    [
        "[[failure]",
        '[[failure]]\nrule = "a"',
        "[[failures]]",
        'failure = "all"',
        "failure = [1]",
        "\xff",
        '[[failure]]\nrule = "a"\nfile = "b"\nid = "c"\ncolumn = "d"\nreason = "  "',
        '[[failure]]\nrule = 1\nfile = "b"\nid = "c"\ncolumn = "d"\nreason = "e"',
        '[[failure]]\nrule = "a"\nfile = "b"\nid = "c"\ncolumn = "d"\nreason = 2026-01-01',
        "failure = " + "[" * 100_000,
        "failure = " + "9" * 5_000,
        "a = 2026-02-30",
    ],
)
def test_a_known_failure_without_reason_or_sense_stops_the_gate(repo: Repository, toml: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of known failures that is broken, misspelt or gives no reason, and is passed over."""
    monkeypatch.setattr("mutuals.suites.run", lambda data: [])
    (repo.root / "validation/known_failures.toml").write_bytes(toml.encode("latin-1"))
    with pytest.raises(SchemaError, match="known_failures"):
        repo.findings()


def broken(schema: dict) -> list[dict]:
    """Schemas that cannot be used, each broken in one way."""
    fields = schema["fields"]
    return [
        {**schema, "fields": [{k: v for k, v in fields[0].items() if k != "states"}]},
        {k: v for k, v in schema.items() if k != "primaryKey"},
        {k: v for k, v in schema.items() if k != "fields"},
        {**schema, "primaryKey": "nothing"},
        {**schema, "foreignKeys": [{"fields": "winner_organisation_id", "reference": {"resource": "nothing", "fields": "x"}}]},
        {**schema, "fields": [{**fields[0], "states": "rumour"}]},
        {**schema, "fields": [{**fields[0], "states": "fact"}]},
        {**schema, "fields": "none"},
    ]


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("verb", ["check", "format"])
def test_a_broken_schema_is_one_sentence(repo: Repository, capsys: pytest.CaptureFixture[str], number: int, verb: str) -> None:
    """A schema that lacks something, told as a traceback or taken for clean data."""
    path = repo.root / "schemas/contracts.json"
    path.write_text(json.dumps(broken(json.loads(path.read_text(encoding="utf-8")))[number]), encoding="utf-8")
    assert main([verb, "--root", str(repo.root)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "contracts.json" in said.err
    assert said.err.count("\n") == 1


ODD = {
    "name": [1, "", "a b", "a,b", "Über", ["a"], "\ud800"],
    "title": [None, 1, {}, "a\nb"],
    "type": ["text", [], {}, None],
    "example": [None, [], {}, True, "\ud800"],
    "states": [[], {}, "Fact", True],
    "unit": [1, ["gbp"]],
    "reading": [[], 1, "sense"],
    "codes": ["../codes", "a/b", 1, []],
    "rule": [[], 1],
    "expected": ["true", 1, None, []],
    "list": ["true", 0],
    "constraints.required": ["yes", 1],
    "constraints.pattern": ["(", "[", "a{9999999999999999}", "*", 1, None, "(?P<a>.)(?P<a>.)", "(" * 5_000],
    "constraints.minimum": ["1", None, True, float("nan"), float("inf"), -(10**400), [1]],
    "constraints.maximum": ["1", 1e300, {}],
}


@pytest.mark.parametrize("name", ODD)
def test_a_property_of_another_kind_is_one_sentence(root: Path, tmp_path: Path, name: str) -> None:
    """A property that breaks the gate only when a cell is asked about, far from the file and field to mend."""
    path, schema = tmp_path / "contracts.json", json.loads((root / "schemas/contracts.json").read_text(encoding="utf-8"))
    for value in ODD[name]:
        field = {**schema["fields"][-1]}
        place = field.setdefault("constraints", {}) if "." in name else field
        place[name.removeprefix("constraints.")] = value
        path.write_text(json.dumps({**schema, "fields": [*schema["fields"][:-1], field]}), encoding="utf-8")
        with pytest.raises(SchemaError) as told:
            read_schema(path)
        assert "schemas/contracts.json: field" in str(told.value)
        assert name.removeprefix("constraints.") in str(told.value)
        assert len(str(told.value)) < 1_000


@pytest.mark.parametrize(
    "change",
    [
        {"fields": []},
        {"fields": [[]]},
        {"fields": ["a"]},
        {"fields": {}},
        {"primaryKey": [["contract_id"]]},
        {"primaryKey": [{}]},
        {"primaryKey": 1},
        {"primaryKey": ["contract_id", "contract_id"]},
        {"primaryKey": []},
        {"foreignKeys": 1},
        {"foreignKeys": [1]},
        {"foreignKeys": [{"fields": ["a"], "reference": {"resource": "people"}}]},
        {"foreignKeys": [{"fields": "a", "reference": []}]},
        {"foreignKeys": None},
        {"title": 1},
        {"description": ["a"]},
    ],
)
def test_a_schema_of_another_shape_is_one_sentence(root: Path, tmp_path: Path, change: dict) -> None:
    """A schema whose parts are of another shape, told as an error of Python's own."""
    schema = json.loads((root / "schemas/contracts.json").read_text(encoding="utf-8"))
    (tmp_path / "contracts.json").write_text(json.dumps({**schema, **change}), encoding="utf-8")
    with pytest.raises(SchemaError, match=r"schemas/contracts\.json"):
        read_schema(tmp_path / "contracts.json")


def test_a_field_that_stands_twice_is_one_sentence(root: Path, tmp_path: Path) -> None:
    """Two columns of one name, of which one would be lost."""
    schema = json.loads((root / "schemas/contracts.json").read_text(encoding="utf-8"))
    schema["fields"].append(schema["fields"][-1])
    (tmp_path / "contracts.json").write_text(json.dumps(schema), encoding="utf-8")
    with pytest.raises(SchemaError, match="stands twice"):
        read_schema(tmp_path / "contracts.json")


@pytest.mark.parametrize("name", ["sources", "people", "codes", "evidence", "gaps", "errata", "tombstones"])
def test_a_schema_that_is_gone_is_one_sentence(repo: Repository, name: str) -> None:
    """A table that rules ask for and no schema knows, told as an error of Python's own."""
    (repo.root / f"schemas/{name}.json").unlink()
    with pytest.raises((SchemaError, rules.CheckError), match=name):
        repo.findings()


@pytest.mark.parametrize("rule", ["nothing", "value_per_year"])
@pytest.mark.parametrize("verb", ["check", "format"])
def test_a_column_that_cannot_be_derived_is_one_sentence(
    repo: Repository, rule: str, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that nobody wrote, or that asks for columns which the table does not have."""
    path = repo.root / "schemas/people.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"evidence_rows"', json.dumps(rule)), encoding="utf-8")
    assert main([verb, "--root", str(repo.root)]) == 2
    said = capsys.readouterr()
    assert "schemas/people.json: field proofs" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"9" * 5_000,
        b"NaN",
        b'{"fields": 1, "fields": []}',
        b"\0",
    ],
)
def test_a_schema_that_is_no_json_object_is_one_sentence(repo: Repository, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    """A broken schema file, told as a traceback."""
    (repo.root / "schemas/contracts.json").write_bytes(content)
    assert main(["check", "--root", str(repo.root)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "contracts.json" in said.err
    assert said.err.count("\n") == 1


def test_no_repository_is_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without schemas that passes for clean."""
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    assert main(["check", "--root", str(tmp_path)]) == 2
    assert "schemas" in capsys.readouterr().err


def test_a_clean_repository_is_exit_code_0(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that fails on clean data or says nothing."""
    assert main(["check", "--root", str(root)]) == 0
    assert capsys.readouterr().out == "no findings\n"


def test_findings_are_exit_code_1_and_json(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON that other programs cannot read, or that lacks a part."""
    where = FIXTURES["schema.required"](repo)[0]
    repo.row("contracts", contract_id="surrey-2011")["award_date"] = "2011-X5"
    repo.save()
    assert main(["check", "--root", str(repo.root), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validate(told, schema, jsonschema.Draft202012Validator)
    assert {tuple(finding) for finding in told} == {tuple(field.name for field in fields(Finding))} == {tuple(schema["items"]["required"])}
    assert set(schema["items"]["properties"]) == set(schema["items"]["required"])
    assert set(schema["items"]["properties"]["level"]["enum"]) == set(LEVELS)
    assert (*where, "schema.required") in {(f["file"], f["line"], f["column"], f["id"], f["rule"]) for f in told}


AWKWARD = Finding("data/a,b:c%.csv", 0, "na\nme", "i\rd", "some.rule,x:y", "“100%\n”", "a, b: c", "do\r\nit")


def test_github_annotations_are_escaped() -> None:
    """An annotation that ends early, or sets another property."""
    line, count = as_github([AWKWARD]).split("\n")
    head, _, message = line.removeprefix("::error ").partition("::")
    assert line.startswith("::error ")
    assert head == "file=data/a%2Cb%3Ac%25.csv,line=1,title=some.rule%2Cx%3Ay"
    assert "100%25%0A" in message
    assert "do%0D%0Ait" in message
    assert count == "1 finding"


@pytest.mark.parametrize(
    "spoil",
    [{"line": "1"}, {"line": -1}, {"file": ""}, {"level": "fatal"}, {"more": "x"}, {"found": None}],
    ids=lambda spoil: next(iter(spoil)),
)
def test_the_schema_of_findings_refuses_others(spoil: dict) -> None:
    """A schema that allows anything."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    finding = json.loads(as_json([AWKWARD]))[0]
    jsonschema.validate([finding], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([finding | spoil], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate([{name: value for name, value in finding.items() if name not in spoil} | {"x": 1}], schema)


def levelled(level: str) -> Finding:
    """A finding of a level."""
    return replace(AWKWARD, level=level)


def test_levels_are_told_and_only_errors_fail(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A warning that stops the book, an error that does not, or either unsaid."""
    FIXTURES["letters.script"](repo)
    repo.save()
    book.gate(repo.root)
    assert main(["check", "--root", str(repo.root)]) == 0
    told, count = capsys.readouterr().out.splitlines()
    assert "[letters.script] warning: found" in told
    assert count == "1 finding: 1 warning"
    FIXTURES["schema.required"](repo)
    repo.save()
    assert main(["check", "--root", str(repo.root)]) == 1
    assert capsys.readouterr().out.endswith("\n2 findings: 1 error, 1 warning\n")
    with pytest.raises(book.BookError, match="2 findings: 1 error, 1 warning"):
        book.gate(repo.root)
    everything = [levelled(level) for level in LEVELS]
    assert as_text(everything).endswith("\n3 findings: 1 error, 1 warning, 1 note")


def test_github_shows_ten_of_a_level(repo: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An eleventh annotation, which GitHub drops unsaid, or findings that stand nowhere."""
    lines = as_github([levelled(level) for level in LEVELS for _ in range(12)]).split("\n")
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1] == "36 findings: 12 errors, 12 warnings, 12 notes"
    for row in repo.rows("quotes")[:12]:
        row["stance_code"] = "no|such `code` <b>"
    repo.save()
    summary = repo.root / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["check", "--root", str(repo.root), "--format", "github"]) == 1
    assert capsys.readouterr().out.count("::error ") == 10
    written = summary.read_text(encoding="utf-8")
    assert written.startswith("before\n**12 findings**\n")
    assert written.count("data&#47;quotes&#46;csv&#58;") == 12


def test_a_summary_holds_any_cell() -> None:
    """A cell that ends its column, begins a link or a tag, or makes the table larger than GitHub takes."""
    found = replace(AWKWARD, found="a | b ` c < d > e [f](g) *h* _i_ @j \\ http://k é")
    row = as_summary([found]).splitlines()[4]
    assert row.count("|") == 6
    assert not set("`<>[]()*_@/\\") & set(row)
    assert html.unescape(row.split(" | ")[4].removesuffix(" |")) == f"found {found.found}, wanted {found.wanted}; do it"
    many = as_summary([replace(found, found="x" * 1_000)] * 2_000)
    assert len(many.encode()) < 1_000_000
    shown = many.count("some&#46;rule")
    assert f"\n{2_000 - shown} more are" in many
    assert as_summary([]) == "**no findings**\n\n"


@pytest.mark.parametrize(
    ("expires", "rules"),
    [
        ("2026-11-30", ["known-failures.soon"]),
        ("2026-12-30", ["known-failures.soon"]),
        ("2026-12-31", []),
        ("2026-11-29", ["known-failures.expired"]),
    ],
)
def test_a_known_failure_ends_with_its_day(repo: Repository, expires: str, rules: list[str]) -> None:
    """An exception that ends a day early or late, or that hides its fault no more once it has."""
    FIXTURES["schema.reference"](repo)
    known(repo, id="surrey-2011", expires=expires)
    assert [finding.rule for finding in repo.findings()] == rules


@pytest.mark.parametrize("expires", ["2026", "2026-12", "2026-12-31~", "2026-02-30", "soon", ""])
def test_a_known_failure_without_a_day_stops_the_gate(repo: Repository, expires: str) -> None:
    """An exception for ever."""
    known(repo, id="surrey-2011", expires=expires)
    with pytest.raises(SchemaError, match="expires"):
        check.Known(repo.root)


def test_the_numbers_in_the_rules_are_those_in_use() -> None:
    """A sentence that keeps an old limit."""
    assert f"{MOST_BYTES:,}" in RULES["bytes.long"].sentence
    assert f"{check.SOON} days" in RULES["known-failures.soon"].sentence


def test_text_names_place_record_rule_and_remedy() -> None:
    """A finding that a contributor cannot act on."""
    finding = Finding("data/people.csv", 3, "name", "ann", "some.rule", "“x”", "y", "do z")
    assert as_text([finding]) == "data/people.csv:3:name  ann  [some.rule] found “x”, wanted y; do z\n1 finding"
    assert as_text([finding, finding]).endswith("\n2 findings")
    assert json.loads(as_json([])) == []
