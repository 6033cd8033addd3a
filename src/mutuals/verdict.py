"""What a pull request does, as a file: written by a job that runs its code, and read as hostile by one that does not.

`as_json` writes it; `unpack` takes it out of an artifact, of which nothing is believed but that it is a file of this
form. Only the standard library is needed, so that the job that may write to a pull request installs nothing.
"""

import io
import json
import re
import zipfile
from dataclasses import asdict, dataclass, field
from typing import Any

from mutuals.commands import CommandError
from mutuals.findings import LEVELS

NAME = "verdict.json"
MOST_BYTES, MOST_ZIP, MOST_TEXT = 2_000_000, 1_000_000, 1_000
MOST = {"findings": 200, "cells": 500, "headlines": 100, "pages": 500, "mends": 100}
FINDING = ("level", "place", "id", "rule", "told")
CELL = ("table", "key", "column", "old", "new")
HEADLINE = ("title", "before", "after", "causes")
FORMS = {"findings": FINDING, "cells": CELL, "headlines": HEADLINE}
TABLE = r"data/((codes|evidence)/)?[a-z_]{1,60}\.csv"


@dataclass
class Verdict:
    """Lists of plain texts, each cut to its limit; `total` says how many there were of each.

    `mends` are of “mutuals format”: path, first line, the lines as they are, and the lines in their place.
    `problem` says why something could not be told.
    """

    head: str = ""
    problem: str = ""
    total: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, str]] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    headlines: list[dict[str, str]] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    mends: list[dict[str, Any]] = field(default_factory=list)


def _cut(value: Any) -> Any:
    return value[:MOST_TEXT] if isinstance(value, str) else value


def as_json(verdict: Verdict) -> str:
    """The verdict within its limits; a mend that is too long is left out, since half of it would be wrong."""
    found = asdict(verdict)
    for name, most in MOST.items():
        found["total"].setdefault(name, len(found[name]))
        kept = found[name][:most]
        found[name] = kept if name == "mends" else [{k: _cut(v) for k, v in e.items()} if isinstance(e, dict) else _cut(e) for e in kept]
    found["mends"] = [mend for mend in found["mends"] if all(len(line) <= MOST_TEXT for line in mend["old"] + mend["new"])]
    return json.dumps(found | {"problem": _cut(verdict.problem)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MOST_TEXT


def _mend(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) == {"path", "line", "old", "new"}
        and _text(entry["path"])
        and bool(re.fullmatch(TABLE, entry["path"]))
        and type(entry["line"]) is int
        and 0 < entry["line"] < 10_000_000
        and all(isinstance(entry[n], list) and 0 < len(entry[n]) <= 20 and all(map(_line, entry[n])) for n in ("old", "new"))
        and len(entry["old"]) == len(entry["new"])
    )


def _line(value: Any) -> bool:
    return _text(value) and value.isprintable()


def _fits(name: str, value: Any) -> bool:
    """Whether a member of the file is of its form."""
    if name in ("head", "problem"):
        return _text(value) and (name == "problem" or bool(re.fullmatch(r"([0-9a-f]{40})?", value)))
    if name == "total":
        numbers = isinstance(value, dict) and set(value) <= {*MOST, *LEVELS}
        return numbers and all(type(number) is int and 0 <= number < 10**9 for number in value.values())
    if not isinstance(value, list) or len(value) > MOST[name]:
        return False
    if name in ("pages", "mends"):
        return all(map(_text if name == "pages" else _mend, value))
    return all(isinstance(e, dict) and set(e) == set(FORMS[name]) and all(map(_text, e.values())) for e in value)


def parse(content: bytes) -> Verdict:
    """The verdict that a file holds. Raises CommandError where it is not exactly of its form."""
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{NAME} is no JSON: {type(error).__name__}") from error
    names = set(Verdict.__dataclass_fields__)
    if not isinstance(found, dict) or set(found) != names:
        raise CommandError(f"{NAME} must hold {', '.join(sorted(names))}, and nothing else")
    for name in sorted(names):
        if not _fits(name, found[name]):
            raise CommandError(f"{NAME}: “{name}” is not of its form, or too large")
    return Verdict(**found)


def unpack(artifact: bytes) -> Verdict:
    """The verdict in a zip, of which one file is read, in memory; nothing is ever extracted. Raises CommandError for any other zip."""
    if len(artifact) > MOST_ZIP:
        raise CommandError(f"the artifact has {len(artifact):,} bytes, and {MOST_ZIP:,} are allowed")
    try:
        with zipfile.ZipFile(io.BytesIO(artifact)) as archive:
            if archive.namelist() != [NAME]:
                raise CommandError(f"the artifact must hold {NAME}, and nothing else")
            with archive.open(NAME) as file:
                content = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError, zipfile.zlib.error) as error:
        raise CommandError(f"the artifact is no zip that can be read: {type(error).__name__}") from error
    if len(content) > MOST_BYTES:
        raise CommandError(f"{NAME} is larger than {MOST_BYTES:,} bytes")
    return parse(content)
