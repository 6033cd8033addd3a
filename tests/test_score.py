"""The score: each mutant gets the verdict that the gate gives it alone, and a guard that is switched off lowers it."""

import random
import subprocess
from pathlib import Path

import pytest
from repository import Repository

from mutuals import attack, history, mutants, rules, scorecard
from mutuals.canonical import encode
from mutuals.check import check
from mutuals.commands import main
from mutuals.findings import Finding
from mutuals.fingerprints import RUN, Fingerprint, holds, make, meant, proves, runs_of, stands, tokens
from mutuals.mutants import ONE, Draw, Mutant
from mutuals.score import Trial, Verdict
from mutuals.slips import SLIPS
from mutuals.tables import read_dataset

SAMPLE = 16


@pytest.fixture(scope="module")
def small(core: Path) -> Trial:
    """The gate on trial with the small record."""
    return Trial(Draw(read_dataset(core)))


@pytest.fixture(scope="module")
def whole(root: Path) -> Trial:
    """The gate on trial with the whole record."""
    return Trial(Draw(read_dataset(root), each=8))


def drawn(draw: Draw) -> list[Mutant]:
    """All mutants."""
    return [*draw.cells(), *draw.rows_and_places()]


def findings(trial: Trial, mutant: Mutant, folder: Path, source: Path) -> tuple[list[Finding], set[tuple[str, int, str]]]:
    """What `check` finds in a copy on disk with one mutant in it, and where the changed cells stand there."""
    repo, places = Repository.copy(source, folder), set()
    for name in {name for name, _ in mutant.edits}:
        table = trial.data.tables[name]
        rows = [(at, row) for at, old in enumerate(table.records) for row in mutant.edits.get((name, at), [old])]
        rows.sort(key=lambda pair: table.schema.sort_key(pair[1]))
        if mutant.swapped:
            at = next(n for n, (number, _) in enumerate(rows) if (name, number) in mutant.edits)
            rows[at : at + 2] = reversed(rows[at : at + 2])
        # Each row is encoded by itself, so that they stay in this order.
        head = encode([], table.schema)
        repo.path(name).write_bytes(head + b"".join(encode([row], table.schema).removeprefix(head) for _, row in rows))
        places |= {(table.file, line, c) for line, (n, _) in enumerate(rows, 2) for place, c in mutant.cells if place == (name, n)}
    return [finding for finding in check(folder) if finding.level == "error"], places


