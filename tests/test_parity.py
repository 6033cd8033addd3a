"""Every mark of every published picture against the table beside it, and proof that a changed value is noticed."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from parity import disagreements, numeric

from mutuals.edition import edition
from mutuals.figures import every
from mutuals.render import draw

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {spec["usermeta"]["mutuals"]["name"]: spec for _, spec in every(ROOT / "notebooks")}
MEASURES = ("value", "y", "low", "high", "x", "first", "right", "place", "before", "after")


def rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """What the chart draws."""
    return spec["data"]["values"] if "values" in spec["data"] else spec["datasets"][spec["data"]["name"]]


@pytest.mark.parametrize("name", FIGURES)
def test_every_mark_has_its_value_in_the_table(name: str) -> None:
    drawing = draw(FIGURES[name], edition(ROOT))
    assert disagreements(FIGURES[name], drawing.wide) == []
    assert disagreements(FIGURES[name], drawing.narrow) == []


def changes(spec: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The specification with one value changed, for a first and a last value of every field that is drawn."""
    found = []
    for field in MEASURES:
        places = [place for place, row in enumerate(rows(spec)) if row.get(field) is not None and row.get("kind") in (None, "full")]
        for place in {places[0], places[-1]} if places else ():
            changed = copy.deepcopy(spec)
            row = rows(changed)[place]
            if isinstance(row[field], str):
                row[field] = f"{int(row[field][:4]) + 1}{row[field][4:]}"
                row["last"] = f"{int(row['last'][:4]) + 1}{row['last'][4:]}"
            elif field == "place":  # into the first column, or from there into the last
                row[field] = 0.5 if row[field] > 3 else max(other["place"] for other in rows(spec))
            else:
                row[field] += (
                    0.05
                    if field in ("y", "low", "high")
                    else 0.4
                    if field in ("x", "right")
                    else max(5, 0.1 * row[field], 0.03 * max(other[field] or 0 for other in rows(spec)))
                )
            found.append((f"{field} of row {place}", changed))
    for field in ("said", "count", "number"):
        places = [place for place, row in enumerate(rows(spec)) if any(letter.isdigit() for letter in str(row.get(field) or ""))]
        if places:
            changed = copy.deepcopy(spec)
            rows(changed)[places[0]][field] = "987"
            found.append((f"{field} of row {places[0]}", changed))
    gone = copy.deepcopy(spec)
    rows(gone).pop()
    return [*found, ("a row left out", gone)]


@pytest.mark.parametrize("name", FIGURES)
def test_one_changed_value_is_noticed(name: str) -> None:
    state = edition(ROOT)
    tried = changes(FIGURES[name])
    assert [what for what, spec in tried if not disagreements(spec, draw(spec, state).wide)] == []


@pytest.mark.parametrize("name", FIGURES)
def test_one_changed_cell_of_the_table_is_noticed(name: str) -> None:
    """The number that a mark stands for, changed in the table alone."""
    spec = copy.deepcopy(FIGURES[name])
    meta = spec["usermeta"]["mutuals"]
    drawing = draw(spec, edition(ROOT))
    noticed = []
    for column, values in numeric(meta).items():
        place, first = meta["columns"].index(column), next(row for row, value in enumerate(values) if value is not None)
        kept = meta["rows"][first][place]
        meta["rows"][first][place] = re.sub(r"\d+", r"\g<0>9", kept, count=1) if isinstance(kept, str) else kept * 1.5 + 7
        noticed += [column] if disagreements(spec, drawing.wide) else []
        meta["rows"][first][place] = kept
    assert noticed or "No." in meta["columns"]
