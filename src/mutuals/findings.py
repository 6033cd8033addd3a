"""Findings: what is wrong, where, and what to do, in one sentence that a non-programmer can act on."""

import json
import re
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

SCHEMA = Path(__file__).with_name("findings.schema.json")  # of what `as_json` gives
LEVELS = {"error": "error", "warning": "warning", "note": "notice"}  # and what GitHub calls them
MOST_SHOWN, MOST_SUMMARY = 10, 900_000  # annotations of a kind that GitHub shows in a step, and bytes that it takes of a summary


class Said(NamedTuple):
    """What a rule says of itself: what must hold, what to do, what it catches, and how bad that is."""

    sentence: str
    remedy: str
    why: str = ""
    level: str = "error"


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: `file` relative to the root, 1-based `line` (0: the whole file), `column` by its name, `id` the record's key.

    An error stops the book; a warning asks a person to look; a note is for their information.
    """

    file: str
    line: int
    column: str
    id: str
    rule: str
    found: str
    wanted: str
    remedy: str
    level: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        identity = f"  {self.id}" if self.id else ""
        level = "" if self.level == "error" else f" {self.level}:"
        return f"{place}{identity}  [{self.rule}]{level} found {self.found}, wanted {self.wanted}; {self.remedy}"


def shown(cell: str, limit: int = 90) -> str:
    """A cell as it may stand in a message: in quotation marks, shortened, with invisible characters spelled out."""
    spelled = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cell[: limit + 1])
    return "a blank" if not cell else f"“{spelled if len(spelled) <= limit else spelled[: limit - 1] + '…'}”"


def errors(findings: list[Finding]) -> list[Finding]:
    """The findings that stop the book."""
    return [finding for finding in findings if finding.level == "error"]


def _number(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'s' * (count != 1)}"


def counted(findings: list[Finding]) -> str:
    """How many findings there are, in words; of each level where not all are errors."""
    levels = [(sum(finding.level == level for finding in findings), level) for level in LEVELS]
    parts = ", ".join(_number(count, level) for count, level in levels if count)
    return _number(len(findings), "finding") + (f": {parts}" if len(errors(findings)) < len(findings) else "")


def as_text(findings: list[Finding]) -> str:
    """One line for each finding, then a line that counts them."""
    return "\n".join([*map(str, findings), counted(findings)])


def as_json(findings: list[Finding]) -> str:
    """The findings as a JSON array of objects, as findings.schema.json describes it."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def _escaped(text: str, also: str = "") -> str:
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_github(findings: list[Finding]) -> str:
    """Workflow commands that GitHub shows as annotations beside the changed lines: the first ten of each level, as it shows no more."""
    first = chain.from_iterable(islice((f for f in findings if f.level == level), MOST_SHOWN) for level in LEVELS)
    rows = [
        f"::{LEVELS[f.level]} file={_escaped(f.file, ',:')},line={max(f.line, 1)},title={_escaped(f.rule, ',:')}::{_escaped(str(f))}"
        for f in first
    ]
    return "\n".join([*rows, counted(findings)])


def markdown(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table, whatever is in it: every mark by its number."""
    return re.sub(r"[^\w \u0080-\U0010ffff]|_", lambda mark: f"&#{ord(mark[0])};", " ".join(text.split()))


def as_summary(findings: list[Finding]) -> str:
    """All findings as a table in Markdown, for the summary of a workflow's run; what is too much for that is counted."""
    rows, size = ["| level | place | record | rule | finding |", "|---|---|---|---|---|"], 0
    for finding in findings:
        place = f"{finding.file}:{finding.line}:{finding.column}".rstrip(":")
        told = f"found {finding.found}, wanted {finding.wanted}; {finding.remedy}"
        rows.append("| " + " | ".join(map(markdown, (finding.level, place, finding.id, finding.rule, told))) + " |")
        size += len(rows[-1].encode()) + 1
        if size > MOST_SUMMARY:
            rows[-1:] = ["", f"{len(findings) - len(rows) + 3} more are in the log or in the output of --format json."]
            break
    return "\n".join([f"**{counted(findings)}**", "", *(rows if findings else []), ""])


FORMATS = {"text": as_text, "json": as_json, "github": as_github}
