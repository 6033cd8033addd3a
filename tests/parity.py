"""Reads a figure's picture mark by mark and looks for each value in the table beside it; used by test_parity.py.

It knows neither the data that the chart was given nor its scales: only the drawn geometry, the drawn words and the table.
Geometry and table agree if one straight line takes the table's values to the pixels, within a pixel.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import numpy as np

from mutuals.dates import MONTHS, bounds
from mutuals.wording import UNKNOWN, money, people

SVG = "{http://www.w3.org/2000/svg}"
PIXEL = 1.0
NUMERAL = re.compile(r"£?\d(?:[\d,]*\d)?(?:\.\d+)?(?:bn|m\b)?")
Point = tuple[float, float]


def numbers(text: str) -> list[float]:
    """Every number in a text, as in the attributes of a picture."""
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


class Picture:
    """The marks of a drawn figure by their kind, layer by layer: points, boxes, lines, outlines and words."""

    def __init__(self, svg: str) -> None:
        """Read the picture's marks, leaving out axes and titles."""
        self.points: list[tuple[Point, ET.Element]] = []
        self.boxes: list[tuple[list[float], ET.Element]] = []
        self.rules: list[tuple[float, float, float]] = []
        self.curves: dict[str, list[Point]] = {}
        self.corners: list[Point] = []
        self.words: list[tuple[Point, str]] = []
        self.heads: list[tuple[float, str]] = []
        for group in ET.fromstring(svg).iter(f"{SVG}g"):
            kind, _, rest = group.get("class", "").partition(" ")
            if rest.startswith("role-mark"):
                for mark in group:
                    self._take(kind.removeprefix("mark-"), mark)
            if rest.startswith("role-axis-label"):
                self.heads += [(numbers(mark.get("transform", ""))[0], "".join(mark.itertext())) for mark in group]

    def _take(self, kind: str, mark: ET.Element) -> None:
        x, y = [*numbers(mark.get("transform", "")), 0, 0][:2]
        if kind == "symbol":
            self.points.append(((x, y), mark))
        elif kind == "rule":
            ends = sorted((x, x + float(mark.get("x2", 0))))
            self.rules.append((ends[0], ends[1], y))
        elif kind == "rect":
            left, top, *size = numbers(mark.get("d", ""))
            self.boxes.append(([left, top, size[0], size[1]], mark))
        elif kind in ("line", "area"):
            places = numbers(mark.get("d", ""))
            self.curves[kind] = list(zip(places[::2], places[1::2], strict=True))
            self.corners += self.curves[kind]
        elif kind == "text" and (said := " ".join(part.strip() for part in mark.itertext()).strip()):
            self.words.append(((x, y), said))


def cells(meta: dict[str, Any]) -> list[Any]:
    """Every cell of the table."""
    return [cell for row in meta["rows"] for cell in row]


def wordings(cell: Any) -> set[str]:
    """The ways in which a cell may be said in a picture."""
    if cell is None or isinstance(cell, str):
        return set(NUMERAL.findall(cell or ""))
    return {people(cell), money(cell), f"{cell:g}", f"{cell:.0f}", f"{cell:,}"} | set(NUMERAL.findall(f"{cell:g}"))


