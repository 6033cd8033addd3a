"""Releases: what the next version must be called, what was published stays, and one version in every place."""

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from repository import Repository
from test_diff import git, keep

from mutuals import pages, releases
from mutuals.commands import CommandError, main
from mutuals.schema import SchemaError
from mutuals.states import load


@pytest.fixture
def repo(core: Path, root: Path, tmp_path: Path) -> Repository:
    """A small copy with a version, a changelog and a history, whose first release is recorded and kept."""
    repo = Repository.copy(core, tmp_path / "repository")
    repo.bind(root)
    declare(repo, "1.0.0")
    git(repo.root, "init", "-q")
    assert main(["version", "--root", str(repo.root), "--record"]) == 0
    keep(repo.root)
    return repo


def declare(repo: Repository, version: str) -> None:
    """Set the version, and give it a day in the changelog."""
    (repo.root / "pyproject.toml").write_text(f'[project]\nversion = "{version}"\n', encoding="utf-8")
    (repo.root / "CHANGELOG.md").write_text(f"# Changelog\n\nWhat changed.\n\n## {version}, 2026-11-27\n\n- It.\n", encoding="utf-8")


def row_gone(repo: Repository) -> None:
    """A contract that is removed."""
    rows = repo.rows("contracts")
    rows[:] = [row for row in rows if row["contract_id"] != "surrey-2011"]


def column_gone(repo: Repository) -> None:
    """A column that is dropped, in table and schema."""
    repo.path("people").write_bytes(re.sub(rb",[^,\n]*$", b"", repo.path("people").read_bytes(), flags=re.MULTILINE))


def cell(repo: Repository) -> None:
    """A cell that is corrected."""
    repo.row("contracts", contract_id="surrey-2011")["note"] = "Another."


def row_more(repo: Repository) -> None:
    """A person more."""
    repo.add("people", person_id="ann-lea", name="Ann Lea")


def proof_more(repo: Repository) -> None:
    """A row of evidence more, and its count."""
    row = repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp")
    repo.add("evidence/contracts", **{**row, "as_read": "half a billion"})


def correction(repo: Repository) -> None:
    """A cell that is corrected, and told as a correction."""
    cell(repo)
    told = {"what": "It was another.", "effect": "None.", "date_found": "2026-12-01", "raised_by_code": "reader", "version": "1.0.1"}
    repo.add("corrections", correction_id="x", table="contracts", row_id="surrey-2011", column="note", **told)


def column_more(repo: Repository) -> None:
    """A column more."""
    repo.path("people").write_bytes(
        re.sub(rb"$(?=\n)", b",", repo.path("people").read_bytes(), flags=re.MULTILINE).replace(b"proofs,", b"proofs,more", 1)
    )


def proof_fewer(repo: Repository) -> None:
    """A row of evidence fewer, and its count."""
    rows = repo.rows("evidence/contracts")
    rows.remove(next(row for row in rows if row["row_id"] == "surrey-2011"))


def table_gone(repo: Repository) -> None:
    """A table that is dropped."""
    repo.path("people").unlink()


