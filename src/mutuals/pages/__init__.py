"""The pages that are made from the tables: a page for each record, lists, codebook, rules, quality and downloads."""

from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from mutuals.dates import spoken
from mutuals.pages import about, browse, claims, explore, records, search, sharing
from mutuals.pages.beside import beside
from mutuals.pages.frame import THEME, frame
from mutuals.pages.lists import lists
from mutuals.pages.reference import downloads, reference
from mutuals.pages.view import FOLDERS, View, dashed, slug
from mutuals.tables import read_dataset


def environment(root: Path, view: View) -> Environment:
    """The templates, with everything from a table escaped; every page stands in the frame of theme/shell.html."""
    loader = ChoiceLoader([PackageLoader("mutuals.pages"), FileSystemLoader(THEME)])
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    templates.filters |= {"slug": slug, "dashed": dashed}
    nothing = {"toc": "", "around": (), "scripts": (), "has_code": False, "has_figure": False, "linked": ""}
    templates.globals |= {"view": view, "spoken": spoken, "frame": frame(root), **nothing}
    templates.globals["described"] = sharing.described
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
    found = {**browse.pages(view), **lists(view), **claims.pages(view), **reference(root, view), **about.pages(root, view)}
    found |= {**search.pages(view), **explore.pages(view)}
    around, near = records.neighbours(view, "../"), beside(view)
    for table in map(view.data.get, FOLDERS):
        for record in table.records:
            id = record[table.schema.key[0]]
            found[view.address(table.name, id).removesuffix(".html")] = (
                "record.html", records.context(view, table, record, around[table.name, id], near.get((table.name, id), []))
            )  # fmt: skip
    return found


def write(root: Path, site: Path, view: View) -> None:
    """Write every generated page, the files to download, and what other programs read, below `site`."""
    templates, around = environment(root, view), frame(root)
    data = sharing.linked_data(sharing.dataset(view, around.site))
    for address, (template, context) in pages(root, view).items():
        path = site / f"{address}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        base, linked = "../" * address.count("/"), data if address == "download" else ""
        page = templates.get_template(template).render(base=base, address=address, linked=linked, **context)
        path.write_text(page, encoding="utf-8")
        if template == "record.html":
            path.with_suffix(".json").write_text(records.as_json(view, context["table"], context["record"]), encoding="utf-8")
    lost = templates.get_template("lost.html").render(base=urlsplit(around.site).path or "/", address="404")
    (site / "404.html").write_text(lost, encoding="utf-8")
    downloads(root, site)
    sharing.write(root, site, view)
    explore.write(site, view)
    search.write(site, view)
