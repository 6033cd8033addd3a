"""Issue forms: what .github/ISSUE_TEMPLATE asks of a reader, and what was answered, as GitHub writes it into the issue.

GitHub gives each answer under a heading with the label of its field. A form is known by its headings, which must stand in their
order and once each: a heading of the form that is typed into a field again is refused, since it could pass for another answer.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from mutuals.commands import CommandError

FOLDER = ".github/ISSUE_TEMPLATE"
MOST = 65_536  # characters of an issue
NOTHING = "_No response_"


@dataclass(frozen=True)
class Form:
    """One form: `name` is its file's, `labels` are those of its fields by their ids, `needed` the ids that must be filled."""

    name: str
    labels: dict[str, str]
    needed: frozenset[str]

    def answers(self, body: str) -> dict[str, str] | None:
        """What was answered, by id; None if it is another form. Raises CommandError where a heading stands twice or out of order."""
        ids = {label: id for id, label in self.labels.items()}
        parts = re.split(r"^### +(.*?) *$", body, flags=re.MULTILINE)
        found: list[tuple[str, str]] = []
        for heading, text in zip(parts[1::2], parts[2::2], strict=True):
            if heading in ids:
                found.append((ids[heading], text))
            elif found:
                found[-1] = (found[-1][0], f"{found[-1][1]}### {heading}{text}")  # typed into the field
        if not set(self.labels) <= {id for id, _ in found}:
            return None
        if [id for id, _ in found] != list(self.labels):
            raise CommandError("a heading of the form stands twice, or not in its place; take it out of the answer in which it was typed")
        return {id: "" if text.strip() == NOTHING else text.strip() for id, text in found}


def forms(root: Path) -> dict[str, Form]:
    """The forms of a repository by name."""
    found = {}
    for path in sorted((root / FOLDER).glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        fields = [field for field in document.get("body", []) if "id" in field]
        labels = {field["id"]: field["attributes"]["label"] for field in fields}
        needed = frozenset(field["id"] for field in fields if field.get("validations", {}).get("required"))
        if labels:
            found[path.stem] = Form(path.stem, labels, needed)
    return found


def filled(root: Path, body: str) -> tuple[Form, dict[str, str]]:
    """The form that an issue is of, and its answers. Raises CommandError if it is none of ours, or too long."""
    if len(body) > MOST:
        raise CommandError(f"the text has {len(body):,} characters, more than an issue can have ({MOST:,})")
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    for form in forms(root).values():
        if (answers := form.answers(body)) is not None:
            return form, answers
    raise CommandError(f"this is none of the forms in {FOLDER}: a filled form has each of its questions as a heading (### …)")
