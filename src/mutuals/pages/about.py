"""Pages about the record itself: what it is, which bodies count, its words, how to cite it, what changed, who can use it."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from mutuals.dates import spoken
from mutuals.exports.citation import sentence
from mutuals.pages import sharing
from mutuals.pages.view import View

# The code lists whose terms the glossary explains, with what each is a term of.
LISTS = {
    "forms": "form of a body", "statuses": "status of a body", "outcomes": "outcome of a contract", "stages": "stage of a pathfinder",
    "inclusions": "what a body counts as", "inclusion_bases": "why it counts, or does not", "figure_kinds": "kind of number",
    "certainties": "certainty of an event", "gap_reasons": "why a cell is blank", "quote_modes": "kind of quotation", "stances": "stance",
}  # fmt: skip
# Terms of ours, and of public services, that no code list explains.
TERMS = {
    "Code": "A short word that stands for one of a fixed list of values; the codebook explains each.",
    "Commissioner": "A public body that decides which services are to be had, and pays for them.",
    "Contradiction": "A source that says something else than a cell. It is kept beside the cell, with the reason why the cell stands.",
    "EDTF": "Extended Date/Time Format, a part of ISO 8601: dates that say how exact they are, such as a year, or one unknown day out of several.",
    "Employee ownership trust": "A trust that holds shares of a company for all who work there.",
    "Evidence": "A row that says for one cell which source states it, in which paragraph, and in which words as printed.",
    "Fact": "A cell that states what a source says; it has evidence. Other cells are keys, computed, or our own classification.",
    "Fingerprint": "Hashes of the words of a source, by which a quotation can be proved without the source being republished here.",
    "Key": "The short name of a record, given once and never reused; it is a part of the record's address.",
    "Pathfinder": "A service that the Government named as one to show the way for mutuals.",
    "Public service mutual": "A service that left the public sector and is run by its own staff, who have a large say in it.",
    "Right to Provide": "The promise to public staff, as of the NHS, that they could propose to take over the services that they run.",
    "Right to Request": "The right of NHS community staff to ask their trust for leave to set up a social enterprise.",
    "Second reading": "Cells drawn by lot and read again from their sources by a reader who is not shown our value.",
    "Spin-out": "A service that leaves, or tries to leave, the public sector as a body of its own.",
    "TUPE": "The regulations by which staff keep their terms when their work goes to another employer.",
}


def coded(text: str) -> Markup:
    """A line of Markdown whose only marks are backticks, as HTML."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _glossary(view: View) -> list[tuple[str, str, str, str]]:
    """Terms in the order of the alphabet: term, what it is a term of, its meaning, and where more is told."""
    found = [(term, "", meaning, "") for term, meaning in TERMS.items()]
    for name, of in LISTS.items():
        found += [(code["label"], of, code["description"], f"codes.html#codes-{name}") for code in view.data.get(f"codes/{name}").records]
    return sorted(found, key=lambda row: (row[0].casefold(), row[1]))


def citation(root: Path, view: View, site: str) -> dict[str, str]:
    """How to cite the record: in a sentence, and for BibTeX; with the version and the day of the data."""
    return sentence(root, view.version, view.newest, site)


def _changes(root: Path) -> dict[str, Any]:
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    intro = " ".join(line for line in text.split("\n## ")[0].splitlines() if line and not line.startswith("#"))
    versions = [(version, spoken(date), [coded(item) for item in items]) for version, date, items in sharing.changes(text)]
    return {"intro": coded(intro), "versions": versions}


def _definitions(view: View) -> dict[str, Any]:
    bodies = view.data.get("spin_outs").records
    return {
        "inclusions": [(row, sum(b["inclusion_code"] == row["code"] for b in bodies)) for row in view.data.get("codes/inclusions").records],
        "bases": view.data.get("codes/inclusion_bases").records,
        "counts": Counter((b["inclusion_code"], b["inclusion_basis_code"]) for b in bodies),
        "schemas": [view.data.schemas[name] for name in ("pathfinders", "spin_outs", "contracts", "programmes", "ballots")],
    }


def pages(root: Path, view: View) -> dict[str, tuple[str, dict[str, Any]]]:
    """The pages by address."""
    site, example = sharing.site(root), view.listed("spin_outs")[0]["spin_out_id"]
    return {
        "about": ("about.html", {}),
        "definitions": ("definitions.html", _definitions(view)),
        "glossary": ("glossary.html", {"terms": _glossary(view)}),
        "cite": ("cite.html", {**citation(root, view, site), "example": example, "site": site}),
        "changelog": ("changelog.html", _changes(root)),
        "accessibility": ("accessibility.html", {}),
    }
