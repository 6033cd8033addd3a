"""Differences: so exact that one state follows from the other, and moves of headlines without residue."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import Repository

from mutuals.canonical import joined
from mutuals.commands import CommandError, main
from mutuals.diff import KINDS, Diff
from mutuals.headlines import CAUSES, LIST, Move, headlines, moves, totals
from mutuals.releases import as_csv
from mutuals.states import Held, Key, Row, State, load, of_dataset
from mutuals.tables import read_dataset

COLUMNS = ("one", "two", "three", "four")
TEXTS = ("", "a", "b, c", 'd "e"', "é; f")


def line(text: str) -> list[str]:
    """The cells of a line of CSV."""
    return next(csv.reader([text]), [])


@st.composite
def held(draw: st.DrawFn) -> Held:
    """A table of any columns, keyed by one or two of them."""
    header = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True))
    key = tuple(header[: draw(st.integers(1, min(2, len(header))))])
    cells = st.fixed_dictionaries({name: st.sampled_from(TEXTS[1:] if name in key else TEXTS) for name in header})
    return Held(header, key, {tuple(row[name] for name in key): row for row in draw(st.lists(cells, max_size=5))})


STONES = st.lists(st.tuples(st.sampled_from(TEXTS[1:]), st.sampled_from(TEXTS[1:])), max_size=2, unique_by=lambda pair: pair[0])


@st.composite
def states(draw: st.DrawFn) -> State:
    """A state of up to three tables, and tombstones of one of them."""
    tables = draw(st.dictionaries(st.sampled_from(["contracts", "codes/kinds", "people"]), held(), max_size=3))
    header = ["table", "row_id", "replaced_by"]
    rows = {("contracts", old): dict(zip(header, ("contracts", old, new), strict=True)) for old, new in draw(STONES)}
    return State("any", {**tables, "tombstones": Held(header, ("table", "row_id"), rows)})


@st.composite
def pairs(draw: st.DrawFn) -> tuple[State, State]:
    """Two states, the second often a changed copy of the first."""
    a, b = draw(states()), draw(states())
    kept = {name: table for name, table in a.tables.items() if draw(st.booleans())}
    if draw(st.booleans()) and "people" in kept and "people" not in b.tables:
        b.tables["persons"] = kept.pop("people")
    return a, State("other", {**b.tables, **kept})


def tables(state: State) -> dict[str, tuple[list[str], Key, dict[Key, Row]]]:
    """A state as plain values, which a test may change."""
    return {name: (list(t.header), t.key, {key: dict(row) for key, row in t.rows.items()}) for name, t in state.tables.items()}


def applied(a: State, rows: list[dict[str, str]]) -> dict[str, tuple[list[str], Key, dict[Key, Row]]]:
    """The state that follows from a first one and differences as they stand in the CSV, which knows nothing of the second."""
    found = tables(a)
    for row in rows:
        kind, table, key, column, new = row["kind"], row["table"], tuple(line(row["key"])), row["column"], row["new"]
        if kind == "table renamed":
            found[table] = found.pop(row["old"])
        elif kind == "table removed":
            del found[table]
        elif kind == "table added":
            found[table] = (line(new), key, {})
        elif table in found:
            header, keys, held = found[table]
            if kind == "key changed":
                found[table] = header, tuple(line(new)), held
            elif kind == "column added":
                header.append(column)
                for cells in held.values():
                    cells[column] = ""
            elif kind == "column removed":
                header.remove(column)
                for cells in held.values():
                    del cells[column]
            elif kind == "column renamed":
                header[header.index(row["old"])] = column
                for cells in held.values():
                    cells[column] = cells.pop(row["old"])
            elif kind == "columns reordered":
                found[table] = line(new), keys, held
            elif kind == "row added":
                held[key] = dict.fromkeys(header, "") | dict(zip(keys, key, strict=True))
            elif kind == "row removed":
                del held[key]
            elif kind == "row renamed":
                held[key] = held.pop(tuple(line(row["old"]))) | dict(zip(keys, key, strict=True))
            elif key in held and column in header:
                assert held[key][column] == row["old"]
                held[key][column] = new
    return found


@given(pairs())
def test_the_second_state_follows_from_the_first_and_the_csv(pair: tuple[State, State]) -> None:
    """A difference that is not told, or told twice, or told of another cell."""
    diff = Diff(*pair)
    rows = list(csv.DictReader(io.StringIO(as_csv(diff.changes))))
    assert {row["kind"] for row in rows} <= set(KINDS)
    assert applied(pair[0], rows) == tables(pair[1])


@given(states())
def test_a_state_does_not_differ_from_itself(state: State) -> None:
    """A change that nobody made."""
    assert Diff(state, state).changes == []


def table(*rows: str, header: str = "id,name,sum", key: Key = ("id",)) -> Held:
    """A table from lines."""
    columns = header.split(",")
    records = [dict(zip(columns, row.split(","), strict=True)) for row in rows]
    return Held(columns, key, {tuple(record[name] for name in key): record for record in records})


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (table("x,Ann,1"), table("y,Ann,1"), [("row renamed", "y", "", "x", "y")]),
        (table("x,Ann,1"), table("x,Ann,1", header="id,name,total"), [("column renamed", "", "total", "sum", "total")]),
        (table("x,Ann,1"), table("x,Ann,2"), [("cell changed", "x", "sum", "1", "2")]),
        (table("x,Ann,1"), table("x,Ann,1", key=("name",)), [("key changed", "", "", "id", "name")]),
        (table("x,Ann,1", "z,Ann,1"), table("y,Ann,1"), [("row removed", "x", "", "", ""), ("row removed", "z", "", "", "")]),
    ],
)
def test_what_was_renamed_is_not_told_as_removed(a: Held, b: Held, wanted: list[tuple[str, ...]]) -> None:
    """A new name that reads as a loss, or a loss that reads as a new name because two rows look alike."""
    changes = Diff(State("a", {"people": a}), State("b", {"people": b})).changes
    told = [change for change in changes if change.kind not in ("cell added", "cell removed")]
    found = [(change.kind, joined(list(change.key)), change.column, change.old, change.new) for change in told]
    assert found[: len(wanted)] == wanted


def test_a_tombstone_says_what_a_row_is_called_now() -> None:
    """A row that was renamed and corrected, told as two rows that have nothing to do with one another."""
    stones = table("people,x,y", header="table,row_id,replaced_by", key=("table", "row_id"))
    diff = Diff(State("a", {"people": table("x,Ann,1")}), State("b", {"people": table("y,Anne,1"), "tombstones": stones}))
    kinds = [(change.kind, change.key, change.new) for change in diff.changes if change.table == "people"]
    assert kinds == [("row renamed", ("y",), "y"), ("cell changed", ("y",), "Anne")]
    assert diff.renamed == {("people", "x"): ("people", "y")}


@pytest.fixture(scope="module")
def small(core: Path) -> State:
    """The small record as a state."""
    return load(core, "")


def edited(state: State, name: str, edit: Callable[[dict[Key, Row]], None]) -> State:
    """A copy of a state with one table edited."""
    rows = {key: dict(row) for key, row in state.tables[name].rows.items()}
    edit(rows)
    own = state.tables[name]
    again = {tuple(row[column] for column in own.key): row for row in rows.values()}
    return State("edited", {**state.tables, name: Held(own.header, own.key, again)}, state.fields, state.files)


@st.composite
def edits(draw: st.DrawFn) -> Iterator[tuple[str, str, int, int, int]]:
    """Where to edit a state and how: table, deed, and three numbers by which row, column and value are drawn."""
    names = ["contracts", "spin_outs", "pathfinders", "gaps", "sources", "figures", "codes/statuses", "codes/inclusions"]
    deeds = ["drop", "copy", "change", "blank", "rename"]
    return draw(st.tuples(st.sampled_from(names), st.sampled_from(deeds), *[st.integers(0, 10_000)] * 3))


def done(state: State, name: str, deed: str, row: int, column: int, other: int) -> State:
    """The state after an edit."""
    own = state.tables[name]

    def edit(rows: dict[Key, Row]) -> None:
        keys = sorted(rows)
        if not keys:
            return
        key, source = keys[row % len(keys)], keys[other % len(keys)]
        free = [one for one in own.header if one not in own.key and one != "value"]
        at = free[column % len(free)]
        if deed == "drop":
            del rows[key]
        elif deed in ("copy", "rename"):
            new = rows[key] | {own.key[-1]: f"new-{other}"}
            if deed == "rename":
                del rows[key]
            rows[("new",)] = new
        else:
            rows[key][at] = rows[source][at] if deed == "change" else ""

    return edited(state, name, edit)


def counted(state: State) -> dict[str, int]:
    """Headlines counted another way: in one pass over rows, with no units and no causes."""
    broader = {row["code"]: row["broader"] for row in state.rows("codes/statuses").values()}
    bodies = [row for row in state.rows("spin_outs").values() if row["inclusion_code"] == "counted"]
    outcomes = [row["outcome_code"] for row in state.rows("contracts").values()]
    kinds = {row["spin_out_id"]: row["inclusion_code"] for row in state.rows("spin_outs").values()}
    joined = [row["spin_out_id"] for row in state.rows("pathfinders").values() if row["spin_out_id"]]
    return {
        "counted": len(bodies),
        "ended": sum(broader.get(row["status_code"]) == "ended" for row in bodies),
        "contracts": sum(code != "feared" for code in outcomes),
        "lost": sum(code not in ("feared", "won", "renewed") for code in outcomes),
        "became": sum(kinds.get(id) != "attempt" for id in joined),
        "rows.sources": len(state.rows("sources")),
    }


@given(st.lists(edits(), min_size=1, max_size=6))
def test_the_causes_sum_to_the_move(small: State, drawn: list[tuple[str, str, int, int, int]]) -> None:
    """A residue: part of a move that no cause explains, or that two claim."""
    after = small
    for edit in drawn:
        after = done(after, *edit)
    found = moves(small, after, None, Diff(small, after).renamed)
    assert {move.name for move in found} >= {one.name for one in LIST}
    first, last = counted(small), counted(after)
    for move in found:
        assert sum(move.parts.values()) == move.after - move.before, move
        assert sum(part for _, _, part in move.rows) == sum(move.parts[cause] for cause in CAUSES[:2]), move
        if move.name in first:
            assert (move.before, move.after) == (first[move.name], last[move.name]), move.name


def move(found: list[Move], name: str) -> dict[str, int]:
    """The parts of a headline's move that are not nothing."""
    return {cause: int(part) for cause, part in next(one for one in found if one.name == name).parts.items() if part}


