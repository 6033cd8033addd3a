"""How the project starts on a bare machine: make, .ci/run, the locks and the search for a browser."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mutuals import browser

BY_HAND = {"book", "test", "test-spark", "check", "format", "notebooks", "serve", "clean", "help"}


def make(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run make there as a user would, free of the make that runs the tests."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(["make", *arguments], cwd=folder, env=environ | extra, capture_output=True, text=True, timeout=60, check=False)


def script(path: Path, body: str) -> Path:
    """Write a small shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """The Makefile and what it reads, in a folder with a space in its name, with nothing set up."""
    folder = tmp_path / "a copy"
    (folder / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "uv.lock", ".ci/uv.txt", ".ci/package.json", ".ci/package-lock.json"):
        shutil.copy(root / name, folder / name)
    return folder


@pytest.fixture
def ready(copy: Path) -> Path:
    """That copy, made to look set up; `mutuals` there says what it was asked, and `mutuals check` fails."""
    script(copy / ".venv/bin/mutuals", 'echo "asked for $1"; [ "$1" != check ] || exit 7')
    (copy / ".venv-uv").mkdir()
    (copy / ".venv-uv/ready").touch()
    (copy / ".venv/ready").touch()
    return copy


def test_help_lists_every_target(root: Path) -> None:
    rules = re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    shown = make(root, "help")
    assert shown.returncode == 0, shown.stderr
    listed = re.findall(r"^  make (\S+) +\S", shown.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(rules)
    assert set(listed) >= BY_HAND
    assert make(root).stdout == shown.stdout


def test_a_failing_step_fails_make_and_stops_it(ready: Path) -> None:
    done = make(ready, "-j2", "book")
    assert done.returncode == 2
    assert "== check: FAILED (exit 7) in " in done.stdout
    assert "asked for book" not in done.stdout


def test_a_step_says_its_name_and_seconds(ready: Path) -> None:
    done = make(ready, "format")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"== format\nasked for format\n== format: done in \d+ s\n", done.stdout)


def test_without_a_python_one_sentence_says_so(copy: Path) -> None:
    done = make(copy, "check", PYTHON=str(script(copy / "python3.13", "exit 127")))
    assert done.returncode == 2
    sentence, *rest = done.stderr.splitlines()
    assert sentence.startswith("No Python 3.11, 3.12 or 3.13 runs as ")
    assert all(line.startswith("make: ***") for line in rest)


@pytest.mark.parametrize("java", [0, 1, 127])
def test_ci_runs_make_test_and_spark_where_a_java_runs(root: Path, tmp_path: Path, java: int) -> None:
    """Another command in CI than people run; tests on Spark that are left out where they could run, or without a word."""
    shutil.copytree(root / ".ci", tmp_path / "copy/.ci")
    script(tmp_path / "make", 'echo "make $@"')
    script(tmp_path / "java", f"exit {java}")
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([tmp_path / "copy/.ci/run"], env=environ, capture_output=True, text=True, check=True)
    spark = "make test-spark was not run: no Java runs here, and Spark needs one." if java else "make test-spark"
    assert done.stdout.splitlines() == ["make test", spark]


@pytest.mark.parametrize("failing", ["test", "test-spark"])
def test_ci_fails_where_a_target_fails(root: Path, tmp_path: Path, failing: str) -> None:
    """A failure that a later step hides."""
    shutil.copytree(root / ".ci", tmp_path / "copy/.ci")
    script(tmp_path / "make", f'[ "$1" != {failing} ] || exit 2')
    script(tmp_path / "java", "exit 0")
    environ = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert subprocess.run([tmp_path / "copy/.ci/run"], env=environ, check=False).returncode == 2


def test_lock_names_one_registry_and_a_hash_for_every_file(root: Path) -> None:
    packages = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert [package["source"] for package in packages if package["name"] == "mutuals"] == [{"editable": "."}]
    for package in (package for package in packages if package["name"] != "mutuals"):
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files, package["name"]
        for file in files:
            assert urlsplit(file["url"])[:2] == ("https", "files.pythonhosted.org"), file["url"]
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]), file["url"]


