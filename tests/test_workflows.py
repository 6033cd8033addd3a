"""The workflows: two linters have nothing against them, every action is pinned, and no job has rights that it does not need."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT

from mutuals.commands import verbs

FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
TOOLS = Path(sys.executable).parent
# Who may write, and what; all others read, or have no right at all.
WRITES = {
    ("tell", "tell"): {"pull-requests"},
    ("pages", "publish"): {"pages", "id-token"},
    ("release", "release"): {"contents", "id-token", "attestations"},
    ("links", "tell"): {"issues"},
}


def parsed(path: Path) -> dict[Any, Any]:
    """A workflow; “on” is a truth value in YAML 1.1."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def lint(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What a linter says."""
    return subprocess.run([str(TOOLS / words[0]), *words[1:]], cwd=cwd, capture_output=True, text=True)


def test_actionlint_has_nothing_to_say() -> None:
    """A key that does not exist, an expression of the wrong type, a context that is not there."""
    done = lint("actionlint", "-no-color", *map(str, FILES))
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_zizmor_has_nothing_to_say() -> None:
    """An action that is not pinned, a template that is filled into a script, credentials that stay, rights that are too wide."""
    done = lint("zizmor", "--offline", "--no-progress", "--quiet", "--format", "plain", ".github")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout


def test_the_linters_can_fail(tmp_path: Path) -> None:
    """Linters that look at nothing."""
    path = tmp_path / ".github/workflows/bad.yml"
    path.parent.mkdir(parents=True)
    script = "      - run: echo ${{ github.event.pull_request.title }}\n"
    path.write_text(
        "name: bad\non: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n"
        + script,
        encoding="utf-8",
    )
    assert "untrusted" in lint("actionlint", "-no-color", str(path), cwd=tmp_path).stdout
    said = lint("zizmor", "--offline", "--no-progress", "--quiet", "--format", "plain", str(path)).stdout
    assert {"dangerous-triggers", "template-injection", "unpinned-uses"} <= set(re.findall(r"\[([a-z-]+)\]", said))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit_and_named_by_its_version(path: Path) -> None:
    """A tag, which its owner can move; or a pin of which nobody can say what it is."""
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used and all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/workflows/\w+\.yml", line) for line in used)


def test_one_action_has_one_pin() -> None:
    """A pin that was renewed in one file and not in another."""
    pins = {line for path in FILES for line in re.findall(r"uses: (\S+@.+)", path.read_text(encoding="utf-8"))}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins) > 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rights_time_and_company_are_bounded(path: Path) -> None:
    """A job that may more than it needs, runs without end, keeps credentials, or runs beside itself."""
    made = parsed(path)
    assert made["permissions"] in ({}, {"contents": "read"}) and made["concurrency"]
    for name, job in made["jobs"].items():
        writes = {right for right, may in job.get("permissions", {}).items() if may == "write"}
        assert writes == WRITES.get((path.stem, name), set())
        assert "uses" in job or job["timeout-minutes"] <= 120
        checkouts = [step for step in job.get("steps", ()) if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_runs_contributed_code_has_no_right_and_no_secret() -> None:
    """A pull request that can write to the repository, or read what it may not."""
    for path in FILES:
        triggers = parsed(path)[True]
        text = path.read_text(encoding="utf-8")
        assert "pull_request_target" not in text and "secrets." not in text and "secrets:" not in text
        if "pull_request" in triggers:
            assert path.stem == "check" and "github.token" not in text and "GITHUB_TOKEN" not in text
            assert all("permissions" not in job for job in parsed(path)["jobs"].values())


def test_what_may_write_to_a_pull_request_runs_the_code_of_the_default_branch_only() -> None:
    """A trusted job that checks out, installs, unpacks or runs what a pull request brought."""
    job = parsed(ROOT / ".github/workflows/tell.yml")["jobs"]["tell"]
    checkout, *steps = job["steps"]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    scripts = "\n".join(step["run"] for step in steps)
    assert not [word for word in ("make ", "pip", "uv ", "npm", "unzip", "git ", "tar ", "${{") if word in scripts]
    assert "download-artifact" not in str(steps)


def test_what_posts_needs_no_packages(root: Path) -> None:
    """A trusted job that would have to install packages, each of which it would trust as well."""

    def bare(*words: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root / "src")}
        return subprocess.run([sys.executable, "-S", "-P", "-m", "mutuals", *words], env=env, cwd=root, capture_output=True, text=True)

    told = bare("post", "--verdict", "verdict.zip")
    assert (told.returncode, told.stderr) == (2, "mutuals post: GITHUB_API_URL must be https, and GITHUB_TOKEN must be set\n")
    looked = bare("links", "--source", "none")
    assert looked.returncode == 0 and looked.stdout.startswith("Of 0 addresses"), looked.stderr


def test_workflows_call_commands_that_there_are(root: Path) -> None:
    """A workflow that calls a command or a target that was renamed."""
    scripts = [step["run"] for path in FILES for job in parsed(path)["jobs"].values() for step in job.get("steps", ()) if "run" in step]
    named = {verb for script in scripts for verb in re.findall(r"(?:bin/mutuals|-m mutuals) ([a-z]+)", script)}
    targets = {target for script in scripts for target in re.findall(r"make ([a-z]+)", script)}
    assert {"verdict", "post", "links", "check", "book", "version"} <= named <= set(verbs())
    assert targets <= set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_assets_of_a_release_have_checksums_by_their_own_names(tmp_path: Path) -> None:
    """Assets of one name, of which one is lost; checksums that no download answers to; or others from the same files."""
    steps = parsed(ROOT / ".github/workflows/release.yml")["jobs"]["release"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "assets")
    made = []
    for number in range(2):
        folder = tmp_path / str(number)
        for name in ("README.txt", "SHA256SUMS", "data/ballots.csv", "data/evidence/ballots.csv"):
            (folder / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "dist" / name).write_text(name, encoding="utf-8")
        subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, check=True)
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=folder / "assets", check=True)
        made.append({path.name: path.read_bytes() for path in (folder / "assets").iterdir()})
    assert made[0] == made[1] and set(made[0]) == {"README.txt", "SHA256SUMS", "spun-out-all.tar.gz"}
    listed = {line.split()[1] for line in made[0]["SHA256SUMS"].decode().splitlines()}
    assert listed == {"README.txt", "spun-out-all.tar.gz"}
    held = subprocess.run(
        ["tar", "-tzf", str(tmp_path / "0/assets/spun-out-all.tar.gz")], capture_output=True, text=True, check=True
    ).stdout
    assert {"./data/ballots.csv", "./data/evidence/ballots.csv"} <= set(held.split())
