"""Readings: how a value follows from the few words of its source. Each is documented here and on the method page.

A reading answers None if the value follows, else what the words say instead, as a phrase for a finding.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from mutuals import dates
from mutuals.amounts import amounts
from mutuals.datings import printed_dates, read_date
from mutuals.fingerprints import holds, tokens
from mutuals.schema import SEPARATOR, TYPES, Column
from mutuals.tables import Dataset


@dataclass(frozen=True)
class Claim:
    """One evidence row with what is needed to read it."""

    value: str
    as_read: str
    note: str
    column: Column
    unit_code: str
    source: dict[str, str]
    data: Dataset

    @property
    def unit(self) -> str:
        """The unit of the column, or where each row gives its own that of the row."""
        return self.unit_code if self.column.name == "value" else self.column.unit


@lru_cache(maxsize=1 << 15)
def folded(text: str) -> tuple[str, ...]:
    """Tokens in lower case without a possessive ending: what is compared when names and terms are read."""
    return tuple([token.lower().removesuffix("'s") for token in tokens(text)])


def _numbers(claim: Claim) -> list[float]:
    """The numbers in the words that are in the column's unit."""
    unit = claim.unit.lower()
    read = amounts(claim.as_read)
    if unit == "months":
        return [a.number * (12 if a.unit == "years" else 1) for a in read if a.unit in ("years", "months")]
    if unit in ("gbp", "percent", "years", "ordinal"):
        return [a.number for a in read if a.unit == unit]
    return [a.number for a in read if a.unit == ""]


def number(claim: Claim) -> str | None:
    """The words hold exactly one number in the column's unit, and it is the value.

    “£1bn” is 1,000,000,000 pounds, “GBP 1,200.50” 1,201 where the column holds whole pounds; “five-year” 60 months; “91 per cent” and “25%” percent; “half” 50 percent;
    “millions” 1,000,000 (with the bound several_times); “first” 1.
    """
    read = sorted(set(_numbers(claim)))
    said = " and ".join(f"{n:,.10g}" for n in read) or "no number in this unit"
    if len(read) != 1:
        return f"{said} (exactly one is needed)"
    wanted = round(read[0]) if claim.column.type == "integer" else read[0]
    return None if re.fullmatch(TYPES["number"] or "", claim.value) and float(claim.value) == wanted else said


def a_date(claim: Claim) -> str | None:
    """The value is a date that the words may mean, seen from the day of the source's publication."""
    published = claim.source.get("date_published", "")
    found = read_date(claim.as_read, published) if dates.is_date(published) else printed_dates(claim.as_read)
    if not found:
        return "nothing that can be dated, since the source has no date"
    return None if claim.value in found else " or ".join(found)


def verbatim(claim: Claim) -> str | None:
    """The value stands in the words as printed, capitals and possessives aside, or as corrected in errata.csv."""
    wanted, read = folded(claim.value), folded(claim.as_read)
    if holds(read, wanted):
        return None
    errata = claim.data.get("errata")
    if not errata.reading.usable or errata.reading.set_aside:
        return None  # The correction may stand on a line that could not be read, which has its own finding.
    for erratum in errata.records:
        if erratum["source_id"] == claim.source.get("source_id") and erratum["correct"]:
            printed, correct = folded(erratum["printed"]), folded(erratum["correct"])
            for at in range(len(read)):
                if read[at : at + len(printed)] == printed and holds(read[:at] + correct + read[at + len(printed) :], wanted):
                    return None
    return f"“{claim.as_read}”"


def identifier(claim: Claim) -> str | None:
    """The number of an identifier, without the prefix that says whose register it is, stands in the words."""
    wanted, read = re.sub(r"^[A-Z]{2}-[A-Z]+-", "", claim.value), " ".join(tokens(claim.as_read))
    return None if re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", read) else f"“{claim.as_read}”"


def own_words(claim: Claim) -> str | None:
    """The value is our summary of the words; a reader judges it, the machine proves only the words."""
    return None


def inferred(claim: Claim) -> str | None:
    """The value follows from the words by the reasoning in the note; or it is a date that is printed."""
    if claim.note or (claim.column.name.startswith("date_") and claim.value in printed_dates(claim.as_read)):
        return None
    return "nothing that can be read by rule; write the reasoning into the note"


@lru_cache
def _terms(printed: str) -> list[tuple[str, ...]]:
    """The terms of a code, folded."""
    return [folded(term) for term in printed.split(SEPARATOR) if term]


def code(claim: Claim) -> str | None:
    """The words hold a term that the code list gives for the code; a code without terms holds where no other's stands."""
    codes = claim.data.get(f"codes/{claim.column.codes}")
    read = folded(claim.as_read)
    printed = {name for name, terms in codes.cells("printed").items() if terms and any(holds(read, term) for term in _terms(terms))}
    wanted = codes.by_key.get(claim.value)
    if wanted is None or claim.value in printed or (not wanted["printed"] and not printed):
        return None
    return " or ".join(sorted(printed)) or "no term that the code list gives for a code"


def reference(claim: Claim) -> str | None:
    """The words hold a name of the record that is referred to, or a part of one; “Le Grand, Julian” is read both ways."""
    target = claim.data.get(claim.column.refers_to).by_key.get(claim.value)
    if target is None:
        return None
    read = folded(claim.as_read)
    if "," in read:
        read += read[read.index(",") + 1 :] + read[: read.index(",")]
    names = [folded(name) for name in (target["name"], *target.get("other_names", "").split(SEPARATOR)) if name]
    if any(holds(read, name) or holds(name, read) for name in names):
        return None
    return None if verbatim(replace(claim, value=target["name"], note="")) is None else f"“{claim.as_read}”"


READINGS: dict[str, Callable[[Claim], str | None]] = {
    "verbatim": verbatim,
    "own_words": own_words,
    "number": number,
    "date": a_date,
    "code": code,
    "reference": reference,
    "identifier": identifier,
    "inferred": inferred,
}
