"""Pages that list records: one for each table, and those on which quotations, numbers and events stand together."""

from typing import Any

from mutuals.dates import bounds, is_date
from mutuals.pages.view import FOLDERS, View

Pages = dict[str, tuple[str, dict[str, Any]]]

LEDES = {
    "pathfinders": "The services that ministers named as pathfinders, as they were announced, and what they became where that was found.",
    "spin_outs": "Services that left, or tried to leave, the public sector, and neighbours that readers look for here.",
    "contracts": "Contracts won and lost, and those that somebody feared to lose.",
    "programmes": "Schemes by which services were helped, or sent, out of the public sector.",
    "ballots": "Votes and surveys in which staff were asked whether to leave, or what they think of the body they went to.",
    "organisations": "Every body that speaks, acts or is acted on.",
    "people": "People who speak or act in public roles.",
    "sources": "The documents that the record rests on. Their text is not kept here; their fingerprints are.",
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
    "sources": ("kind_code", "date_published", "scope_code"),
}

STANCES = ("for", "against", "against_decision", "mixed", "neutral")
MODES = ("statement", "fragment", "term")


def _by_date(view: View, column: str) -> Any:
    def key(record: dict[str, str]) -> tuple[Any, ...]:
        last_first = bounds(record[column])[::-1] if is_date(record[column]) else None
        return (last_first is None, last_first or (), record[next(iter(record))])

    return key


def lists(view: View) -> Pages:
    """A list of records for each table with record pages, and the three pages of quotations, numbers and events."""
    pages: Pages = {}
    for table, folder in FOLDERS.items():
        source = view.data.get(table)
        records = sorted(source.records, key=lambda record: view.name(table, record[source.schema.key[0]]).casefold())
        lines = [source.schema[name] for name in SECOND_LINES[table]]
        pages[folder] = ("list.html", {"table": source, "records": records, "lede": LEDES[table], "lines": lines})
    quotes, figures, events = (view.data.get(name) for name in ("quotes", "figures", "events"))
    said = sorted(quotes.records, key=lambda q: (MODES.index(q["mode_code"]), q["source_id"], int(q["paragraph"]), bool(q["continues_id"])))
    groups = {code: [q for q in said if q["stance_code"] == code] for code in STANCES}
    pages["quotations"] = ("quotations.html", {"table": quotes, "groups": {code: rows for code, rows in groups.items() if rows}})
    measures = view.data.get("codes/measures").by_key
    rows = {code: [f for f in figures.records if f["measure_code"] == code] for code in measures}
    ordered = dict(sorted(rows.items(), key=lambda item: -len(item[1])))
    pages["numbers"] = ("numbers.html", {"table": figures, "groups": {code: group for code, group in ordered.items() if group}})
    pages["timeline"] = ("timeline.html", {"table": events, "records": sorted(events.records, key=_by_date(view, "date"))})
    return pages
