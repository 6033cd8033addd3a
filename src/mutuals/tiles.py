"""Charts of little squares, each of which stands for so many: a map of the nations and regions, and a waffle.

Squares can be counted, need no scale of colours, and look the same in light, dark and grey.
"""

import math
import textwrap
from typing import Any

import altair as alt
import pandas as pd

from mutuals.marks import TEXT_SIZE, plain
from mutuals.palette import BLUE, CONTEXT
from mutuals.wording import UNKNOWN

# Column and row of each nation and region on the map, neighbours side by side where that can be.
PLACES = {
    "Scotland": (1, 0), "North East": (2, 0),
    "Northern Ireland": (0, 1), "North West": (1, 1), "Yorkshire and The Humber": (2, 1),
    "Wales": (0, 2), "West Midlands": (1, 2), "East Midlands": (2, 2), "East of England": (3, 2),
    "South West": (1, 3), "South East": (2, 3), "London": (3, 3),
}  # fmt: skip
ELSEWHERE = (0, 3)  # for all that lies in no one area
SHORT = {"Yorkshire and The Humber": "Yorkshire & Humber"}
ACROSS, PITCH, HEAD, FOOT = 5, 13, 63, 8  # squares in a line of a tile; pixels from one to the next, above and below them


def _counts(frame: pd.DataFrame, area: str, value: str) -> list[tuple[str, int]]:
    """The areas with their counts. Raises ValueError for an area that is not on the map, twice on it, or no whole number."""
    counts = [(str(row[area]), plain(row[value])) for row in frame.to_dict("records")]
    if any(not isinstance(count, int) or count < 0 for _, count in counts):
        raise ValueError("tile_map(): squares can only be drawn for whole numbers that are not negative")
    others = [name for name, _ in counts if name not in PLACES]
    if len(others) > 1 or len({name for name, _ in counts}) < len(counts):
        raise ValueError(
            f"tile_map(): every nation and region once, and one row for all others; there are {', '.join(n for n, _ in counts)}"
        )
    if missing := set(PLACES) - {name for name, _ in counts}:
        raise ValueError(f"tile_map(): no row for {', '.join(sorted(missing))}; a nation without any is a finding too, so give it 0")
    return [(name, int(count or 0)) for name, count in counts]


def _tiles(counts: list[tuple[str, int]], deep: int) -> list[dict[str, Any]]:
    """A row for each tile and for each square in it; `deep` is the height of a tile in pixels."""
    tiles, squares = [], []
    for order, (name, count) in enumerate(counts):
        column, row = PLACES.get(name, ELSEWHERE)
        lines = ["", *textwrap.wrap(SHORT.get(name, name), 11)][-2:]
        tile = {"order": order, "column": column, "top": row * deep, "says": f"{name}: {count}"}
        tiles.append(
            {**tile, "first": lines[0], "second": lines[1], "count": str(count), "kind": "tile"}
            | {"right": column + 0.97, "bottom": row * deep + deep - 4, "dash": name not in PLACES}
        )
        for number in range(count):
            place = {"slot": number % ACROSS, "top": row * deep + HEAD + PITCH * (number // ACROSS)}
            squares.append({**tile, **place, "kind": "square"})
    return [*tiles, *squares]


def tile_map(frame: pd.DataFrame, *, area: str, value: str) -> alt.LayerChart:
    """The twelve nations and regions as tiles, with a square for each of `value`, its number and its name in words.

    One more row, of any name, may hold what lies in no one area. An area with none has its name and a 0.
    """
    counts = _counts(frame, area, value)
    deep = HEAD + FOOT + PITCH * max(1, math.ceil(max(count for _, count in counts) / ACROSS))
    height = deep * 4
    across = alt.X("column:Q", axis=None, scale=alt.Scale(domain=[0, 4], range=[0, {"expr": "min(width, 520)"}], nice=False))
    down = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[0, height], range=[0, height], nice=False))
    base = alt.Chart(alt.InlineData(values=_tiles(counts, deep)), height=height)
    words = base.transform_filter("datum.kind == 'tile'")
    look: dict[str, Any] = {"align": "left", "baseline": "top", "dx": 6}
    frames = [
        base.transform_filter(f"datum.kind == 'tile' && {which}datum.dash")
        .mark_rect(fill=None, stroke=CONTEXT, strokeWidth=1, strokeDash=dash)
        .encode(x=across, x2="right:Q", y=down, y2="bottom:Q")
        for which, dash in (("!", [1, 0]), ("", [3, 3]))
    ]
    layers = [
        *frames,
        words.mark_text(**look, fontSize=12, dy=6).encode(x=across, y=down, text="first:N"),
        words.mark_text(**look, fontSize=12, dy=20).encode(x=across, y=down, text="second:N"),
        words.mark_text(**look, fontSize=16, dy=36, fontWeight="bold").encode(x=across, y=down, text="count:N"),
    ]
    dots = base.transform_filter("datum.kind == 'square'").mark_square(
        size=81, filled=True, opacity=1, color=BLUE, xOffset={"expr": f"11 + {PITCH} * datum.slot"}
    )
    return alt.LayerChart(layer=[*layers, dots.encode(x=across, y=down)])


