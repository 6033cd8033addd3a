"""Pages of what changed: each release beside the one before it, corrections, and what became of removed records."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from mutuals import releases
from mutuals.account import account
from mutuals.diff import Diff
from mutuals.headlines import CAUSES, Move, headlines
from mutuals.pages.view import FOLDERS, LISTED, View
from mutuals.states import of_dataset
from mutuals.tables import read_dataset

Pages = dict[str, tuple[str, dict[str, Any]]]


def _derived(view: View) -> dict[str, set[str]]:
    """The computed columns of each table."""
    return {name: {column.name for column in schema.columns if column.states == "derived"} for name, schema in view.data.schemas.items()}


def _move(told: dict[str, Any]) -> Move:
    """A move of a headline, from JSON."""
    parts = {cause: Decimal(str(told["parts"][cause])) for cause in CAUSES}
    return Move(told["name"], told["title"], Decimal(str(told["before"])), Decimal(str(told["after"])), parts, ())


def _context(view: View, sections: list[dict[str, Any]]) -> dict[str, Any]:
    removed = {(row["table"], row["row_id"]): row for row in view.data.get("tombstones").records}
    return {"sections": sections, "removed": removed, "causes": CAUSES}


def _sections(root: Path, view: View) -> list[dict[str, Any]]:
    """A part of the page for each release, the newest first; of the first one its numbers alone."""
    titles, found = {one.name: one.title for one in headlines(of_dataset(view.data))}, []
    known = releases.read(root)
    for at, release in reversed([*enumerate(known)]):
        found.append({
            "name": release.version, "date": release.date, "since": known[at - 1].version if at else "", "moves": [*map(_move, release.moves)],
            "found": account(release.changes, _derived(view)), "file": f"releases/{release.version}.csv" if at else "",
            "numbers": [(titles[name], value) for name, value in release.headlines.items() if name in titles],
        })  # fmt: skip
    return found


def compared(root: Path, diff: Diff, moves: list[Move]) -> str:
    """Two states beside each other as a page of the book, to lie in the folder of the site."""
    from mutuals.pages import environment

    view = View(read_dataset(root))
    section = {
        "name": diff.b.label, "date": "", "since": diff.a.label, "file": "", "numbers": [],
        "moves": [move for move in moves if move.rows or move.before != move.after],
        "found": account(diff.changes, {name: set(diff.b.columns(name, "derived")) for name in diff.b.tables}),
    }  # fmt: skip
    template = environment(root, view).get_template("changes.html")
    return template.render(base="", address="changes", **_context(view, [section]))


def pages(root: Path, view: View) -> Pages:
    """The page of all releases, and one at the address of each removed record."""
    found: Pages = {"changes": ("changes.html", _context(view, _sections(root, view)))}
    for row in view.data.get("tombstones").records:
        if row["table"] in FOLDERS and row["row_id"] not in view.data.get(row["table"]).by_key:
            listed = LISTED.get(row["table"], FOLDERS[row["table"]])
            context = {"row": row, "schema": view.data.schemas[row["table"]], "listed": listed}
            found[f"{FOLDERS[row['table']]}/{row['row_id']}"] = ("removed.html", context)
    return found


def as_json(row: dict[str, str]) -> str:
    """What became of a removed record, for programs."""
    return json.dumps({"removed": row}, ensure_ascii=False, indent=1).replace("<", "\\u003c") + "\n"
