"""Draw evidenced cells for a second reader, who sees the question and the source but not our value.

First sources are drawn, each as likely as it has evidence rows, spread evenly over the kinds of source; then a few
of its cells. So every cell has about the same chance, and a reader opens few pages. The same seed and tables give
the same sample. Print it with --questions for the reader; without, with our values, for whoever compares. What comes
of it goes into data/second_readings.csv, and from there onto the quality page.

For example: mutuals sample --cells 20 --seed 1 --questions
"""

import argparse
import json
import random

from mutuals.tables import Dataset, read_dataset

EACH = 3  # cells of one source
OUT = ("sources",)  # titles and dates of documents, which are checked whenever a document is opened


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--cells", type=int, default=200, help="how many cells at least (200)")
    parser.add_argument("--seed", type=int, default=1, help="number that fixes the draw (1)")
    parser.add_argument("--questions", action="store_true", help="leave our values and the printed words out")


def population(data: Dataset) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Supporting evidence rows by source, each with its table."""
    found: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for table in data.of_kind("evidence"):
        for row in table.records if table.subject not in OUT else []:
            if row["relation"] == "supports":
                found.setdefault(row["source_id"], []).append((table.subject, row))
    return found


def draw(data: Dataset, cells: int, seed: int) -> list[tuple[str, dict[str, str]]]:
    """The sample: systematic over sources in proportion to their rows, then `EACH` rows of each, until there are enough."""
    rows, kinds, chance = population(data), data.get("sources").by_key, random.Random(seed)
    order = sorted(rows, key=lambda id: (kinds[id]["scope_code"], kinds[id]["kind_code"], chance.random()))
    line = [id for id in order for _ in rows[id]]
    # Rows are shuffled once, and each further visit of a source takes the next ones.
    pool = {id: chance.sample(rows[id], len(rows[id])) for id in order}
    taken: list[tuple[str, dict[str, str]]] = []
    visits = -(-cells // EACH)
    start, step = chance.random(), len(line) / visits
    for visit in range(visits):
        id = line[int((visit + start) * step) % len(line)]
        taken += pool[id][:EACH]
        del pool[id][:EACH]
    rest = [row for id in order for row in pool[id]]
    return taken + chance.sample(rest, min(len(rest), max(0, cells - len(taken))))


def question(data: Dataset, table: str, row: dict[str, str]) -> dict[str, str]:
    """What the reader is asked: which cell of which record, and where to look."""
    schema, source = data.schemas[table], data.get("sources").by_key[row["source_id"]]
    column, record = schema[row["column"]], data.get(table).by_key[row["row_id"]]
    codes = data.get(f"codes/{column.codes}").by_key if column.codes else {}
    return {
        "table": table, "row_id": row["row_id"], "column": row["column"],
        "about": next((record[name] for name in ("name", "statement", "title", "text") if record.get(name)), ""),
        "asked": f"{column.title}: {column.description}" + (f" ({column.unit})" if column.unit else ""),
        "choices": "; ".join(f"{code} = {codes[code]['label']}" for code in codes) if len(codes) < 40 else "",
        "source_id": row["source_id"], "paragraph": row["paragraph"], "title": source["title"], "url": source["url"],
    }  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Print one JSON object for each cell."""
    data = read_dataset(arguments.root)
    for number, (table, row) in enumerate(draw(data, arguments.cells, arguments.seed), 1):
        shown = question(data, table, row)
        if not arguments.questions:
            shown = {name: shown[name] for name in ("table", "about", "asked")} | row
        print(json.dumps({"number": number, **shown}, ensure_ascii=False))
    return 0
