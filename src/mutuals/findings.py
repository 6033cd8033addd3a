"""Findings: what is wrong, where, and what to do, in one sentence that a non-programmer can act on."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One fault: `file` relative to the root, 1-based `line` (0: the whole file), `column` by its name, `id` the record's key."""

    file: str
    line: int
    column: str
    id: str
    rule: str
    found: str
    wanted: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        identity = f"  {self.id}" if self.id else ""
        return f"{place}{identity}  [{self.rule}] found {self.found}, wanted {self.wanted}; {self.remedy}"


def shown(cell: str, limit: int = 90) -> str:
    """A cell as it may stand in a message: in quotation marks, shortened, with invisible characters spelled out."""
    spelled = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cell)
    return "a blank" if not cell else f"“{spelled if len(spelled) <= limit else spelled[: limit - 1] + '…'}”"


def counted(findings: list[Finding]) -> str:
    """How many findings there are, in words."""
    return "no findings" if not findings else "1 finding" if len(findings) == 1 else f"{len(findings)} findings"


def as_text(findings: list[Finding]) -> str:
    """One line for each finding, then a line that counts them."""
    return "\n".join([*map(str, findings), counted(findings)])


def as_json(findings: list[Finding]) -> str:
    """The findings as a JSON array of objects."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1)


def _escaped(text: str, also: str = "") -> str:
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_github(findings: list[Finding]) -> str:
    """Workflow commands that GitHub shows as annotations beside the changed lines."""
    rows = [
        f"::error file={_escaped(f.file, ',:')},line={max(f.line, 1)},title={_escaped(f.rule, ',:')}::{_escaped(str(f))}" for f in findings
    ]
    return "\n".join([*rows, as_text(findings).splitlines()[-1]])


FORMATS = {"text": as_text, "json": as_json, "github": as_github}
