"""The guides match the machinery: their commands parse, their example runs, their names and links lead somewhere."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT
from core import write
from jinja2 import Environment

from mutuals.commands import parser, verbs
from mutuals.tables import read_dataset

GUIDES = (
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    *(f"book/{p.name}" for p in sorted((ROOT / "book").glob("*.md"))),
)
# What stands for something of the reader's own, with a word that a parser takes in its place.
STANDS_FOR = {"N": "1"}
# What is only there while it is needed.
AT_NEED = ("validation/known_failures.toml",)


def text(name: str) -> str:
    """A guide as it is read, and not as a template."""
    return (ROOT / name).read_text(encoding="utf-8")


def scripts(name: str) -> list[str]:
    """The blocks of shell in a guide."""
    return [
        re.sub(r"^ {1,4}", "", block, flags=re.MULTILINE) if block.startswith(" ") else block
        for block in re.findall(r"```sh\n(.*?)```", text(name), re.DOTALL)
    ]


def commands(name: str) -> list[list[str]]:
    """Every call of mutuals in a guide, in blocks and between backticks, as words."""
    blocks = "\n".join(re.sub(r"<<'END'.*?\nEND\n", "\n", script, flags=re.DOTALL) for script in scripts(name)).replace("\\\n", " ")
    calls = [*blocks.splitlines(), *re.findall(r"`([^`\n]+)`", text(name))]
    words = [shlex.split(line, comments=True) for line in calls if re.match(r"\s*(\.venv/bin/)?mutuals ", line)]
    return [[STANDS_FOR.get(word, word) for word in line[1:]] for line in words]


def test_there_are_guides() -> None:
    """A check of nothing."""
    assert {"CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "book/worked-example.md", "book/policy.md", "book/fork.md"} <= set(GUIDES)
    assert sum(len(commands(name)) for name in GUIDES) > 20


@pytest.mark.parametrize("name", GUIDES)
def test_every_command_of_a_guide_is_one_that_there_is(name: str) -> None:
    """A guide that tells of a command, an option or an argument that was renamed."""
    for words in commands(name):
        if len(words) > 1:
            parser(words).parse_args(words)
        else:
            assert words[0] in verbs(), name


def test_a_command_that_there_is_not_is_noticed() -> None:
    """A test of guides that takes anything."""
    for words in (["amendment", "x"], ["cite", "contracts", "x"], ["diff", "--changes"]):
        with pytest.raises(SystemExit):
            parser(words).parse_args(words)


@pytest.mark.parametrize("name", GUIDES)
def test_every_target_and_path_of_a_guide_is_there(name: str) -> None:
    """A target of make, a file or a folder that was renamed."""
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = {target for target in re.findall(r"(?:`|^)make ([a-z-]+)", text(name), re.MULTILINE) if target not in ("test-spark",)}
    assert named <= targets
    paths = re.findall(r"`((?:\.github|\.ci|src|data|schemas|validation|notebooks|book|tests|benchmarks|releases)/[\w./-]*)`", text(name))
    assert [path for path in paths if path not in AT_NEED and not (ROOT / path).exists() and not re.search(r"[A-Z]{4}", path)] == []


@pytest.mark.parametrize("name", [name for name in GUIDES if "/" not in name])
def test_every_link_of_a_guide_leads_to_a_file(name: str) -> None:
    """A guide that leads nowhere."""
    links = re.findall(r"\]\(([^):#]+)\)", text(name))
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_each_module_is_named_in_the_architecture_and_nothing_else() -> None:
    """A module that no reader is told of, or one that is gone."""
    table = text("ARCHITECTURE.md").partition("## Modules")[2].partition("\n\n`")[0]
    named = []
    for part, cell in re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)[1:]:
        folder = re.match(r"`(\w+/)`", part)
        named += [f"{folder[1] if folder else ''}{module}" for module in re.findall(r"`(\w+)`", cell)]
    package = ROOT / "src/mutuals"
    there = {path.relative_to(package).with_suffix("").as_posix() for path in package.rglob("*.py") if not path.stem.startswith("__")}
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"])
def test_a_guide_is_one_page(name: str) -> None:
    """A guide that nobody reads."""
    assert len(text(name).split()) < 900


def test_the_five_minute_path_comes_first() -> None:
    """A contributor who knows one fact, and is first told how to clone a repository."""
    headings = re.findall(r"^## (.+)$", text("CONTRIBUTING.md"), re.MULTILINE)
    assert "five minutes" in headings[0]


@pytest.fixture(scope="module")
def worked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small repository in which the worked example was followed, command by command, to its merge."""
    folder = write(root, tmp_path_factory.mktemp("worked") / "clone")
    for name in ("pyproject.toml", "CHANGELOG.md", ".gitignore"):
        shutil.copy(root / name, folder)
    (folder / ".venv").symlink_to(root / ".venv")
    example = "\n".join(scripts("book/worked-example.md"))
    begin = "git init --quiet --initial-branch main\necho .venv >> .gitignore\ngit add .\ngit commit --quiet --message start\n"
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", begin + example], cwd=folder, env={**os.environ, **who}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder.parent / "said.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def test_the_worked_example_ends_in_a_merged_row_with_its_evidence(worked: Path) -> None:
    """An example that no longer does what it says."""
    data = read_dataset(worked)
    row = data.get("spin_outs").by_key["eastham-baths"]
    assert (row["staff"], row["left_date"], row["organisation_id"]) == ("120", "2011-04-01", "eastham-baths")
    assert data.evidence["spin_outs", "eastham-baths", "staff"][0]["source_id"] == "eastham-gazette-2011-04-04"
    branch = subprocess.run(["git", "branch", "--show-current"], cwd=worked, capture_output=True, text=True).stdout.strip()
    status = subprocess.run(["git", "status", "--porcelain"], cwd=worked, capture_output=True, text=True).stdout
    assert (branch, status) == ("main", "")


def test_the_text_of_the_article_does_not_enter_the_repository(worked: Path) -> None:
    """A copy of a source that is kept with its fingerprint."""
    held = "".join(path.read_text(encoding="utf-8") for path in (worked / "data").rglob("*.csv"))
    assert "We know the water" not in held and "Eastham Baths CIC" in held


def test_the_worked_example_tells_what_changed(worked: Path) -> None:
    """An example whose comparison says nothing."""
    said = (worked.parent / "said.txt").read_text(encoding="utf-8")
    assert re.search(r"\+ eastham-baths \(\d+ cells\)", said) and "Mutuals in the record" in said and "spans stand in the copy" in said


def test_what_a_fork_keeps_stands_on_empty_tables(root: Path, tmp_path: Path) -> None:
    """Machinery that needs the rows of this subject: a fork that begins with headers alone would have to mend it first."""
    for name in ("schemas", "validation", "data"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "fingerprints"))
    for path in [*(tmp_path / "data").glob("*.csv"), *(tmp_path / "data/evidence").glob("*.csv")]:
        path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    done = subprocess.run([str(root / ".venv/bin/mutuals"), "check", "--root", str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_hand_written_pages_are_valid_templates() -> None:
    """A page whose marks of shell or Markdown are taken for a template's."""
    for name in (name for name in GUIDES if name.startswith("book/")):
        Environment().parse(text(name))
