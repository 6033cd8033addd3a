"""Rules: what must hold, each with an id, one sentence and a remedy. The engine finds them in `validation/` too."""

import importlib.util
import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.schema import Column, SchemaError
from mutuals.tables import LEDGERS, SHARED, Dataset, Table

Check = Callable[[Table, Dataset], Iterator[Fault]]
TEXTS = ("rule", "column", "found", "wanted", "id", "remedy")


class CheckError(Exception):
    """The gate itself could not run; nothing is known about the data."""


# What a rule sees when it judges a row. In a row: of other tables the code lists, sources and ledgers, and the rows that some
# cell refers to. In a record: its evidence and the reasons for its blanks too. In a source: the fingerprints of those it cites.
SEES = ("row", "record", "source", "table", "everything")


@dataclass(frozen=True)
class Rule:
    """One rule. `on` is a table, a shared kind such as "evidence", "facts" for every fact table, or "all".

    `early` rules are those on references and proofs: they are asked first, before Great Expectations is there.
    `sees`, one of SEES, says what must lie in one place for it where the tables lie in pieces; a `far` rule needs everything
    to say what to do once something is wrong.
    """

    id: str
    on: str
    sentence: str
    remedy: str
    check: Check
    early: bool = False
    level: str = "error"
    sees: str = "everything"
    far: bool = False

    def concerns(self, table: Table) -> bool:
        """Whether the rule is asked of a table."""
        return self.on in ("all", table.kind, table.name) or (self.on == "facts" and table.kind not in (*SHARED, *LEDGERS))


REGISTRY: dict[str, Rule] = {}


def rule(
    id: str,
    on: str,
    sentence: str,
    remedy: str,
    early: bool = False,
    level: str = "error",
    sees: str = "everything",
    far: bool = False,
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule: it yields a Fault for each place where the rule does not hold.

    The function's docstring says what the rule catches; its `level` is error, warning or note.
    """

    def register(check: Check) -> Check:
        if sees not in SEES:
            raise ValueError(f"the rule {id} sees one of {', '.join(SEES)}, not {sees}")
        if id in REGISTRY or not inspect.isgeneratorfunction(check):
            raise ValueError(f"a second rule {id}" if id in REGISTRY else f"the rule {id} is no function that yields faults")
        if not all(isinstance(text, str) for text in (id, on, sentence, remedy)):
            raise TypeError("id, table, sentence and remedy of a rule are text")
        REGISTRY[id] = Rule(id, on, sentence, remedy, check, early, level, sees, far)
        return check

    return register


def discover(root: Path) -> list[tuple[str, Fault]]:
    """Import every rules file of a repository's validation/ folder; importing registers its rules.

    Each file that cannot be imported is a fault at its line, and the others are imported all the same. Raises
    SchemaError if there are none.
    """
    paths, faults = sorted((root / "validation").glob("*.py")), []
    if not paths:
        raise SchemaError(f"no rules validation/*.py below {root}; without them nothing would be proved")
    REGISTRY.clear()
    for path in paths:
        try:
            if path.is_symlink() or not path.is_file():
                raise OSError("a link, or no plain file")
            spec = importlib.util.spec_from_file_location(f"validation_{path.stem}", path)
            assert spec and spec.loader
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # also of a module that ends the process
            fault = Fault("rules.broken", _line(error, path), "", _said(error), "a module of rules that can be imported")
            faults.append((f"validation/{path.name}", fault))
    return faults


def _said(error: BaseException) -> str:
    """What a file or rule failed of, in one line."""
    return f"{type(error).__name__} {shown(str(error))}"


def _line(error: BaseException, path: Path) -> int:
    """The line of a rules file at which an error was raised, or which cannot be read as Python; 0 if it is of no line."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == str(path)]
    if lines:
        return lines[-1] or 0
    content = path.read_bytes() if path.is_file() and not isinstance(error, OSError) else b""
    try:
        content.decode("utf-8")
        odd = content.find(b"\0")
    except UnicodeDecodeError as wrong:
        odd = wrong.start
    return content.count(b"\n", 0, odd) + 1 if odd >= 0 else getattr(error, "lineno", None) or 0


def asked(rule: Rule, table: Table, data: Dataset) -> Iterable[Fault]:
    """The faults that a rule finds in a table, unless a warm process knows them. Raises CheckError with the line where the rule failed."""
    return data.memory.recalled(rule, table, data, _asked) if data.memory else _asked(rule, table, data)


def _asked(rule: Rule, table: Table, data: Dataset) -> Iterator[Fault]:
    try:
        for fault in rule.check(table, data):
            sound = isinstance(fault, Fault) and isinstance(fault.line, int) and all(isinstance(getattr(fault, t), str) for t in TEXTS)
            if not sound or fault.rule != rule.id:
                raise TypeError(f"a rule yields faults of its own id with their line, not {fault!r:.60}")
            yield fault
    except SchemaError:
        raise
    except (Exception, SystemExit) as error:
        path, first = Path(rule.check.__code__.co_filename), rule.check.__code__.co_firstlineno
        place = f"validation/{path.name}:{_line(error, path) or first}"
        raise CheckError(f"{place}: the rule {rule.id} fails on {table.file} with {_said(error)}; correct the rule") from error


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

    def fault(self, rule: str, found: str, wanted: str, remedy: str = "") -> Fault:
        """A fault of a rule in this cell; the rule's own remedy stands where none is given."""
        return Fault(rule, self.line, self.column.name, found, wanted, self.id, remedy)


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
        yield from ((table, fault) for fault in asked(rule, table, data))
