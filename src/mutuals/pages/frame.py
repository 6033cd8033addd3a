"""What stands around every page: its links to all others, and the version of the data."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mutuals.edition import edition
from mutuals.pages.reporting import WRONG, report, repository
from mutuals.pages.sharing import site

THEME = Path(__file__).parents[1] / "theme"
Entry = tuple[str, str]

# Addresses without their ending, with the words of the link.
SHORTCUTS: list[Entry] = [
    ("spin-outs", "Spin-outs"), ("contracts", "Contracts"), ("numbers", "Claims"), ("timeline", "Timeline"), ("explore", "Explore"), ("download", "Data"),
]  # fmt: skip
LOOK_UP: list[Entry] = [
    ("search", "Search"), ("a-z", "From A to Z"), ("by-place", "By place"), ("by-service", "By service"), ("by-year", "By year"), ("by-outcome", "By outcome"),
    ("pathfinders", "Pathfinders"), ("spin-outs", "Spin-outs"), ("contracts", "Contracts"), ("programmes", "Programmes"),
    ("ballots", "Ballots and surveys"), ("organisations", "Organisations"), ("people", "People"), ("sources", "Sources"),
    ("timeline", "Timeline"), ("quotations", "Quotations"), ("numbers", "Claims: numbers, side by side"),
]  # fmt: skip
USE: list[Entry] = [
    ("download", "Download"), ("explore", "Explore the tables"), ("sql", "Ask with SQL"), ("cite", "How to cite"), ("codebook", "Codebook"), ("codes", "Codes"), ("contribute", "Add or mend a fact"),
    ("worked-example", "From an article to a row"), ("fork", "The same for another subject"),
    ("quality", "Quality"), ("rules", "Rules"), ("notebooks/gate-speed", "Speed of the gate"), ("known-issues", "Known issues"), ("changelog", "Changes"), ("changes", "Changes, cell by cell"),
]  # fmt: skip
ABOUT: list[Entry] = [
    ("about", "About and licence"), ("method", "Method"), ("definitions", "Which bodies count"), ("glossary", "Glossary"),
    ("policy", "People, and the right to answer"), ("accessibility", "Accessibility"),
]  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """The links in the head and the foot of a page, and which data it shows."""

    shortcuts: list[Entry]
    parts: list[tuple[str, list[Entry]]]
    version: str
    site: str
    repository: str
    edition: str

    def report(self, record: str, base: str, form: str = WRONG, column: str = "", present: str = "") -> str:
        """Where to say that something is wrong with a record, or one of its facts, or to add one, from its page."""
        return report(self.repository, record, self.edition, base, form, column, present)


@lru_cache
def frame(root: Path) -> Frame:
    """The frame of every page of the book below `root`; chapters are named by their first headings, in the order of _toc.yml.

    A chapter about the record itself stands under “Use” and not among those to read.
    """
    import yaml

    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    files = [entry["file"] for entry in toc.get("chapters", []) if entry.get("file", "").startswith("notebooks/")]
    chapters = [(file, heading(root / f"{file}.ipynb")) for file in files if file not in dict(USE)]
    parts = [("Read", chapters), ("Look up", LOOK_UP), ("Use", USE), ("About", ABOUT)]
    now = edition(root)
    return Frame(SHORTCUTS, parts, now.version, site(root), repository(root), f"{now.version}, data {now.digest}")


def heading(notebook: Path) -> str:
    """The first heading of a notebook."""
    import json

    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    lines = (line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines())
    return next(line.removeprefix("# ") for line in lines if line.startswith("# "))
