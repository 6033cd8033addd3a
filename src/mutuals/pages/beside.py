"""What stands beside a record that is a statement: other numbers of the same thing, and other words of the same speaker."""

from dataclasses import dataclass

from mutuals.pages import claims, orders
from mutuals.pages.view import View, dashed, slug

Record = dict[str, str]
Key = tuple[str, str]
# By the table of what figures are about: which others of their measure stand beside them.
ABOUT = {
    "": "Of no single body, in the order of time.", "programmes": "Of the same programme, in the order of time.",
    "spin_outs": "Of the same body, in the order of time.",
}  # fmt: skip
RIVALS = (
    "The same thing, another number",
    "Another source, within half a year, gives another number for the same thing. What each covers may differ.",
    ("numbers.html#the-same-thing-another-number", "All numbers that differ"),
)
SUM, SUMS = (
    "The parts come to {}, which is more than the whole.",
    ("numbers.html#parts-and-wholes", "All parts and wholes that do not add up"),
)
MOST = 12  # other figures of the same measure that a page lists; its measure's page has them all


@dataclass(frozen=True)
class Group:
    """A list of records below a heading, with a sentence, and a way to the whole of it (address, words)."""

    heading: str
    note: str
    table: str
    records: list[Record]
    more: tuple[str, str]


def _others(rows: list[Record], record: Record) -> list[Record]:
    return [row for row in rows if row is not record]


def _contradicting(view: View) -> dict[str, list[Group]]:
    """By the key of a figure: what contradicts it, as the page of claims has it."""
    found: dict[str, list[Group]] = {}
    figures = view.data.get("figures").records
    told: list[tuple[list[Record], str, str, tuple[str, str]]] = [(rows, *RIVALS) for rows in claims.rivals(figures)]
    told += [([sum.whole, *sum.parts], "Parts and whole", SUM.format(sum.total), SUMS) for sum in claims.sums(figures)]
    for rows, heading, note, more in told:
        for record in rows:
            found.setdefault(record["figure_id"], []).append(Group(heading, note, "figures", _others(rows, record), more))
    return found


def _figures(view: View) -> dict[Key, list[Group]]:
    against, found = _contradicting(view), {}
    for code, rows in orders.measures(view).items():
        label, about = view.label("measures", code), {}
        for record in rows:
            about.setdefault(orders.subject(record), []).append(record)
        for record in rows:
            alike, table = about[orders.subject(record)], orders.subject(record)[0]
            at = max(0, min(alike.index(record) - MOST // 2, len(alike) - MOST - 1))
            near = _others(alike[at : at + MOST + 1], record)
            note = ABOUT[table] if near else ""
            more = (f"numbers/{dashed(code)}.html", f"All {len(rows):,} numbers of this measure")
            groups = against.get(record["figure_id"], [])
            found["figures", record["figure_id"]] = [*groups, Group(f"Other numbers: {label}", note, "figures", near, more)]
    return found


def _quotes(view: View) -> dict[Key, list[Group]]:
    found: dict[Key, list[Group]] = {}
    quotes = orders.listed(view, "quotes")
    for record in quotes:
        table, column = ("people", "person_id") if record["person_id"] else ("organisations", "organisation_id")
        alike = _others([quote for quote in quotes if quote[column] == record[column] and quote[column]], record)
        name = view.name(table, record[column]) if record[column] else "Speaker not named"
        more = (f"quotations-by-speaker.html#{slug(name)}", "All quotations by speaker")
        found["quotes", record["quote_id"]] = [Group("Others by the same speaker", "", "quotes", alike, more)] if alike else []
    return found


def beside(view: View) -> dict[Key, list[Group]]:
    """By table and key of a record: the lists that its page ends with."""
    return {**_figures(view), **_quotes(view)}
