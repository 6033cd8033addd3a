"""The numbers that hand-written pages may use: {{ … }} there is filled from here, so that no page goes stale."""

from typing import Any

from markupsafe import Markup

from mutuals.dates import bounds, spoken
from mutuals.edition import edition
from mutuals.figures import find, teaser_html
from mutuals.headlines import totals
from mutuals.pages.reporting import fields, repository
from mutuals.pages.view import View
from mutuals.render import draw
from mutuals.states import of_dataset
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
    data, states = view.data, of_dataset(view.data)
    found = {name: int(value) for name, value in totals(states).items() if not name.startswith("figures.")}
    return {
        **_sayings(view),
        **found,
        "teaser": lambda name: _teaser(view, name),
        "rows": {table: found[f"rows.{table}"] for table in states.facts()},
        "repository": repository(data.root),
        "report": fields("", "", view.version),
    }
