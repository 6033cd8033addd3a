"""Remedies: what was meant by a number, date, code or list that is typed as people type them, and whether that is beyond doubt.

Beyond doubt, and so mended by “mutuals format”, is what has one reading in every custom: a date with a year of four digits and
its month by name or its year first, or in figures if only one order gives a date; a number whose sign, if any, is of the
column's unit; a code of a closed list in another spelling, or its label. Left to a person, with a proposal, is what
needs a guess: 05/06/2010, a year of two digits, what a spreadsheet rounded, and whose name it is where a key is wanted.
"""

import datetime
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from mutuals import dates
from mutuals.amounts import CURRENCIES, MULTIPLES, UNITS, amounts
from mutuals.canonical import FORMAT
from mutuals.datings import printed_dates
from mutuals.findings import shown
from mutuals.nearest import LOOKALIKES, QUOTES, fold
from mutuals.schema import SEPARATOR, TYPES, Column
from mutuals.tables import Dataset

MOST_LETTERS = 60  # of a number or a date
_MANY, _UNITS = "|".join(sorted(MULTIPLES, key=len, reverse=True)), "|".join(sorted(UNITS, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<minus>-?)(?P<sign>[£$€]?) ?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?: \d{{3}})+|\d+)(?P<part>\.\d+)?"
    rf" ?(?P<many>{_MANY})? ?(?P<unit>{_UNITS})?",
    re.ASCII,
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)", re.ASCII)
_MONTH = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d)|(?P<m>\d{1,2})[-/.](?P<y>\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[t ]0?0:00(?::00(?:\.0+)?)?z?$")


class Meant(NamedTuple):
    """The cell as it should be, blank where that is not known; what to do; whether it is beyond doubt."""

    text: str
    remedy: str
    sure: bool = False


NOTHING = Meant("", "")


def _sure(text: str) -> Meant:
    return Meant(text, f"write {shown(text)}, or {FORMAT}", True)


def number(text: str, column: Column) -> Meant:
    """A number as it was meant: £500m, 500,000, 12.0, 25%, 5E+08, ten, TRUE."""
    typed = re.sub(r"^\.(?=\d)", "0.", re.sub(r"\s", " ", text).strip(f" \"'{QUOTES}").lower().replace("per cent", "percent"))
    if len(text) > MOST_LETTERS or not typed:
        return NOTHING
    if typed in ("true", "false"):
        return Meant("", "a spreadsheet made a truth value of what was typed: restore the number")
    if re.fullmatch(r"\d+(\.\d+)?e\+?\d+", typed, re.ASCII):
        whole = f"{Decimal(typed):f}" if re.search(r"e\+?0*1?\d$", typed) else "and no power of ten"
        return Meant("", f"a spreadsheet may have rounded it: write all digits that the source prints, {whole} if that is all")
    unit, parts = column.unit.lower().split(" ")[0], _NUMBER.fullmatch(typed)
    if parts:
        value = Decimal(re.sub("[, ]", "", parts["digits"]) + (parts["part"] or "")) * Decimal(str(MULTIPLES.get(parts["many"] or "", 1)))
        plain = parts["minus"] + f"{value.normalize():f}" if value else "0"
        given = CURRENCIES.get(parts["sign"]) or UNITS.get(parts["unit"] or "", "")
        if given in ("", unit) and re.fullmatch(TYPES[column.type] or "", plain):
            return _sure(plain)
    read = [] if "," in typed else amounts(typed)
    wanted = [a.number for a in read if a.unit in ("", unit)] + [12 * a.number for a in read if (a.unit, unit) == ("years", "months")]
    plain = f"{Decimal(str(wanted[0])):f}".removesuffix(".0") if len(wanted) == len(read) == 1 else ""
    holds = f"; the column holds {column.unit}" if unit not in ("", "as") else ""
    if re.fullmatch(TYPES[column.type] or "", plain):
        return Meant(plain, f"write {plain} if that is meant{holds}")
    return Meant("", f"write {'a whole' if column.type == 'integer' else 'the'} number in plain digits{holds}")


def _day(year: str, month: str, day: str) -> str:
    iso = f"{year if len(year) == 4 else '20' + year}-{int(month):02}-{int(day):02}"
    return iso if dates.is_date(iso) else ""


def _words(text: str) -> list[str]:
    return sorted(re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", word)[: None if word[:1].isdigit() else 3].lstrip("0") for word in text.split())


def date(text: str) -> Meant:
    """A date as it was meant: 13/08/2010, 12 August 2010, 2010/8/12, 12-Aug-10, about 2010, or a spreadsheet's number of a day."""
    typed = _MIDNIGHT.sub("", re.sub(r"\bsept\b", "sep", " ".join(text.lower().split()).strip(QUOTES)))
    if len(text) > MOST_LETTERS:
        return NOTHING
    if parts := _YEAR_FIRST.fullmatch(typed):
        return _sure(day) if (day := _day(parts[1], parts[3], parts[4])) else NOTHING
    if parts := _MONTH.fullmatch(typed):
        month = _day(parts["year"] or parts["y"], parts["month"] or parts["m"], "1")[:7]
        return _sure(month) if month else NOTHING
    if parts := _YEAR_LAST.fullmatch(typed):
        orders = (_day(parts[4], parts[3], parts[1]), _day(parts[4], parts[1], parts[3]))
        if all(orders) and orders[0] != orders[1]:
            return Meant("", f"write {orders[0]} if the day comes first, as in Britain, or {orders[1]} if the month does")
        found = list(filter(None, orders))[:1]
    elif re.fullmatch(r"[2-5]\d{4}", typed):
        day = str(datetime.date(1899, 12, 30) + datetime.timedelta(days=int(typed)))
        return Meant(day, f"a spreadsheet shows a day as its number: write {day} if that is the day that the source prints")
    else:
        found = printed_dates(re.sub(r"(?<=[a-z\d])[-/.](?=[a-z])|(?<=[a-z])[-/.](?=\d)", " ", typed))
    if len(found) != 1 or not dates.is_date(found[0]):
        return NOTHING
    if (parts and len(parts[4]) == 4) or _words(re.sub("[-,]", " ", typed)) == _words(dates.spoken(found[0]).lower()):
        return _sure(found[0])
    about = f"{found[0]}~" if re.match(r"(?:c\.?|ca\.?|circa|about|around|approximately|~)(?: |\d)", typed) else found[0]
    day = f"[..{about}]" if typed.startswith("by ") else about
    return Meant(day, f"write {shown(day)} if that is what the source prints")


def of_cell(column: Column, text: str, data: Dataset) -> Meant:
    """What a cell was meant to hold by the kind of its column; a list is taken value by value."""
    if column.many or column.codes:
        items = [item.strip() for item in text.split(";") if item.strip()] if column.many else [text]
        if column.codes:
            codes = data.get(f"codes/{column.codes}")
            items = [item if codes.knows(item) else codes.names.get(fold(item)) or item for item in items]
        return _sure(new) if (new := SEPARATOR.join(items)) not in ("", text) and len(set(items)) == len(items) else NOTHING
    if column.type != "string":
        return NOTHING if re.fullmatch(TYPES[column.type] or "", text) else number(text, column)
    return date(text) if column.is_date and not dates.is_date(text) else NOTHING


def form(text: str, column: Column) -> str:
    """What to do about a key, an address or an identifier that has not the form of its column."""
    if odd := next((c for c in text if c in QUOTES), ""):
        return f"take out the curly quotation mark {odd} (U+{ord(odd):04X})"
    slug = re.sub(r"[^a-z0-9]+", "-", fold(text[:MOST_LETTERS])).strip("-")
    fits = slug and len(text) <= MOST_LETTERS and re.fullmatch(column.pattern, slug)
    letter = next((c for c in text if c.translate(LOOKALIKES) != c), "")
    spelled = f"; {letter} is {unicodedata.name(letter)} (U+{ord(letter):04X})" if letter else ""
    return f"write it as {shown(slug)}, with small letters, digits and hyphens only{spelled}" if fits else ""
