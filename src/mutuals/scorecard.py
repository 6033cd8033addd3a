"""The score as it is published: counts with their intervals, survivors by name, false alarms, and fingerprints under attack.

It is computed from the record, the rules and the package alone, always with the same seed, and kept below `_build/`
until one of these changes, since it takes much longer than a page.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from mutuals import attack, history
from mutuals.mutants import BLANKS, ONE, PLACES, ROWS, VERSION, Draw
from mutuals.score import Trial, Verdict
from mutuals.tables import read_dataset

SEED, EACH = 1, 1
KEPT = "_build/score.json"
CORE = ("facts", "keys and computed cells", "evidence and quotations")
# Why a kind of error survives: by its family, or what the column is for.
WHY = {
    "our words": "Names, statements and notes are in our own words, of which there is no second copy. What a rule can hold is held: numbers, the body spoken of, names given twice.",
    "our classification": "How we class a record is our judgement. A rule holds it only where facts decide it, as a unit by its measure, a result by its votes, an area by its place.",
    "code lists and ledgers": "Labels, descriptions, reasons and days of our own bookkeeping have no second copy.",
    "sources and fingerprints": "The checksum of a copy, its address and the day on which it was read stand in one place only; a hash that no citation uses proves nothing yet.",
    "names, terms and codes": "A name or term that is cut down to a part of the words cited is still in these words.",
    "our summaries": "A title or role in our own words is judged by readers; the machine proves the words that it rests on.",
    BLANKS: "A cell that may be blank, and that no rule needs.",
    ROWS: "A row of a ledger that nothing refers to.",
    PLACES: "A shorter quotation is as true to its source as the whole.",
}


def interval(count: int, of: int) -> tuple[float, float]:
    """Wilson's interval, at 95 per cent, for a share, in per cent."""
    from scipy.stats import binomtest

    low, high = binomtest(count, of).proportion_ci(0.95, method="wilson")
    return 100 * low, 100 * high


def _line(family: str, stratum: str, verdicts: list[Verdict]) -> dict[str, Any]:
    planted, caught, located = len(verdicts), sum(bool(v.rules) for v in verdicts), sum(v.located for v in verdicts)
    return {
        "family": family, "stratum": stratum, "planted": planted, "caught": caught, "located": located,
        "interval": interval(caught, planted), "where": interval(located, planted),
    }  # fmt: skip


def card(verdicts: list[Verdict]) -> dict[str, Any]:
    """The counts by family and stratum, those of the core first, and the survivors by name with the reason why."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault((verdict.mutant.family, verdict.mutant.stratum), []).append(verdict)
    core = [v for v in verdicts if v.mutant.family == ONE and v.mutant.stratum in CORE]
    lost: dict[str, list[str]] = {}
    for verdict in (verdict for verdict in verdicts if not verdict.rules):
        kind = verdict.mutant.stratum if verdict.mutant.stratum in WHY and verdict.mutant.family not in WHY else verdict.mutant.family
        lost.setdefault(kind, []).append(str(verdict.mutant))
    return {
        "core": _line(ONE, "facts, keys, computed cells and their evidence", core),
        "all": _line(ONE, "all columns", [v for v in verdicts if v.mutant.family == ONE]),
        "lines": [_line(*group, found) for group, found in sorted(groups.items())],
        "survivors": [{"kind": kind, "why": WHY.get(kind, ""), "named": sorted(named)} for kind, named in sorted(lost.items())],
    }


def measured(root: Path, seed: int = SEED, each: int = EACH) -> dict[str, Any]:
    """The score of the record below `root`, with what was drawn and how."""
    data = read_dataset(root)
    draw = Draw(data, seed, each)
    verdicts = list(Trial(draw).judge([*draw.cells(), *draw.rows_and_places()]))
    attacks = {"accepts": attack.accepts(), "rejects": attack.rejects()}
    return {"version": VERSION, "seed": seed, "each": each, **card(verdicts), "past": history.measured(data), **attacks}


def _key(root: Path) -> str:
    """A digest of all that the score depends on."""
    digest = hashlib.sha256(" ".join(history.commits(root)).encode())
    folders = (root / "data", root / "schemas", root / "validation", Path(__file__).parent)
    for path in sorted(path for folder in folders for path in folder.rglob("*.*") if path.suffix in (".csv", ".json", ".py", ".toml")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def found(root: Path) -> dict[str, Any] | None:
    """The score as it was last kept, if nothing has changed since."""
    path = root / KEPT
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return kept["score"] if kept.get("key") == _key(root) else None


def keep(root: Path) -> None:
    """Measure with the seed of the book, unless that was done and nothing has changed since."""
    if found(root) is None:
        (root / KEPT).parent.mkdir(exist_ok=True)
        (root / KEPT).write_text(json.dumps({"key": _key(root), "score": measured(root)}, ensure_ascii=False), encoding="utf-8")


def begin(root: Path) -> "subprocess.Popen[bytes]":
    """`keep`, begun in a process of its own, beside which pages can be made."""
    return subprocess.Popen(
        [sys.executable, "-c", f"from pathlib import Path; from mutuals import scorecard; scorecard.keep(Path({str(root)!r}))"]
    )