def code_gone(repo: Repository) -> None:
    """A code that a list no longer has."""
    repo.rows("codes/units").pop()


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (row_gone, "2.0.0"),
        (column_gone, "2.0.0"),
        (table_gone, "2.0.0"),
        (code_gone, "2.0.0"),
        (row_more, "1.1.0"),
        (proof_more, "1.0.1"),
        (correction, "1.0.1"),
        (column_more, "1.1.0"),
        (cell, "1.0.1"),
        (proof_fewer, "1.0.1"),
    ],
)
def test_the_version_follows_from_the_difference(
    repo: Repository, change: Callable[[Repository], None], least: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A loss that goes out as a patch, by any command; or a version that is asked to be higher than it needs to be."""
    change(repo)
    repo.save()
    shutil.rmtree(repo.root / ".git")  # a copy without a history knows it as well
    capsys.readouterr()
    for lower in [
        version for version in ("1.0.0", "1.0.1", "1.0.9", "1.1.0", "1.9.9") if releases.number(version) < releases.number(least)
    ]:
        declare(repo, lower)
        assert main(["version", "--root", str(repo.root)]) == 1
        assert f"must be at least {least}" in capsys.readouterr().out
        for refused in (releases.ready, releases.record):
            with pytest.raises(CommandError, match=r"must be at least|recorded with other tables"):
                refused(repo.root)
    declare(repo, least)
    assert main(["version", "--root", str(repo.root)]) == 0
    with pytest.raises(CommandError, match="is not recorded"):
        releases.ready(repo.root)


SUMMARIES = st.dictionaries(
    st.sampled_from("abc"),
    st.builds(
        lambda columns, keys, digest: {"columns": columns, "key": ["k"], "rows": len(keys), "keys": keys, "sha256": digest},
        st.lists(st.sampled_from("xyz"), unique=True),
        st.lists(st.sampled_from("mno"), unique=True).map(sorted),
        st.sampled_from("01"),
    ),
)


def names(held: dict) -> set[tuple[str, ...]]:
    """Everything by which a reuser may hold on to tables."""
    return {(t, kind, name) for t, entry in held.items() for kind in ("columns", "keys") for name in entry[kind]} | {(t,) for t in held}


@given(SUMMARIES, SUMMARIES)
def test_a_level_is_what_it_says(a: dict, b: dict) -> None:
    """A minor version that takes something away, a patch that adds something, a change without a version."""
    found = [level for level, _ in releases.reasons(a, b)]
    wanted = "major" if names(a) - names(b) else "minor" if names(b) - names(a) else "patch" if a != b else ""
    same = {name: {**entry, "columns": sorted(entry["columns"])} for name, entry in a.items()}
    if wanted == "patch" and same == {name: {**entry, "columns": sorted(entry["columns"])} for name, entry in b.items()}:
        return  # columns in another order with the same digest, which no file has
    assert (found[0] if found else "") == wanted


def test_a_release_is_recorded_once_and_compared_with_the_last(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A record that is written over, that does not fit its tables, or that forgets how the numbers moved."""
    first = releases.ready(repo.root)
    assert (first.version, first.date, first.changes) == ("1.0.0", "2026-11-27", [])
    repo.row("contracts", contract_id="surrey-2011")["outcome_code"] = "won"
    row_more(repo)
    repo.save()
    declare(repo, "1.1.0")
    assert main(["version", "--root", str(repo.root), "--record"]) == 0
    second = releases.ready(repo.root)
    assert {(c.kind, c.table, c.key) for c in second.changes} >= {("row added", "people", ("ann-lea",))}
    assert {move["name"]: move["parts"] for move in second.moves}["rows.people"] == {"new evidence": 1, "correction": 0, "changed rule": 0}
    assert {move["name"]: move["parts"] for move in second.moves}["lost"] == {"new evidence": 0, "correction": -1, "changed rule": 0}
    keep(repo.root)
    assert releases.tables(repo.root, first).label == "1.0.0" and releases.summary(releases.tables(repo.root, second)) == second.tables
    cell(repo)
    repo.save()
    with pytest.raises(CommandError, match="recorded with other tables"):
        releases.record(repo.root)
    capsys.readouterr()
    assert main(["diff", "--root", str(repo.root)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("1.1.0 → the working tree") and "version: patch" in told and "note:" in told
    assert main(["diff", "--root", str(repo.root), "1.0.0", "1.1.0", "--changelog"]) == 0
    assert "- `people`: 1 row added." in capsys.readouterr().out


def test_a_copy_without_history_says_what_it_needs(repo: Repository) -> None:
    """A difference to nothing, which would read as everything being new."""
    shutil.rmtree(repo.root / ".git")
    with pytest.raises(CommandError, match="not in the history of this copy; name its zip"):
        releases.state(repo.root, "1.0.0")


def test_the_page_tells_each_release(repo: Repository, root: Path) -> None:
    """A release whose changes no page tells, or a move whose causes do not sum on the page."""
    repo.row("contracts", contract_id="surrey-2011")["outcome_code"] = "won"
    repo.save()
    declare(repo, "1.0.1")
    releases.record(repo.root)
    shutil.rmtree(repo.root / ".git")
    page = BeautifulSoup(pages.Press(repo.root, pages.read(repo.root)).file("changes.html") or "", "html.parser")
    assert [heading["id"] for heading in page.select("main h2")] == ["1-0-1", "1-0-0"]
    rows = [[float(data["value"]) for data in row.select("data")] for row in page.select("main table")[0].select("tbody tr")]
    assert rows and all(before + sum(parts) == after for before, after, *parts in rows)
    item = next(item for item in page.select("main li") if "outcome_code" in item.text)
    assert item.select_one("a")["href"] == "contracts/surrey-2011.html" and item.select_one("ins").text == "won"


def test_each_removed_key_has_its_page(repo: Repository) -> None:
    """An address that was given out, and that leads nowhere once its record is gone."""
    repo.add("tombstones", table="people", row_id="ann-lee", date_removed="2026-12", reason="A misspelling.", replaced_by="ann-lea")
    row_more(repo)
    repo.save()
    press = pages.Press(repo.root, pages.read(repo.root))
    page = BeautifulSoup(press.file("people/ann-lee.html") or "", "html.parser")
    assert "A misspelling." in page.main.text and page.main.select_one('a[href="../people/ann-lea.html"]')
    assert json.loads(press.file("people/ann-lee.json") or "")["removed"]["replaced_by"] == "ann-lea"


def test_a_spoilt_record_is_told(repo: Repository) -> None:
    """A release that is passed over because its file cannot be read: its keys would no longer be kept."""
    path = repo.root / "releases/1.0.0.json"
    for content in ("{", "[]", "{}", path.read_text(encoding="utf-8").replace('"version": "1.0.0"', '"version": "1.0"')):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(SchemaError, match=r"releases/1\.0\.0\.json cannot be read"):
            releases.read(repo.root)


def test_the_version_is_one(root: Path) -> None:
    """A version in one place that another does not follow: pyproject.toml is where it is set."""
    version = releases.declared(root)
    releases.number(version)
    lock = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert next(package["version"] for package in lock["package"] if package["name"] == "mutuals") == version
    assert citation["version"] == version
    assert f"version {version}." in (root / "README.md").read_text(encoding="utf-8")
    day = releases.dated(root, version)
    assert day and str(citation["date-released"]) == day
    assert re.search(r"^## (\S+), ", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1] == version


def test_every_key_ever_published_resolves(root: Path) -> None:
    """A release whose record lost its keys, so that none would be missed; or a key of it that leads nowhere."""
    known, now = releases.read(root), load(root, "")
    stones = {(row["table"], row["row_id"]) for row in now.rows("tombstones").values()}
    assert known
    for release in known:
        assert set(release.tables) >= {"contracts", "evidence/contracts", "codes/outcomes", "fingerprints"}
        for name in ("contracts", "spin_outs", "organisations", "sources", "figures"):
            keys = release.tables[name]["keys"]
            assert len(keys) == release.tables[name]["rows"] > 0
            assert [key for key in keys if (key,) not in now.rows(name) and (name, key) not in stones] == []
