"""The gate: every table against its schema, its rules and its evidence. Nothing is built unless it is clean.

It answers in two parts. Bytes, layout, references and proofs need no more than the files, and are told at once; then
Great Expectations is imported, which takes seconds, and its suites ask the rest. No rule is asked in both.
"""

import datetime
import gc
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache, partial
from inspect import getdoc
from pathlib import Path
from typing import TYPE_CHECKING

from mutuals import rules
from mutuals.canonical import RULES, Fault
from mutuals.dates import is_date
from mutuals.findings import Finding, Said, shown
from mutuals.layout import strangers
from mutuals.memory import Memory, unsearched
from mutuals.rules import REGISTRY
from mutuals.schema import SchemaError
from mutuals.tables import Dataset, read_dataset

if TYPE_CHECKING:
    from types import ModuleType

    from mutuals.suites import Engine

SOON = 30  # days before the end of a known failure that it is told
KNOWN = "validation/known_failures.toml"
Part = Callable[[Dataset], Iterator[tuple[str, Fault]]]
MOST = 1_000  # characters that a finding quotes at a time
PLACE = ("rule", "file", "id", "column")


def sentences() -> dict[str, Said]:
    """What each rule says of itself, by its id. Rules must have been discovered."""
    asked = {
        id: Said(rule.sentence, rule.remedy, (getdoc(rule.check) or "").partition("\n")[0], rule.level) for id, rule in REGISTRY.items()
    }
    return dict(sorted((asked | RULES).items()))


def _finding(file: str, fault: Fault, told: dict[str, Said]) -> Finding:
    said = told[fault.rule]
    id, found, wanted = (text if len(text) <= MOST else text[: MOST - 1] + "…" for text in (fault.id, fault.found, fault.wanted))
    return Finding(file, fault.line, fault.column, id, fault.rule, found, wanted, fault.remedy or said.remedy, said.level)


def today() -> datetime.date:
    """The day by which known failures expire, the same everywhere: that of Greenwich. Nothing else asks what day it is."""
    return datetime.datetime.now(datetime.UTC).date()


class Known:
    """The known failures of a repository: each gives a reason, must still fail, and ends on a day."""

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

    def faults(self) -> Iterator[tuple[str, Fault]]:
        """The entries that matched nothing, and those whose end is past or near."""
        day = today()
        for number, entry in enumerate(self.entries):
            place, id, line = f"entry {number + 1}, {shown(entry['rule'])} at {shown(entry['id'])}", entry["id"], int(entry["line"])
            last = datetime.date.fromisoformat(entry["expires"])
            if number not in self.met:
                found = f"{place}, which matches no finding"
                yield KNOWN, Fault("known-failures.stale", line, "", found, "an entry that still fails", id)
            elif last < day:
                yield (
                    KNOWN,
                    Fault("known-failures.expired", line, "", f"{place}, which ended with {last}", "an entry that has not ended", id),
                )
            elif (last - day).days <= SOON:
                yield KNOWN, Fault("known-failures.soon", line, "", f"{place}, which ends with {last}", f"more than {SOON} days", id)


def _known(path: Path) -> list[dict[str, str]]:
    if not os.path.lexists(path):
        return []
    try:
        if path.is_symlink() or not path.is_file():
            raise OSError("it is a link, or no plain file")
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise SchemaError(f"{KNOWN} cannot be read as TOML: {error}") from error
    entries = document.get("failure", [])
    if set(document) - {"failure"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SchemaError(f"{KNOWN}: each entry stands under [[failure]], and nothing else stands there")
    for number, entry in enumerate(entries, 1):
        if (
            set(entry) != {*PLACE, "reason", "expires"}
            or not all(isinstance(entry[n], str) for n in (*PLACE, "reason"))
            or not entry["reason"].strip()
        ):
            raise SchemaError(f"{KNOWN}: entry {number} needs rule, file, id, column, a reason and expires, and nothing else")
        entry["expires"] = str(entry["expires"])  # TOML has days of its own, and text is as good
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", entry["expires"]) or not is_date(entry["expires"]):
            raise SchemaError(f"{KNOWN}: entry {number} expires on {shown(entry['expires'])}; write a day such as 2026-12-31")
    heads = [line for line, said in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*failure\s*\]\]", said)]
    known = len(heads) == len(entries)  # not where a text of several lines holds what reads like a head, or a list has them all
    return [entry | {"line": str(heads[n] if known else 0)} for n, entry in enumerate(entries)]


def read_faults(data: Dataset) -> Iterator[tuple[str, Fault]]:
    """What is wrong with the bytes and the layout: each fault with its file."""
    yield from data.faults
    yield from strangers(data.root)
    yield from ((table.file, fault) for table in data.tables.values() for fault in table.reading.faults)


def early() -> Iterator[Part]:
    """The rules on references and proofs, each a part: what is wrong is told as soon as it is found."""
    for rule in (rule for rule in REGISTRY.values() if rule.early):
        yield lambda data, rule=rule: ((table.file, fault) for table, fault in rules.broken(rule, data))


def late(data: Dataset, engine: "Engine | None" = None) -> Iterator[tuple[str, Fault]]:
    """What the suites of Great Expectations find."""
    return ((table.file, fault) for table, fault in _suites().run(data, engine))


@cache
def _suites() -> "ModuleType":
    """The module, whose import takes seconds; what it makes stays as long as the process."""
    with unsearched():
        from mutuals import suites

        gc.freeze()
    return suites


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
        data, parts, last = read_dataset(Path(root).resolve(), memory), early(), late
    data.faults += (broken := rules.discover(data.root))
    told, known = sentences(), Known(data.root)
    last = _apart(last, data) if apart and not spark else last
    seen: set[Finding] = set()
    for part in (read_faults, *parts, last):
        found = {_finding(file, fault, told) for file, fault in part(data)} - seen
        seen |= found
        rest = list(known.without(found))
        own = [_finding(file, fault, told) for file, fault in known.faults()] if part is last and not broken else []
        yield sorted(rest + own)
    if spark:
        engine.close()


def check(root: Path, spark: bool = False) -> list[Finding]:
    """All findings on the repository at `root`, by file and line; an empty list if it is clean.

    Raises SchemaError where a schema or the list of known failures cannot be used, and rules.CheckError
    where a rule or an expectation could not run: then nothing is known about the data.
    """
    with unsearched():
        return sorted(finding for part in stages(root, spark=spark) for finding in part)
