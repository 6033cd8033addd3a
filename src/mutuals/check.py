"""The gate: every table against its schema, its rules and its evidence. Nothing is built unless it is clean.

It answers in two parts. Bytes, layout, references and proofs need no more than the files, and are told at once; then
Great Expectations is imported, which takes seconds, and its suites ask the rest. No rule is asked in both.
"""

import os
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mutuals import rules
from mutuals.canonical import RULES as BYTE_RULES
from mutuals.canonical import Fault
from mutuals.findings import Finding, shown
from mutuals.schema import SchemaError
from mutuals.tables import Dataset, Memory, read_dataset

if TYPE_CHECKING:
    from mutuals.suites import Engine

SCHEMA_RULES = {
    "schema.required": ("A cell that must be filled is filled.", "fill the cell, or remove the row"),
    "schema.unique": ("No two rows have the same key.", "give one of them another key, or remove it"),
    "schema.pattern": ("A cell has the form that its column asks for.", "write it in the form of the example"),
    "schema.type": ("A number is written plainly: digits, no thousands separators, no unit.", "write the number in plain digits"),
    "schema.range": ("A number lies within the limits of its column.", "correct the number"),
    "layout.unknown-file": ("Each file below data/ belongs to a table that schemas/ knows.", "rename or remove the file"),
    "layout.unreadable": ("Each file below data/ is a plain file that can be read.", "put a copy of the file itself there"),
    "layout.missing-file": (
        "Each schema has its table, each fact table its evidence file, and each coded column its code list.",
        "add the file, if only with its header",
    ),
    "known-failures.stale": ("Each known failure still fails.", "remove the entry from validation/known_failures.toml"),
}
KNOWN = "validation/known_failures.toml"
Part = Callable[[Dataset], Iterator[tuple[str, Fault]]]
PLACE = ("rule", "file", "id", "column")


def sentences() -> dict[str, tuple[str, str]]:
    """Each rule's sentence and remedy by its id, for the rules page. Rules must have been discovered."""
    asked = {rule.id: (rule.sentence, rule.remedy) for rule in rules.REGISTRY.values()}
    return dict(sorted({**asked, **SCHEMA_RULES, **BYTE_RULES}.items()))


def _finding(file: str, fault: Fault, told: dict[str, tuple[str, str]]) -> Finding:
    remedy = fault.remedy or told[fault.rule][1]
    return Finding(file, fault.line, fault.column, fault.id, fault.rule, fault.found, fault.wanted, remedy)


class Known:
    """The known failures of a repository, each of which must give a reason and must still fail."""

    def __init__(self, root: Path) -> None:
        """Read the list. Raises SchemaError where it is not of its form."""
        self.entries = _known(root / KNOWN)
        self.met: set[int] = set()

    def without(self, findings: set[Finding]) -> Iterator[Finding]:
        """The findings that are not known."""
        for finding in findings:
            matches = [n for n, entry in enumerate(self.entries) if all(entry[name] == getattr(finding, name) for name in PLACE)]
            self.met.update(matches)
            if not matches:
                yield finding

    def stale(self) -> Iterator[Finding]:
        """The entries that matched nothing."""
        for number, entry in enumerate(self.entries):
            if number not in self.met:
                found = f"entry {number + 1}, {shown(entry['rule'])} at {shown(entry['id'])}, which matches no finding"
                remedy = SCHEMA_RULES["known-failures.stale"][1]
                yield Finding(KNOWN, 0, "", entry["id"], "known-failures.stale", found, "an entry that still fails", remedy)


def _known(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(f"{KNOWN} cannot be read as TOML: {error}") from error
    entries = document.get("failure", [])
    if set(document) - {"failure"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SchemaError(f"{KNOWN}: each entry stands under [[failure]], and nothing else stands there")
    for number, entry in enumerate(entries, 1):
        if set(entry) != {*PLACE, "reason"} or not str(entry["reason"]).strip():
            raise SchemaError(f"{KNOWN}: entry {number} needs rule, file, id, column and a reason, and nothing else")
    return entries


def read_faults(data: Dataset) -> Iterator[tuple[str, Fault]]:
    """What is wrong with the bytes and the layout: each fault with its file."""
    yield from data.faults
    yield from ((table.file, fault) for table in data.tables.values() for fault in table.reading.faults)


def early() -> Iterator[Part]:
    """The rules on references and proofs, each a part: what is wrong is told as soon as it is found."""
    for rule in (rule for rule in rules.REGISTRY.values() if rule.early):
        yield lambda data, rule=rule: ((table.file, fault) for table, fault in rules.broken(rule, data))


def late(data: Dataset, memory: Memory | None = None, engine: "Engine | None" = None) -> Iterator[tuple[str, Fault]]:
    """What the suites of Great Expectations find; importing it takes seconds."""
    from mutuals import suites

    return ((table.file, fault) for table, fault in suites.run(data, memory, engine))


def _apart(part: Part, data: Dataset) -> Part:
    """A part that is begun at once in a process of its own, where there is a second processor and a way to fork.

    What is raised there is raised here when the part is asked for.
    """
    if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        return part
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    work = ProcessPoolExecutor(1, get_context("fork"), initializer=_inherit, initargs=(part, data))
    found = work.submit(_asked)
    work.shutdown(wait=False)
    return lambda data: iter(found.result())


def _inherit(part: Part, data: Dataset) -> None:
    """Keep for `_asked` what a forked process has in its memory already, so that nothing is copied."""
    _inherited.append((part, data))


def _asked() -> list[tuple[str, Fault]]:
    part, data = _inherited.pop()
    return list(part(data))


_inherited: list[tuple[Part, Dataset]] = []


def stages(root: Path, apart: bool = False, memory: Memory | None = None, spark: bool = False) -> Iterator[list[Finding]]:
    """The findings on the repository at `root` in the parts of the gate, each by file and line.

    Raises as `check` does; a part is given before the next is begun. `apart` lets the last run beside the others;
    `memory` is what a warm process keeps from one call to the next. With `spark` the tables lie there, and all is asked there.
    """
    if spark:
        from mutuals.spark import Spark

        engine = Spark(Path(root).resolve())
        data, parts, last = engine.data, (), partial(late, engine=engine)
    else:
        data, parts, last = read_dataset(Path(root).resolve(), memory), early(), partial(late, memory=memory)
    rules.discover(data.root)
    told, known = sentences(), Known(data.root)
    last = _apart(last, data) if apart and not spark else last
    seen: set[Finding] = set()
    for part in (read_faults, *parts, last):
        found = {_finding(file, fault, told) for file, fault in part(data)} - seen
        seen |= found
        yield sorted([*known.without(found), *(known.stale() if part is last else ())])
    if spark:
        engine.close()


def check(root: Path, spark: bool = False) -> list[Finding]:
    """All findings on the repository at `root`, by file and line; an empty list if it is clean.

    Raises SchemaError where a schema or the list of known failures cannot be used, and suites.CheckError
    where an expectation could not run: then nothing is known about the data.
    """
    return sorted(finding for part in stages(root, spark=spark) for finding in part)
