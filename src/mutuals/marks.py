"""The marks of the house charts: one row below the other, each label above its mark, legible at any width."""

import datetime
import json
import math
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import altair as alt
import pandas as pd

from mutuals.palette import BLUE, CONTEXT, MUTED, PAPER
from mutuals.wording import UNKNOWN, people

TEXT_SIZE = 13

LOW = 10  # how far below the middle of its row a mark lies, leaving the upper half to the label
OPEN = "0001-01-01"  # what mutuals.dates.bounds gives as the first day of a date without a beginning


def plain(value: Any) -> str | int | float | bool | None:
    """A cell as JSON can carry it: dates as ISO text, any missing value as None."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    if isinstance(value, datetime.datetime):  # also pandas' Timestamp
        return value.isoformat() if value.time() != datetime.time() else value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number that a table can hold")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, str | int | float | bool) else str(value)


# Labels break into lines of as many letters as the picture is wide, when it is drawn.
_LETTER = 7.2
_BREAK = f"split(trim(replace(datum.label, regexp('(.{{1,' + floor(width / {_LETTER}) + '}})( +|$)', 'g'), '$1\\n')), '\\n')"


def _base(frame: pd.DataFrame, label: str, columns: dict[str, str], accent: str | Iterable[str]) -> alt.Chart:
    """The frame's rows in their order, under the names that the marks use, with the label broken into lines."""
    strong = {accent} if isinstance(accent, str) else set(accent)
    if missing := [column for column in (label, *columns.values()) if column not in frame.columns]:
        raise ValueError(f"the chart's rows have no column “{missing[0]}”; they have {', '.join(map(str, frame.columns))}")
    if unknown := strong - set(frame[label]):
        raise ValueError(f"no row is labelled “{sorted(unknown)[0]}”, so it cannot be the accent")
    rows: list[dict[str, Any]] = [
        {"order": order, "label": str(row[label]), "tone": "strong" if row[label] in strong else "faint" if strong else "plain"}
        | {name: plain(row[column]) for name, column in columns.items()}
        for order, row in enumerate(frame.to_dict("records"))
    ]
    lines = max((len(textwrap.wrap(row["label"], int(300 / _LETTER))) for row in rows), default=1)
    height = len(rows) * (44 + 16 * (lines - 1))
    return alt.Chart(alt.InlineData(values=rows), height=height).transform_calculate(lines=_BREAK)


def _y() -> alt.Y:
    return alt.Y("order:O", axis=None, scale=alt.Scale(padding=0))


def _colour(channel: type = alt.Color) -> Any:
    return channel("tone:N", legend=None, scale=alt.Scale(domain=["plain", "strong", "faint"], range=[BLUE, BLUE, CONTEXT]))


def _labels(base: alt.Chart, missing: str) -> list[alt.Chart]:
    """Each row's label above its mark; where the value is missing, a hollow mark and the words for it, not an empty row."""
    weight = {"expr": "datum.tone == 'strong' ? 'bold' : 'normal'"}
    lift = {"expr": "-16 * (length(datum.lines) - 1)"}
    text = base.mark_text(align="left", baseline="bottom", lineHeight=16, fontSize=TEXT_SIZE + 1, fontWeight=weight, dy=lift)
    rows, x = base.transform_filter(missing), alt.value(6)
    hollow = rows.mark_point(size=70, filled=False, color=MUTED, strokeDash=[2, 2], yOffset=LOW)
    words = rows.mark_text(align="left", dx=10, color=MUTED, yOffset=LOW, baseline="middle", fontStyle="italic")
    gaps = [hollow.encode(x=x, y=_y()), words.encode(x=x, y=_y(), text=alt.value(UNKNOWN))]
    return [text.encode(x=alt.value(0), y=_y(), text="lines:N"), *gaps]


