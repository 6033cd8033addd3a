"""The Sphinx extension of the book: figures from notebooks as static pictures, and a theme mended and slimmed.

MyST-NB finds `FigureRenderer` through the entry point group `myst_nb.mime_renderers`; Sphinx calls `setup`.
"""

import re
import shutil
from html import escape, unescape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from mutuals.chart import MIME
from mutuals.pages.frame import THEME, frame
from mutuals.pages.sharing import article, linked_data
from mutuals.render import Drawing, draw
from mutuals.wording import UNKNOWN

FOLDER = "figures"
KEPT = ("spunout.css", "pygments.css", "favicon.svg", "theme.js", "find.css", "search.js", "explore.js")


class FigureError(SphinxError):
    """A chart that may not be published; ends the build with one sentence."""

    category = "Figure"


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


def _downloads(name: str, top: str) -> str:
    links = ", ".join(
        f'<a href="{top}{FOLDER}/{name}.{kind}" download>{kind.upper()}<span class="spun-unseen"> of figure {name}</span></a>'
        for kind in ("svg", "png", "csv")
    )
    return f'<span>Download: {links}</span> <span><a href="#figure-{name}">Link to figure {name}</a></span>'


def figure_html(meta: dict[str, Any], drawing: Drawing, top: str) -> str:
    """A figure as HTML that needs no script; `top` leads from its page to the root of the site."""
    name, count = meta["name"], len(meta["rows"])
    rows = "The 1 row behind it as a table" if count == 1 else f"The {count} rows behind it as a table"
    return (
        f'<figure class="spun-figure" id="figure-{name}" aria-labelledby="figure-{name}-says">'
        f'<div class="spun-wide">{drawing.wide}</div><div class="spun-narrow">{drawing.narrow}</div>'
        f'<figcaption><p class="spun-says" id="figure-{name}-says">{escape(meta["says"])}</p>'
        f"<details><summary>{rows}</summary>{table(meta)}</details>"
        f'<p class="spun-source">Source: {escape(meta["source"])}</p>'
        f'<p class="spun-downloads">{_downloads(name, top)}</p></figcaption></figure>'
    )


class FigureRenderer(MimeRenderPlugin):
    """Turns what `mutuals.chart.figure` leaves in a notebook into a static figure, and refuses any other chart."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int | None]]] = [("*", MIME, 1)]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: int) -> list[nodes.Element] | None:
        """The figure as raw HTML; None for outputs that are no charts. Raises FigureError for a chart without its proof."""
        env = renderer.renderer.sphinx_env
        if data.mime_type == "text/html" and "<script" in data.string.lower():
            raise FigureError(f"{env.docname}: an output holds a script; show tables without one, and charts with mutuals.chart.figure(…)")
        if not data.mime_type.startswith("application/vnd.vega"):
            return None
        content: Any = data.content
        meta = content.get("usermeta", {}).get("mutuals") if isinstance(content, dict) else None
        if data.mime_type != MIME or not meta:
            raise FigureError(
                f"{env.docname}: a chart has no title, sentence, source or rows; "
                "make it with mutuals.chart.figure(…) and run the notebook again"
            )
        try:
            return [nodes.raw("", _place(env, content), format="html")]
        except (ValueError, KeyError) as error:
            raise FigureError(f"{env.docname}: {error}") from error


def _place(env: Any, spec: dict[str, Any]) -> str:
    """Draw a figure once, keep it for the download files, and make `#figure-NAME` a target that pages can link to."""
    meta = spec["usermeta"]["mutuals"]
    name = meta["name"]
    kept = env.__dict__.setdefault("spun_figures", {})
    if name in kept:
        raise ValueError(
            f"there are two figures called “{name}” (the other in {kept[name][0]}); a name is an address and can be given once"
        )
    drawing = draw(spec)
    kept[name] = (env.docname, drawing)
    env.get_domain("std").note_hyperlink_target(f"figure-{name}", env.docname, f"figure-{name}", meta["title"])
    return figure_html(meta, drawing, "../" * env.docname.count("/"))


def _write_files(app: Sphinx, error: Exception | None) -> None:
    """Put SVG, PNG and CSV of every figure where the pages link to."""
    for name, (_, drawing) in sorted(app.env.__dict__.get("spun_figures", {}).items()) if not error else ():
        folder = Path(app.outdir) / FOLDER
        folder.mkdir(exist_ok=True)
        for kind, content in (("svg", drawing.svg.encode()), ("png", drawing.png), ("csv", drawing.csv.encode())):
            (folder / f"{name}.{kind}").write_bytes(content)


def _description(context: dict[str, Any], doctree: nodes.document | None) -> str:
    """What a page says of itself, or else its first paragraph."""
    given = re.search(r'name="description"[^>]*content="([^"]*)"|content="([^"]*)"[^>]*name="description"', context.get("metatags", ""))
    if given:
        return unescape(given[1] or given[2])
    paragraphs = doctree.findall(nodes.paragraph) if doctree else ()
    text = next((" ".join(node.astext().split()) for node in paragraphs if node.astext().strip()), "")
    return text if len(text) <= 155 else text[:154].rsplit(" ", 1)[0] + "…"


def _frame(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give a page what shell.html wants: its address, its description, its contents, its neighbours and the links to all pages."""
    described, around = (
        _description(context, doctree),
        frame(next(folder for folder in Path(app.srcdir).parents if (folder / "_toc.yml").is_file())),
    )
    context |= {
        "address": page,
        "base": "../" * page.count("/"),
        "description": described,
        "frame": around,
        "linked": linked_data(article(context.get("title", ""), described)) if page.startswith("notebooks/") else "",
        "has_code": "highlight" in context.get("body", ""),
        "toc": context.get("toc", "") if context.get("display_toc") else "",
        "around": [(rel, context[rel]["link"], context[rel]["title"]) for rel in ("prev", "next") if context.get(rel)],
        "body": mended(context.get("body", "")),
    }


# What pandas writes, and what it should have written.
MENDS = {
    # The house style has its own alignment of tables.
    r"<style scoped>.*?</style>\s*": "",
    # A header cell without words, above the row numbers of a pandas table.
    r"<th></th>": "<td></td>",
    # A line of code may be wider than the page.
    r'<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    # A table of a notebook may be wider than the page: the keyboard has to reach it to scroll.
    r'<div class="output text_html">': '<div class="output text_html" role="group" tabindex="0" aria-label="Table">',
}


def mended(body: str) -> str:
    """A page's body with the faults of others put right."""
    for wrong, right in MENDS.items():
        body = re.sub(wrong, right, body, flags=re.DOTALL)
    return body


def _plain(app: Sphinx) -> None:
    """No stock search, no index of terms: the book has its own search, and its lists."""
    app.builder.search = False


def slim(html: Path) -> None:
    """Delete what Sphinx and its extensions put beside the pages and no page asks for."""
    for path in sorted((html / "_static").rglob("*"), reverse=True):
        if path.is_file() and (path.name not in KEPT or path.parent != html / "_static"):
            path.unlink()
        elif path.is_dir():
            path.rmdir()
    for name in (".buildinfo", "objects.inv", "searchindex.js", "genindex.html"):
        (html / name).unlink(missing_ok=True)
    shutil.rmtree(html / "_sphinx_design_static", ignore_errors=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the book's own steps to Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # Jupyter Book sets it for an extension that is not wanted here
    app.add_html_theme("spunout", str(THEME))
    app.connect("builder-inited", _plain)
    app.connect("html-page-context", _frame)
    app.connect("build-finished", _write_files)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
