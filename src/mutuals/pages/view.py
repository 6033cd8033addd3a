"""What a page needs to know of a record: its name, its address, its cells in words, and who says so."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from markupsafe import Markup, escape

from mutuals import exports
from mutuals.dates import bounds, is_date, spoken
from mutuals.exports.files import File
from mutuals.schema import Column
from mutuals.tables import Dataset, Table
from mutuals.wording import money

# The folder of the pages of each table's records; and the lists whose rows had the addresses of records before these had pages.
FOLDERS = {
    "pathfinders": "pathfinders", "spin_outs": "spin-outs", "contracts": "contracts",
    "programmes": "programmes", "ballots": "ballots", "organisations": "organisations", "people": "people", "sources": "sources",
    "events": "events", "figures": "claims", "quotes": "quotations",
}  # fmt: skip
LISTED = {"quotes": "quotations", "figures": "numbers", "events": "timeline"}
NAMES = {"sources": "title", "quotes": "text", "figures": "statement", "events": "title", "errata": "printed"}
# Registers whose pages have stable addresses, by the prefix of their identifiers (org-id.guide).
REGISTERS = {"GB-COH-": "https://find-and-update.company-information.service.gov.uk/company/"}
HIDDEN = ("sha256", "normaliser", "proofs")
LONG = 90  # characters of a name that a title still takes


@dataclass(frozen=True)
class Fact:
    """One row of a record page: a column, its cell in words, and the evidence or the reason for a blank."""

    column: Column
    shown: Markup
    gap: Markup
    evidence: list[dict[str, str | Markup]]


def digits(text: str) -> str:
    """A plain number with thousands separators."""
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else text


def dashed(code: str) -> str:
    """A code as a part of an address."""
    return code.replace("_", "-")


def cut(line: str, most: int) -> str:
    """A text as one line, cut between words."""
    return line if len(line) <= most else (line[:most].rpartition(" ")[0] or line[:most]) + " …"


def refers(column: Column) -> str:
    """The table that a column's keys are of. A figure's whole may be a key that was given up, so its schema has no reference."""
    return column.refers_to or ("figures" if column.name == "part_of_id" else "")


def slug(text: str) -> str:
    """A heading as an address within its page."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def year(date: str) -> str:
    """The year under which a date stands: that of the latest day that it allows; “undated” where there is none."""
    return f"{bounds(date)[1].year:04}" if is_date(date) else "undated"


