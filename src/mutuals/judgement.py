"""What a pull request does to the record: findings, changed cells, headline numbers and pages that move, and what format mends.

This runs the pull request's own code, so it belongs into a job without secrets; `verdict` says what is made of it.
"""

import difflib
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from mutuals.diff import Diff
from mutuals.edition import edition
from mutuals.findings import LEVELS, Finding
from mutuals.headlines import moves
from mutuals.releases import state
from mutuals.verdict import Verdict

ROWS = ("row added", "row removed", "row renamed")


def _told(finding: Finding) -> dict[str, str]:
    place = f"{finding.file}:{finding.line}:{finding.column}".rstrip(":")
    told = f"found {finding.found}, wanted {finding.wanted}; {finding.remedy}"
    return {"level": finding.level, "place": place, "id": finding.id, "rule": finding.rule, "told": told}


def _cells(diff: Diff) -> Iterator[dict[str, str]]:
    """Changed cells, but for those that follow from others; evidence and fingerprints have no cells that a reviewer compares one by one."""
    for change in diff.changes:
        folder = change.table.partition("/")[0]
        derived = change.column in diff.b.columns(change.table, "derived")
        if folder != "fingerprints" and not derived and not (folder == "evidence" and change.kind.startswith("cell added")):
            column = change.column if change.kind.startswith("cell") else f"({change.kind})"
            yield {"table": change.table, "key": ", ".join(change.key), "column": column, "old": change.old, "new": change.new}


def _headlines(diff: Diff) -> Iterator[dict[str, str]]:
    for move in moves(diff.a, diff.b, None, diff.renamed):
        if move.before != move.after:
            causes = ", ".join(f"{cause} {part:+,}" for cause, part in move.parts.items() if part)
            yield {"title": move.title, "before": f"{move.before:,}", "after": f"{move.after:,}", "causes": causes}


def pages(before: Path, after: Path) -> list[str]:
    """The pages that are in one built site only, or differ in more than the digest of the data that each of them names."""

    def texts(root: Path) -> dict[str, str]:
        site, digest = root / "_build/html", edition(root).digest
        found = ((path.relative_to(site).as_posix(), path) for path in site.rglob("*.html"))
        return {name: path.read_text(encoding="utf-8").replace(digest, "") for name, path in found}

    old, new = texts(before), texts(after)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def _keys(lines: list[str]) -> list[str]:
    return sorted(line.partition(",")[0].strip(' "') for line in lines)


def mends(path: str, old: bytes, new: bytes) -> Iterator[dict[str, Any]]:
    """What format changes in a file, in pieces that may each be taken alone: the same rows in the same lines."""
    was, now = (text.decode("utf-8", "replace").replace("\r\n", "\n").split("\n") for text in (old, new))
    for kind, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c <= 20 and _keys(was[a:b]) == _keys(now[c:d]):
            yield {"path": path, "line": a + 1, "old": was[a:b], "new": now[c:d]}


def _mended(root: Path) -> Iterator[dict[str, Any]]:
    """What “mutuals format” would mend, tried on a copy."""
    from mutuals.commands import format as mending
    from mutuals.commands import parser

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("data", "schemas"):
            shutil.copytree(root / name, copy / name, symlinks=True)
        with redirect_stdout(io.StringIO()):
            mending.run(parser(["format"]).parse_args(["format", "--root", folder]))
        for path in sorted((copy / "data").rglob("*.csv")):
            name = path.relative_to(copy).as_posix()
            if not path.is_symlink() and not (root / name).is_symlink() and (old := (root / name).read_bytes()) != path.read_bytes():
                yield from mends(name, old, path.read_bytes())


def judge(root: Path, base: Path, head: str) -> Verdict:
    """The verdict on the repository at `root`, compared with that at `base`; what cannot be told is said in `problem`."""
    from mutuals.check import check

    verdict, problems = Verdict(head), []

    def part(name: str, made: Any) -> None:
        try:
            setattr(verdict, name, list(made()))
        except (Exception, SystemExit) as error:  # whatever the data were, the rest is to be told
            problems.append(f"{name} could not be told: {type(error).__name__}: {error}")

    part("findings", lambda: map(_told, sorted(check(root), key=lambda finding: (list(LEVELS).index(finding.level), finding))))
    part("cells", lambda: _cells(Diff(state(root, str(base)), state(root, ""))))
    part("headlines", lambda: _headlines(Diff(state(root, str(base)), state(root, ""))))
    part("mends", lambda: _mended(root))
    if all((folder / "_build/html").is_dir() for folder in (root, base)):
        part("pages", lambda: pages(base, root))
    else:
        problems.append("pages were not compared, since one of the two sites was not built")
    verdict.total = {level: sum(finding["level"] == level for finding in verdict.findings) for level in LEVELS}
    verdict.problem = ". ".join(problems)
    return verdict
