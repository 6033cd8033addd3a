"""Memory: what a warm process keeps from one check to the next, which is whatever rests on files that stayed as they were."""

import gc
from collections.abc import Callable, ItemsView, Iterable, Iterator, ValuesView
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutuals.canonical import Fault
from mutuals.parsing import Reading

if TYPE_CHECKING:
    from mutuals.rules import Rule
    from mutuals.tables import Dataset, Table

ALL = "/"
State = Reading | None | list[tuple[str, Reading]]


@contextmanager
def unsearched() -> Iterator[None]:
    """While nearly all that is made stays, nobody looks for garbage in it, which takes up to a fifth of the time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


class Noted(dict[str, "Table"]):
    """Tables that note who was asked for: names, there or not; “evidence/” and the like for all files of a kind; ALL."""

    def __init__(self, tables: dict[str, "Table"]) -> None:
        super().__init__(tables)
        self.noted: set[str] = set()
        self.states: dict[str, State] = {}

    def __getitem__(self, name: str) -> "Table":
        self.noted.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.noted.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.noted.add(ALL)
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """A table, if it is there."""
        self.noted.add(name)
        return super().get(name, default)

    def values(self) -> ValuesView["Table"]:
        """Every table."""
        self.noted.add(ALL)
        return super().values()

    def items(self) -> ItemsView[str, "Table"]:
        """Every table by its name."""
        self.noted.add(ALL)
        return super().items()

    def state(self, name: str) -> State:
        """What is the same again only if what was noted stayed as it was."""
        if name not in self.states:
            table, of = super().get(name), name.removesuffix("/")
            every = [(other, table.reading) for other, table in super().items() if of in ("", table.kind)] if name.endswith("/") else []
            self.states[name] = every if name.endswith("/") else table and table.reading
        return self.states[name]


@dataclass
class Memory:
    """Each file's reading with its stamp, the last tables, what schemas and rules found in which readings, and where batches come from.

    It holds for the same schemas and rules only: make a new one when these change.
    """

    readings: dict[Path, tuple[int, Reading]] = field(default_factory=dict)
    found: dict[str, tuple[list[Reading], list[tuple[str, Fault]]]] = field(default_factory=dict)
    told: dict[tuple[str, str], tuple[list[tuple[str, State]], list[Fault]]] = field(default_factory=dict)
    last: "Dataset | None" = None
    batches: Any = None

    def take(self, data: "Dataset") -> None:
        """Let tables be noted when they are asked for, and keep what is known of the fingerprints of those that stayed."""
        data.tables, last = Noted(data.tables), self.last
        if last:
            kept = last.fingerprints.items()
            data.fingerprints = {id: runs for id, runs in kept if data.tables.get(name := f"fingerprints/{id}") is last.tables.get(name)}
        self.last, data.memory = data, self

    def recalled(self, rule: "Rule", table: "Table", data: "Dataset", ask: Callable[..., Iterable[Fault]]) -> list[Fault]:
        """What a rule finds in a table: asked again only if some table is another that it asked for when it was asked before."""
        tables, place = data.tables, (rule.id, table.name)
        assert isinstance(tables, Noted)
        seen, faults = self.told.get(place, ([], []))
        if not seen or any(tables.state(name) != state for name, state in seen):
            tables.noted = {table.name}
            faults = list(ask(rule, table, data))
            self.told[place] = [(name, tables.state(name)) for name in tables.noted], faults
        return faults
