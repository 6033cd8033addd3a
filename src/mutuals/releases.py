"""What was published: one file releases/<version>.json for each release, which says what reusers may hold on to.

It names every table with its columns, its key, the number of its rows, their keys where a row has one of its own, and a
digest; and the headline numbers as they were told. From it follows what the next version must be called, in a clone
without tags and in a copy without a history: what is removed or renamed (a table, a column, a key) makes it major, what
is added minor, any other change a patch. More rows of evidence, fingerprints and ledgers, which only say something about
cells of other tables, are a patch: a correction brings some of them.
`mutuals version --record` writes it, with the changes since the release before beside it as CSV.
"""

import csv
import hashlib
import io
import json
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from mutuals.commands import CommandError
from mutuals.dates import is_date
from mutuals.diff import FIELDS, Change, Diff
from mutuals.files import write
from mutuals.headlines import Move, moves, totals
from mutuals.schema import SchemaError
from mutuals.states import Held, State, git, kind, load
from mutuals.tables import LEDGERS

FOLDER = "releases"
LEVELS = ("major", "minor", "patch")
TABLE = {"columns", "key", "rows", "sha256"}  # what is told of each
Number = tuple[int, ...]
Reason = tuple[str, str]


@dataclass(frozen=True)
class Release:
    """One release: its version, its day, its tables, its headline numbers, and how these moved since the release before."""

    version: str
    date: str
    tables: dict[str, dict[str, Any]]
    headlines: dict[str, Decimal]
    moves: tuple[dict[str, Any], ...]
    path: Path

    @property
    def changes(self) -> list[Change]:
        """What changed since the release before, but for fingerprints; nothing in a first release."""
        path = self.path.with_suffix(".csv")
        rows = csv.DictReader(path.open(encoding="utf-8", newline="")) if path.is_file() else ()
        return [Change(**{**row, "key": tuple(next(csv.reader([row["key"]]), []))}) for row in rows]


def number(version: str) -> Number:
    """A version as numbers, which compare. Raises CommandError unless it is three plain numbers."""
    if not re.fullmatch(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}", version):
        raise CommandError(f"the version {version!r} is not three numbers such as 1.0.0; correct it in pyproject.toml")
    return tuple(map(int, version.split(".")))


def read(root: Path) -> list[Release]:
    """The releases of a repository, the first one first. Raises SchemaError where a file of them is not of its form."""
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            given = json.loads(path.read_text(encoding="utf-8"))
            numbers = {name: Decimal(str(value)) for name, value in given["headlines"].items()}
            release = Release(given["version"], given["date"], given["tables"], numbers, tuple(given["moves"]), path)
            if release.version != path.stem or number(release.version) < (0,) or not all({*t} >= TABLE for t in release.tables.values()):
                raise ValueError("it is not of the version that its name says")
            found.append(release)
        except (OSError, ValueError, ArithmeticError, KeyError, TypeError, AttributeError, CommandError) as error:
            raise SchemaError(f"{FOLDER}/{path.name} cannot be read: {error!r:.200}; restore it from the history") from error
    return sorted(found, key=lambda release: number(release.version))


def declared(root: Path) -> str:
    """The version that pyproject.toml declares, the one place where it is set."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def dated(root: Path, version: str) -> str:
    """The day of a version in CHANGELOG.md; blank where it has none yet."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## {re.escape(version)}, (\S+)$", text, re.MULTILINE)
    return heading[1] if heading and is_date(heading[1]) else ""


def _entry(held: Held, content: bytes) -> dict[str, Any]:
    entry = {"columns": held.header, "key": list(held.key), "rows": len(held.rows), "sha256": hashlib.sha256(content).hexdigest()}
    return entry | ({"keys": sorted(key[0] for key in held.rows)} if len(held.key) == 1 else {})


def summary(state: State) -> dict[str, dict[str, Any]]:
    """What reusers may hold on to of a state, table by table; all fingerprints are one table."""
    found, prints = {}, [name for name in sorted(state.tables) if name.startswith("fingerprints/")]
    for name in sorted(state.tables.keys() - set(prints)):
        found[name] = _entry(state.tables[name], state.files[f"data/{name}.csv"])
    if prints:
        content = b"".join(f"{name}\0".encode() + state.files[f"data/{name}.csv"] for name in prints)
        rows = sum(len(state.tables[name].rows) for name in prints)
        found["fingerprints"] = _entry(state.tables[prints[0]], content) | {"rows": rows}
    return found


def _of_table(name: str, a: dict[str, Any], b: dict[str, Any]) -> list[Reason]:
    """What the version must say of a table that both have."""
    gone, new = [c for c in a["columns"] if c not in b["columns"]], [c for c in b["columns"] if c not in a["columns"]]
    lost, came = sorted({*a.get("keys", ())} - {*b.get("keys", ())}), sorted({*b.get("keys", ())} - {*a.get("keys", ())})
    came = came if kind(name) not in (*LEDGERS, "evidence", "fingerprints") else []
    found = [("major", f"{name}.{column} is gone") for column in gone]
    found += [("major", f"the key of {name} is another")] * (a["key"] != b["key"])
    found += [("major", f"{len(lost)} of the keys of {name} gone, such as {first}") for first in lost[:1]]
    found += [("minor", f"{name}.{column} is new") for column in new]
    found += [("minor", f"{len(came)} more in {name}")] * bool(came)
    return found or [("patch", f"{name} has other cells")] * (a["sha256"] != b["sha256"])


