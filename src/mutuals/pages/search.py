"""The search page and its index: one script that names every page and record, which only that page loads.

The index holds texts, not postings: the words are taken apart in the browser, by the same code as the reader's
question, so that “£500m” and “500 million” cannot part ways.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mutuals.dates import is_date, spoken
from mutuals.pages.lists import SECOND_LINES, Pages
from mutuals.pages.view import FOLDERS, HIDDEN, LISTED, NAMES, View, cut
from mutuals.schema import Column
from mutuals.tables import Table
from mutuals.wording import money

LINE = 200  # characters of a paragraph that a result shows
INDEX = "assets/search-index.js"
# In the order in which they are offered: what is read first, then the records.
TABLES = (
    "spin_outs",
    "pathfinders",
    "contracts",
    "programmes",
    "ballots",
    "organisations",
    "people",
    "events",
    "figures",
    "quotes",
    "sources",
)
KINDS = ("Pages", *TABLES, "Sections", "Columns")
LINES = {
    **SECOND_LINES,
    "sources": ("short_name", "kind_code", "date_published"),
    "quotes": ("person_id", "organisation_id", "role", "source_id"),
    "figures": ("claimant_person_id", "claimant_organisation_id", "as_of_date"),
    "events": ("date", "kind_code", "certainty_code"),
}
# Other names and register numbers: who types one of them whole means that record.
ALSO = ("other_names", "identifiers", "gss_code")
LEFT_OUT = {*HIDDEN, "paragraph", "paragraphs", "date_accessed"}
# Said of nearly every record of its table, so that it finds nothing.
BOILERPLATE = {("sources", "note"), ("sources", "scope_code"), ("figures", "bound_code"), ("figures", "unit_code")}


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: `also` are other names for it, `words` whatever else it may be found by, by column title."""

    kind: str
    title: str
    line: str
    address: str
    also: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


def plain(view: View, column: Column, cell: str) -> str:
    """A cell in words and without markup: names for keys, labels for codes, dates as they are said."""
    if column.refers_to:
        return "; ".join(view.name(column.refers_to, item) for item in column.items(cell))
    if "date" in column.name and is_date(cell):
        return spoken(cell)
    return view.cell(column, cell, "").striptags()


def _said(view: View, column: Column, cell: str) -> str:
    """A cell as the index has it: a source by its short name, an address by its host, as the whole would double the index."""
    if column.refers_to == "sources":
        return "; ".join(view.short_source(item) for item in column.items(cell))
    return urlsplit(cell).netloc.removeprefix("www.") if column.name == "url" else plain(view, column, cell)


def _counted(column: Column, text: str) -> str:
    """A bare number with what it counts: “21 bodies”."""
    return f"{text} {column.title.lower()}" if column.type == "integer" and text.isdigit() else text


def _areas(view: View, code: str) -> str:
    """An area with all that it lies in: “Blackpool, North West, England”."""
    areas, names = view.data.get("codes/areas").by_key, []
    while code in areas and areas[code]["label"] not in names:
        names.append(areas[code]["label"])
        code = areas[code]["broader"]
    return ", ".join(names)


def _record(view: View, table: Table, record: dict[str, str]) -> Entry:
    """A record as it is found."""
    id, names, said = record[table.schema.key[0]], NAMES.get(table.name, "name"), []
    shown = LINES[table.name]
    line = [_counted(table.schema[name], _said(view, table.schema[name], record[name])) for name in shown if record[name]]
    if table.name == "figures" and record["value"]:
        line.insert(0, str(view.figure(record).striptags()))
        said.append((table.schema["value"].title, record["value"]))
    also = [item for name in ALSO if name in table.schema.header for item in table.schema[name].items(record[name])]
    for column in table.schema.columns:
        cell = record[column.name]
        skipped = column.name in {*LEFT_OUT, *shown, names, *ALSO, "value"} or (table.name, column.name) in BOILERPLATE
        if cell and column.name == "gss_code":
            said.append((column.title, _areas(view, cell)))
        elif cell and column.states != "key" and not skipped:
            said.append((column.title, _said(view, column, cell)))
    title = f"“{view.name('quotes', id)}”" if table.name == "quotes" else view.name(table.name, id)
    return Entry(table.name, title, " · ".join(line), view.address(table.name, id), tuple(also), tuple(said))


