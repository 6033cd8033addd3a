"""Pages that list records: one for each table, and those of sources, quotations and events in parts that a telephone can load."""

from typing import Any

from mutuals.pages.browse import alphabetical, initial
from mutuals.pages.orders import STANCES, as_said, by_date, listed
from mutuals.pages.view import FOLDERS, View, dashed, slug, year

Pages = dict[str, tuple[str, dict[str, Any]]]
Record = dict[str, str]

LEDES = {
    "pathfinders": "The services that ministers named as pathfinders, as they were announced, and what they became where that was found.",
    "spin_outs": "Services that left, or tried to leave, the public sector, and neighbours that readers look for here.",
    "contracts": "Contracts won and lost, and those that somebody feared to lose.",
    "programmes": "Schemes by which services were helped, or sent, out of the public sector.",
    "ballots": "Votes and surveys in which staff were asked whether to leave, or what they think of the body they went to.",
    "organisations": "Every body that speaks, acts or is acted on.",
    "people": "People who speak or act in public roles.",
}
# What stands under a record's name in its list.
SECOND_LINES = {
    "pathfinders": ("place", "intended_form_code", "spin_out_id"),
    "spin_outs": ("place", "form_code", "status_code", "inclusion_code"),
    "contracts": ("outcome_code", "value_gbp", "term_months"),
    "programmes": ("started_date", "value_gbp", "bodies"),
    "ballots": ("date", "result_code", "followed_code"),
    "organisations": ("kind_code", "place"),
    "people": ("roles",),
}


def lists(view: View) -> Pages:
    """A list of records for each table with record pages, and those of quotations and events."""
    pages: Pages = {}
    for table, lede in LEDES.items():
        source = view.data.get(table)
        lines = [source.schema[name] for name in SECOND_LINES[table]]
        pages[FOLDERS[table]] = ("list.html", {"table": source, "records": view.listed(table), "lede": lede, "lines": lines})
    return {**pages, **_sources(view), **_quotations(view), **_timeline(view)}


def _quotations(view: View) -> Pages:
    """All quotations by stance, which is where their addresses are, and again by speaker and by theme."""
    quotes = view.data.get("quotes").records
    said = sorted(quotes, key=as_said)
    speakers: dict[str, list[Record]] = {}
    for quote in said:
        table = "people" if quote["person_id"] else "organisations" if quote["organisation_id"] else ""
        name = view.name(table, quote["person_id"] or quote["organisation_id"]) if table else "Speaker not named"
        speakers.setdefault(name, []).append(quote)
    themes = {code: record["label"] for code, record in view.data.get("codes/themes").by_key.items()}
    groups: dict[str, dict[str, list[Record]]] = {
        "quotations": {heading: [q for q in said if q["stance_code"] == code] for code, heading in STANCES.items()},
        "quotations-by-speaker": dict(sorted(speakers.items(), key=lambda item: (item[0] == "Speaker not named", item[0].casefold()))),
        "quotations-by-theme": {
            themes[code][:1].upper() + themes[code][1:]: [q for q in said if code in q["theme_codes"].split("; ")] for code in themes
        },
    }
    titles = {"quotations": "Quotations", "quotations-by-speaker": "Quotations by speaker", "quotations-by-theme": "Quotations by theme"}
    return {
        address: ("quotations.html", {"title": titles[address], "groups": {h: rows for h, rows in parts.items() if rows}, "titles": titles, "total": len(said)})
        for address, parts in groups.items()
    }  # fmt: skip


def _timeline(view: View) -> Pages:
    """Every event in one line on one page, where old addresses lead; and a page for each year with all that is known of them."""
    events = view.data.get("events")
    years: dict[str, list[Record]] = {}
    for record in listed(view, "events"):
        years.setdefault(year(record["date"]), []).append(record)
    pages: Pages = {"timeline": ("timeline.html", {"years": years})}
    names = list(years)
    for before, name, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        around = [(rel, f"{other}.html", other) for rel, other in (("prev", before), ("next", after)) if other]
        pages[f"timeline/{name}"] = ("year.html", {"table": events, "year": name, "records": years[name], "around": around})
    return pages


def _sources(view: View) -> Pages:
    """Sources by who published them: an index, and a page for each letter."""
    letters: dict[str, dict[str, tuple[str, list[Record]]]] = {}
    records = view.data.get("sources").records
    for record in sorted(records, key=lambda r: (alphabetical(r["short_name"]), by_date(r, "date_published"))):
        name = record["short_name"]
        letters.setdefault(initial(name), {}).setdefault(slug(name) or "unnamed", (name, []))[1].append(record)
    letters = dict(sorted(letters.items()))
    pages: Pages = {"sources": ("sources.html", {"letters": letters, "total": len(records)})}
    read = view.read_of_sources()
    names = list(letters)
    for before, letter, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        around = [
            (rel, f"sources-{other.lower()}.html", f"Sources, {other}") for rel, other in (("prev", before), ("next", after)) if other
        ]
        pages[f"sources-{dashed(letter.lower())}"] = (
            "letter.html",
            {"letter": letter, "groups": letters[letter], "read": read, "around": around},
        )
    return pages