def test_each_cause_is_told_as_what_it_is(small: State) -> None:
    """A correction that is sold as news, news that looks like a correction, a rule that moved a number unseen."""
    won = next(key for key, row in sorted(small.rows("contracts").items()) if row["outcome_code"] == "won")
    corrected = edited(small, "contracts", lambda rows: rows[won].update(outcome_code="ended_by_buyer"))
    assert move(moves(small, corrected), "lost") == {"correction": 1}
    proof = {**next(iter(small.rows("evidence/contracts").values())), "row_id": won[0], "column": "outcome_code", "source_id": "never-read"}
    news = edited(corrected, "evidence/contracts", lambda rows: rows.update({("new",): proof}))
    assert move(moves(small, news), "lost") == {"new evidence": 1}
    gone = edited(small, "contracts", lambda rows: rows.pop(won))
    assert move(moves(small, gone), "contracts") == {"correction": -1}
    assert move(moves(gone, small), "contracts") == {"new evidence": 1}
    broader = edited(small, "codes/statuses", lambda rows: [row.update(broader="ended") for row in rows.values()])
    standing = counted(small)["counted"] - counted(small)["ended"]
    assert standing and move(moves(small, broader), "ended") == {"changed rule": standing}
    told = {**totals(small), "counted": totals(small)["counted"] + 3}
    assert move(moves(small, small, told), "counted") == {"changed rule": -3}
    assert all(not move(moves(small, small), one.name) for one in headlines(small))