class View:
    """The data set as pages show it; `base` leads from the page at hand to the root of the site."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self.loads = 0  # bytes that the page for SQL loads when it is asked; set by the build that writes them

    @cached_property
    def version(self) -> str:
        """The version of the package, which is that of the data."""
        return version("mutuals")

    @cached_property
    def newest(self) -> str:
        """The day on which a source was last read: the date of the data."""
        return max((row["date_accessed"] for row in self.data.get("sources").records), default="")

    @cached_property
    def files(self) -> list[File]:
        """The files of the release of these tables: made to be measured, unless the build that made them has set them here."""
        return exports.made(exports.of(self.data))

    def name(self, table: str, id: str) -> str:
        """What a record is called."""
        record = self.data.get(table).by_key[id]
        text = record[NAMES.get(table, "name")]
        return self.trimmed(text) if table == "quotes" else text

    def trimmed(self, text: str) -> str:
        """A quotation as a page shows it: without the comma that belongs to “he said”."""
        return text.removesuffix(",")

    def title(self, table: str, id: str) -> str:
        """A record's name as the title of its page: a figure with its number, a quotation with who said it, none too long."""
        name, record = self.name(table, id), self.data.get(table).by_key[id]
        if table == "quotes":
            speaker = ("people", record["person_id"]) if record["person_id"] else ("organisations", record["organisation_id"])
            said = self.name(*speaker) if speaker[1] else ""
            return f"{said}: “{cut(name, LONG)}”" if said else f"“{cut(name, LONG)}”"
        if table == "figures" and record["value"]:
            return f"{name}: {self.figure(record).striptags()}"
        return name

    def address(self, table: str, id: str) -> str:
        """Where a record is, from the root of the site."""
        return f"{FOLDERS[table]}/{id}.html"

    def place(self, table: str, id: str) -> str:
        """Where a record stands in its list. LISTED[table].html#id leads to its list as well, and stays."""
        record = self.data.get(table).by_key[id]
        part = {"figures": lambda: f"/{dashed(record['measure_code'])}", "events": lambda: f"/{year(record['date'])}"}.get(table, str)()
        return f"{LISTED[table]}{part}.html#{id}" if table in LISTED else f"{FOLDERS[table]}.html"

    def listed(self, table: str) -> list[dict[str, str]]:
        """The records of a table in the order of their names."""
        source = self.data.get(table)
        return sorted(source.records, key=lambda record: self.name(table, record[source.schema.key[0]]).casefold())

    def link(self, table: str, id: str, base: str, words: str = "") -> Markup:
        """A link to a record, by its name."""
        return Markup('<a href="{}{}">{}</a>').format(base, self.address(table, id), words or self.name(table, id))

    def code(self, column: Column, code: str) -> Markup:
        """The label of a code, with its description at hand."""
        record = self.data.get(f"codes/{column.codes}").by_key[code]
        return Markup('<span title="{}">{}</span>').format(record["description"], record["label"])

    def label(self, codes: str, code: str) -> str:
        """The label of a code as plain text."""
        return self.data.get(f"codes/{codes}").by_key[code]["label"]

    def _item(self, column: Column, item: str, base: str) -> Markup:
        if (table := refers(column)) and item in self.data.get(table).by_key:
            return self.link(table, item, base)
        if column.codes:
            return self.code(column, item)
        if column.name == "identifiers" and (register := next((r for r in REGISTERS if item.startswith(r)), "")):
            return Markup('<a href="{}{}" rel="nofollow">{}</a>').format(REGISTERS[register], item.removeprefix(register), item)
        if item.startswith(("http://", "https://")):
            return Markup('<a href="{0}" rel="nofollow">{0}</a>').format(item)
        if column.unit.startswith("GBP"):
            return Markup('<data value="{}">{}</data>').format(item, money(float(item)))
        if column.unit == "percent":
            return Markup('<data value="{0}">{0}%</data>').format(item)
        if column.unit == "months" and int(item) % 12 == 0:
            return Markup('<data value="{}">{} years</data>').format(item, int(item) // 12)
        if column.type != "string":
            return Markup('<data value="{}">{}</data>').format(item, digits(item))
        if "date" in column.name and is_date(item):
            if re.fullmatch(r"[\d-]+", item):
                return Markup('<time datetime="{}">{}</time>').format(item, spoken(item))
            return Markup('<span title="EDTF {}">{}</span>').format(item, spoken(item))
        return escape(item)

    def cell(self, column: Column, cell: str, base: str) -> Markup:
        """A cell in words; several values with semicolons between them."""
        return Markup("; ").join(self._item(column, item, base) for item in column.items(cell))

    def short_source(self, id: str) -> str:
        """A source in a few words: its short name and its date."""
        source = self.data.get("sources").by_key[id]
        return f"{source['short_name']}, {spoken(source['date_published'])}" if source["date_published"] else source["short_name"]

    def evidence(self, table: Table, id: str, column: Column, base: str) -> list[dict[str, str | Markup]]:
        """The evidence rows of a cell, supporting ones first."""
        rows = self.data.evidence.get((table.name, id, column.name), [])
        several = column.many and len({row["value"] for row in rows}) > 1
        found = []
        for row in sorted(rows, key=lambda row: row["relation"] != "supports"):
            differs = row["relation"] != "supports"
            reply = self.data.get("sources").by_key[row["source_id"]]["kind_code"] == "reply"
            found.append({
                "as_read": row["as_read"],
                "source": self.link("sources", row["source_id"], base, self.short_source(row["source_id"])),
                "paragraph": row["paragraph"],
                "relation": ", ".join(["a reply"] * reply + [self.label("relations", row["relation"])] * differs),
                "value": self._item(column, row["value"], base) if several or differs else "",
                "note": row["note"],
            })  # fmt: skip
        return found

    @cached_property
    def gaps(self) -> dict[tuple[str, str, str], dict[str, str]]:
        """Reasons for blanks by table, record and column."""
        return {(gap["table"], gap["row_id"], gap["column"]): gap for gap in self.data.get("gaps").records}

    @cached_property
    def second_readings(self) -> dict[tuple[str, str], Counter[str]]:
        """What second readings found, by table and record: how many cells of each verdict."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for row in self.data.get("second_readings").records:
            found.setdefault((row["table"], row["row_id"]), Counter())[row["verdict_code"]] += 1
        return found

    def gap(self, table: str, id: str, column: str) -> Markup:
        """Why a cell is blank, in words; blank where no reason is needed."""
        gap = self.gaps.get((table, id, column))
        if gap is None:
            return Markup()
        looked = f"Looked for in {gap['where_looked']}, {spoken(gap['date_looked'])}. " if gap["where_looked"] else ""
        note = Markup(' <span class="note">{}{}</span>').format(looked, gap["note"]) if looked or gap["note"] else ""
        return Markup('<span class="gap">{}</span>{}').format(self.label("gap_reasons", gap["reason_code"]), note)

    def facts(self, table: Table, record: dict[str, str], base: str) -> list[Fact]:
        """What a record page shows: every column but the key, the name and the note, filled or with the reason why not."""
        id, found = record[table.schema.key[0]], []
        for column in table.schema.columns:
            if column.states == "key" or column.name in ("note", *HIDDEN):
                continue
            evidence = self.evidence(table, id, column, base)
            if column.name == NAMES.get(table.name, "name") and not evidence:
                continue
            gap = Markup() if record[column.name] else self.gap(table.name, id, column.name)
            if record[column.name] or gap:
                number = table.name == "figures" and column.name == "value" and record["value"]
                found.append(Fact(column, self.figure(record) if number else self.cell(column, record[column.name], base), gap, evidence))
        return found

    @cached_property
    def _referring(self) -> dict[tuple[str, str], dict[str, list[tuple[dict[str, str], list[str]]]]]:
        """By table and key of a record: the records of each table that refer to it, with the titles of the columns that do."""
        found: dict[tuple[str, str], dict[str, list[tuple[dict[str, str], list[str]]]]] = {}
        for other in self.data.facts:
            columns = [column for column in other.schema.columns if refers(column)]
            for record in other.records:
                targets: dict[tuple[str, str], list[str]] = {}
                for column in columns:
                    for item in column.items(record[column.name]):
                        targets.setdefault((refers(column), item), []).append(column.title)
                targets.pop((other.name, record[other.schema.key[0]]), None)
                for target, titles in targets.items():
                    found.setdefault(target, {}).setdefault(other.name, []).append((record, titles))
        return found

    def mentions(self, table: str, id: str) -> dict[str, list[tuple[dict[str, str], list[str]]]]:
        """The records that refer to a record: by table, each with the titles of the columns that do."""
        return {other: list(rows) for other, rows in self._referring.get((table, id), {}).items()}

    @cached_property
    def _citing(self) -> dict[str, dict[str, list[str]]]:
        """By source: the records that cite it, by table."""
        found: dict[str, dict[str, dict[str, None]]] = {}
        for (table, id, _), rows in self.data.evidence.items():
            if id in self.data.get(table).by_key:
                for row in rows:
                    found.setdefault(row["source_id"], {}).setdefault(table, {})[id] = None
        return {source: {table: list(ids) for table, ids in tables.items()} for source, tables in found.items()}

    def rests_on(self, source_id: str) -> dict[str, list[str]]:
        """The records that cite a source, by table."""
        return self._citing.get(source_id, {})

    def read_of_sources(self) -> dict[str, list[tuple[str, int]]]:
        """What was read out of each source: (what, how many) of evidence rows, quotations and errata, without noughts."""
        rows = {"evidence rows": [row for table in self.data.of_kind("evidence") for row in table.records]}
        rows |= {"quotations": self.data.get("quotes").records, "errata": self.data.get("errata").records}
        counts = {noun: Counter(row["source_id"] for row in found) for noun, found in rows.items()}
        return {id: [(noun, count[id]) for noun, count in counts.items() if count[id]] for id in self.data.get("sources").by_key}

    def figure(self, record: dict[str, str]) -> Markup:
        """A figure with its bound and unit: “at least 45,000 people”."""
        bound = "" if record["bound_code"] == "stated" else self.label("bounds", record["bound_code"]) + " "
        if record["unit_code"] == "gbp":
            return Markup("{}<strong>{}</strong>").format(bound, money(float(record["value"])))
        unit = "%" if record["unit_code"] == "percent" else " " + self.label("units", record["unit_code"])
        return Markup("{}<strong>{}</strong>{}").format(bound, digits(record["value"]), unit)
