"""Mutants: copies of the record with one error each, drawn by lot and alike on every machine.

`VERSION` changes with what the operators make. What is drawn depends on the seed, the table, the column and the
operator alone, so that a new column leaves the other mutants as they were. No mutant says the same as the original:
one is drawn only where the changed cell has other words or marks (`fingerprints.tokens`) than before, and where words
are changed with their cell only if the old words do not hold the new ones, which the source then prints as well.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mutuals.amounts import amounts
from mutuals.datings import read_date
from mutuals.fingerprints import holds, tokens
from mutuals.readings import READINGS, Claim
from mutuals.schema import SEPARATOR, Column
from mutuals.slips import SLIPS, slips
from mutuals.tables import Dataset

VERSION = 1
ONE, TWO, THREE = "one cell", "cell and evidence", "cell, evidence and words"
BLANKS, PLACES, ROWS = "blanks", "places and lists", "rows"
Row = dict[str, str]
Address = tuple[str, int]
Edits = dict[Address, list[Row]]
Made = tuple[Row, str, str]


@dataclass(frozen=True, eq=False)
class Mutant:
    """One planted error. `edits` are the rows that stand in the place of each edited row; `cells` are where the error lies.

    `swapped` is whether the row changes places with the next. `stratum` is what the column is for, or how it is read.
    """

    family: str
    operator: str
    stratum: str
    address: Address
    row: str
    column: str
    old: str
    new: str
    edits: Edits
    cells: frozenset[tuple[Address, str]] = frozenset()
    swapped: bool = False

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.address[0], self.row, self.column) if part)
        return f"{place} ({self.operator})" + (f": {self.old or 'blank'} → {self.new or 'blank'}" if self.column else "")


def _stratum(kind: str, column: Column) -> str:
    """What a column is for, as the score is told by it."""
    if column.states in ("fact", "key", "derived"):
        return "facts" if column.states == "fact" else "keys and computed cells"
    if kind in ("codes", "corrections", "gaps", "second_readings", "tombstones"):
        return "code lists and ledgers"
    if column.name in ("note", "correct") or (
        column.states == "editorial" and not column.codes and not column.name.endswith(("_id", "_ids"))
    ):
        return "our words"
    if column.states == "editorial" or column.name == "kind_code":
        return "our classification"
    return "sources and fingerprints" if kind in ("sources", "fingerprints") else "evidence and quotations"


def _reading(column: Column) -> str:
    """How the cells of a fact follow from words, as the score is told by it."""
    if column.reading in ("number", "date", "inferred"):
        return "numbers and dates"
    return "our summaries" if column.reading == "own_words" else "names, terms and codes"


class Draw:
    """Mutants of a record, `each` for every column and operator, or every table and operator."""

    def __init__(self, data: Dataset, seed: int = 1, each: int = 1) -> None:
        self.data, self.seed, self.each = data, seed, each
        self.rows = {name: table.records for name, table in data.tables.items()}
        self.proofs: dict[tuple[str, str, str], list[Address]] = {}
        for table in data.of_kind("evidence"):
            for at, row in enumerate(self.rows[table.name]):
                self.proofs.setdefault((table.subject, row["row_id"], row["column"]), []).append((table.name, at))
        self.places: dict[str, list[Address]] = {}
        for table in data.tables.values():
            self.places.setdefault(table.kind, []).extend((table.name, at) for at in range(len(self.rows[table.name])))

    def row(self, address: Address) -> Row:
        """The row at an address."""
        return self.rows[address[0]][address[1]]

    def _drawn(self, places: list[Address], *what: str, make: Callable[[Address, random.Random], Mutant | None]) -> Iterator[Mutant]:
        """`each` mutants from places in the order of the lot, passing over those that cannot be made."""
        dice, made = random.Random(f"{VERSION} {self.seed} {what}"), 0
        for address in dice.sample(places, min(len(places), 40 * self.each)):
            mutant = make(address, dice) if made < self.each else None
            made += mutant is not None
            yield from [mutant] if mutant else []

    def _values(self, column: Column, kind: str) -> list[str]:
        """What may stand in a column: codes of its list, keys that it may refer to, else all that stands there."""
        if column.codes or column.refers_to:
            return sorted(self.data.get(f"codes/{column.codes}" if column.codes else column.refers_to).by_key)
        return sorted({item for place in self.places[kind] for item in column.items(self.row(place)[column.name])})

    def _spoiled(self, row: Row, column: Column, slip: str, dice: random.Random, values: list[str]) -> Made | None:
        """A row with one value of a cell spoiled, and the value before and after; None where that cannot be."""
        items = column.items(row[column.name])
        at = dice.randrange(len(items)) if items else 0
        new = SLIPS[slip](items[at], dice, values) if items else None
        if not new or new in items or tokens(new) == tokens(items[at]):
            return None
        return {**row, column.name: SEPARATOR.join([*items[:at], new, *items[at + 1 :]])}, items[at], new

    def _mutant(
        self, family: str, operator: str, column: Column, address: Address, edits: Edits, cells: set[tuple[Address, str]]
    ) -> Mutant:
        old, new = self.row(address)[column.name], next((row[column.name] for row in edits[address]), "")
        key = self.row(address)[self.data.tables[address[0]].schema.key[0]]
        kind = self.data.tables[address[0]].kind
        return Mutant(
            family,
            operator,
            _reading(column) if family in (TWO, THREE) else _stratum(kind, column),
            address,
            key,
            column.name,
            old,
            new,
            edits,
            frozenset(cells),
        )

    def cells(self, wanted: Callable[[str, Column], bool] = lambda kind, column: True) -> Iterator[Mutant]:
        """One cell changed, in the columns that are wanted; of facts also the cell with its evidence, and with the words that it is read from."""
        for kind, schema in sorted(self.data.schemas.items()):
            for column in (column for column in schema.columns if wanted(kind, column)):
                values = self._values(column, kind)
                for slip in slips(column):
                    for family in (ONE, TWO, THREE) if column.states == "fact" else (ONE,):

                        def make(address: Address, dice: random.Random, a: tuple = (family, slip, column, values)) -> Mutant | None:
                            return self._changed(*a, address, dice)

                        yield from self._drawn(self.places[kind], kind, column.name, family, slip, make=make)

    def _changed(self, family: str, slip: str, column: Column, values: list[str], address: Address, dice: random.Random) -> Mutant | None:
        row = self.row(address)
        if column.name == "row_id" and slip == "another reference":
            values = self.data.get(row.get("table", self.data.tables[address[0]].subject)).keys
        made = self._spoiled(row, column, slip, dice, values)
        if made is None:
            return None
        key = row[self.data.tables[address[0]].schema.key[0]]
        edits: Edits = {address: [made[0]]}
        cells, words = {(address, column.name)}, ""
        for place in self.proofs.get((address[0], key, column.name), []) if family != ONE else []:
            proof = self.row(place)
            if proof["value"] != made[1] or proof["relation"] != "supports":
                continue
            if family == THREE and not words:
                made, words = self._reworded(made, slip, column, proof, row, dice)
                edits[address] = [made[0]]
            new = {"value": made[2]} | ({"as_read": words} if words else {})
            edits[place] = [{**proof, **new}]
            cells |= {(place, name) for name in new}
        if (family == THREE and not words) or (family != ONE and len(edits) == 1):
            return None
        return self._mutant(family, slip, column, address, edits, cells)

    def _reworded(self, made: Made, slip: str, column: Column, proof: Row, row: Row, dice: random.Random) -> tuple[Made, str]:
        """The value changed together with the words that it is read from, so that it follows from them; no words where none do."""
        source = self.data.get("sources").by_key.get(proof["source_id"], {})
        words, candidates = proof["as_read"].replace(made[1], made[2]), [made[2]]
        if column.reading in ("number", "date", "inferred"):
            words = SLIPS[slip](proof["as_read"], dice, ()) or proof["as_read"]
            read = [f"{a.number * factor:.10g}" for a in amounts(words) for factor in (1, 12)]
            candidates = read if column.reading == "number" else read_date(words, source.get("date_published", "") or "2000")
        elif column.reading == "own_words":
            words = SLIPS[slip](proof["as_read"], dice, ()) or f"not {proof['as_read']}"
        elif column.reading in ("code", "reference"):
            target = self.data.get(f"codes/{column.codes}" if column.codes else column.refers_to).by_key[made[2]]
            words = target["printed"].split(SEPARATOR)[0] if column.codes else target["name"]
        elif words == proof["as_read"]:
            words = made[2]
        for value in candidates if not holds(tokens(proof["as_read"]), tokens(words)) else []:
            claim = Claim(value, words, proof["note"], column, row.get("unit_code", ""), source, self.data)
            if value != made[1] and words and READINGS[column.reading](claim) is None:
                cell = SEPARATOR.join(value if item == made[1] else item for item in column.items(row[column.name]))
                return ({**row, column.name: cell}, made[1], value), words
        return made, ""

    def rows_and_places(self) -> Iterator[Mutant]:
        """Rows dropped, doubled and swapped; cells blanked; quotations trimmed, sources exchanged, paragraphs shifted, values listed twice."""
        for kind, schema in sorted(self.data.schemas.items()):
            key, places = schema[schema.key[0]], self.places[kind]
            for operator, copies in (("dropped", 0), ("doubled", 2), ("swapped", 1)):

                def whole(address: Address, dice: random.Random, a: tuple = (operator, copies, key)) -> Mutant | None:
                    if a[0] == "swapped" and address[1] + 1 == len(self.rows[address[0]]):
                        return None
                    mutant = self._mutant(ROWS, f"a row {a[0]}", a[2], address, {address: [self.row(address)] * a[1]}, set())
                    return replace(mutant, stratum="row", column="", swapped=a[0] == "swapped")

                yield from self._drawn(places, kind, operator, make=whole)
            for column in schema.columns:
                yield from self._in_column(BLANKS, "blanked", kind, column, lambda text, dice, values: "")
                if column.many:
                    yield from self._in_column(
                        PLACES, "listed twice", kind, column, lambda text, dice, values: f"{text}; {text.split('; ')[0]}"
                    )
                if column.refers_to == "sources" and column.states == "record":
                    yield from self._in_column(PLACES, "another source", kind, column, SLIPS["another reference"])
                if column.name == "paragraph" and "source_id" in schema.header:
                    yield from self._in_column(
                        PLACES, "paragraph shifted", kind, column, lambda text, dice, values: f"{int(text) + dice.choice([-1, 1])}"
                    )
        text = self.data.schemas["quotes"]["text"]
        yield from self._in_column(PLACES, "last word trimmed", "quotes", text, lambda text, dice, values: text.rpartition(" ")[0] or None)
        yield from self._in_column(PLACES, "first word trimmed", "quotes", text, lambda text, dice, values: text.partition(" ")[2] or None)

    def _in_column(self, family: str, operator: str, kind: str, column: Column, slip: Callable) -> Iterator[Mutant]:
        """Mutants of one column that are made from the whole cell."""
        values = self._values(column, kind) if family == PLACES else []

        def make(address: Address, dice: random.Random) -> Mutant | None:
            old = self.row(address)[column.name]
            new = slip(old, dice, values) if old else None
            if new is None or new in ("0", old):
                return None
            return self._mutant(
                family, operator, column, address, {address: [{**self.row(address), column.name: new}]}, {(address, column.name)}
            )

        yield from self._drawn(self.places[kind], kind, column.name, operator, make=make)