def unsaid(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """Numbers in the picture's words that neither a cell, nor the words given with the figure, nor a count of rows accounts for."""
    known = {wording for cell in cells(meta) for wording in wordings(cell)} | {
        wording for column in meta["columns"] for wording in wordings(column)
    }
    known |= {str(count) for place in range(len(meta["columns"])) for count in Counter(str(row[place]) for row in meta["rows"]).values()}
    return [f"“{said}” says {found}" for _, said in picture.words for found in NUMERAL.findall(said) if found not in known]


def off_line(values: list[float], pixels: list[float], through_zero: bool) -> float:
    """The largest distance in pixels from the straight line that takes values to pixels best; infinite for a falling bar."""
    x, y = np.array(values, dtype=float), np.array(pixels, dtype=float)
    columns = [x] if through_zero else [x, np.ones_like(x)]
    solved, *_ = np.linalg.lstsq(np.stack(columns, axis=1), y, rcond=None)
    if through_zero and solved[0] < 0:
        return float("inf")
    return float(np.max(np.abs(np.stack(columns, axis=1) @ solved - y)))


def numeric(meta: dict[str, Any]) -> dict[str, list[float | None]]:
    """The table's columns of numbers, as numbers; “at least 45,000” is where its number is, blanks are None."""
    found: dict[str, list[float | None]] = {}
    for place, column in enumerate(meta["columns"]):
        values = [row[place] for row in meta["rows"]]
        if all(
            value is None or UNKNOWN in str(value) or isinstance(value, int | float) or re.fullmatch(r"[^\d]*[\d,.]*\d", str(value))
            for value in values
        ):
            texts = ["" if value is None or UNKNOWN in str(value) else str(value).replace(",", "") for value in values]
            found[column] = [float(re.findall(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?$", text)[0]) if text else None for text in texts]
    return found


def lengths(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """Bars and dots: one mark for each row with a value, in the order of the rows, as long as the value is large."""
    drawn = [(box[1], box[0] + box[2]) for box, _ in picture.boxes]
    drawn = drawn or [(y, x) for (x, y), mark in picture.points if mark.get("stroke-dasharray") is None]
    drawn.sort()
    fits = {
        column: off_line([value for value in values if value is not None], [length for _, length in drawn], through_zero=True)
        for column, values in numeric(meta).items()
        if len([value for value in values if value is not None]) == len(drawn)
    }
    if not fits or min(fits.values()) > PIXEL:
        return [f"{len(drawn)} marks do not measure any column of the table: {fits}"]
    gaps = sum(value is None for value in numeric(meta)[min(fits, key=lambda column: fits[column])])
    words = sum(said == UNKNOWN for _, said in picture.words)
    return [] if gaps == words else [f"{gaps} rows have no value, {words} are drawn as {UNKNOWN}"]


def curve(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """A curve in steps with its band: across, height and both bounds, each from its own column."""
    across, share, low, high = [numeric(meta)[meta["columns"][place]] for place in (0, 2, 3, 4)]
    corners = picture.curves["line"][::2]
    edge = picture.curves["area"]
    lower = edge[: len(edge) // 2][::2]
    upper = edge[len(edge) // 2 :][::-1][::2]
    if not len(corners) == len(across) == len(upper) == len(lower):
        return [f"{len(corners)} corners for {len(across)} rows"]
    pairs = {"across": (across, [x for x, _ in corners]), "heights": ([*share, *low, *high], [y for _, y in (*corners, *lower, *upper)])}
    return [f"{what} do not measure the table" for what, (values, pixels) in pairs.items() if off_line(values, pixels, False) > PIXEL]


def dated(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """Numbers over time: each at the height of its value and over its days, in any order."""
    places = sorted(
        [(y, (left + right) / 2, right - left > 1) for left, right, y in picture.rules] + [(y, x, False) for (x, y), _ in picture.points]
    )
    column = next(name for name, values in numeric(meta).items() if name == "Number")
    days = {row[0]: said_days(row[0]) for row in meta["rows"]}
    rows = []
    for row, value in zip(meta["rows"], numeric(meta)[column], strict=True):
        first, last = days[row[0]]
        rows.append((-float(value or 0), (first.toordinal() + last.toordinal() + (1 if last > first else 0)) / 2))
    rows.sort()
    if len(rows) != len(places):
        return [f"{len(places)} marks for {len(rows)} rows"]
    heights = off_line([value for value, _ in rows], [y for y, *_ in places], False)
    # Among equal heights the order by date is that of the pixels.
    across = off_line([day for _, day in rows], [x for _, x, _ in places], False)
    return [f"{what} are {gap:.1f} pixels off" for what, gap in (("heights", heights), ("dates", across)) if gap > PIXEL]


def said_days(words: str) -> tuple[Any, Any]:
    """The days that a date in words may mean: the reverse of `mutuals.dates.spoken` for the forms in the record."""

    def plain(text: str) -> str:
        parts = text.split()
        numbered = (
            [parts[-1]]
            + ([f"{MONTHS.index(parts[-2]) + 1:02}"] if len(parts) > 1 else [])
            + ([f"{int(parts[0]):02}"] if len(parts) > 2 else [])
        )
        return "-".join(numbered)

    if words.startswith("between "):
        first, last = words.removeprefix("between ").split(" and ")
        return bounds(f"[{plain(first)}..{plain(last)}]")
    return bounds(plain(words.removeprefix("about ")) + ("~" if words.startswith("about ") else ""))


def tiled(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """A tile map: as many squares inside each tile as the table says for the area whose name stands in it."""
    found = []
    for row in meta["rows"]:
        name, count = str(row[0]).replace(" and The ", " & "), row[-1]
        for (left, top, wide, high), _ in picture.boxes:
            inside = [
                said
                for (x, y), said in sorted(picture.words, key=lambda word: word[0][1])
                if left <= x < left + wide and top <= y < top + high
            ]
            if " ".join(inside[:-1]) == name:
                squares = sum(left <= x < left + wide and top <= y < top + high for (x, y), _ in picture.points)
                found += [f"{name} has {squares} squares, {inside[-1]} in words and {count} in the table"] * (
                    not squares == int(inside[-1]) == count
                )
                break
        else:
            found.append(f"{name} has no tile")
    return found + [f"{len(picture.boxes)} tiles for {len(meta['rows'])} rows"] * (len(picture.boxes) != len(meta["rows"]))


def filled(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """A waffle: of a hundred hollow squares, the filled area is the share that the table says."""
    hollow = sorted((box for box, mark in picture.boxes if mark.get("stroke")), key=lambda box: box[1])
    full = [box for box, mark in picture.boxes if not mark.get("stroke")]
    share = next(place for place, column in enumerate(meta["columns"]) if "100" in column)
    found = [f"{len(hollow)} squares for {len(meta['rows'])} rows"] * (len(hollow) != 100 * len(meta["rows"]))
    for number, row in enumerate(meta["rows"]):
        block = hollow[100 * number : 100 * number + 100]
        top, bottom = block[0][1], block[-1][1] + block[-1][3]
        area = sum(box[2] for box in full if top <= box[1] < bottom) / block[0][2]
        found += [f"{row[0]}: {area:.2f} squares are filled, {row[share]} in the table"] * (abs(area - row[share]) * block[0][2] > PIXEL)
    return found


def columned(picture: Picture, meta: dict[str, Any], lines: list[int], line_of: dict[str, int]) -> list[str]:
    """Whether the dots of a grid stand below the heading that the table gives them; a heading also covers its narrower kinds."""

    def head(x: float) -> str:
        return max((place, said) for place, said in picture.heads if place <= x + PIXEL)[1]

    if line_of:
        below = {said: head(x) for (x, _), said in picture.words if x != 0 and said.isdigit()}
        fits = [
            all(str(row[place]).startswith(below.get(str(row[0]), "?")) for row in meta["rows"]) for place in range(len(meta["columns"]))
        ]
        return ["no column of the table has the headings of the dots"] * (not any(fits))
    drawn = Counter((round(y), head(x)) for (x, y), _ in picture.points)
    found = []
    for line, row in zip(lines, meta["rows"], strict=False):
        for _, said in picture.heads:
            wanted = sum(cell for column, cell in zip(meta["columns"], row, strict=True) if column.lower().startswith(said))
            found += [f"{row[0]}, {said}: {drawn[line, said]} dots, {wanted} in the table"] * (drawn[line, said] != wanted)
    return found


def gridded(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """A grid of dots: as many in each line and column as rows, or as a table of counts says; each number stands once, in its row's place."""
    lines = sorted({round(y) for (_, y), _ in picture.points})
    labels = [said for (x, _), said in sorted(picture.words, key=lambda word: word[0][1]) if x == 0]
    numbered = {said: (round(x, 1), round(y)) for (x, y), said in picture.words if x != 0 and said.isdigit()}
    counts = Counter(round(y) for (_, y), _ in picture.points)
    found = [f"{len(labels)} labels for {len(lines)} lines"] * (len(labels) != len(lines))
    if numbered:
        found += [f"numbers {sorted(set(numbered) ^ {str(row[0]) for row in meta['rows']})} are in one only"] * (
            set(numbered) != {str(row[0]) for row in meta["rows"]}
        )
        found += [f"{len(picture.points)} dots for {len(meta['rows'])} rows"] * (len(picture.points) != len(meta["rows"]))
        # Rows that share every word of a column that names the line stand in one line, and the other way round.
        line_of = {number: min(lines, key=lambda y: abs(y - place[1])) for number, place in numbered.items()}
        groups = [tuple(str(row[place]) for row in meta["rows"]) for place in range(1, len(meta["columns"]))]
        drawn = [line_of.get(str(row[0])) for row in meta["rows"]]
        same = [len(set(zip(drawn, group, strict=True))) == len(set(drawn)) == len(set(group)) for group in groups]
        found += ["no column of the table has one value for each line"] * (not any(same))
        return found + columned(picture, meta, lines, line_of)
    found += [f"{len(lines)} lines for {len(meta['rows'])} rows"] * (len(lines) != len(meta["rows"])) + columned(picture, meta, lines, {})
    for line, label, row in zip(lines, labels, meta["rows"], strict=False):
        total = row[-1]
        found += [f"{label}: {counts[line]} dots, {total} in the table"] * (not counts[line] == total == int(NUMERAL.findall(label)[-1]))
    return found


def growing(picture: Picture, meta: dict[str, Any]) -> list[str]:
    """Times by size, both as logarithms: a mark for each tool and size, and lines from mark to mark; sizes are in the heads of columns."""
    sizes = {
        place: float(column.split(" rows, ")[0].replace(",", "")) for place, column in enumerate(meta["columns"]) if " rows, " in column
    }
    wanted = sorted((size, -float(row[place])) for place, size in sizes.items() for row in meta["rows"])
    marks = sorted(place for place, _ in picture.points)
    if len(marks) != len(wanted):
        return [f"{len(marks)} marks for {len(wanted)} times"]
    fits = {
        "sizes": off_line([np.log10(size) for size, _ in wanted], [x for x, _ in marks], False),
        "times": off_line([np.log10(-time) for _, time in wanted], [y for _, y in marks], False),
    }
    found = [f"{what} are {gap:.1f} pixels off" for what, gap in fits.items() if gap > PIXEL]
    apart = [corner for corner in picture.corners if min(np.hypot(corner[0] - x, corner[1] - y) for x, y in marks) > PIXEL]
    return found + [f"{len(apart)} corners of lines are at no mark"] * bool(apart)


def disagreements(spec: dict[str, Any], svg: str) -> list[str]:
    """Everything in a picture that the table beside it does not bear out; the form is told by the marks themselves."""
    meta, picture = spec["usermeta"]["mutuals"], Picture(svg)
    hollow = [box for box, mark in picture.boxes if mark.get("stroke")]
    if meta["columns"][0] == "Tool":
        found = growing(picture, meta)
    elif picture.curves:
        found = curve(picture, meta)
    elif hollow:
        found = (tiled if picture.points else filled)(picture, meta)
    elif picture.boxes:
        found = lengths(picture, meta)
    elif "Number" in meta["columns"]:
        found = dated(picture, meta)
    elif picture.rules:
        found = lengths(picture, meta)
    elif picture.points:
        found = gridded(picture, meta)
    else:
        found = ["the picture has no marks that are understood; teach tests/parity.py its form"]
    return found + unsaid(picture, meta)