def _columns(view: View) -> Iterator[Entry]:
    """The columns of the tables, as the codebook has them."""
    for table in view.data.facts:
        for column in table.schema.columns:
            title = f"{column.name} ({table.schema.title})"
            yield Entry(
                "Columns",
                title,
                column.description,
                f"codebook.html#{table.name}-{column.name}",
                (column.name,),
                (("Title", column.title),),
            )


@dataclass
class _Headings(HTMLParser):
    """The headings of a page that have an address of their own, each with the first paragraph below it."""

    found: list[list[str]] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    main: int = 0
    into: int | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A heading opens an entry, the first paragraph after it fills it."""
        id = dict(attrs).get("id") or ""
        self.main += tag == "main"
        if tag == "section":
            self.sections.append(id)
        elif self.main and tag in ("h1", "h2", "h3"):
            place = "" if tag == "h1" else id or (self.sections[-1] if self.sections else "")
            self.found.append([place, "", ""])
            self.into = 1
        elif self.main and tag == "p" and self.found and not self.found[-1][2]:
            self.into = 2
        elif tag == "a" and "headerlink" in (dict(attrs).get("class") or ""):
            self.into = None

    def handle_endtag(self, tag: str) -> None:
        """Whatever was being read ends with its element."""
        self.main -= tag == "main"
        if tag == "section" and self.sections:
            self.sections.pop()
        if tag in ("h1", "h2", "h3", "p"):
            self.into = None

    def handle_data(self, data: str) -> None:
        """Text of the heading or paragraph at hand."""
        if self.main and self.into is not None:
            self.found[-1][self.into] += data


def chapters(site: Path) -> Iterator[Entry]:
    """The finished pages below `site` that are no records: each by its title, and by each heading with an address."""
    for path in sorted([*site.glob("*.html"), *site.glob("notebooks/*.html")]):
        if path.stem in ("search", "404", "genindex"):
            continue
        page = _Headings()
        page.feed(path.read_text(encoding="utf-8"))
        address, whole = path.relative_to(site).as_posix(), ""
        for place, *texts in page.found:
            title, line = (" ".join(text.split()) for text in texts)
            whole = whole or title
            if title and place:
                yield Entry("Sections", title, cut(f"{whole}: {line}" if line else whole, LINE), f"{address}#{place}")
            elif title and title == whole:
                yield Entry("Pages", title, cut(line, LINE), address)


def entries(view: View, site: Path | None = None) -> list[Entry]:
    """All that can be found: the pages below `site`, every record, and every column."""
    records = [_record(view, view.data.get(name), record) for name in TABLES for record in view.data.get(name).records]
    return [*(chapters(site) if site else ()), *records, *_columns(view)]


def script(view: View, found: list[Entry]) -> str:
    """The index as a script, since a page opened from a folder may load nothing else; the same bytes for the same entries.

    A row is the JSON of [kind, title, line, address, other names, [column, text, column, text, …]]; kinds and columns by number.
    """
    titles = sorted({title for entry in found for title, _ in entry.words})
    at = {title: n for n, title in enumerate(titles)}
    rows: list[list[Any]] = []
    for entry in found:
        words = [part for title, text in entry.words for part in (at[title], text)]
        row = [KINDS.index(entry.kind), entry.title, entry.line, entry.address, list(entry.also), words]
        rows.append(row if words else row[:5] if entry.also else row[:4])
    kinds = [view.data.schemas[kind].title if kind in view.data.schemas else kind for kind in KINDS]
    head = json.dumps({"kinds": kinds, "columns": titles}, ensure_ascii=False, separators=(",", ":"))
    # As one text, a JSON row a line: read at once, and parsed row by row while the page stays awake.
    lines = "\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    text = lines.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n\\\n")
    return f"window.spunSearch={head[:-1]},\"rows\":'{text}'}};\n"


def write(site: Path, view: View) -> Path:
    """Write the index of a finished site below it, and return its path."""
    path = site / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script(view, entries(view, site)), encoding="utf-8", newline="\n")
    return path


def pages(view: View) -> Pages:
    """The search page, with the lists to go to where it does not help."""
    titles = {**FOLDERS, **LISTED}
    lists = [(titles[name], view.data.schemas[name].title, len(view.data.get(name).records)) for name in TABLES]
    sums = [int(row["value_gbp"]) for row in view.data.get("contracts").records if row["value_gbp"]]
    return {
        "search": (
            "search.html",
            {"lists": lists, "example": money(max(sums, default=0)), "index": INDEX, "scripts": ["_static/search.js"]},
        )
    }