def _scale(base: alt.Chart, names: list[str], said: str = "") -> alt.Scale:
    """From zero to the largest value, leaving room for words at the right edge."""
    values = [row[name] for row in base.data.values for name in names if row[name] is not None]
    if any(not isinstance(value, int | float) or value < 0 for value in values):
        raise ValueError("bars and dots start at zero and so need numbers that are not negative")
    room = 14 + 8 * max((len(row[said]) for row in base.data.values if said), default=0)
    return alt.Scale(domain=[0, max([*values, 0]) or 1], range=[0, {"expr": f"width - {room}"}], nice=False)


def _said(frame: pd.DataFrame, column: str, say: Callable[[Any], str]) -> pd.Series:
    return frame[column].map(lambda value: UNKNOWN if pd.isna(value) else say(value)).astype(str)


def _measured(
    frame: pd.DataFrame, label: str, value: str, say: Callable[[Any], str], accent: str | Iterable[str]
) -> tuple[alt.Chart, alt.Chart, alt.X]:
    """What bars and dots share: all rows, the rows with a value, and the place of a value from left to right."""
    base = _base(frame.assign(_said=_said(frame, value, say)), label, {"value": value, "said": "_said"}, accent)
    return base, base.transform_filter("isValid(datum.value)"), alt.X("value:Q", axis=None, scale=_scale(base, ["value"], "said"))


def bars(
    frame: pd.DataFrame, *, label: str, value: str, say: Callable[[Any], str] = people, accent: str | Iterable[str] = ()
) -> alt.LayerChart:
    """Horizontal bars from zero in the order of the rows; a missing value is a hollow mark with “not stated”.

    `say` puts a value into words (`money`, `people`); `accent` names the row or rows to stand out, the rest turn grey.
    """
    base, known, x = _measured(frame, label, value, say, accent)
    bar = known.mark_bar(size=16, yOffset=LOW).encode(x=x, y=_y(), color=_colour())
    words = known.mark_text(align="left", dx=6, yOffset=LOW, baseline="middle").encode(x=x, y=_y(), text="said:N")
    return alt.LayerChart(layer=[bar, words, *_labels(base, "!isValid(datum.value)")])


def dots(
    frame: pd.DataFrame, *, label: str, value: str, say: Callable[[Any], str] = people, accent: str | Iterable[str] = ()
) -> alt.LayerChart:
    """Like `bars`, with a dot at the end of a thin line: for shares and averages, which do not add up to an area."""
    base, known, x = _measured(frame, label, value, say, accent)
    line = known.mark_rule(color=CONTEXT, yOffset=LOW).encode(x=x, x2=alt.value(0), y=_y())
    dot = known.mark_point(size=110, filled=True, opacity=1, yOffset=LOW).encode(x=x, y=_y(), color=_colour())
    words = known.mark_text(align="left", dx=11, yOffset=LOW, baseline="middle").encode(x=x, y=_y(), text="said:N")
    return alt.LayerChart(layer=[line, dot, words, *_labels(base, "!isValid(datum.value)")])


def pairs(
    frame: pd.DataFrame, *, label: str, before: str, after: str, say: Callable[[Any], str] = people, accent: str | Iterable[str] = ()
) -> alt.LayerChart:
    """Two values a row joined by a line: `before` a hollow dot, `after` a full one, both in words after the label.

    The subtitle has to say what hollow and full stand for. A row with one value shows that one dot.
    """
    words = frame[label] + ": " + _said(frame, before, say) + " → " + _said(frame, after, say)
    words = words.where(frame[before].notna() | frame[after].notna(), frame[label])
    base = _base(frame.assign(_words=words), label, {"label": "_words", "before": before, "after": after}, accent)
    scale = _scale(base, ["before", "after"])
    x = {name: alt.X(f"{name}:Q", axis=None, scale=scale) for name in ("before", "after")}
    both = base.transform_filter("isValid(datum.before) && isValid(datum.after)")
    line = both.mark_rule(strokeWidth=3, yOffset=LOW, color=CONTEXT).encode(x=x["before"], x2="after:Q", y=_y())
    dot: dict[str, Any] = {"size": 120, "filled": True, "opacity": 1, "yOffset": LOW}
    hollow = base.transform_filter("isValid(datum.before)").mark_point(fill=PAPER, strokeWidth=2, **dot)
    full = base.transform_filter("isValid(datum.after)").mark_point(**dot)
    ends = [hollow.encode(x=x["before"], y=_y(), stroke=_colour(alt.Stroke)), full.encode(x=x["after"], y=_y(), color=_colour())]
    return alt.LayerChart(layer=[line, *ends, *_labels(base, "!isValid(datum.before) && !isValid(datum.after)")])