def test_pages_and_differences_count_alike(core: Path, small: State) -> None:
    """Two lists of headline numbers."""
    whole = totals(small)
    assert totals(of_dataset(read_dataset(core))) == whole
    assert {name: int(whole[name]) for name in counted(small)} == counted(small)
    assert whole["facts"] > Decimal(100)


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy with a history of one commit."""
    repo = Repository.copy(core, tmp_path / "repository")
    git(repo.root, "init", "-q")
    keep(repo.root)
    return repo


def git(root: Path, *words: str) -> None:
    """Run git as a person of this test."""
    person = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *person, *words], check=True, capture_output=True)


def keep(root: Path) -> None:
    """Commit everything."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")


def diff(repo: Repository, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints."""
    assert main(["diff", "--root", str(repo.root), *words]) == 0
    return capsys.readouterr().out


def test_commits_folders_and_zips_are_told_alike(repo: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A state that reads otherwise where it comes from elsewhere."""
    old = shutil.copytree(repo.root, tmp_path / "old", ignore=shutil.ignore_patterns(".git"))
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        for path in sorted(old.rglob("*")):
            archive.write(path, Path("spun-out-1.0.0") / path.relative_to(old))
    repo.row("contracts", contract_id="surrey-2011")["value_gbp"] = "1"
    repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp")["value"] = "1"
    repo.save()
    told = [diff(repo, capsys, name, "--format", "csv") for name in ("HEAD", str(old), str(tmp_path / "old.zip"))]
    assert told[0] == told[1] == told[2]
    rows = list(csv.DictReader(io.StringIO(told[0])))
    cell = next(row for row in rows if (row["table"], row["column"]) == ("contracts", "value_gbp"))
    assert (cell["kind"], cell["key"], cell["old"], cell["new"]) == ("cell changed", "surrey-2011", "500000000", "1")
    assert "hsj-surrey-500m" in cell["old_evidence"] + cell["new_evidence"]
    assert json.loads(diff(repo, capsys, "HEAD", "--format", "json"))["changes"] == rows
    assert "surrey-2011  value_gbp: 500000000 → 1" in diff(repo, capsys, "HEAD")


def test_evidence_alone_is_told(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A cell that stands and rests on something else than before, unseen."""
    repo.row("evidence/contracts", row_id="surrey-2011", column="value_gbp")["note"] = "Read again."
    repo.save()
    text = diff(repo, capsys, "HEAD")
    assert "evidence of cells that stay as they are" in text and "→ Read again." in text
    assert "version: patch" in text


def test_a_difference_is_a_page_of_the_book(repo: Repository, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that lets a cell become HTML, or leaves it out."""
    repo.bind(root)
    repo.row("contracts", contract_id="surrey-2011")["note"] = "<b>bold</b>"
    repo.save()
    page = diff(repo, capsys, "HEAD", "--format", "html")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page and "<b>bold" not in page and "surrey-2011" in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("nosuch", "no folder, no zip and no commit"), ("--output=x", "no folder, no zip and no commit"), ("..", "holds no tables")],
)
def test_what_is_no_state_is_told_in_a_sentence(repo: Repository, name: str, said: str) -> None:
    """A traceback, or a word that git takes for an option."""
    with pytest.raises(CommandError, match=said):
        load(repo.root, name if name != ".." else str(repo.root / "validation"))


def test_a_table_that_cannot_be_read_is_named(repo: Repository) -> None:
    """A doubled key of which one row would be compared and the other lost."""
    path = repo.path("people")
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])
    with pytest.raises(CommandError, match=r"data/people\.csv:\d+ repeats a key"):
        load(repo.root, "")
    path.write_bytes(b"person_id,name\nann\n")
    with pytest.raises(CommandError, match=r"data/people\.csv cannot be read"):
        load(repo.root, "")
