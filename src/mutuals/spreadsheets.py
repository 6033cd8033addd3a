"""Spreadsheets: what saving a table in one does to its cells, and which former cell a present one comes from.

A spreadsheet rewrites a date in the custom of its country, a long number as 5E+08, a word as TRUE, and takes zeros off the
front; saving for Windows turns letters that it has not into question marks. The cell alone does not say what it was. Where a
former state is at hand, in git or in the evidence that repeats the value, the cell is proposed that gives just this damage.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from mutuals import dates
from mutuals.mending import Change
from mutuals.nearest import QUOTES
from mutuals.parsing import read
from mutuals.states import from_git
from mutuals.tables import Dataset, Table

_PLAIN_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"') | dict.fromkeys("‘’‚‛", "'"))
WHY = "as it was before, if a spreadsheet changed it"


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "")) if re.fullmatch(r"-?[\d,]+(?:\.\d+)?(?:e\+?\d+)?", text, re.IGNORECASE | re.ASCII) else None
    except InvalidOperation:
        return None


def _same_number(former: str, present: str) -> bool:
    """Whether one number is the other without its leading zeros, with others behind its point, or rounded to the digits shown."""
    old, new = _number(former), _number(present)
    if old is None or new is None:
        return False
    shown = re.sub(r"e.*", "", present, flags=re.IGNORECASE)
    if len(shown) == len(present):
        return old == new
    digits = max(len(re.sub(r"\D", "", shown).lstrip("0").rstrip("0")), 1)
    return new == Decimal(f"{old:.{digits - 1}e}")


def _spellings(former: str) -> set[str]:
    """How spreadsheets write a day, or a month that they took for its first day, as `_folded` gives it."""
    if not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", former) or not dates.is_date(former):
        return set()
    day = datetime.date.fromisoformat(former if len(former) == 10 else f"{former}-01")
    d, m, long, short, name = str(day.day), str(day.month), str(day.year), f"{day:%y}", dates.MONTHS[day.month - 1].lower()
    parts = [(*two, year) for year in (long, short) for two in ((d, m), (m, d), (d, name[:3]), (d, name))]
    parts += [(year, m, d) for year in (long, short)]
    parts += [(month, year) for month in (name[:3], name) for year in (long, short) if len(former) == 7]
    return {_folded("/".join(part)) for part in parts} | {str((day - datetime.date(1899, 12, 30)).days)}


def _folded(text: str) -> str:
    parts = re.split(r"[-/., ]+", re.sub(r" 0?0:00(:00)?$", "", text.lower()))
    return "/".join(part.lstrip("0") for part in parts)


def damaged(former: str, present: str) -> bool:
    """Whether a spreadsheet makes the present text of the former."""
    if former == present or not former or not present:
        return False
    if present in ("TRUE", "FALSE") or former.translate(_PLAIN_QUOTES) == present.translate(_PLAIN_QUOTES) != "":
        return former.upper() == present or any(mark in former + present for mark in QUOTES)
    if "?" in present and former.encode("cp1252", "replace").decode("cp1252") == present:
        return True
    return _same_number(former, present) or (len(present) < 30 and _folded(present) in _spellings(former))


def edited(root: Path) -> set[str] | None:
    """The files below data/ that are not as they were committed; None where git does not know."""
    told = from_git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", "data")
    return None if told is None else set(told.decode("utf-8", "replace").split("\0"))


def _candidates(table: Table, data: Dataset, former: bytes | None) -> dict[str, list[dict[str, str]]]:
    """Former rows by their first key cell: those in git; else, of the cells that evidence repeats, what it says."""
    found: dict[str, list[dict[str, str]]] = {}
    if former is not None:
        for row in read(former, table.schema).records:
            found.setdefault(row[table.schema.key[0]], []).append(row)
        return found
    for (name, id, column), rows in data.evidence.items():
        if name == table.name and (values := {row["value"] for row in rows if row["relation"] == "supports"}):
            found.setdefault(id, [{}])[0][column] = "; ".join(sorted(values)) if len(values) == 1 else ""
    return found


def restored(table: Table, data: Dataset, edited: set[str] | None) -> list[Change]:
    """The cells that a spreadsheet seems to have changed: line, column, the present and the former text, and why; nothing is changed."""
    if edited is not None and table.file not in edited:
        return []
    former = _candidates(table, data, None if edited is None else from_git(data.root, "show", f"HEAD:./{table.file}"))
    changes: list[Change] = []
    for line, row in table.numbered:
        old = former.get(row[table.schema.key[0]], [])
        if any(other == row for other in old):
            continue
        fits = [o for o in old if all(row[n] == text or damaged(text, row[n]) or len(table.schema.key) == 1 for n, text in o.items())]
        for name, text in (fits[0] if len(fits) == 1 else {}).items():
            if damaged(text, row[name]):
                changes.append((line, name, row[name], text, WHY))
    return changes