def _clip(rows: list[dict[str, Any]]) -> list[str]:
    """Keep all dates within the years that are stated, marking as open what reaches beyond; return that domain."""
    days = [row[end] for row in rows for end in ("first", "last") if row[end] and OPEN < row[end] < "9000"]
    if not days:
        raise ValueError("spans(): no row has a date")
    start, end = f"{min(days)[:4]}-01-01", f"{int(max(days)[:4]) + 1}-01-01"
    for row in rows:
        if row["first"] and row["last"]:
            row["open"] = row["first"] < start or row["last"] > end
            row |= {"first": max(row["first"], start), "last": min(row["last"], end)}
    return [start, end]


def spans(frame: pd.DataFrame, *, label: str, first: str, last: str, said: str, accent: str | Iterable[str] = ()) -> alt.LayerChart:
    """A timeline of dates as they are known: a day is a dot, an uncertain date a bar over all days that it may mean.

    `first` and `last` hold those days (`mutuals.dates.bounds`; blank where no date is stated), `said` the date in
    words, written after the label. A bar without a beginning (“by 13 November 2011”) starts dashed at the left edge.
    """
    frame = frame.assign(**{column: frame[column].map(lambda cell: cell or None) for column in (first, last, said)})
    words = (frame[label] + ": " + frame[said].astype("str")).where(frame[[first, last, said]].notna().all(axis=1), frame[label])
    base = _base(frame.assign(_words=words), label, {"label": "_words", "first": first, "last": last}, accent)
    domain = _clip(base.data.values)
    years = alt.Axis(format="%Y", title=None, tickCount={"interval": "year", "step": 1}, orient="top", labelFlush=True)
    x = alt.X("first:T", axis=years, scale=alt.Scale(type="utc", domain=domain, nice=False))
    dated = base.transform_filter("isValid(datum.first) && isValid(datum.last)")
    dot = dated.transform_filter("datum.first == datum.last").mark_point(size=120, filled=True, opacity=1, yOffset=LOW)
    bar = dated.transform_filter("datum.first != datum.last && !datum.open").mark_bar(size=12, cornerRadius=6, yOffset=LOW)
    edge = dated.transform_filter("datum.open").mark_bar(size=12, cornerRadius=6, filled=False, strokeDash=[4, 3], yOffset=LOW)
    bars = [mark.encode(x=x, x2="last:T", y=_y(), color=_colour()) for mark in (bar, edge)]
    labels = _labels(base, "!isValid(datum.first) || !isValid(datum.last)")
    return alt.LayerChart(layer=[dot.encode(x=x, y=_y(), color=_colour()), *bars, *labels])


