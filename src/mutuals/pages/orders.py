"""In which order records stand in their lists, and lead from page to page: by name, by time, or by what they measure."""

from typing import Any

from mutuals.dates import bounds, is_date
from mutuals.pages.view import View

Record = dict[str, str]

STANCES = {
    "for": "For mutuals", "against": "Against mutuals", "against_decision": "Against one decision", "mixed": "For, with reservations",
    "neutral": "Neither: names and terms",
}  # fmt: skip
MODES = ("statement", "fragment", "term")


def by_date(record: Record, column: str) -> tuple[Any, ...]:
    """Where a record stands in time: by the latest day that its date allows, without a date last."""
    last_first = bounds(record[column])[::-1] if is_date(record[column]) else None
    return (last_first is None, last_first or (), record[next(iter(record))])


def as_said(quote: Record) -> tuple[Any, ...]:
    """Where a quotation stands among others: whole statements first, then as its source prints them."""
    return (MODES.index(quote["mode_code"]), quote["source_id"], int(quote["paragraph"]), bool(quote["continues_id"]))


def subject(figure: Record) -> tuple[str, str]:
    """The single body or programme that a figure is about: its table and key; blank where there is none."""
    table = "spin_outs" if figure["spin_out_id"] else "programmes" if figure["programme_id"] else ""
    return table, figure["spin_out_id"] or figure["programme_id"]


def measures(view: View) -> dict[str, list[Record]]:
    """The figures of each measure, the largest measure first: numbers of no single body first, then body by body, by their days."""

    def place(figure: Record) -> tuple[Any, ...]:
        table, id = subject(figure)
        day = bounds(figure["as_of_date"])[1].isoformat() if is_date(figure["as_of_date"]) else "9999"
        return (["", "programmes", "spin_outs"].index(table), view.name(table, id).casefold() if table else "", day, figure["figure_id"])

    found: dict[str, list[Record]] = {code: [] for code in view.data.get("codes/measures").by_key}
    for figure in view.data.get("figures").records:
        found[figure["measure_code"]].append(figure)
    filled = sorted(((code, rows) for code, rows in found.items() if rows), key=lambda item: -len(item[1]))
    return {code: sorted(rows, key=place) for code, rows in filled}


def listed(view: View, table: str) -> list[Record]:
    """The records of a table as their list has them."""
    if table == "events":
        return sorted(view.data.get(table).records, key=lambda event: by_date(event, "date"))
    if table == "figures":
        return [figure for rows in measures(view).values() for figure in rows]
    if table == "quotes":
        stances = list(STANCES)
        return sorted(view.data.get(table).records, key=lambda quote: (stances.index(quote["stance_code"]), as_said(quote)))
    return view.listed(table)