def reasons(a: dict[str, dict[str, Any]], b: dict[str, dict[str, Any]]) -> list[Reason]:
    """Why a new version is needed between two summaries, each reason with its level, the highest first; none if nothing changed."""
    found = [("major", f"the table {name} is gone") for name in sorted(a.keys() - b.keys())]
    found += [("minor", f"the table {name} is new") for name in sorted(b.keys() - a.keys())]
    for name in sorted(a.keys() & b.keys()):
        found += _of_table(name, a[name], b[name])
    return sorted(found, key=lambda reason: LEVELS.index(reason[0]))


def least(version: str, level: str) -> str:
    """The lowest version that may follow a version where the changes are of a level."""
    major, minor, patch = number(version)
    return {"major": f"{major + 1}.0.0", "minor": f"{major}.{minor + 1}.0", "patch": f"{major}.{minor}.{patch + 1}"}[level]


def too_low(version: str, last: Release | None, changed: list[Reason]) -> str:
    """In a sentence why a version may not be the next after a release; blank where it may."""
    if last is None or (not changed and number(version) >= number(last.version)):
        return ""
    wanted = least(last.version, changed[0][0]) if changed else last.version
    if number(version) >= number(wanted):
        return ""
    why = f"since {last.version} {changed[0][1]}, which is {changed[0][0]}: " if changed else ""
    return f"{why}the version must be at least {wanted}, and pyproject.toml says {version}; raise it there"


def tables(root: Path, release: Release) -> State:
    """The tables of a release, out of the history. Raises CommandError where they are not in it."""
    told = f"the tables of {release.version} are not in the history of this copy; name its zip or its folder instead"
    try:
        commits = git(root, "log", "--format=%H", "--", f"{FOLDER}/{release.path.name}").decode().split()
        for commit in (*commits, "HEAD"):
            found = load(root, commit)
            if summary(found) == release.tables:
                found.label = release.version
                return found
    except CommandError as error:
        raise CommandError(f"{told} ({error})") from error
    raise CommandError(told)


def state(root: Path, name: str) -> State:
    """The state by a name: that of a release by its version, else as `states.load` finds it."""
    release = next((release for release in read(root) if release.version == name), None)
    return tables(root, release) if release else load(root, name)


def before(root: Path, version: str) -> Release | None:
    """The last release that is lower than a version."""
    return next((release for release in reversed(read(root)) if number(release.version) < number(version)), None)


def _plain(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value.normalize())


def told(move: Move) -> dict[str, Any]:
    """How a headline moved, for JSON."""
    parts = {cause: _plain(part) for cause, part in move.parts.items()}
    rows = [{"row": list(unit), "cause": cause, "part": _plain(part)} for unit, cause, part in move.rows]
    return {
        "name": move.name,
        "title": move.title,
        "before": _plain(move.before),
        "after": _plain(move.after),
        "parts": parts,
        "rows": rows,
    }


def as_csv(changes: list[Change]) -> str:
    """Differences as a table, each cell as it is."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(change.fields for change in changes)
    return out.getvalue()


def record(root: Path, again: bool = False) -> Path:
    """Write down the release that the declared version is, and return its file. Raises CommandError where it may not be one."""
    version = declared(root)
    last, now, path = before(root, version), load(root, ""), root / FOLDER / f"{version}.json"
    held, day = summary(now), dated(root, version)
    if not day:
        raise CommandError(f"CHANGELOG.md has no heading “## {version}, <day>”; write what changed (“mutuals diff --changelog” helps)")
    if said := too_low(version, last, reasons(last.tables, held) if last else []):
        raise CommandError(said)
    if path.exists() and not again and any(r.tables != held for r in read(root) if r.version == version):
        raise CommandError(f"{version} is recorded with other tables; raise the version, or say --again if it was never published")
    moved: list[Move] = []
    if last:
        diff = Diff(tables(root, last), now)
        moved = moves(diff.a, now, last.headlines, diff.renamed)
        rows = [change for change in diff.changes if kind(change.table) != "fingerprints"]
        write(path.with_suffix(".csv"), as_csv(rows).encode())
    numbers = {name: _plain(value) for name, value in totals(now).items()}
    given = {"version": version, "date": day, "headlines": numbers, "moves": [told(m) for m in moved if m.rows or m.before != m.after]}
    write(path, (json.dumps({**given, "tables": held}, ensure_ascii=False, indent=1) + "\n").encode())
    return path


def ready(root: Path) -> Release:
    """The release that may be made of this copy. Raises CommandError with the remedy where none may."""
    version = declared(root)
    now, last = summary(load(root, "")), before(root, version)
    if said := too_low(version, last, reasons(last.tables, now) if last else []):
        raise CommandError(said)
    release = next((release for release in read(root) if release.version == version), None)
    if release is None:
        raise CommandError(f"{version} is not recorded; run “mutuals version --record” and keep the file that it writes")
    if release.tables != now:
        why = reasons(release.tables, now)
        raise CommandError(
            f"{version} is recorded with other tables ({why[0][1]}); raise the version, or record it again before it is published"
        )
    if release.date != dated(root, version):
        raise CommandError(f"CHANGELOG.md gives {version} another day than {FOLDER}/{version}.json, {release.date}; correct one of them")
    return release
