"""What changed between two states, in words: for a terminal, for the changelog and for a page.

Differences are put together as a person looks at them: table by table, a new row as one thing, evidence with its cell.
Cells that are computed are counted and not named, and so are fingerprints; as CSV and JSON everything is told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mutuals.diff import Change
from mutuals.headlines import CAUSES, Move
from mutuals.states import Key, State

NAMED = 3  # rows that are named behind a number that moved


@dataclass
class Part:
    """What changed in one table. `rows` are new rows with the number of their filled cells, `computed` counts cells that follow from others."""

    table: str
    structure: list[Change] = field(default_factory=list)
    added: dict[Key, int] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    renamed: list[Change] = field(default_factory=list)
    cells: list[Change] = field(default_factory=list)
    computed: int = 0


@dataclass
class Account:
    """What changed: `parts` by table, `evidence` rows that changed while their cell did not, and how many `fingerprints` have others."""

    parts: list[Part]
    evidence: list[Change]
    fingerprints: int


def _into(part: Part, change: Change, derived: set[str]) -> None:
    """Put a difference where it belongs in its table's part."""
    if change.kind == "row added":
        part.added[change.key] = 0
    elif change.kind == "row removed":
        part.removed.append(change.key)
    elif change.kind == "row renamed":
        part.renamed.append(change)
    elif change.kind.startswith("cell"):
        if change.key in part.added:
            part.added[change.key] += change.column not in derived
        elif change.key not in part.removed and change.column not in derived:
            part.cells.append(change)
        else:
            part.computed += change.column in derived
    elif change.kind != "columns reordered" or sorted(change.old.split(",")) == sorted(change.new.split(",")):
        part.structure.append(change)


def account(changes: Iterable[Change], derived: dict[str, set[str]]) -> Account:
    """Put differences together; `derived` are the computed columns of each table."""
    parts: dict[str, Part] = {}
    evidence, prints = [], set()
    for change in changes:
        folder, _, subject = change.table.partition("/")
        if folder == "fingerprints":
            prints.add(subject)
        elif folder == "evidence" and change.kind in ("row added", "row removed", "cell changed"):
            evidence.append(change)
        elif folder != "evidence" or not change.kind.startswith("cell"):
            _into(parts.setdefault(change.table, Part(change.table)), change, derived.get(change.table, set()))
    known = {(p.table, key[0]) for p in parts.values() for key in (*p.added, *p.removed, *(c.key for c in p.renamed)) if key}
    known |= {(p.table, change.old) for p in parts.values() for change in p.renamed}
    cells = {(p.table, change.key[0], change.column) for p in parts.values() for change in p.cells}
    alone = [c for c in evidence if (t := c.table.partition("/")[2], c.key[0]) not in known and (t, *c.key[:2]) not in cells]
    return Account(
        [part for part in parts.values() if part != Part(part.table, computed=part.computed) or part.computed], alone, len(prints)
    )


def moved(moves: Iterable[Move]) -> Iterator[str]:
    """A line for each headline that moved, with its causes."""
    for move in moves:
        if move.before != move.after or move.rows:
            causes = (
                ", ".join(f"{cause} {move.parts[cause]:+,}" for cause in CAUSES if move.parts[cause])
                or "what came and what went cancel out"
            )
            names = [", ".join(unit[1:]) for unit, _, _ in move.rows]
            more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
            yield f"{move.title}: {move.before:,} → {move.after:,} ({causes}){': ' if names else ''}{'; '.join(names[:NAMED])}{more}"


def _named(change: Change) -> str:
    return f"{', '.join(change.key)}  {change.column}: {change.old or 'blank'} → {change.new or 'blank'}"


def text(found: Account, reasons: dict[tuple[str, str], str]) -> Iterator[str]:
    """The account for a terminal; `reasons` say why rows were removed."""
    for part in found.parts:
        yield part.table
        for change in part.structure:
            yield f"  {change.kind}: {change.column} {change.old}{' → ' if change.old and change.new else ''}{change.new}".rstrip()
        yield from (f"  + {', '.join(key)} ({count} cells)" for key, count in part.added.items())
        for key in part.removed:
            why = reasons.get((part.table, key[0]), "") if len(key) == 1 else ""
            yield f"  - {', '.join(key)}{f': {why}' if why else ''}"
        yield from (f"  ~ {change.old} is now {change.new}" for change in part.renamed)
        for change in part.cells:
            yield f"  {_named(change)}"
            for word, said in (("was", change.old_evidence), ("now", change.new_evidence)):
                if said and change.old_evidence != change.new_evidence:
                    yield f"      {word}: {said}"
        if part.computed:
            yield f"  and {part.computed} computed cells"
    if found.evidence:
        yield "evidence of cells that stay as they are"
        for change in found.evidence:
            sign = {"row added": "+", "row removed": "-"}.get(change.kind, "~")
            tail = f" {change.column}: {change.old or 'blank'} → {change.new or 'blank'}" if change.column else ""
            yield f"  {sign} {change.table.partition('/')[2]} {', '.join(change.key)}{tail}"
    if found.fingerprints:
        yield f"fingerprints of {found.fingerprints} sources"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def changelog(found: Account, moves: Iterable[Move], a: State, b: State, reasons: dict[tuple[str, str], str]) -> Iterator[str]:
    """Entries for CHANGELOG.md: what reusers must know first, then how much came and was corrected, then the headline numbers."""
    for part in found.parts:
        for change in part.structure:
            name = f"{part.table}.{change.column}" if change.column else part.table
            rows = f" ({_count(len(b.rows(part.table)), 'row')})" if change.kind == "table added" else ""
            if not (change.kind == "columns reordered" or (part.table.startswith("codes/") and change.kind == "table added")):
                yield f"- {change.kind.capitalize()}: `{name}`{f', before `{change.old}`' if change.kind.endswith('renamed') else ''}{rows}."
        came = [c for c in part.cells if not c.old]
        said = [_count(len(part.added), "row") + " added"] * bool(part.added and part.table in a.tables)
        said += [_count(len(part.cells) - len(came), "cell") + " corrected"] * (len(part.cells) > len(came))
        said += [_count(len(came), "cell") + " filled"] * bool(came)
        if said and "/" not in part.table:
            yield f"- `{part.table}`: {', '.join(said)}."
        for key in part.removed:
            if "/" not in part.table and len(key) == 1 and part.table in b.tables:
                yield f"- `{part.table}`: `{key[0]}` removed. {reasons.get((part.table, key[0]), '')}".rstrip()
        yield from (f"- `{part.table}`: `{change.old}` is now `{change.new}`." for change in part.renamed)
    yield from (f"- {line}." for line in moved(moves) if a.tables and not line.startswith("Rows of"))
