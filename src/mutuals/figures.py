"""Figures as HTML that needs no script: picture, sentence, and table, sources and code one key press away.

The picture always stands; what is behind it opens below, one part at a time, in disclosures of one name. That is chosen
over radio buttons dressed as tabs: a disclosure says by itself what it is and whether it is open, Tab and Enter work it,
a search in the page and a link to a part open it, it prints, and without a style sheet nothing is lost.
"""

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from mutuals.chart import MIME
from mutuals.edition import Edition
from mutuals.render import Drawing, citation
from mutuals.schema import read_schemas
from mutuals.wording import UNKNOWN

FOLDER = "figures"
KINDS = ("svg", "png", "csv")


@dataclass(frozen=True)
class Placed:
    """A figure where it stands: its specification, its drawing, the page it is on, and the code cell that made it."""

    spec: dict[str, Any]
    drawing: Drawing
    edition: Edition
    page: str
    code: str
    root: Path

    @property
    def meta(self) -> dict[str, Any]:
        """What `mutuals.chart.figure` was told: name, words and rows."""
        return self.spec["usermeta"]["mutuals"]


def _cell(value: Any, scope: str = "") -> str:
    """One table cell: numbers can be read by machines and people, blanks say that they are blank."""
    if value is None or value == "":
        shown = f'<span class="gap">{UNKNOWN}</span>'
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # Four digits may be a year, which takes no comma.
        text = f"{value:,}" if abs(value) >= 10_000 else f"{value}"
        shown = f'<data value="{value}">{text.replace("-", "−")}</data>'
    else:
        shown = escape(str(value))
    return f'<th scope="{scope}">{shown}</th>' if scope else f"<td>{shown}</td>"


