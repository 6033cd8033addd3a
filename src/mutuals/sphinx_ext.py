"""The Sphinx extension of the book: figures from notebooks as static pictures, and a theme mended and slimmed.

MyST-NB finds `FigureRenderer` through the entry point group `myst_nb.mime_renderers`; Sphinx calls `setup`.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from mutuals.chart import MIME
from mutuals.edition import edition
from mutuals.figures import FOLDER, Placed, code_of, figure_html, script
from mutuals.live import bundle, live_script
from mutuals.render import draw
from mutuals.tables import find_root


class FigureError(SphinxError):
    """A chart that may not be published; ends the build with one sentence."""

    category = "Figure"


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
            return [nodes.raw("", _place(env, content, data.cell_index), format="html")]
        except (ValueError, KeyError, FileNotFoundError) as error:
            raise FigureError(f"{env.docname}: {error}") from error


def _place(env: Any, spec: dict[str, Any], cell: int | None) -> str:
    """Draw a figure once, keep it for its files and its page, and make `#figure-NAME` a target that pages can link to."""
    meta = spec["usermeta"]["mutuals"]
    name, kept = meta["name"], env.__dict__.setdefault("spun_figures", {})
    if name in kept:
        raise ValueError(
            f"there are two figures called “{name}” (the other in {kept[name].page}); a name is an address and can be given once"
        )
    root = find_root(Path(env.srcdir))
    state = edition(root)
    first = all(placed.page != env.docname for placed in kept.values())
    kept[name] = Placed(spec, draw(spec, state), state, env.docname, code_of(Path(env.doc2path(env.docname)), cell), root)
    env.get_domain("std").note_hyperlink_target(f"figure-{name}", env.docname, f"figure-{name}", meta["title"])
    top = "../" * env.docname.count("/")
    return (script(top) if first else "") + figure_html(kept[name], top)


def _placed(app: Sphinx) -> list[tuple[str, Placed]]:
    return sorted(app.env.__dict__.get("spun_figures", {}).items())


def _own_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for every figure at `figures/NAME.html`, its permanent address beside that in its chapter."""
    for name, placed in _placed(app):
        meta = placed.meta
        chapter = f'<p>This figure stands in <a href="../{placed.page}.html#figure-{name}">its chapter</a>, with what it cannot show.</p>'
        body = f"<h1>{escape(meta['title'])}</h1>{script('../')}{figure_html(placed, '../')}{chapter}"
        metatags = f'\n<meta name="description" content="{escape(meta["says"][:155])}" />'
        yield f"{FOLDER}/{name}", {"title": escape(meta["title"]), "body": body, "metatags": metatags}, "page.html"


def _write_files(app: Sphinx, error: Exception | None) -> None:
    """Put the files of every figure where the pages link to, and the scripts that draw them again when a reader asks."""
    figures = [] if error else _placed(app)
    folder = Path(app.outdir) / FOLDER
    for name, placed in figures:
        folder.mkdir(exist_ok=True)
        drawing = placed.drawing
        files = {"svg": drawing.svg.encode(), "png": drawing.png, "csv": drawing.csv.encode(), "vega.js": live_script(placed.spec).encode()}
        for kind, content in files.items():
            (folder / f"{name}.{kind}").write_bytes(content)
    if figures:
        for file, content in bundle().items():
            (folder / file).write_text(content, encoding="utf-8", newline="\n")


def _describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give a page its first paragraph as its description, unless it brings one."""
    if doctree is None or 'name="description"' in context.get("metatags", ""):
        return
    paragraph = next((" ".join(node.astext().split()) for node in doctree.findall(nodes.paragraph) if node.astext().strip()), "")
    if len(paragraph) > 155:
        paragraph = paragraph[:154].rsplit(" ", 1)[0] + "…"
    if paragraph:
        context["metatags"] = context.get("metatags", "") + f'\n<meta name="description" content="{escape(paragraph)}" />'


# What the theme and pandas write, and what they should have written.
MENDS = {
    # 0.5 MB of script for icons that the style sheet draws as well.
    r'\s*<script[^>]*src="[^"]*scripts/fontawesome\.js[^"]*"[^>]*></script>': "",
    # Everything on a page has to be in a landmark; the logo and the search button of the sidebar are not.
    r'<div id="pst-primary-sidebar" ': '<div id="pst-primary-sidebar" role="region" aria-label="Site" ',
    # A header cell without words, above the row numbers of a pandas table.
    r"<th></th>": "<td></td>",
    # A table of a notebook may be wider than the page: the keyboard has to reach it to scroll.
    r'<div class="output text_html">': '<div class="output text_html" role="group" tabindex="0" aria-label="Table">',
}
UNUSED = (".map", ".ttf", "fontawesome.js", "fontawesome.js.LICENSE.txt")


def slim(html: Path) -> None:
    """Mend every page, and delete what no page asks for: source maps, second font formats and the icon script."""
    for page in sorted(html.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        for wrong, right in MENDS.items():
            text = re.sub(wrong, right, text)
        page.write_text(text, encoding="utf-8", newline="\n")
    (html / ".buildinfo").unlink(missing_ok=True)  # of use to the next build only, and not the same in every folder
    for path in sorted(html.rglob("*")):
        if path.is_file() and path.name.endswith(UNUSED) and "_static" in path.relative_to(html).parts:
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the book's own steps to Sphinx."""
    app.connect("html-page-context", _describe)
    app.connect("html-collect-pages", _own_pages)
    app.connect("build-finished", _write_files)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