def waffle(frame: pd.DataFrame, *, label: str, value: str, whole: float, say: Any) -> alt.LayerChart:
    """A hundred squares for `whole`; each row of the frame has its own hundred, of which its value fills so many.

    A square that is filled in part is drawn in part, to scale. `say` puts values into words (the subtitle has to say what
    a square stands for). A missing value has no squares and the words “not stated”.
    """
    tiles: list[dict[str, Any]] = []
    lines, wide, pitch, head = 5, 20, 16, 44
    deep = head + lines * pitch + 20
    for order, row in enumerate(frame.to_dict("records")):
        amount = plain(row[value])
        if isinstance(amount, str | bool) or (amount is not None and not 0 <= amount <= whole):
            raise ValueError(f"waffle(): {row[label]} is {amount}; a share of the whole lies between 0 and {whole:,}")
        said = UNKNOWN if amount is None else say(amount)
        tile = {"order": order, "says": f"{row[label]}: {said}", "top": order * deep}
        tiles.append({**tile, "kind": "label", "label": str(row[label]), "said": said, "left": 0, "right": 0})
        full = 0.0 if amount is None else 100 * amount / whole
        for number in range(0 if amount is None else 100):
            left, top = number // lines, order * deep + head + pitch * (number % lines)
            place = {**tile, "left": left + 0.06, "right": left + 0.86, "top": top, "bottom": top + pitch - 3}
            tiles.append({**place, "kind": "empty"})
            if (part := min(1.0, max(0.0, full - number))) > 0:
                tiles.append({**place, "right": left + 0.06 + round(0.8 * part, 4), "kind": "full"})
    height = deep * len(frame)
    size = {"expr": f"min(width, {wide * 24})"}
    scale = {
        "x": alt.Scale(domain=[0, wide], range=[0, size], nice=False),
        "y": alt.Scale(domain=[0, height], range=[0, height], nice=False),
    }
    base = alt.Chart(alt.InlineData(values=tiles), height=height)
    sides = {
        "x": alt.X("left:Q", axis=None, scale=scale["x"]), "x2": "right:Q", "y": alt.Y("top:Q", axis=None, scale=scale["y"]), "y2": "bottom:Q",
    }  # fmt: skip
    empty = base.transform_filter("datum.kind == 'empty'").mark_rect(fill=None, stroke=CONTEXT, strokeWidth=1)
    full_ones = base.transform_filter("datum.kind == 'full'").mark_rect(fill=BLUE, stroke=None)
    words = base.transform_filter("datum.kind == 'label'").mark_text
    number = words(align="left", baseline="top", fontSize=17, fontWeight="bold").encode(x=alt.value(0), y=sides["y"], text="said:N")
    what = words(align="left", baseline="top", fontSize=TEXT_SIZE, dy=21).encode(x=alt.value(0), y=sides["y"], text="label:N")
    return alt.LayerChart(layer=[empty.encode(**sides), full_ones.encode(**sides), number, what])
