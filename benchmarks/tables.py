"""Invented tables of any size, with evidence and fingerprints, on which the gate finds nothing; or only what was planted.

    python benchmarks/tables.py ROWS FOLDER [--seed 1] [--planted]

FOLDER gets data/ with about ROWS rows in all its CSVs together, divided as in the record itself, beside the real schemas/,
validation/ and code lists. Each invented row is filled where a row of the record, drawn by lot, is filled, and has its
coded cells; names, words, numbers and dates are made up, and each value follows from its as_read by the reading of its
column. The same seed and record give the same bytes. Prints how many rows each kind of file has, and with --planted, which
changes one cell or row in 10,000 in the ways of benchmarks/faults.py, the place of each fault as JSON, in FOLDER/planted.json.
"""

import argparse
import hashlib
import itertools
import json
import random
import shutil
from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import faults

from mutuals import dates, fingerprints
from mutuals.amounts import ORDINALS
from mutuals.canonical import encode
from mutuals.derived import COUNT, DERIVED
from mutuals.readings import folded
from mutuals.schema import Column, Schema
from mutuals.tables import Dataset, read_dataset

ROOT = Path(__file__).resolve().parents[1]
Row = dict[str, str]
# Numbers that keep to rules between the cells of a row: no more answer a ballot than are asked, shares sum to 100 at most.
LIMITS = {"asked": (500, 1000), "answered": (1, 499), "percent": (1, 50), "months": (1, 120), "GBP": (1_000, 90_000_000), "years": (1, 40)}
# What would have to agree with other rows, or with the map.
BLANK = {"part_of_id", "continues_id", "spin_out_id", "gss_code", "derived_from_id"}
FIRST, PUBLISHED, READ = date(2006, 1, 1), date(2017, 1, 1), "2026-11-01"
PRINTING = 3_000  # days over which sources are published, none before all else has happened


@lru_cache
def words(data_root: Path) -> list[str]:
    """Invented words that no code list gives as a term and that are no number: two or three syllables."""
    codes = read_dataset(data_root).of_kind("codes")
    terms = {token for table in codes for row in table.records for token in folded(row["printed"])}
    starts, ends = (
        ("ald", "bre", "cor", "dun", "elm", "fal", "gor", "hev", "kel", "lan", "mor", "nev"),
        ("bury", "combe", "dale", "wick", "ney"),
    )
    return [word for a, b, c in itertools.product(starts, ("", "an", "er", "ing"), ends) if (word := a + b + c) not in terms]


def named(source: random.Random, vocabulary: list[str], count: int) -> str:
    """Invented words in capitals."""
    return " ".join(source.choices(vocabulary, k=count)).title()


def called(source: random.Random, vocabulary: list[str], ids: list[str]) -> dict[str, str]:
    """A name for each key, none twice."""
    names: dict[str, None] = {}
    while len(names) < len(ids):
        names[named(source, vocabulary, 3)] = None
    return dict(zip(ids, names, strict=True))