def test_scripts_of_others_come_with_a_hash(root: Path) -> None:
    """A script on our pages that may be another one tomorrow, or that runs something when it is installed."""
    asked = json.loads((root / ".ci/package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((root / ".ci/package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(
        re.fullmatch(r"[0-9.]+", version) and locked[f"node_modules/{name}"]["version"] == version for name, version in asked.items()
    )
    for name, package in locked.items():
        if name:
            assert urlsplit(package.get("resolved", "https://registry.npmjs.org"))[:2] == ("https", "registry.npmjs.org"), name
            assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"]), name
    assert "npm ci" in (text := (root / "Makefile").read_text(encoding="utf-8")) and "--ignore-scripts" in text


def test_uv_is_pinned_by_hash_to_the_build_backends_version(root: Path) -> None:
    (required,) = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    text = (root / ".ci" / "uv.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    name, *hashes = line.split()
    assert name == required.replace("uv_build", "uv")
    assert hashes
    assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in hashes)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH: no browser is there yet, none was downloaded, and nothing can be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "COMMANDS", [name for name in browser.COMMANDS if not Path(name).is_absolute()])
    monkeypatch.setattr(browser, "downloaded", lambda: iter(()))
    monkeypatch.setattr(browser, "run", lambda *command, seconds: False)
    monkeypatch.setattr(browser, "driver_starts", lambda: True)
    monkeypatch.setattr(browser, "is_root", lambda: False)
    return tmp_path


def test_browsers_are_tried_in_order(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = script(bare / "elsewhere/mine", "")
    chrome = script(bare / "google-chrome", "")
    chromium = script(bare / "chromium", "")
    own = bare / "own"
    tried: list[Path] = []

    def starts(path: Path) -> bool:
        tried.append(path)
        return path == own

    monkeypatch.setenv("CHROMIUM", str(named))
    monkeypatch.setattr(browser, "downloaded", lambda: iter([own]))
    monkeypatch.setattr(browser, "starts", starts)
    assert browser.find() == own
    assert tried == [named, chromium, chrome, own]


def test_a_browser_that_does_not_start_is_passed_over(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = script(bare / "chromium", "exit 1")
    with pytest.raises(SystemExit) as stopped:
        browser.find()
    assert stopped.value.code == browser.NOT_FOUND
    assert capsys.readouterr().err == f"Passed over, as it does not start: {broken}\n"


@pytest.mark.parametrize("root_user", [False, True])
def test_only_root_installs_system_packages(bare: Path, monkeypatch: pytest.MonkeyPatch, root_user: bool) -> None:
    ran: list[str] = []

    def run(*command: str, seconds: int) -> bool:
        ran.append(" ".join(command))
        return False

    script(bare / "apt-get", "")
    monkeypatch.setattr(browser, "is_root", lambda: root_user)
    monkeypatch.setattr(browser, "run", run)
    with pytest.raises(SystemExit, match=r"^No headless Chromium starts here"):
        browser.find()
    assert ran[0].endswith("playwright install --no-shell chromium")
    assert [command.split()[0] for command in ran[1:]] == ["apt-get", "apt-get"] * root_user


def test_a_driver_that_does_not_start_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "driver_starts", lambda: False)
    with pytest.raises(SystemExit, match="libatomic1"):
        browser.find()


def test_an_installer_that_hangs_is_stopped() -> None:
    assert not browser.run("sleep", "60", seconds=1)


def test_only_root_goes_without_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for root_user in (True, False):
        monkeypatch.setattr(browser, "is_root", lambda answer=root_user: answer)
        assert ("--no-sandbox" in browser.arguments()) is root_user
    assert "--disable-background-networking" in browser.arguments()