def test_a_mutant_gets_the_verdict_of_a_whole_check(small: Trial, core: Path, tmp_path: Path) -> None:
    """Mutants that hide or uncover one another in a shared copy, rules that are not asked, findings given to another mutant."""
    verdicts = list(small.judge(drawn(small.draw)))
    wide = [v for v in verdicts if len(v.rules) != 1]
    dice = random.Random(7)
    for number, verdict in enumerate([*dice.sample(verdicts, SAMPLE // 2), *dice.sample(wide, SAMPLE // 2)]):
        found, places = findings(small, verdict.mutant, tmp_path / str(number), core)
        assert {finding.rule for finding in found} == set(verdict.rules), f"{verdict.mutant}\n" + "\n".join(map(str, found))
        assert any((f.file, f.line, f.column) in places for f in found) == verdict.cell, str(verdict.mutant)


def test_a_copy_holds_mutants_that_do_not_meet(small: Trial) -> None:
    """A copy with one mutant only each, which takes hours; or a mutant that is lost, or judged twice."""
    planted = drawn(small.draw)
    copies = small.copies(planted)
    assert sorted(map(id, (mutant for copy in copies for mutant in copy.mutants))) == sorted(map(id, planted))
    assert len(copies) < len(planted) / 5
    for copy in copies:
        zones = [small.zone(mutant) for mutant in copy.mutants]
        assert sum(map(len, zones)) == len(set().union(*zones))


# A column of each family of rules in which its absence shows.
SHOWS = {
    "areas": ("spin_outs", "gss_code"), "ballots": ("ballots", "result_code"), "bytes": ("gaps", ""), "codes": ("codes", "broader"),
    "contracts": ("contracts", "previous_contract_id"), "dates": ("sources", "date_accessed"),
    "derived": ("contracts", "value_gbp_per_year"), "errata": ("errata", "printed"), "events": ("events", "certainty_code"),
    "evidence": ("contracts", "value_gbp"), "figures": ("figures", "measure_code"), "fingerprints": ("fingerprints", "paragraph"),
    "gaps": ("gaps", "reason_code"), "keys": ("events", "event_id"), "lists": ("quotes", "theme_codes"), "names": ("figures", "statement"),
    "quotes": ("quotes", "text"), "schema": ("sources", "sha256"), "second-readings": ("second_readings", "value"),
    "sources": ("sources", "normaliser"), "spin-outs": ("spin_outs", "inclusion_code"), "tombstones": ("tombstones", "row_id"),
}  # fmt: skip


def reached(verdicts: list[Verdict]) -> tuple[int, int]:
    """How many were caught, and how many located."""
    return sum(bool(v.rules) for v in verdicts), sum(v.located for v in verdicts)


def test_every_family_is_shown(whole: Trial) -> None:
    """A family of rules that could be switched off without a test that would tell."""
    errors = {rule.id.partition(".")[0] for rule in rules.REGISTRY.values() if rule.level == "error"}
    assert set(SHOWS) == errors | {"bytes", "schema"}


@pytest.mark.parametrize("family", sorted(SHOWS))
def test_a_family_that_is_switched_off_lowers_the_score(whole: Trial, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A score that does not depend on the rules that it scores."""
    kind, name = SHOWS[family]
    planted = list(whole.draw.cells(lambda table, column: (table, column.name) == (kind, name)))
    planted += [m for m in whole.draw.rows_and_places() if (whole.data.tables[m.address[0]].kind, m.column) == (kind, name)]
    planted = [mutant for mutant in planted if mutant.family not in (mutants.TWO, mutants.THREE)][:24]
    before = reached(list(whole.judge(planted)))
    for id in [id for id in rules.REGISTRY if id.startswith(f"{family}.")]:
        monkeypatch.delitem(rules.REGISTRY, id)
    if family == "schema":
        monkeypatch.setattr("mutuals.suites.ExpectTablesToFollowTheirSchema.faults", lambda self, frame, data: iter(()))
    if family == "bytes":
        monkeypatch.setattr("mutuals.parsing.Reading.fault", lambda self, *args, **kwargs: None)
    after = reached(list(whole.judge(planted)))
    assert sum(after) < sum(before), (before, after)


def test_mutants_are_the_same_on_every_machine_and_differ_from_the_original(core: Path) -> None:
    """Draws that depend on the order of a set; a mutant that changes nothing, or nothing that can be read."""
    first, again, other = (drawn(Draw(read_dataset(core), seed)) for seed in (1, 1, 2))
    assert list(map(str, first)) == list(map(str, again))
    assert list(map(str, first)) != list(map(str, other))
    data = read_dataset(core)
    for mutant in first:
        if mutant.family == ONE:
            assert tokens(mutant.old) != tokens(mutant.new)
            assert mutant.edits[mutant.address][0] != data.tables[mutant.address[0]].records[mutant.address[1]]
    assert {mutant.operator for mutant in first} >= {*SLIPS, "a row dropped", "a row doubled", "a row swapped", "blanked", "another source"}


def test_a_column_more_leaves_the_other_mutants_as_they_were(core: Path) -> None:
    """Draws in which one column moves the dice of all the others."""
    draw = Draw(read_dataset(core))
    alone = [str(mutant) for mutant in draw.cells(lambda kind, column: (kind, column.name) == ("figures", "value"))]
    assert alone
    assert set(alone) < {str(mutant) for mutant in draw.cells()}


def test_the_targets_are_reached(root: Path) -> None:
    """Rules that were loosened, or tables that outgrew them: the shares that the project promises."""
    trial = Trial(Draw(read_dataset(root)))
    verdicts = list(trial.judge(drawn(trial.draw)))
    card = scorecard.card(verdicts)
    assert card["core"]["caught"] >= 0.99 * card["core"]["planted"]
    assert card["core"]["located"] >= 0.95 * card["core"]["planted"]
    numbers = next(line for line in card["lines"] if (line["family"], line["stratum"]) == (mutants.TWO, "numbers and dates"))
    assert numbers["caught"] >= 0.95 * numbers["planted"]
    assert [str(v.mutant) for v in verdicts if v.mutant.family == mutants.THREE and not v.rules] == []
    assert [group["kind"] for group in card["survivors"] if not group["why"]] == []
    assert sum(len(group["named"]) for group in card["survivors"]) == sum(not v.rules for v in verdicts)


def test_an_interval_is_wilsons() -> None:
    """An interval that leaves 0 to 100 per cent, or is not the one that is named."""
    low, high = scorecard.interval(9, 10)
    assert (round(low, 1), round(high, 1)) == (59.6, 98.2)
    assert scorecard.interval(10, 10)[1] == 100


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular."""
    own = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *own, *words], check=True, capture_output=True)


def test_false_alarms_of_the_past_are_told_from_faults_that_were_mended(core: Path, tmp_path: Path) -> None:
    """A past state that is not looked at, a mended fault that counts as a false alarm, an alarm that is not counted."""
    repo = Repository.copy(core, tmp_path)
    git(tmp_path, "init", "-q")
    kept = repo.row("sources", source_id="hsj-surrey-450m")
    gap = repo.row("gaps", row_id="hinchingbrooke-2012", column="security_gbp")
    kept["normaliser"] = "2"
    repo.rows("gaps").remove(gap)
    repo.save()
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    kept["normaliser"] = "1"
    repo.rows("gaps").append(gap)
    repo.save()
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "second")
    told = history.measured(read_dataset(tmp_path))
    assert (told["states"], told["mended"], told["alarms"]) == (2, 1, 1)
    assert told["named"] == ["data/contracts.csv, hinchingbrooke-2012, security_gbp (gaps.missing)"]
    assert told["rows"] > 1000


def test_what_has_no_history_is_not_measured(core: Path) -> None:
    """A folder without git, or inside another repository, that is told as free of false alarms."""
    assert history.commits(core) == []
    assert history.measured(read_dataset(core)) == {}


def test_the_command_tells_the_score(core: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that keeps back what survived."""
    monkeypatch.setattr(attack, "DOCUMENTS", 1)
    assert main(["score", "--root", str(core)]) == 0
    said = capsys.readouterr().out
    assert "one cell: all columns" in said
    assert "survived, our words" in said
    assert "not measured" in said
    assert "false accepts" in said


def test_a_score_is_kept_until_something_changes(core: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that tells the score of other tables, or a build that measures the same again."""
    repo, asked = Repository.copy(core, tmp_path), []
    monkeypatch.setattr(scorecard, "measured", lambda root: asked.append(root) or {"core": 1})
    assert scorecard.found(tmp_path) is None
    for _ in range(2):
        scorecard.keep(tmp_path)
        assert scorecard.found(tmp_path) == {"core": 1}
    assert len(asked) == 1
    repo.row("contracts", contract_id="surrey-2011")["note"] = "Another."
    repo.save()
    assert scorecard.found(tmp_path) is None


def test_no_false_quotation_is_accepted_and_no_true_one_refused() -> None:
    """A fingerprint that is deceived by a changed, moved or joined quotation, or by other print."""
    for told in (attack.accepts(), attack.rejects()):
        assert {kind: wrong for kind, (_, wrong) in told.items() if wrong} == {}
        assert min(tried for tried, _ in told.values()) >= 100


def test_runs_of_five_alone_would_be_deceived() -> None:
    """An attack that would find nothing whatever the fingerprint was."""

    def short(source: str, text: str, spans: list) -> Fingerprint:
        return Fingerprint(run for run in make(source, text, spans) if run[1] <= RUN)

    told = attack.accepts(marks=short)
    assert told["joined from two places"][1] > 1000
    assert sum(wrong for _, wrong in told.values()) == told["joined from two places"][1]


TWICE = "The board of the trust met in May. Then the board of the trust sold the baths."


def test_words_that_recur_are_kept_apart() -> None:
    """A quotation joined at words that stand twice; or one across them that is refused."""
    mark = make("s", TWICE)
    assert not proves(mark, "s", 1, "The board of the trust sold the baths.")
    assert not proves(mark, "s", 1, "Then the board of the trust met in May.")
    for start in range(8):
        for stop in range(start + RUN, 17):
            span = tokens(TWICE)[start:stop]
            assert proves(mark, "s", 1, " ".join(span))
    assert set(runs_of("s", 1, tokens(TWICE))) < mark


def test_broken_and_tied_words_are_read_as_they_are_meant() -> None:
    """A copy of a page that proves less than its words, or other words."""
    copy = "The well-\nrun oﬃce of the coun-\ncil was ﬁrst to ﬂoat."
    plain = "The well-run office of the council was first to float."
    assert proves(make("s", copy), "s", 1, plain)
    assert proves(make("s", plain), "s", 1, copy)
    assert stands(copy, "office of")
    assert stands(plain, "of the coun-\ncil")
    assert not stands(copy, "office off")
    assert meant(plain) == [plain]
    assert make("s", plain) <= make("s", copy)
    assert not holds(tokens(copy), tokens(plain))
