"""The headline numbers of the record, and why they moved from one state to another.

Each is a sum over rows, of a number that follows from a few cells of a row and of what these refer to. So a move falls
apart into the moves of rows, each of which has one cause, and the causes sum to the move with nothing left over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from mutuals.states import Key, Row, State

CAUSES = ("new evidence", "correction", "changed rule")
EVERY_FACT = "every fact"
Units = dict[Key, Row]


@dataclass(frozen=True)
class Headline:
    """One number: the table whose rows it sums over, the cells that it reads, and what a row adds.

    A cell is named by its column, or as “status_code>codes/statuses.broader” where it is of the row that another refers to.
    """

    name: str
    title: str
    table: str
    reads: tuple[str, ...]
    adds: Callable[[Row], Decimal | int]

    def units(self, state: State, rules: State) -> Units:
        """What is summed over, by its key: the cells read of each row. Code lists and the sort of columns are those of `rules`."""
        if self.table == EVERY_FACT:
            return {
                (table, *key, column): {"cell": row[column]}
                for table in state.facts()
                for key, row in state.rows(table).items()
                for column in (rules if table in rules.tables else state).columns(table, "fact")
                if row.get(column)
            }
        return {
            (self.table, *key): {name: _cell(name, row, state, rules) for name in self.reads} for key, row in state.rows(self.table).items()
        }

    def total(self, units: Units) -> Decimal:
        """The number itself."""
        return sum((Decimal(self.adds(row)) for row in units.values()), Decimal(0))


def _cell(name: str, row: Row, state: State, rules: State) -> str:
    column, _, place = name.partition(">")
    if not place or not row.get(column):
        return "" if place else row.get(column, "")
    table, _, other = place.rpartition(".")
    states = (rules, state) if table.startswith("codes/") else (state,)
    return next((found.get(other, "") for one in states if (found := one.rows(table).get((row[column],)))), "")


def _value(id: str) -> Callable[[Row], Decimal | int]:
    return lambda row: Decimal(row["value"]) if row["figure_id"] == id and row["value"] else 0


LIST = (
    Headline("counted", "Mutuals in the record", "spin_outs", ("inclusion_code",), lambda r: r["inclusion_code"] == "counted"),
    Headline(
        "ended",
        "of which ended, or lost their main contract",
        "spin_outs",
        ("inclusion_code", "status_code>codes/statuses.broader"),
        lambda r: r["inclusion_code"] == "counted" and r["status_code>codes/statuses.broader"] == "ended",
    ),
    Headline("contracts", "Contracts", "contracts", ("outcome_code",), lambda r: r["outcome_code"] != "feared"),
    Headline(
        "lost",
        "of which lost, ended early, given up or taken back",
        "contracts",
        ("outcome_code",),
        lambda r: r["outcome_code"] not in ("feared", "won", "renewed"),
    ),
    Headline("fears", "Losses of contracts that were feared", "contracts", ("outcome_code",), lambda r: r["outcome_code"] == "feared"),
    Headline("first_wave", "Pathfinders of the first wave", "pathfinders", ("wave",), lambda r: r["wave"] == "1"),
    Headline(
        "became",
        "Pathfinders that became, or joined, bodies of their own",
        "pathfinders",
        ("spin_out_id", "spin_out_id>spin_outs.inclusion_code"),
        lambda r: bool(r["spin_out_id"]) and r["spin_out_id>spin_outs.inclusion_code"] != "attempt",
    ),
    Headline(
        "untraced",
        "Pathfinders that could not be traced",
        "gaps",
        ("column", "reason_code"),
        lambda r: r["column"] == "spin_out_id" and r["reason_code"] != "not_applicable",
    ),
    *(
        Headline(f"figures.{id}", title, "figures", ("figure_id", "value"), _value(id))
        for id, title in (
            ("one-million-workers", "Workers who were to leave"),
            ("mutuals-staff-2014", "Staff of mutuals, as counted in 2014"),
        )
    ),
    Headline("facts", "Cells that state a fact", EVERY_FACT, ("cell",), lambda r: 1),
    Headline("full_sources", "Sources read in full", "sources", ("scope_code",), lambda r: r["scope_code"] == "full"),
)


def headlines(*states: State) -> list[Headline]:
    """The list, with the number of rows of every fact table that one of the states has."""
    tables = sorted({table for one in states for table in one.facts()})
    return [*LIST, *(Headline(f"rows.{table}", f"Rows of {table.replace('_', '-')}", table, (), lambda r: 1) for table in tables)]


def totals(state: State) -> dict[str, Decimal]:
    """The headline numbers of a state by their names."""
    return {one.name: one.total(one.units(state, state)) for one in headlines(state)}


@dataclass(frozen=True)
class Move:
    """How a headline moved: the parts by cause sum to `after` - `before`; `rows` are the units that moved it, with cause and part."""

    name: str
    title: str
    before: Decimal
    after: Decimal
    parts: dict[str, Decimal]
    rows: tuple[tuple[Key, str, Decimal], ...]


def _places(headline: Headline, unit: Key, row: Row, changed: list[str]) -> Iterator[tuple[str, str, str]]:
    """The cells (table, record, column) that stand behind changed readings of a unit."""
    for name in changed:
        column, _, place = name.partition(">")
        yield headline.table, unit[1], column
        if place:
            table, _, other = place.rpartition(".")
            yield table, row.get(column, ""), other


def _cause(headline: Headline, unit: Key, old: Row | None, new: Row | None, a: State, b: State) -> str:
    """Why a unit moved: what is new, was blank or rests on a source that was not read before is new evidence, all else a correction."""
    if old is None or new is None:
        return CAUSES[0] if old is None else CAUSES[1]
    changed = [name for name in old if old[name] != new[name]]
    known = {key[0] for key in a.rows("sources")}
    sources = {proof["source_id"] for place in _places(headline, unit, new, changed) for proof in b.proofs.get(place, [])}
    fresh = any(not old[name] for name in changed) or bool(sources - known)
    return CAUSES[0] if fresh else CAUSES[1]


def moves(a: State, b: State, published: dict[str, Decimal] | None = None, renamed: dict[Key, Key] | None = None) -> list[Move]:
    """How each headline moved from one state to another.

    `published` are the numbers that were told of the first state: where today's rules count it otherwise, the rule has changed.
    `renamed` are the new names, as (table, *key), of rows that were renamed.
    """
    found, renamed = [], renamed or {}
    for one in headlines(a, b):
        as_was, as_now, new = one.units(a, a), one.units(a, b), one.units(b, b)
        before = (published or {}).get(one.name, one.total(as_was))
        parts = {cause: Decimal(0) for cause in CAUSES}
        parts["changed rule"] = one.total(as_now) - before
        old, rows = {_named(unit, renamed): row for unit, row in as_now.items()}, []
        for unit in sorted(old.keys() | new.keys()):
            step = Decimal(one.adds(new[unit]) if unit in new else 0) - Decimal(one.adds(old[unit]) if unit in old else 0)
            if step:
                cause = _cause(one, unit, old.get(unit), new.get(unit), a, b)
                parts[cause] += step
                rows.append((unit, cause, step))
        found.append(Move(one.name, one.title, before, one.total(new), parts, tuple(rows)))
    return found


def _named(unit: Key, renamed: dict[Key, Key]) -> Key:
    """A unit by the name that its row has now."""
    return (*renamed[unit[:2]], *unit[2:]) if unit[:2] in renamed else unit
