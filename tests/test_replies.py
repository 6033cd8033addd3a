"""Replies: what a person or body that is described answers stands beside the fact, as a reply and not as the fact."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from repository import Repository

from mutuals import pages
from mutuals.check import check
from mutuals.commands import main

WORDS = "We never had that contract for ten years"


@pytest.fixture(scope="module")
def answered(core: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A record with a reply, written by the commands that the policy names, and with the correction that came of another."""
    repo = Repository.copy(core, tmp_path_factory.mktemp("answered") / "repository")
    repo.bind(root)
    copy = repo.root.parent / "reply.txt"
    copy.write_text(f"A reply.\n\n1 December 2026.\n\n{WORDS}, it was five years.\n", encoding="utf-8")
    words = [
        "add",
        "source",
        "--key",
        "reply-2026-12-01",
        "--set",
        "title=A reply.",
        "--set",
        "short_name=Reply",
        "--set",
        "kind_code=reply",
    ]
    words += [
        "--set",
        "date_published=2026-12-01",
        "--set",
        "date_accessed=2026-12-01",
        "--set",
        "url=https://x.example/1",
        "--set",
        "scope_code=full",
    ]
    words += ["--text", "reply-2026-12-01", str(copy), "--proof", "date_published", "reply-2026-12-01", "-", "1 December 2026"]
    assert main([*words, "--gap", "*", "not_stated", "--root", str(repo.root)]) == 0
    row = repo.row("contracts", term_months="120")
    words = ["cite", "contracts", row["contract_id"], "term_months", "--source", "reply-2026-12-01", "--paragraph", "3"]
    words += ["--as-read", "it was five years.", "--text", str(copy), "--value", "60", "--relation", "contradicts"]
    assert main([*words, "--note", "The award notice has ten years.", "--root", str(repo.root)]) == 0
    repo.touched.clear()
    return repo


def beside(repo: Repository) -> Tag:
    """What stands beside the answered fact on its page."""
    view = pages.read(repo.root)
    table = view.data.get("contracts")
    id = next(
        key
        for (name, key, _), rows in view.data.evidence.items()
        if name == "contracts"
        for row in rows
        if row["source_id"].startswith("reply")
    )
    target = repo.root / "_build"
    pages.write(repo.root, target, view)
    page = BeautifulSoup((target / view.address(table.name, id)).read_text(encoding="utf-8"), "html.parser")
    found = page.select_one("#term_months")
    assert found
    return found


def test_a_reply_stands_beside_the_fact(answered: Repository) -> None:
    """A reply that replaces the fact, is averaged with it, or stands elsewhere; or one that looks like a source of ours."""
    assert [finding for finding in check(answered.root) if finding.level == "error"] == []
    (answered.root / "_build").mkdir(exist_ok=True)
    said = " ".join(beside(answered).get_text(" ").split())
    assert "10 years" in said and "a reply, contradicts" in said and "5 years" in said
    assert "it was five years." in said and "The award notice has ten years." in said


def test_only_a_reply_is_marked_as_one(answered: Repository) -> None:
    """Every source that contradicts, told as a reply."""
    view = pages.read(answered.root)
    table = view.data.get("contracts")
    rows = [(id, column) for (name, id, column) in view.data.evidence if name == "contracts"]
    marked = [e for id, column in rows for e in view.evidence(table, id, table.schema[column], "") if "a reply" in str(e["relation"])]
    assert len(marked) == 1 and len(rows) > 10


def test_a_correction_can_say_that_whoever_is_described_raised_it(core: Path) -> None:
    """A correction after a reply that has to be told as that of a reader."""
    assert "described," in (core / "data/codes/raisers.csv").read_text(encoding="utf-8")
    assert "reply," in (core / "data/codes/source_kinds.csv").read_text(encoding="utf-8")