class World:
    """The invented tables as they grow: rows by table, evidence, gaps, and the paragraphs of each source."""

    def __init__(self, data: Dataset, scale: float, seed: int):
        self.data, self.random = data, random.Random(seed)
        self.vocabulary = words(data.root)
        self.shapes = {
            table.name: table.records for table in data.tables.values() if table.records and table.kind not in ("fingerprints", "codes")
        }
        self.counts = {name: max(2, round(scale * len(shapes))) for name, shapes in self.shapes.items()}
        self.tables: dict[str, list[Row]] = {
            table.name: [] for table in data.tables.values() if table.kind not in ("fingerprints", "codes")
        }
        self.ids = {table.name: self._ids(table.name) for table in data.facts}
        self.names = {table: called(self.random, self.vocabulary, ids) for table, ids in self.ids.items()}
        self.texts: dict[str, list[str]] = {id: [] for id in self.ids["sources"]}
        self.spans: dict[str, list[tuple[int, str]]] = {id: [] for id in self.ids["sources"]}
        self.turn = itertools.cycle(self.ids["sources"])

    def _ids(self, table: str) -> list[str]:
        return [f"{self.random.choice(self.vocabulary)}-{self.random.choice(self.vocabulary)}-{n}" for n in range(self.counts[table])]

    def number(self, column: Column, record: Row) -> tuple[str, str]:
        """A number in the unit of its column, and the words that say it."""
        unit = record["unit_code"] if column.name == "value" else column.unit
        low, high = LIMITS.get(column.name) or LIMITS.get({"gbp": "GBP"}.get(unit, unit), (1, 9_000))
        if unit == "ordinal":
            word = self.random.choice(sorted(ORDINALS))
            return str(ORDINALS[word]), f"the {word} of them"
        number = self.random.randint(low, high)
        if unit.lower() == "gbp" and number >= 1_000_000:
            number = number // 100_000 * 100_000
            return str(number), f"worth £{number / 1e6:g}m"
        said = {"gbp": f"worth £{number:,}", "percent": f"{number} per cent of it"}.get(unit.lower(), f"{number:,} {unit}")
        return str(number), said

    def day(self, clock: list[date]) -> tuple[str, str]:
        """A date after all others of its row, as precise as chance has it, and the words that say it."""
        clock[0] += timedelta(days=self.random.randint(1, 300))
        day, chance = clock[0], self.random.random()
        month = dates.MONTHS[day.month - 1]
        if chance < 0.7:
            return day.isoformat(), f"on {day.day} {month} {day.year}"
        return (f"{day:%Y-%m}", f"in {month} {day.year}") if chance < 0.9 else (f"{day:%Y}", f"in {day.year}")

    def coded(self, column: Column, code: str) -> str:
        """Words that hold a term of a code, where its list has terms."""
        terms = self.data.get(f"codes/{column.codes}").by_key[code]["printed"]
        return f"is {self.random.choice(terms.split('; '))}" if terms else "is so"

    def facts(self, column: Column, shape: Row, record: Row, clock: list[date]) -> list[tuple[str, str]]:
        """The values of a fact cell with the words that say each; as many as the record's own row has."""
        count, lead = len(column.items(shape[column.name])), named(self.random, self.vocabulary, 2)
        if not count or column.refers_to:
            known = self.ids.get(column.refers_to, [])
            return [(id, f"{self.names[column.refers_to][id]} of {lead}") for id in self.random.sample(known, min(count, len(known)))]
        if column.reading == "number":
            value, said = self.number(column, record)
            return [(value, f"{lead} {said}")]
        if column.reading == "date":
            value, said = self.day(clock)
            return [(value, f"{lead} {said}")]
        if column.reading == "code":
            return [(shape[column.name], f"{lead} {self.coded(column, shape[column.name])}")]
        if column.reading == "inferred":
            day = PUBLISHED + timedelta(days=self.random.randrange(PRINTING))
            return [(day.isoformat(), f"published on {day.day} {dates.MONTHS[day.month - 1]} {day.year}")]
        if column.reading == "identifier":
            numbers = [f"{n:08}" for n in self.random.sample(range(10**8), count)]
            return [(f"GB-COH-{number}", f"{lead} company {number}") for number in numbers]
        own = [self.names[record["_table"]][record["_id"]]] if column.name in ("name", "title") else []
        values = own or {named(self.random, self.vocabulary, 2) + f" {n}" for n in self.random.sample(range(1_000), count)}
        return [(value, f"{lead} {value}") for value in sorted(values)]

    def told(self, column: Column, shape: Row, record: Row) -> str:
        """A cell that states no fact: the coded ones as in the record, references to anything, words made up."""
        cell, id = shape[column.name], record["_id"]
        if column.states == "key" or not cell or column.name in BLANK:
            return id if column.states == "key" else ""
        if column.refers_to:
            known = self.ids[column.refers_to]
            return "; ".join(self.random.sample(known, min(len(column.items(cell)), len(known))))
        if column.name == "name":
            return self.names[record["_table"]][id]
        if column.name == "text":
            said = named(self.random, self.vocabulary, 4)
            return f"{said}." if shape["mode_code"] == "statement" else said.lower()
        if record["_table"] == "sources" and column.name == "note" and shape["scope_code"] != "full":
            return "Invented; the fingerprint covers the passages cited."
        fixed = {"url": f"https://example.org/{id}", "date_accessed": READ, "normaliser": str(fingerprints.VERSION)}
        return cell if column.codes else fixed.get(column.name, named(self.random, self.vocabulary, 4))

    def add(self, table: str, id: str) -> None:
        """One row of a fact table, with its evidence, its paragraph and its gaps."""
        schema, shape = self.data.schemas[table], self.random.choice(self.shapes[table])
        source = id if table == "sources" else next(self.turn)
        place, clock = len(self.texts[source]) + 1, [FIRST + timedelta(days=self.random.randrange(2_000))]
        if shape.get("certainty_code") in ("planned", "feared"):  # of what was to come when its source was published
            clock = [PUBLISHED + timedelta(days=PRINTING)]
        row = {"_table": table, "_id": id}
        row |= {column.name: self.told(column, shape, row) for column in schema.columns if column.states not in ("fact", "derived")}
        row |= {"source_id": source, "paragraph": str(place)} if "paragraph" in schema.header and table != "sources" else {}
        said = [row["text"]] if "text" in row else []
        for column in schema.columns:
            facts = self.facts(column, shape, row, clock) if column.states == "fact" else []
            if column.states == "fact":
                row[column.name] = "; ".join(value for value, _ in facts)
            for value, words in facts:
                proof = {
                    "row_id": id,
                    "column": column.name,
                    "value": value,
                    "as_read": words,
                    "source_id": source,
                    "paragraph": str(place),
                }
                self.tables[f"evidence/{table}"].append({**proof, "relation": "supports", "note": ""})
                said.append(words)
        self.texts[source].append(" ".join(said))
        self.spans[source] += [(place, words) for words in said]
        if table == "contracts":
            row["previous_contract_id"] = self.before(row) if shape["previous_contract_id"] else ""
        counts = {column.name: str(len(said) - ("text" in row)) for column in schema.columns if column.rule == COUNT}
        derived = {column.name: DERIVED[column.rule](row) for column in schema.columns if column.rule not in ("", COUNT)}
        row = {name: {**row, **counts, **derived}[name] for name in schema.header}
        self.tables[table].append(row)
        self.gaps(table, schema, row)

    def before(self, row: Row) -> str:
        """An earlier contract that this one may follow; blank if chance finds none."""
        earlier = self.random.choice(self.tables["contracts"] or [row])
        follows = earlier is not row and not dates.certainly_after(earlier["start_date"], row["start_date"])
        return earlier["contract_id"] if follows else ""

    def gaps(self, table: str, schema: Schema, row: Row) -> None:
        """A reason for each expected blank of a row."""
        for column in schema.columns:
            if column.expected and not row[column.name]:
                reason = self.random.choice(self.shapes["gaps"])["reason_code"]
                looked = {"where_looked": "its own pages", "date_looked": READ} if reason == "looked_not_found" else {}
                gap = {"table": table, "row_id": row[schema.key[0]], "column": column.name, "reason_code": reason, "note": ""}
                self.tables["gaps"].append({"where_looked": "", "date_looked": "", **gap, **looked})

    def ledgers(self) -> None:
        """Errata, second readings and tombstones in their numbers."""
        kinds = [row["kind_code"] for row in self.shapes["errata"]]
        for n, id in enumerate(self.random.sample(self.ids["sources"], min(self.counts["errata"], len(self.ids["sources"])))):
            printed = self.random.choice(self.spans[id])[1].partition(" ")[0]
            self.spans[id] += [(place, printed) for place, text in enumerate(self.texts[id], 1) if printed in text.split()]
            place = str(next(place for place, text in enumerate(self.texts[id], 1) if printed in text.split()))
            shown = dict.fromkeys(("shown_by_source_id", "shown_by_paragraph", "shown_by_as_read"), "")
            erratum = {"erratum_id": f"erratum-{n}", "source_id": id, "paragraph": place, "printed": printed, "correct": f"{printed}e"}
            self.tables["errata"].append({**erratum, **shown, "kind_code": self.random.choice(kinds), "note": "A letter is missing."})
        proofs = [(table.subject, row) for table in self.data.of_kind("evidence") for row in self.tables[table.name]]
        for table, row in self.random.sample(proofs, min(self.counts["second_readings"], len(proofs))):
            read = {"round": "1", "table": table, "found": row["value"], "date_read": READ, "resolution": ""}
            copied = {name: row[name] for name in ("row_id", "column", "source_id", "paragraph", "value")}
            self.tables["second_readings"].append({**read, **copied, "verdict_code": "agrees", "severity_code": "none"})
        for n in range(self.counts["tombstones"]):
            stone = {
                "table": "contracts",
                "row_id": f"removed-{n}",
                "date_removed": READ,
                "reason": "The same as another.",
                "replaced_by": "",
            }
            self.tables["tombstones"].append(stone)

    def fill(self) -> None:
        """All rows; what sources say of their texts comes last, when these are known."""
        for table in self.ids:
            for id in self.ids[table] if table != "sources" else []:
                self.add(table, id)
        for id in self.ids["sources"]:
            self.add("sources", id)
        self.ledgers()
        for row in self.tables["sources"]:
            texts = self.texts[row["source_id"]]
            row |= {"paragraphs": str(len(texts)), "sha256": hashlib.sha256("\n\n".join(texts).encode()).hexdigest()}

    def prints(self, id: str) -> list[Row]:
        """The fingerprint of a source."""
        runs = fingerprints.make(id, "\n\n".join(self.texts[id]), self.spans[id])
        return [{"paragraph": str(paragraph), "size": str(size), "hash": hash} for paragraph, size, hash in runs]


