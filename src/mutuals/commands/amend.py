"""Amend one cell of a record, with its evidence, and take away the reason for its blank.

For example: mutuals amend contracts/surrey-2011 term_months --value "ten years" --source S --as-read "a 10-year contract"

In a terminal, without flags, it shows what stands there and asks. Evidence whose words say the new value as well goes on to
support it; of other evidence --former says what becomes: removed (it was misread) or contradicts (it is kept, and --why says
why the cell does not follow it). --blank REASON empties the cell.
"""

import argparse
from pathlib import Path

from mutuals import asking, entries
from mutuals.canonical import clean
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.findings import shown
from mutuals.interview import Interview
from mutuals.nearest import near
from mutuals.outcome import finish, options
from mutuals.proofs import Proof, read_copy, record
from mutuals.schema import Column
from mutuals.tables import Table


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("record", metavar="KEY", help="key of the record, or table/key")
    parser.add_argument("column", help="the column to be amended")
    parser.add_argument("--value", default="", help="what the cell is to hold, as people write it")
    parser.add_argument("--blank", metavar="REASON", default="", help="empty the cell: not_stated, not_applicable or looked_not_found")
    parser.add_argument("--looked", nargs=2, metavar=("WHERE", "DATE"), default=("", ""), help="where and when, for looked_not_found")
    parser.add_argument("--source", default="", help="key of the source that says it")
    parser.add_argument("--as-read", default="", help="the few words that say it, as printed")
    parser.add_argument("--paragraph", default="", help="paragraph of the source; found by itself where the words stand in one only")
    parser.add_argument("--text", type=Path, help="a copy of the source; it is not kept")
    parser.add_argument("--note", default="", help="how the value follows from the words, where they do not say it plainly")
    parser.add_argument("--former", choices=("removed", "contradicts"), default="", help="what becomes of the evidence for the old value")
    parser.add_argument("--why", default="", help="why the cell does not follow the former evidence")
    options(parser)


def _column(table: Table, name: str) -> Column:
    column = table.schema.by_name.get(name)
    if column is None or column.states in ("derived", "key"):
        likely = near(name, {other: other for other in table.schema.header})
        kind = "is computed or a key, and is not amended" if column else "is no column" + (f"; write {shown(likely)}" if likely else "")
        raise CommandError(f"{shown(name)} of {table.file} {kind}: there are {', '.join(table.schema.header)}")
    return column


def _ask(changes: Changes, table: Table, key: str, column: Column, arguments: argparse.Namespace) -> list[str]:
    """Ask for the value, for what becomes of the old evidence, and for the new."""
    row = record(changes, table.name, key) or {}
    print(f"{table.name}/{key}, {column.title}: {shown(row[column.name])}. {column.description}")
    mine = [r for r in changes.rows(f"evidence/{table.name}") if (r["row_id"], r["column"]) == (key, column.name)]
    print(*(f"  {r['source_id']}, paragraph {r['paragraph']}, {r['relation']}: {shown(r['as_read'])}" for r in mine), sep="\n")
    value = asking.cell(column.of_row(row), changes.data)
    if not value:
        arguments.blank = asking.pick("Why is it blank?", [(r["code"], r["label"]) for r in changes.data.get("codes/gap_reasons").records])
        return _amended(changes, table, key, column, "", arguments)
    if mine and value != row[column.name]:
        kinds = [("removed", "it was misread, and goes"), ("contradicts", "it says something else, and is kept as a contradiction")]
        arguments.former = asking.pick("The evidence for the old value, where it does not say the new one:", kinds, "removed")
        arguments.why = asking.line("Why does the cell not follow it?") if arguments.former == "contradicts" else ""
    wrong = _amended(changes, table, key, column, value, arguments)
    if column.states == "fact" and not wrong:
        Interview(changes, table).prove(key, column)
    return wrong


def _amended(changes: Changes, table: Table, key: str, column: Column, value: str, arguments: argparse.Namespace) -> list[str]:
    if not value and column.expected and not arguments.blank:
        return [f"{column.name} would be blank: say why with --blank"]
    wrong = entries.amend(changes, table, key, column, value, arguments.former, clean(arguments.why))
    if arguments.blank and column.expected:
        gaps = changes.rows("gaps")
        gaps[:] = [g for g in gaps if (g["table"], g["row_id"], g["column"]) != (table.name, key, column.name)]
        gaps.append(entries.gap(table.name, key, column.name, (arguments.blank, *arguments.looked, "")))
    return wrong


def run(arguments: argparse.Namespace) -> int:
    """Understand the value, collect the rows, and write them if the gate passes them."""
    changes = Changes(arguments.root)
    table, key = entries.found(changes.data, arguments.record)
    column = _column(table, arguments.column)
    row = record(changes, table.name, key) or {}
    if asking.guided([arguments.value, arguments.blank, arguments.source]):
        wrong = _ask(changes, table, key, column, arguments)
    else:
        if bool(arguments.value) == bool(arguments.blank):
            raise CommandError("say --value or --blank, one of them")
        try:
            value = entries.understood(column.of_row(row), arguments.value, changes.data)
        except ValueError as error:
            raise CommandError(str(error)) from error
        wrong = _amended(changes, table, key, column, value, arguments)
        if arguments.source and not wrong:
            texts = {arguments.source: read_copy(arguments.text)} if arguments.text else {}
            proof = Proof(column.name, arguments.source, arguments.as_read, arguments.paragraph, note=arguments.note)
            wrong = list(entries.proved(changes, table, key, [proof], texts))
    if wrong:
        print(*wrong, "Nothing was written.", sep="\n")
        return 1
    return finish(changes, arguments)
