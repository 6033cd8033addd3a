"""The one chart helper: a chart only becomes a figure with its title, its sentence, its source and its rows.

`figure` makes any Altair chart, such as those of `mutuals.marks`, into a `Figure`, which notebooks show and the book
draws (see `mutuals.render`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from mutuals.marks import TEXT_SIZE, plain
from mutuals.palette import BLUE, CONTEXT, HUES, INK, MUTED, RULE
from mutuals.tables import load
from mutuals.wording import each_cited

MIME = "application/vnd.vegalite.v6+json"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH = 680

THEME: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    # The picture has one label of its own; labels of its parts would be hidden behind it anyway.
    "aria": False,
    "view": {"stroke": None},
    "range": {"category": list(HUES)},
    "mark": {"color": BLUE},
    "text": {"fontSize": TEXT_SIZE, "color": INK},
    "title": {
        "anchor": "start", "frame": "bounds", "fontSize": 19, "fontWeight": "bold", "color": INK, "offset": 16,
        "lineHeight": 24, "subtitleFontSize": 14, "subtitleColor": MUTED, "subtitleLineHeight": 19, "subtitlePadding": 6,
    },
    "axis": {
        "labelFontSize": TEXT_SIZE, "titleFontSize": TEXT_SIZE, "labelColor": MUTED, "titleColor": MUTED,
        "titleFontWeight": "normal", "gridColor": RULE, "domainColor": CONTEXT, "tickColor": CONTEXT, "labelOverlap": "greedy",
    },
    "legend": {"disable": True},
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A chart with everything that a reader needs to trust it; shown by Jupyter, drawn by the book."""

    name: str
    title: str
    subtitle: str
    says: str
    source: str
    spec: dict[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """The specification for the book and JupyterLab, and the sentence for everything else."""
        return {MIME: self.spec, "text/plain": f"{self.title}. {self.says}"}


def _sentence(name: str, text: object, what: str) -> str:
    if not isinstance(text, str):
        raise TypeError(f"figure(): {name} must be text, {what}; it is {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"figure(): {name} is blank; give {what}")
    return " ".join(text.split())


def _strings(part: object) -> list[str]:
    if isinstance(part, dict):
        return [text for item in part.values() for text in _strings(item)]
    if isinstance(part, list):
        return [text for item in part for text in _strings(item)]
    return [part] if isinstance(part, str) else []


def _without_spare_columns(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification without data columns that no field, transform or expression in it names; “says” is what a reader hears of a mark."""
    data = spec.get("datasets", {})
    named = "\n".join(_strings({key: part for key, part in spec.items() if key != "datasets"}))
    used = {
        name: [{column: cell for column, cell in row.items() if str(column) in named or column == "says"} for row in rows]
        for name, rows in data.items()
    }
    return {**spec, "datasets": used} if data else spec


def _table(rows: object) -> dict[str, Any]:
    if not isinstance(rows, pd.DataFrame):
        raise TypeError(f"figure(): rows must be a pandas DataFrame, the same rows as a table; it is {type(rows).__name__}")
    columns = [str(column) for column in rows.columns]
    if rows.empty or not all(column.strip() for column in columns) or len(set(columns)) < len(columns):
        raise ValueError("figure(): rows needs at least one row, and a different title for every column")
    return {"columns": columns, "rows": [[plain(cell) for cell in row] for row in rows.itertuples(index=False, name=None)]}


def _behind(records: Mapping[str, Iterable[str]], columns: Iterable[str]) -> dict[str, Any]:
    """The tables with the number of their records that a chart draws, and every source that proves a cell of them."""
    wanted, found = set(columns), set()
    counted = {table: set(keys) for table, keys in records.items()}
    for table, keys in counted.items():
        proofs = load(f"evidence/{table}")
        here = proofs[proofs.row_id.isin(keys) & (proofs.column.isin(wanted) if wanted else True)]
        found |= set(here.source_id)
    return {"records": {table: len(keys) for table, keys in counted.items()}, "sources": list(map(list, each_cited(found).items()))}


def figure(
    chart: alt.TopLevelMixin,
    *,
    name: str,
    title: str,
    subtitle: str,
    says: str,
    source: str,
    rows: pd.DataFrame,
    records: Mapping[str, Iterable[str]] | None = None,
    columns: Iterable[str] = (),
) -> Figure:
    """Make a chart (single view or layered) into a figure of the book.

    `name` is its permanent address (`#figure-NAME`) and the stem of its files, `title` the finding, `subtitle` the
    measure, unit and scope, `says` one sentence saying what the chart shows, `source` the tables and sources behind
    it, `rows` the same rows as a table under human titles. `records` names the records drawn, by table, and `columns`
    the columns that are: the sources that prove those cells are then listed with the figure. Raises TypeError or
    ValueError saying what is missing.
    """
    texts = {
        "name": _sentence("name", name, "a short slug such as “staff-by-sector”"),
        "title": _sentence("title", title, "the finding in a few words"),
        "subtitle": _sentence("subtitle", subtitle, "the measure, its unit and its scope"),
        "says": _sentence("says", says, "one sentence saying what the chart shows"),
        "source": _sentence("source", source, "the tables and sources behind the chart"),
    }
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"figure(): name “{name}” is not a slug; use small letters, digits and hyphens, since it becomes an address")
    behind = _behind(records, columns) if records else {}
    if not isinstance(chart, alt.Chart | alt.LayerChart):
        raise TypeError(f"figure(): chart must be an Altair chart or layered chart; it is {type(chart).__name__}")
    spec = _without_spare_columns(chart.properties(width=WIDTH).to_dict())
    heading = {"text": texts["title"], "subtitle": texts["subtitle"]}
    spec |= {"title": heading, "config": THEME, "usermeta": {"mutuals": {**texts, **behind, **_table(rows)}}}
    return Figure(**texts, spec=json.loads(json.dumps(spec, allow_nan=False)))
