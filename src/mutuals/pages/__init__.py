"""The pages that are made from the tables: a page for each record, lists, codebook, rules, quality and downloads."""

import re
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from mutuals.dates import spoken
from mutuals.pages import explore, search
from mutuals.pages.frame import THEME, frame
from mutuals.pages.lists import lists
from mutuals.pages.reference import downloads, reference
from mutuals.pages.view import FOLDERS, View
from mutuals.tables import read_dataset


def slug(text: str) -> str:
    """A heading as an address within its page."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def environment(root: Path, view: View) -> Environment:
    """The templates, with everything from a table escaped; every page stands in the frame of theme/shell.html."""
    loader = ChoiceLoader([PackageLoader("mutuals.pages"), FileSystemLoader(THEME)])
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    templates.filters |= {"slug": slug}
    nothing = {"toc": "", "around": (), "scripts": (), "has_code": False}
    templates.globals |= {"view": view, "spoken": spoken, "frame": frame(root), **nothing}
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


def pages(root: Path, view: View) -> dict[str, tuple[str, dict]]:
    """Every generated page by its address: its template and what that needs."""
    found = {**lists(view), **reference(root, view), **search.pages(view), **explore.pages(view)}
    for table, folder in FOLDERS.items():
        source = view.data.get(table)
        for record in source.records:
            id = record[source.schema.key[0]]
            found[f"{folder}/{id}"] = ("record.html", {"table": source, "record": record, "id": id})
    return found


def write(root: Path, site: Path, view: View) -> None:
    """Write every generated page, and the files to download, below `site`."""
    templates = environment(root, view)
    for address, (template, context) in pages(root, view).items():
        path = site / f"{address}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        base = "../" * address.count("/")
        path.write_text(templates.get_template(template).render(base=base, address=address, **context), encoding="utf-8")
    downloads(root, site)
    search.write(site, view)