def steps(frame: pd.DataFrame, *, x: str, y: str, low: str = "", high: str = "", unit: str = "years", height: int = 320) -> alt.LayerChart:
    """A curve of shares (0 to 1) that only changes at events, such as survival, with its interval behind it.

    Rows stand in the order of `x`; `low` and `high` bound the interval. The vertical axis runs from 0 to 100 per cent.
    """
    columns = {"x": x, "y": y, **({"low": low, "high": high} if low else {})}
    if missing := [column for column in columns.values() if column not in frame.columns]:
        raise ValueError(f"the chart's rows have no column “{missing[0]}”; they have {', '.join(map(str, frame.columns))}")
    rows = [{name: plain(row[column]) for name, column in columns.items()} for row in frame.to_dict("records")]
    for place in rows:
        between = f" (interval {100 * place['low']:.0f} to {100 * place['high']:.0f})" if low else ""
        place["says"] = f"After {place['x']:.1f}: {100 * place['y']:.1f} per cent{between}"
    base = alt.Chart(alt.InlineData(values=rows), height=height)
    percent = alt.Axis(format="%", title=None, tickCount=4)
    across = alt.X("x:Q", axis=alt.Axis(title=unit, grid=False, tickMinStep=1, format="d"), scale=alt.Scale(nice=False))
    up = {"axis": percent, "scale": alt.Scale(domain=[0, 1])}
    line = base.mark_line(interpolate="step-after", strokeWidth=3, color=BLUE).encode(x=across, y=alt.Y("y:Q", **up))
    if not low:
        return alt.LayerChart(layer=[line])
    band = base.mark_area(interpolate="step-after", fillOpacity=0.18, color=BLUE, stroke=BLUE, strokeWidth=1, strokeDash=[3, 3]).encode(
        x=across, y=alt.Y("low:Q", **up), y2="high:Q"
    )
    return alt.LayerChart(layer=[band, line])


def grid(
    frame: pd.DataFrame, *, row: str, column: str, columns: list[str], size: int = 300, dash: tuple[int, int] = (1, 0)
) -> alt.LayerChart:
    """A numbered dot for each row of the frame: its line says one thing, its column another.

    The frame holds `label` (blank but in the first row of a line), `number` (blank for none), `hollow` and `colour`
    beside the two columns named; lines stand in the order of the frame, columns in that of `columns`.
    """
    dots = frame
    slots = dots.groupby([row, column]).cumcount()
    wide = slots.groupby(dots[column]).max().add(1).clip(lower=2.4).reindex(columns) + 0.6
    starts = (wide.cumsum() - wide).round(1)
    lines = {name: line for line, name in enumerate(dots[row].unique())}
    dots = dots.assign(place=dots[column].map(starts) + slots + 0.5, line=dots[row].map(lines))
    dots["says"] = dots[row] + ": " + dots[column]
    dots["label"] = dots.label.str[:1].str.upper() + dots.label.str[1:]
    words = f"{json.dumps(columns)}[indexof({json.dumps(list(starts))}, datum.value)]"
    look = {"title": None, "domain": False, "ticks": False, "grid": False, "labelAlign": "left", "labelOverlap": False}
    axis = alt.Axis(orient="top", offset=20, values=list(starts), labelExpr=words, **look)
    scale = alt.Scale(domain=[0, wide.sum()], range=[0, {"expr": f"min(width, {round(56 * wide.sum())})"}], nice=False)
    y = alt.Y("line:O", axis=None, scale=alt.Scale(padding=0))
    base = alt.Chart(dots[["place", "line", "number", "label", "colour", "hollow", "says"]], height=47 * len(lines))
    mark = base.encode(x=alt.X("place:Q", axis=axis, scale=scale), y=y)
    colour = {"scale": None, "legend": None}
    point = {"size": size, "opacity": 1, "yOffset": 13}
    full = mark.transform_filter("!datum.hollow").mark_point(filled=True, **point).encode(color=alt.Color("colour:N", **colour))
    empty = mark.transform_filter("datum.hollow").mark_point(fill=PAPER, strokeDash=list(dash), strokeWidth=1.5, **point)
    inside = {"baseline": "middle", "align": "center", "fontSize": 11, "yOffset": 13.5}
    on_full = mark.transform_filter("!datum.hollow").mark_text(color=PAPER, **inside).encode(text="number:N")
    on_empty = mark.transform_filter("datum.hollow").mark_text(**inside).encode(text="number:N", color=alt.Color("colour:N", **colour))
    label = base.transform_filter("datum.label").mark_text(align="left", baseline="bottom", fontSize=14, yOffset=-2)
    label = label.encode(x=alt.value(0), y=y, text="label:N")
    return alt.LayerChart(layer=[full, empty.encode(stroke=alt.Stroke("colour:N", **colour)), on_full, on_empty, label])
