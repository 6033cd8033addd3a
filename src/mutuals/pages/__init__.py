"""The pages that are made from the tables: a page for each record, lists, codebook, rules, quality and downloads."""

import json
import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mutuals.dates import spoken
from mutuals.pages.lists import lists
from mutuals.pages.reference import downloads, reference
from mutuals.pages.view import FOLDERS, View
from mutuals.tables import read_dataset

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|$&~:-])")


def markdown(text: str) -> Markup:
    """A text that Markdown shows as it is."""
    return Markup(_SPECIAL.sub(r"\\\1", text))


def environment(view: View) -> Environment:
    """The templates, with everything from a table escaped."""
    loader = PackageLoader("mutuals.pages")
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    templates.filters |= {"markdown": markdown, "quoted": lambda text: Markup(json.dumps(str(text), ensure_ascii=False))}
    templates.globals |= {"view": view, "spoken": spoken}
    return templates


def _hand_written(target: Path, view: View) -> None:
    """Fill the numbers into the hand-written pages: {{ … }} there is computed from the tables."""
    from mutuals.pages.numbers import numbers

    templates = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    for path in sorted(target.glob("*.md")):
        path.write_text(templates.from_string(path.read_text(encoding="utf-8")).render(numbers(view)), encoding="utf-8")


def write(root: Path, target: Path) -> None:
    """Write every generated page as Markdown below `target`, and files for the site as they are below `target`/_extra."""
    view = View(read_dataset(root))
    templates = environment(view)
    _hand_written(target, view)
    pages = {**lists(view), **reference(root, view)}
    for table, folder in FOLDERS.items():
        source = view.data.get(table)
        for record in source.records:
            id = record[source.schema.key[0]]
            pages[f"{folder}/{id}"] = ("record.md", {"table": source, "record": record, "id": id})
    for address, (template, context) in pages.items():
        path = target / f"{address}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        base = "../" * address.count("/")
        path.write_text(templates.get_template(template).render(base=base, address=address, **context), encoding="utf-8")
    downloads(root, target / "_extra")