def scale(data: Dataset, rows: int, seed: int) -> float:
    """How many times the record so many rows are, code lists apart: found by a small trial, since texts differ in length."""
    trial, part = World(data, 0.05, seed), 0.05
    trial.fill()
    made = sum(map(len, trial.tables.values())) + sum(len(trial.prints(id)) for id in trial.texts)
    return part * (rows - sum(len(table.records) for table in data.of_kind("codes"))) / made


def write(root: Path, folder: Path, rows: int, seed: int = 1, planted: bool = False) -> Counter[str]:
    """Write the tables below a folder; the number of rows of each kind of file."""
    for name in ("schemas", "validation", "data/codes"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    data = read_dataset(root)
    world = World(data, scale(data, rows, seed), seed)
    world.fill()
    places = faults.plant(world.tables, data, random.Random(seed)) if planted else []
    counts = Counter({"code lists": sum(len(table.records) for table in data.of_kind("codes"))})
    for name, records in world.tables.items():
        path, schema = folder / f"data/{name}.csv", data.schemas[name.partition("/")[0]]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(records, schema))
        counts[f"evidence of {name.partition('/')[2]}" if "/" in name else name] += len(records)
        lines = {id(row): line for line, row in enumerate(sorted(records, key=schema.sort_key), 2)} if planted else {}
        for fault in places:
            fault.line = lines.get(id(fault.row), fault.line)
    (folder / "data/fingerprints").mkdir()
    for source in world.ids["sources"]:
        runs = world.prints(source)
        (folder / f"data/fingerprints/{source}.csv").write_bytes(encode(runs, data.schemas["fingerprints"]))
        counts["fingerprints"] += len(runs)
    if planted:
        told = [fault.told() for fault in places]
        (folder / "planted.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return counts


def main() -> None:
    """Write, and print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--planted", action="store_true")
    options = parser.parse_args()
    counts = write(ROOT, options.folder, options.rows, options.seed, options.planted)
    print("\n".join(f"{count:9,}  {name}" for name, count in counts.items()), f"{sum(counts.values()):9,}  rows in all", sep="\n")


if __name__ == "__main__":
    main()