def table(meta: dict[str, Any]) -> str:
    """The rows behind a figure as an accessible table, in a region that the keyboard can scroll."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in meta["columns"])
    body = "".join(f"<tr>{''.join(_cell(cell, 'row' if not place else '') for place, cell in enumerate(row))}</tr>" for row in meta["rows"])
    caption = f"{escape(meta['title'])}. {escape(meta['subtitle'])}"
    return (
        f'<div class="spun-scroll" role="region" tabindex="0" aria-label="Table: {escape(meta["title"])}">'
        f'<table class="spun-table"><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _linked(source: str, top: str, root: Path) -> str:
    """The line on sources with each name of a table or column in it leading to the codebook."""
    schemas = read_schemas(root)
    named = [table for table in schemas if re.search(rf"\b{table}\b", source)]
    targets = {column.name: f"{table}-{column.name}" for table in named for column in schemas[table].columns if "_" in column.name}
    targets |= {table: table for table in named}
    parts = re.split(r"(\w+)", source)
    return "".join(f'<a href="{top}codebook.html#{targets[part]}">{part}</a>' if part in targets else escape(part) for part in parts)


def _sources(placed: Placed, top: str) -> str:
    """What stands behind a figure: the tables, how to cite them, and each source with a link to its page."""
    meta = placed.meta
    parts = [f"<p>{_linked(meta['source'], top, placed.root)}.</p>"]
    if found := meta.get("sources"):
        counted = ", ".join(f"{count:,} of table {escape(table)}" for table, count in meta["records"].items())
        items = "".join(f'<li><a href="{top}sources/{escape(key)}.html">{escape(words)}</a></li>' for key, words in found)
        parts += [f"<p>Records drawn: {counted}. Sources that prove what is drawn: {len(found):,}.</p>", f"<ul>{items}</ul>"]
    parts.append(
        f"<p>To cite: {escape(meta['title'].rstrip('.'))}. {escape(citation(meta, placed.edition))} Figure {escape(meta['name'])}.</p>"
    )
    return "".join(parts)


def _code(placed: Placed, top: str) -> str:
    """The code cell that made the figure, and where the cells before it are."""
    where = f'<a href="{top}{placed.page}.html">{escape(placed.page)}</a>'
    return (
        f"<p>The last step, as it was run; the steps before it are on the page {where}.</p>"
        f'<pre tabindex="0" role="region" aria-label="Code of figure {escape(placed.meta["name"])}"><code>{escape(placed.code)}</code></pre>'
    )


def _tabs(placed: Placed, top: str) -> str:
    meta, name = placed.meta, placed.meta["name"]
    rows = f"{len(meta['rows']):,} row{'' if len(meta['rows']) == 1 else 's'}"
    parts = {
        "table": ("Table", f", {rows}", table(meta)),
        "sources": ("Sources", "", _sources(placed, top)),
        "code": ("Code", "", _code(placed, top) if placed.code else ""),
    }
    return "".join(
        f'<details name="figure-{name}-parts" class="spun-part spun-part-{kind}"><summary>{label}<span class="spun-more">{more}</span>'
        f'<span class="spun-unseen"> of figure {name}</span></summary><div id="figure-{name}-{kind}">{content}</div></details>'
        for kind, (label, more, content) in parts.items()
        if content
    )


def _downloads(name: str, top: str) -> str:
    links = ", ".join(
        f'<a href="{top}{FOLDER}/{name}.{kind}" download>{kind.upper()}<span class="spun-unseen"> of figure {name}</span></a>'
        for kind in KINDS
    )
    own = f'<a href="{top}{FOLDER}/{name}.html">Page of figure {name}</a>'
    return f'<span>Download: {links}</span> <span><a href="#figure-{name}">Link to figure {name}</a></span> <span>{own}</span>'


def _pictures(drawing: Drawing) -> str:
    return f'<div class="spun-wide">{drawing.wide}</div><div class="spun-narrow">{drawing.narrow}</div>'


def figure_html(placed: Placed, top: str) -> str:
    """A figure as HTML that needs no script; `top` leads from its page to the root of the site."""
    meta, name = placed.meta, placed.meta["name"]
    return (
        f'<figure class="spun-figure" id="figure-{name}" aria-labelledby="figure-{name}-says">'
        f'<div class="spun-picture">{_pictures(placed.drawing)}</div>'
        f'<figcaption><p class="spun-says" id="figure-{name}-says">{escape(meta["says"])}</p>'
        f'<p class="spun-ask" hidden><button type="button" data-spun-figure="{name}">Make it interactive'
        f'<span class="spun-unseen">: figure {name}</span></button></p>'
        f'<div class="spun-parts">{_tabs(placed, top)}</div>'
        f'<p class="spun-downloads">{_downloads(name, top)}</p></figcaption></figure>'
    )


def teaser_html(meta: dict[str, Any], drawing: Drawing, top: str, href: str) -> str:
    """A figure for a page that is not its own, such as home: the picture, its sentence, and the way to the whole figure."""
    words = f'<p class="spun-says">{escape(meta["says"])} <a href="{top}{href}">The numbers and their sources</a></p>'
    return f'<figure class="spun-figure spun-teaser"><div class="spun-picture">{_pictures(drawing)}</div><figcaption>{words}</figcaption></figure>'


def script(top: str) -> str:
    """The element that loads the small script which offers interaction; the large ones wait until they are asked for."""
    return f'<script src="{top}{FOLDER}/figures.js" defer></script>'


def code_of(notebook: Path, cell: int | None) -> str:
    """The source of one cell of a notebook by its index; blank where there is none."""
    if cell is None or notebook.suffix != ".ipynb":
        return ""
    return "".join(json.loads(notebook.read_text(encoding="utf-8"))["cells"][cell]["source"])


def find(notebooks: Path, name: str) -> tuple[str, dict[str, Any]]:
    """The notebook's name and the specification of one figure, from the committed outputs. Raises KeyError if there is none."""
    for page, spec in every(notebooks):
        if spec["usermeta"]["mutuals"]["name"] == name:
            return page, spec
    raise KeyError(f"no notebook in {notebooks} has a figure “{name}”")


def every(notebooks: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every figure in the committed outputs, as notebook name and specification, in the order of the files."""
    found = []
    for path in sorted(notebooks.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            specs = [output.get("data", {}).get(MIME) for output in cell.get("outputs", [])]
            found += [(path.stem, spec) for spec in specs if spec and spec.get("usermeta", {}).get("mutuals")]
    return found
