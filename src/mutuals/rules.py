"""Rules: what must hold, each with an id, one sentence and a remedy. The engine finds them in `validation/` too."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutuals.canonical import Fault
from mutuals.schema import Column, SchemaError
from mutuals.tables import LEDGERS, SHARED, Dataset, Table

Check = Callable[[Table, Dataset], Iterator[Fault]]


@dataclass(frozen=True)
class Rule:
    """One rule. `on` is a table, a shared kind such as "evidence", "facts" for every fact table, or "all"."""

    id: str
    on: str
    sentence: str
    remedy: str
    check: Check

    def concerns(self, table: Table) -> bool:
        """Whether the rule is asked of a table."""
        return self.on in ("all", table.kind, table.name) or (self.on == "facts" and table.kind not in (*SHARED, *LEDGERS))


REGISTRY: dict[str, Rule] = {}


def rule(id: str, on: str, sentence: str, remedy: str) -> Callable[[Check], Check]:
    """Register the decorated function as a rule: it yields a Fault for each place where the rule does not hold."""

    def register(check: Check) -> Check:
        REGISTRY[id] = Rule(id, on, sentence, remedy, check)
        return check

    return register


def discover(root: Path) -> None:
    """Import every rules file of a repository's validation/ folder; importing registers its rules. Raises SchemaError if there are none."""
    paths = sorted((root / "validation").glob("*.py"))
    if not paths:
        raise SchemaError(f"no rules validation/*.py below {root}; without them nothing would be proved")
    for path in paths:
        spec = importlib.util.spec_from_file_location(f"validation_{path.stem}", path)
        assert spec and spec.loader
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


@dataclass(frozen=True)
class Cell:
    """One cell with its place."""

    line: int
    id: str
    column: Column
    record: dict[str, str]

    @property
    def text(self) -> str:
        """What the cell holds."""
        return self.record[self.column.name]

    def fault(self, rule: str, found: str, wanted: str) -> Fault:
        """A fault of a rule in this cell."""
        return Fault(rule, self.line, self.column.name, found, wanted, self.id)


def cells(table: Table, wanted: Callable[[Column], bool]) -> Iterator[Cell]:
    """The cells of those columns of a table that are wanted, row by row."""
    columns = [column for column in table.schema.columns if wanted(column)]
    for line, record in table.numbered:
        yield from (Cell(line, record[table.schema.key[0]], column, record) for column in columns)
