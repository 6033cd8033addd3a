"""Interaction for readers who ask: the same specification, with tooltips, a filter, steps by key and zoom, as a script.

A script that assigns a global works from a folder too, where no page may fetch. The drawing engine is the one that drew
the picture, bundled from the locked vl-convert; it runs expressions as trees (`ast`), so no page needs `unsafe-eval`.
"""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import vl_convert

from mutuals.render import NARROW, VEGA_LITE, WIDE, sized

PALE = 0.15  # of marks that are not asked for
LONGEST = 160  # letters of a cell in a tooltip; the table has it whole
SEEN = "(at < 0 || datum.order == at) && (seek == '' || indexof(lower(datum.tip), seek) >= 0)"


def _rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that the chart draws, which its layers share."""
    data = spec["data"]
    return data["values"] if "values" in data else spec["datasets"][data["name"]]


def _short(cell: Any) -> str:
    text = "not stated" if cell is None or cell == "" else f"{cell:,}" if isinstance(cell, int) and abs(cell) >= 10_000 else str(cell)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _beside(row: dict[str, Any], place: int, drawn: int, meta: dict[str, Any]) -> list[Any] | None:
    """The row of the table that a drawn row stands for: the one of its number, or the one at its place; None for neither."""
    if row.get("number"):
        return next((cells for cells in meta["rows"] if str(cells[0]) == str(row["number"])), None)
    return meta["rows"][place] if drawn == len(meta["rows"]) and "order" in row else None


def _tell(spec: dict[str, Any]) -> None:
    """Give every drawn row its place, and the words of the table's row (or its own) to show and to search."""
    meta = spec["usermeta"]["mutuals"]
    rows = _rows(spec)
    for place, row in enumerate(rows):
        cells = _beside(row, place, len(rows), meta)
        if cells:
            said = {column: _short(cell) for column, cell in zip(meta["columns"], cells, strict=True) if column}
        else:
            said = {"Shows": str(row["says"])} if row.get("says") else {}
        row["order"] = row.get("order", place)
        row["told"] = said
        row["tip"] = "; ".join(f"{column}: {cell}" for column, cell in said.items()).lower()


def _layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return spec.get("layer", [spec])


def _zooms(spec: dict[str, Any]) -> bool:
    """Whether a chart has an axis along which values lie so close that zooming shows more: a continuous one that is drawn."""
    return any((layer.get("encoding", {}).get("x", {}).get("axis") or {}).get("title") for layer in _layers(spec))


def _zoomed(live: dict[str, Any]) -> None:
    """Let `low` and `high` say which part of the axis is shown; only the page's buttons and keys set them, so that scrolling never does."""
    places = [row["x"] for row in _rows(live)]
    live["params"] += [{"name": "low", "value": min(places)}, {"name": "high", "value": max(places)}]
    for layer in _layers(live):
        layer["mark"]["clip"] = True
        layer["encoding"]["x"]["scale"] |= {"domainMin": {"expr": "low"}, "domainMax": {"expr": "high"}}
    # A line is hit at its corners only, so each has a point to rest on.
    line = next(layer for layer in _layers(live) if layer["mark"]["type"] == "line")
    points = {"mark": {"type": "point", "filled": True, "size": 60}, "encoding": copy.deepcopy(line["encoding"])}
    live["layer"].append({**points, "transform": [{"filter": "datum.x >= low && datum.x <= high"}]})


def live_spec(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification of a figure made interactive: `at` picks a row, `seek` filters by words; the rest turns pale."""
    live = copy.deepcopy(spec)
    _tell(live)
    live["params"] = [*live.get("params", []), {"name": "at", "value": -1}, {"name": "seek", "value": ""}]
    if _zooms(live):
        _zoomed(live)
    for layer in _layers(live):
        encoding = layer.setdefault("encoding", {})
        mark = layer["mark"] if isinstance(layer["mark"], dict) else {"type": layer["mark"]}
        layer["mark"] = mark
        if mark["type"] not in ("area", "line"):
            encoding["opacity"] = {"condition": {"test": SEEN, "value": 1}, "value": PALE}
            mark["tooltip"] = {"expr": "datum.told"}
    live.pop("usermeta")
    return live


def live_script(spec: dict[str, Any]) -> str:
    """A script that puts the interactive figure into the page's registry, where `figures.js` finds it."""
    meta = spec["usermeta"]["mutuals"]
    live = live_spec(spec)
    titles = {width: sized(spec, width)["title"] for width in (WIDE, NARROW)}
    told = {row["order"]: "; ".join(f"{column}: {cell}" for column, cell in row["told"].items()) for row in reversed(_rows(live))}
    figure = {
        "spec": live,
        "titles": titles,
        "rows": [words for _, words in sorted(told.items())],
        # Where each row is on an axis that can be zoomed.
        "places": [row["x"] for row in _rows(live)] if _zooms(spec) else [],
        "says": meta["says"],
    }
    # No cell may end a script or a comment, wherever this is put.
    text = json.dumps(figure, ensure_ascii=True, sort_keys=True).replace("<", "\\u003c")
    return f"(window.spunFigures = window.spunFigures || {{}})[{json.dumps(meta['name'])}] = {text};\n"


@cache
def bundle() -> dict[str, str]:
    """The scripts that all figures share, by file name: the small one that offers, and the large one that draws."""
    engine = vl_convert.javascript_bundle("window.spunEmbed = vegaEmbed;", vl_version=VEGA_LITE)
    # Its names stay its own: as they come they are the page's, and another script may have them already.
    engine = f"(() => {{\n{engine}\n}})();\n"
    return {"figures.js": Path(__file__).with_name("figures.js").read_text(encoding="utf-8"), "vega.js": engine}
