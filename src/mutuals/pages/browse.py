"""Plain lists that lead to every record without a script: from A to Z, by place, by service, by year and by outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mutuals.dates import spoken
from mutuals.pages.view import FOLDERS, LISTED, View, dashed, year
from mutuals.wording import several

Record = dict[str, str]
Entry = tuple[str, str, str]  # table, key, and what stands after the link

NOUNS = {
    "pathfinders": "pathfinder", "spin_outs": "spin-out", "contracts": "contract", "programmes": "programme", "ballots": "ballot or survey",
    "organisations": "body", "people": "person",
}  # fmt: skip
# Contract dates as the list of years has them.
DATES = {"award_date": "awarded", "start_date": "start", "end_date": "end"}
PASSING = ("announced", "operating")  # states that go on; all other statuses are something that happened


@dataclass
class Section:
    """A heading of a list with its entries; `leads` links elsewhere (address, words)."""

    level: int
    id: str
    title: str
    note: str = ""
    entries: list[Entry] = field(default_factory=list)
    leads: tuple[str, str] | None = None


def initial(name: str) -> str:
    """The letter under which a name stands, without its article: “The Guardian” under G; all digits under 0."""
    letter = name.removeprefix("The ").lstrip("‘“'\"(")[:1].upper()
    return letter if letter.isascii() and letter.isalpha() else "0"


def alphabetical(name: str) -> str:
    """A name as it is sorted: without its article, quotation marks and capitals."""
    return name.removeprefix("The ").lstrip("‘“'\"(").casefold()


def status(view: View, record: Record) -> str:
    """What became of a spin-out, and when, as a line."""
    return view.label("statuses", record["status_code"]) + (f", {spoken(record['status_date'])}" if record["status_date"] else "")


def _a_to_z(view: View) -> list[Section]:
    named = []
    for table in NOUNS:
        for record in view.data.get(table).records:
            others = record.get("other_names", "")
            id = record[view.data.get(table).schema.key[0]]
            named.append((view.name(table, id), (table, id, NOUNS[table] + (f" ({others})" if others else ""))))
    named.sort(key=lambda pair: (initial(pair[0]), alphabetical(pair[0]), pair[1]))
    letters: dict[str, Section] = {}
    for name, entry in named:
        letter = initial(name)
        letters.setdefault(letter, Section(2, letter.lower(), "Digits" if letter == "0" else letter)).entries.append(entry)
    return list(letters.values())


def _placed(view: View) -> dict[str, list[Entry]]:
    """Spin-outs and pathfinders by the code of their area; without one under a blank."""
    found: dict[str, list[Entry]] = {}
    for record in view.listed("spin_outs"):
        contracts = len(view.mentions("spin_outs", record["spin_out_id"]).get("contracts", ()))
        line = [*([] if record["gss_code"] or not record["place"] else [record["place"]]), status(view, record)]
        line += [several(contracts, "contract")] if contracts else []
        found.setdefault(record["gss_code"], []).append(("spin_outs", record["spin_out_id"], " · ".join(line)))
    for record in view.listed("pathfinders"):
        line = [*([] if record["gss_code"] or not record["place"] else [record["place"]]), "pathfinder"]
        found.setdefault(record["gss_code"], []).append(("pathfinders", record["pathfinder_id"], " · ".join(line)))
    return found


def _by_place(view: View) -> list[Section]:
    areas, placed = view.data.get("codes/areas").by_key, _placed(view)

    def below(code: str, level: int) -> Iterator[Section]:
        inner = sorted((area for area in areas.values() if area["broader"] == code), key=lambda area: area["label"])
        parts = [section for area in inner for section in below(area["code"], level + 1)]
        if placed.get(code) or parts:
            yield Section(level, code, areas[code]["label"], entries=placed.get(code, []))
            yield from parts

    nations = sorted((area for area in areas.values() if not area["broader"]), key=lambda area: area["label"])
    found = [section for nation in nations for section in below(nation["code"], 2)]
    note = "Whose place straddles several areas, or was not printed."
    return [*found, Section(2, "elsewhere", "Several areas, or none", note, placed.get("", []))]


def _by_service(view: View) -> list[Section]:
    found = []
    for sector in view.data.get("codes/sectors").records:
        bodies = [record for record in view.listed("spin_outs") if record["sector_code"] == sector["code"]]
        entries = [
            ("spin_outs", r["spin_out_id"], " · ".join(filter(None, (r["services"].replace("; ", ", "), r["place"], status(view, r)))))
            for r in bodies
        ]
        label = sector["label"][:1].upper() + sector["label"][1:]
        found.append(Section(2, dashed(sector["code"]), label, sector["description"], entries))
    plans = [("pathfinders", r["pathfinder_id"], r["services"]) for r in view.listed("pathfinders")]
    return [*(s for s in found if s.entries), Section(2, "pathfinders", "Pathfinders", "With their services as announced.", plans)]


def _dated(view: View) -> dict[str, dict[str, list[Entry]]]:
    """By year and heading: what left, ended, was let and was voted on."""
    found: dict[str, dict[str, list[Entry]]] = {}

    def add(date: str, heading: str, table: str, id: str, before: str = "") -> None:
        if date:
            found.setdefault(year(date), {}).setdefault(heading, []).append((table, id, before + spoken(date)))

    for record in view.listed("spin_outs"):
        add(record["left_date"], "Left the public sector", "spin_outs", record["spin_out_id"])
        if record["status_code"] not in PASSING:
            add(
                record["status_date"],
                "Ended, closed or changed hands",
                "spin_outs",
                record["spin_out_id"],
                f"{view.label('statuses', record['status_code'])}, ",
            )
    for record in view.listed("contracts"):
        outcome = view.label("outcomes", record["outcome_code"])
        for column, word in DATES.items():
            add(record[column], "Contracts", "contracts", record["contract_id"], f"{outcome} · {word} ")
    for record in view.listed("ballots"):
        add(record["date"], "Votes and surveys", "ballots", record["ballot_id"])
    return found


def _by_year(view: View) -> list[Section]:
    dated, events = _dated(view), [year(record["date"]) for record in view.data.get("events").records]
    found = []
    headings = ("Left the public sector", "Ended, closed or changed hands", "Contracts", "Votes and surveys")
    for number in sorted({*dated, *events} - {"undated"}):
        there = events.count(number)
        leads = (f"timeline/{number}.html", several(there, "event")) if there else None
        found.append(Section(2, number, number, leads=leads))
        for place, heading in enumerate(headings):
            if entries := dated.get(number, {}).get(heading):
                found.append(Section(3, f"{number}-{place}", f"{heading}, {number}", entries=entries))
    return found


def _by_outcome(view: View) -> list[Section]:
    found = [Section(2, "bodies", "Bodies, by what became of them")]
    statuses = sorted(view.data.get("codes/statuses").records, key=lambda code: (code["broader"] or code["code"], bool(code["broader"])))
    for code in statuses:
        entries = [
            (
                "spin_outs",
                r["spin_out_id"],
                " · ".join([*([spoken(r["status_date"])] if r["status_date"] else []), view.label("inclusions", r["inclusion_code"])]),
            )
            for r in view.listed("spin_outs")
            if r["status_code"] == code["code"]
        ]
        if entries:
            found.append(Section(3, f"status-{dashed(code['code'])}", code["label"].capitalize(), code["description"], entries))
    found.append(Section(2, "contracts", "Contracts, by their outcome"))
    for code in view.data.get("codes/outcomes").records:
        rows = [r for r in view.listed("contracts") if r["outcome_code"] == code["code"]]
        entries = [("contracts", r["contract_id"], view.name("spin_outs", r["spin_out_id"]) if r["spin_out_id"] else "") for r in rows]
        if entries:
            found.append(Section(3, f"outcome-{dashed(code['code'])}", code["label"].capitalize(), code["description"], entries))
    return found


def pages(view: View) -> dict[str, tuple[str, dict[str, Any]]]:
    """The lists by address."""
    lists = {
        "a-z": ("From A to Z", "Every body, person, contract, programme and ballot by its name, with other names in brackets.", _a_to_z),
        "by-place": ("By place", "Bodies and pathfinders by nation, region and council area, with what became of them.", _by_place),
        "by-service": ("By service", "Bodies by the field of public service that most of their work is in.", _by_service),
        "by-year": ("By year", "What left, what ended, which contracts were let and when staff were asked: each under the latest year that its date allows, planned ends of contracts included.", _by_year),
        "by-outcome": ("By outcome", "What became of the bodies, and of their contracts.", _by_outcome),
    }  # fmt: skip
    assert set(NOUNS) == set(FOLDERS) - {"sources", *LISTED}
    return {address: ("browse.html", {"title": t, "lede": lede, "sections": make(view)}) for address, (t, lede, make) in lists.items()}
