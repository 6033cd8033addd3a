"""The Sphinx extension of the book: figures from notebooks as static pictures, and a theme mended and slimmed.

MyST-NB finds `FigureRenderer` through the entry point group `myst_nb.mime_renderers`; Sphinx calls `setup`.
"""

import re
import shutil
from collections.abc import Iterator
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from markdown_it import MarkdownIt
from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from mutuals.chart import MIME
from mutuals.edition import edition
from mutuals.figures import FOLDER, Placed, code_of, figure_html, script
from mutuals.live import bundle, live_script
from mutuals.pages.frame import THEME, frame
from mutuals.pages.reporting import NEW, WRONG
from mutuals.pages.sharing import article, linked_data
from mutuals.render import draw
from mutuals.tables import find_root

KEPT = (
    "spunout.css",
    "figures.css",
    "favicon.svg",
    "theme.js",
    "find.css",
    "search.js",
    "sql.js",
    "explore.js",
    "report.js",
)

SHORT = 3  # links: a page's title and two headings need no list of contents

# All that an output of a notebook may be beside figures, since cells of the tables stand in it: tables, and text with lists and emphasis.
TABLE = {"div", "style", "table", "caption", "thead", "tbody", "tr", "th", "td"}
TEXT = MarkdownIt("zero").enable(["emphasis", "list"])


class _Foreign(HTMLParser):
    """Collects what HTML holds beside plain tables: other elements, and attributes that run scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= ({tag} - TABLE) | {name for name, _ in attrs if name.startswith("on")}


def _plain(name: str, html: str) -> None:
    """Raise FigureError where an output of a notebook holds more than a table."""
    parser = _Foreign()
    parser.feed(html)
    if parser.found:
        raise FigureError(
            f"{name}: an output holds “{min(parser.found)}”; show plain tables, with every cell escaped, and charts with mutuals.chart.figure(…)"
        )


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
        if data.mime_type == "text/html":
            _plain(env.docname, data.string)
        if data.mime_type == "text/markdown":
            return [nodes.raw("", TEXT.render(data.string), format="html")]
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


def _forget(app: Sphinx, env: Any, page: str) -> None:
    """Drop the figures of a page that is read again."""
    kept = env.__dict__.get("spun_figures", {})
    for name in [name for name, placed in kept.items() if placed.page == page]:
        del kept[name]


def _own_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for every figure at `figures/NAME.html`, its permanent address beside that in its chapter."""
    for name, placed in _placed(app):
        meta = placed.meta
        tell, add = (escape(frame(placed.root).report(f"{FOLDER}/{name}.html", "../", form)) for form in (WRONG, NEW))
        chapter = (
            f'<p>This figure stands in <a href="../{placed.page}.html#figure-{name}">its chapter</a>, with what it cannot show.</p>'
            f'<p><strong>Something wrong?</strong> <a href="{tell}">Tell us</a>, and name the figure: <span class="code">{FOLDER}/{name}.html</span>. '
            f'Something missing? <a href="{add}">Add a fact</a>.</p>'
        )
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
        "has_figure": "spun-figure" in context.get("body", ""),
        "toc": context["toc"] if context.get("toc", "").count("<a ") > SHORT else "",
        "around": [(rel, context[rel]["link"], context[rel]["title"]) for rel in ("prev", "next") if context.get(rel)],
        "body": mended(context.get("body", "")),
    }


# What pandas and MyST-NB write, and what they should have written.
MENDS = {
    # The house style has its own alignment of tables.
    r"<style scoped>.*?</style>\s*": "",
    # A header cell without words, above the row numbers of a pandas table.
    r"<th></th>": "<td></td>",
    # A line of code may be wider than the page.
    r'<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    # A cell without an output, before another: its code belongs to what that one shows.
    r'</details>\n</div>\n<div class="cell tag_hide-input[^"]*">\n<details class="[^"]*">\n<summary.*?</summary>\n': "",
    # A table of a notebook may be wider than the page: the keyboard has to reach it to scroll.
    r'<div class="output text_html">': '<div class="output text_html" role="group" tabindex="0" aria-label="Table">',
}


def mended(body: str) -> str:
    """A page's body with the faults of others put right."""
    for wrong, right in MENDS.items():
        body = re.sub(wrong, right, body, flags=re.DOTALL)
    return body


def _without_search(app: Sphinx) -> None:
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
    app.connect("builder-inited", _without_search)
    app.connect("html-page-context", _frame)
    app.connect("html-collect-pages", _own_pages)
    app.connect("env-purge-doc", _forget)
    app.connect("build-finished", _write_files)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
