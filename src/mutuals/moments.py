"""Numbers over time where the time is not always a day: a dot for a day or a month, else a line over all its days."""

import datetime
from collections.abc import Iterable
from typing import Any

import altair as alt
import pandas as pd

from mutuals.marks import TEXT_SIZE, plain
from mutuals.palette import BLUE, MUTED

DOT = 31  # days that a dot covers by its size alone


def moments(
    frame: pd.DataFrame, *, first: str, last: str, value: str, said: str, tells: str, accent: Iterable[int] = (), height: int = 300
) -> alt.LayerChart:
    """Counts by date, from zero: `first` and `last` are the days that a date may mean, `said` the words at a mark, or blank.

    `tells` is what a reader of the interactive figure hears of a mark; `accent` names rows by their place in the frame,
    the rest turn grey. Raises ValueError for a row without dates or value, or with a value below zero.
    """
    strong = set(accent)
    rows: list[dict[str, Any]] = []
    for order, row in enumerate(frame.to_dict("records")):
        first_day, last_day, amount = plain(row[first]), plain(row[last]), plain(row[value])
        if not first_day or not last_day or not isinstance(amount, int | float) or amount < 0:
            raise ValueError(f"moments(): row {order + 1} needs first day, last day and a value from zero; leave out others, and say so")
        if (span := datetime.date.fromisoformat(last_day) - datetime.date.fromisoformat(first_day)).days <= DOT:
            first_day = last_day = (datetime.date.fromisoformat(first_day) + span / 2).isoformat()
        tone = "strong" if order in strong else "faint" if strong else "plain"
        drawn = {"order": order, "first": first_day, "last": last_day, "value": amount, "said": str(row[said]), "tone": tone}
        rows.append(drawn | {"says": str(row[tells])})
    domain = [f"{min(row['first'] for row in rows)[:4]}-01-01", f"{int(max(row['last'] for row in rows)[:4]) + 1}-01-01"]
    base = alt.Chart(alt.InlineData(values=rows), height=height)
    years = alt.Axis(format="%Y", title=None, tickCount={"interval": "year", "step": 1}, grid=False, labelFlush=True)
    x = alt.X("first:T", axis=years, scale=alt.Scale(type="utc", domain=domain, nice=False))
    y = alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=4), scale=alt.Scale(domainMin=0, nice=True))
    colour = alt.Color("tone:N", legend=None, scale=alt.Scale(domain=["plain", "strong", "faint"], range=[BLUE, BLUE, MUTED]))
    day = base.transform_filter("datum.first == datum.last").mark_point(size=90, filled=True, opacity=1)
    days = base.transform_filter("datum.first != datum.last").mark_rule(strokeWidth=4, strokeCap="round", opacity=1)
    words = base.mark_text(dy={"expr": "datum.tone == 'strong' ? 20 : -11"}, fontSize=TEXT_SIZE, align="left", dx=-2).encode(
        x=x, y=y, text="said:N"
    )
    return alt.LayerChart(layer=[days.encode(x=x, x2="last:T", y=y, color=colour), day.encode(x=x, y=y, color=colour), words])
