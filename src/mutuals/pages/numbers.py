"""The numbers that hand-written pages may use: {{ … }} there is filled from here, so that no page goes stale."""

from typing import Any

from markupsafe import Markup

from mutuals.dates import bounds, spoken
from mutuals.edition import edition
from mutuals.figures import find, teaser_html
from mutuals.pages.reporting import fields, repository
from mutuals.pages.view import View
from mutuals.render import draw
from mutuals.wording import people, words


def _sayings(view: View) -> dict[str, Any]:
    """Functions that say a single figure, named by its key."""
    figures = view.data.get("figures").by_key

    def value(id: str) -> str:
        return people(float(figures[id]["value"]))

    def share(part: str, whole: str) -> str:
        return f"{100 * float(figures[part]['value']) / float(figures[whole]['value']):.2g}"

    def month(id: str) -> str:
        first, last = bounds(figures[id]["as_of_date"])
        return spoken(f"{last:%Y-%m}" if (first.year, first.month) == (last.year, last.month) else f"{last:%Y}")

    def at(id: str) -> str:
        return view.address("figures", id)

    return {"at": at, "value": value, "share": share, "month": month, "words": words, "spoken": spoken, "people": people}


def _teaser(view: View, name: str) -> Markup:
    """The picture of a chapter's figure, for a page at the root of the site. Raises KeyError if no chapter has it."""
    root = view.data.root
    page, spec = find(root / "notebooks", name)
    drawing = draw(spec, edition(root))
    return Markup(teaser_html(spec["usermeta"]["mutuals"], drawing, "", f"notebooks/{page}.html#figure-{name}"))


def numbers(view: View) -> dict[str, Any]:
    """Counts of the tables, single figures by their keys, and functions to say them."""
    data = view.data
    cells = (
        record[column.name]
        for table in data.facts
        for record in table.records
        for column in table.schema.columns
        if column.states == "fact"
    )
    contracts, bodies = data.get("contracts").records, data.get("spin_outs").by_key
    fears = sum(contract["outcome_code"] == "feared" for contract in contracts)
    states, pathfinders = data.get("codes/statuses").by_key, data.get("pathfinders").records
    counted = [body for body in bodies.values() if body["inclusion_code"] == "counted"]
    traced = [bodies[pathfinder["spin_out_id"]] for pathfinder in pathfinders if pathfinder["spin_out_id"]]
    return {
        **_sayings(view),
        "teaser": lambda name: _teaser(view, name),
        "rows": {table.name: len(table.records) for table in data.facts},
        "fears": fears,
        "contracts": len(contracts) - fears,
        "lost": sum(contract["outcome_code"] not in ("feared", "won", "renewed") for contract in contracts),
        "first_wave": sum(pathfinder["wave"] == "1" for pathfinder in pathfinders),
        "became": sum(body["inclusion_code"] != "attempt" for body in traced),
        "untraced": sum(gap["column"] == "spin_out_id" and gap["reason_code"] != "not_applicable" for gap in data.get("gaps").records),
        "counted": len(counted),
        "ended": sum(states[body["status_code"]]["broader"] == "ended" for body in counted),
        "facts": sum(map(bool, cells)),
        "repository": repository(data.root),
        "report": fields("", "", view.version),
        "full_sources": sum(source["scope_code"] == "full" for source in data.get("sources").records),
    }
