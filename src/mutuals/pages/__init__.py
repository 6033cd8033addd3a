"""The pages that are made from the tables: a page for each record, lists, codebook, rules, quality and downloads."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from mutuals import exports, releases
from mutuals.dates import spoken
from mutuals.findings import SCHEMA
from mutuals.pages import about, browse, changes, claims, download, explore, records, search, sharing, sql
from mutuals.pages.beside import beside
from mutuals.pages.frame import THEME, frame
from mutuals.pages.lists import lists
from mutuals.pages.reference import reference
from mutuals.pages.view import FOLDERS, View, dashed, slug
from mutuals.tables import read_dataset


def environment(root: Path, view: View) -> Environment:
    """The templates, with everything from a table escaped; every page stands in the frame of theme/shell.html."""
    loader = ChoiceLoader([PackageLoader("mutuals.pages"), FileSystemLoader(THEME)])
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    templates.filters |= {"slug": slug, "dashed": dashed}
    nothing = {"around": (), "scripts": (), "has_figure": False, "linked": ""}
    templates.globals |= {"view": view, "spoken": spoken, "frame": frame(root), **nothing}
    templates.globals |= {"described": sharing.described, "folders": FOLDERS}
    return templates


def read(root: Path) -> View:
    """The tables as pages show them."""
    return View(read_dataset(root))


def fill(target: Path, view: View) -> None:
    """Fill the numbers into the hand-written pages below `target`: {{ … }} there is computed from the tables."""
    from mutuals.pages.numbers import numbers

    templates = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    for path in sorted(target.glob("*.md")):
        path.write_text(templates.from_string(path.read_text(encoding="utf-8")).render(numbers(view)), encoding="utf-8")


def pages(root: Path, view: View) -> dict[str, tuple[str, Callable[[], dict]]]:
    """Every generated page by its address: its template, and what gathers what that needs."""
    found = {
        **browse.pages(view),
        **lists(view),
        **claims.pages(view),
        **reference(root, view),
        **about.pages(root, view),
        **changes.pages(root, view),
        **search.pages(view),
        **sql.pages(view),
    }
    made = {address: (template, partial(dict, context)) for address, (template, context) in found.items()} | explore.pages(view)
    made["download"] = ("download.html", partial(download.context, view))
    around, near = records.neighbours(view, "../"), beside(view)
    for table in map(view.data.get, FOLDERS):
        for record in table.records:
            id = record[table.schema.key[0]]
            context = partial(records.context, view, table, record, around[table.name, id], near.get((table.name, id), []))
            made[view.address(table.name, id).removesuffix(".html")] = ("record.html", context)
    return made


class Press:
    """What is generated for a site, file by file, each made when it is asked for."""

    def __init__(self, root: Path, view: View) -> None:
        self.view, self.pages, self.templates = view, pages(root, view), environment(root, view)
        self.frame = frame(root)

    def page(self, address: str, template: str, context: dict) -> str:
        """A page at this address."""
        linked = sharing.linked_data(sharing.dataset(self.view, self.frame.site)) if address == "download" else ""
        return self.templates.get_template(template).render(base="../" * address.count("/"), address=address, linked=linked, **context)

    def files(self, address: str) -> dict[str, str]:
        """The page at this address, with the record as data beside the page of a record."""
        template, gather = self.pages[address]
        context = gather()
        made = {f"{address}.html": self.page(address, template, context)}
        if template == "record.html":
            made[f"{address}.json"] = records.as_json(self.view, context["table"], context["record"])
        elif template == "removed.html":
            made[f"{address}.json"] = changes.as_json(context["row"])
        return made

    def file(self, path: str) -> str | None:
        """One file by its path; None for what is not made here."""
        address, _, _ = path.rpartition(".")
        if address in self.pages and (text := self.files(address).get(path)) is not None:
            return text
        return explore.script(self.view, path)

    def write(self, site: Path, deep: bool) -> None:
        """Write the files; `deep` those in folders too."""
        for address in self.pages:
            if deep or "/" not in address:
                for path, text in self.files(address).items():
                    (site / path).parent.mkdir(parents=True, exist_ok=True)
                    (site / path).write_text(text, encoding="utf-8")
        base = urlsplit(self.frame.site).path or "/"
        lost = self.templates.get_template("lost.html").render(base=base, address="404")
        (site / "404.html").write_text(lost, encoding="utf-8")


def downloads(site: Path, view: View) -> None:
    """Put the files to download below `site`, and keep their measures for the page that lists them."""
    view.files = exports.add(exports.of(view.data), site)
    view.loads = sql.write(site)
    shutil.copyfile(SCHEMA, site / SCHEMA.name)
    for path in sorted((view.data.root / releases.FOLDER).glob("*.*")):
        (site / releases.FOLDER).mkdir(exist_ok=True)
        shutil.copyfile(path, site / releases.FOLDER / path.name)


def write(root: Path, site: Path, view: View) -> None:
    """Write every generated page, the files to download, and what other programs read, below `site`."""
    downloads(site, view)
    Press(root, view).write(site, deep=True)
    sharing.write(root, site, view)
    explore.write(site, view)
    search.write(site, view)
