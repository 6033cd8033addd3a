"""Rules: what must hold, each with an id, one sentence and a remedy. The engine finds them in `validation/` too."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutuals.canonical import Fault
from mutuals.schema import Column, SchemaError
from mutuals.tables import LEDGERS, SHARED, Dataset, Table

Check = Callable[[Table, Dataset], Iterator[Fault]]


# What a rule sees when it judges a row. In a row: of other tables the code lists, sources and ledgers, and the rows that some
# cell refers to. In a record: its evidence and the reasons for its blanks too. In a source: the fingerprints of those it cites.
SEES = ("row", "record", "source", "table", "everything")


@dataclass(frozen=True)
class Rule:
    """One rule. `on` is a table, a shared kind such as "evidence", "facts" for every fact table, or "all".

    `early` rules are those on references and proofs: they are asked first, before Great Expectations is there.
    `sees`, one of SEES, says what must lie in one place for it where the tables lie in pieces.
    """

    id: str
    on: str
    sentence: str
    remedy: str
    check: Check
    early: bool = False
    sees: str = "everything"

    def concerns(self, table: Table) -> bool:
        """Whether the rule is asked of a table."""
        return self.on in ("all", table.kind, table.name) or (self.on == "facts" and table.kind not in (*SHARED, *LEDGERS))


REGISTRY: dict[str, Rule] = {}


def rule(id: str, on: str, sentence: str, remedy: str, early: bool = False, sees: str = "everything") -> Callable[[Check], Check]:
    """Register the decorated function as a rule: it yields a Fault for each place where the rule does not hold."""

    def register(check: Check) -> Check:
        if sees not in SEES:
            raise ValueError(f"the rule {id} sees one of {', '.join(SEES)}, not {sees}")
        REGISTRY[id] = Rule(id, on, sentence, remedy, check, early, sees)
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


def cells(table: Table, wanted: Callable[[Column], bool], odd: Callable[[Column, str], bool] = lambda column, text: True) -> Iterator[Cell]:
    """The filled cells of those columns of a table that are wanted, and whose text is odd; each text is asked about once."""
    for column in filter(wanted, table.schema.columns):
        texts = table.column(column.name)
        strange = {text for text in set(texts) if text and odd(column, text)}
        if strange:
            yield from (cell_at(table, at, column) for at, text in enumerate(texts) if text in strange)


def cell_at(table: Table, at: int, column: Column) -> Cell:
    """The cell of a column in the row that stands at a place of its table."""
    return Cell(table.reading.lines[at], table.keys[at], column, table.row(at))


def broken(rule: Rule, data: Dataset) -> Iterator[tuple[Table, Fault]]:
    """Where a rule does not hold."""
    for table in filter(rule.concerns, data.tables.values()):
        yield from ((table, fault) for fault in rule.check(table, data))
