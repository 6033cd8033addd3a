"""The manners of the command: examples that run, completion, progress on terminals only, no colours in pipes, exit codes as told."""

import importlib
import os
import pty
import re
import shlex
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from repository import Repository
from test_intake import WORDS, issue

from mutuals.commands import EXITS, main, parser, verbs
from mutuals.forms import FOLDER

TEXT = """Baths for their staff

The council said that the four baths of Eastham are safe. A £5m, 10-year deal goes to Eastham Baths Ltd.
"""
# What takes minutes, needs a whole book, a history, the web or a workflow's run, or never ends: taken apart here, and run by tests of its own.
LONG = ("book", "notebooks", "serve", "score", "diff", "version", "release", "verdict", "post", "links")


def examples(verb: str) -> list[list[str]]:
    """The examples in the help of a command, as a shell takes them."""
    text = (importlib.import_module(f"mutuals.commands.{verb}").__doc__ or "").replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(r"^For example: (.*)$", text, re.MULTILINE)]


@pytest.fixture
def repo(core: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A small copy, with what the examples name beside it, as the working folder."""
    copy = Repository.copy(core, tmp_path / "repository")
    (copy.root / FOLDER).parent.mkdir()
    (copy.root / FOLDER).symlink_to(root / FOLDER)
    (copy.root / "eastham.txt").write_text(TEXT, encoding="utf-8")
    form = issue(copy, "new-fact", record="assura-medical", column="Roles", value="winner", source="hsj-surrey-450m", words=WORDS)
    (copy.root / "issue.md").write_text(form, encoding="utf-8")
    monkeypatch.chdir(copy.root)
    return copy


def test_each_command_has_an_example_that_runs(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """An example that a newcomer copies out of the help, and that fails."""
    first = [verb for verb in ("add", "amend") if verb in verbs()]
    for verb in [*first, *(verb for verb in verbs() if verb not in first)]:
        assert examples(verb), verb
        for words in examples(verb):
            assert words[:2] == ["mutuals", verb]
            parser(words[1:]).parse_args(words[1:])
            if verb not in LONG:
                status = main(words[1:])
                said = capsys.readouterr()
                assert status == 0, (words, said.out, said.err)
                assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_is_a_script_that_names_every_command(shell: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A script that the shell cannot read, or in which a command is missing."""
    assert main(["completion", shell, "--root", str(tmp_path)]) == 0
    script = capsys.readouterr().out
    assert [verb for verb in verbs() if verb not in script] == []
    assert "--as-read" in script
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True).stderr == ""


def test_exit_codes_are_told_in_the_help_and_kept(
    repo: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code that a script relies on, and that means something else, or is told nowhere."""
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(f"{code}" in said and text in " ".join(said.split()) for code, text in EXITS.items())
    cases = {
        0: ["check"], 1: ["retire", "organisations/assura-medical", "--reason", "x"], 2: ["retire", "nobody", "--reason", "x"],
    }  # fmt: skip
    for code, words in cases.items():
        assert main(words) == code
        out = capsys.readouterr()
        assert "Traceback" not in out.err and (out.err == "") == (code != 2)
    monkeypatch.setattr("mutuals.commands.check.told", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert main(["check"]) == 130
    assert EXITS[130] in capsys.readouterr().err


def test_progress_is_told_on_a_terminal_and_nowhere_else() -> None:
    """A minute of silence; or a log full of seconds."""
    code = "import time; from mutuals.progress import working\nwith working('at work'): time.sleep(1.5)"
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert piped.stdout + piped.stderr == ""
    master, slave = pty.openpty()
    subprocess.run([sys.executable, "-c", code], stderr=slave, check=True)
    os.close(slave)
    said = ""
    with suppress(OSError):  # which is how the end of such a terminal is told
        while piece := os.read(master, 1_000):
            said += piece.decode()
    os.close(master)
    assert re.fullmatch(r"(\rat work: \d s )+\r +\r", said)
