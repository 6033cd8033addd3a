"""States of the record: the tables of a commit, a folder or a zip, each under the schemas that it brings with it.

A past state may have other tables, columns and keys than today's; nothing is asked of it but that it can be read.
"""

import csv
import io
import json
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from mutuals.commands import CommandError
from mutuals.tables import LEDGERS, SHARED, Dataset

Key = tuple[str, ...]
Row = dict[str, str]
Files = Iterator[tuple[str, bytes]]


@dataclass(frozen=True)
class Held:
    """One table of a state: its columns, those of its key, and its rows by their keys."""

    header: list[str]
    key: Key
    rows: dict[Key, Row]


@dataclass
class State:
    """All tables of a state by their names, such as “contracts” or “evidence/contracts”, and the fields of its schemas by kind."""

    label: str
    tables: dict[str, Held] = field(default_factory=dict)
    fields: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def rows(self, table: str) -> dict[Key, Row]:
        """The rows of a table by their keys; none where the state has no such table."""
        return self.tables[table].rows if table in self.tables else {}

    def facts(self) -> list[str]:
        """The fact tables, in their order."""
        return sorted(name for name in self.tables if "/" not in name and name not in LEDGERS)

    def columns(self, table: str, states: str) -> list[str]:
        """The columns of a table that are of a sort, such as “fact” or “derived”."""
        return [one["name"] for one in self.fields.get(table.partition("/")[0], []) if one.get("states") == states]

    @cached_property
    def proofs(self) -> dict[tuple[str, str, str], list[Row]]:
        """Evidence rows by table, record and column."""
        found: dict[tuple[str, str, str], list[Row]] = {}
        for name in self.tables:
            for row in self.rows(name).values() if name.startswith("evidence/") else ():
                found.setdefault((name.removeprefix("evidence/"), row["row_id"], row["column"]), []).append(row)
        return found

    def said(self, table: str, key: Key, column: str) -> str:
        """Who says a cell, in a line: the words as printed, with source and paragraph."""
        rows = self.proofs.get((table, key[0], column), []) if len(key) == 1 else []
        return "; ".join(
            f"{'' if row['relation'] == 'supports' else row['relation'] + ': '}“{row['as_read']}” {row['source_id']}, {row['paragraph']}"
            for row in rows
        )


def _of_folder(folder: Path) -> Files:
    for part in ("data", "schemas"):
        for path in sorted((folder / part).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path.read_bytes()


def _of_zip(path: Path) -> Files:
    """The tables in a zip, at its top or in its one folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                parts = PurePosixPath(name).parts
                at = next((at for at in (0, 1) if parts[at : at + 1] in (("data",), ("schemas",))), None)
                if at is not None and not name.endswith("/"):
                    yield "/".join(parts[at:]), archive.read(name)
    except zipfile.BadZipFile as error:
        raise CommandError(f"{path} is no zip that can be read: {error}") from error


def git(root: Path, *words: str) -> bytes:
    """What git says. Raises CommandError where there is no git, no history, or no such thing in it."""
    try:
        return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise CommandError("there is no git here to read the history with") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise CommandError(said.splitlines()[-1].removeprefix("fatal: ") if said else "git found nothing") from error


def from_git(root: Path, *words: str) -> bytes | None:
    """What git says; None where it has nothing to say, or is not there."""
    try:
        return git(root, *words)
    except CommandError:
        return None


def _of_commit(root: Path, name: str) -> Files:
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    with tarfile.open(fileobj=io.BytesIO(git(root, "archive", "--format=tar", commit, "data", "schemas"))) as archive:
        for member in archive.getmembers():
            if member.isfile() and (file := archive.extractfile(member)):
                yield member.name, file.read()


def _held(name: str, content: bytes, key: Key | None, label: str) -> Held:
    """A table's rows. Raises CommandError with file and line where they cannot be told apart."""
    place = f"{label}: data/{name}.csv"
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        header = next(lines, [])
        key = tuple(key) if key and set(key) <= set(header) else tuple(header[:1])
        rows: dict[Key, Row] = {}
        for cells in lines:
            row = dict(zip(header, cells, strict=True))
            if rows.setdefault(tuple(row[column] for column in key), row) is not row:
                raise CommandError(f"{place}:{lines.line_num} repeats a key; mend it first (“mutuals check” names it)")
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise CommandError(f"{place} cannot be read: {error}; mend it first (“mutuals check” says how)") from error
    return Held(header, key, rows)


def state(files: Files, label: str, schemas: Path) -> State:
    """A state from its files; a kind without a schema of its own is read under that of today."""
    found = State(label, files=dict(sorted(files)))
    texts = {PurePosixPath(name).stem: text for name, text in found.files.items() if name.startswith("schemas/") and name.endswith(".json")}
    own = {path.stem: path.read_bytes() for path in schemas.glob("*.json")}
    documents = {kind: json.loads(texts.get(kind) or text) for kind, text in {**own, **texts}.items()}
    found.fields = {kind: document["fields"] for kind, document in documents.items()}
    for name, content in found.files.items():
        if name.startswith("data/") and name.endswith(".csv"):
            table = name.removeprefix("data/").removesuffix(".csv")
            key = documents.get(table.partition("/")[0], {}).get("primaryKey")
            found.tables[table] = _held(table, content, (key,) if isinstance(key, str) else tuple(key) if key else None, label)
    if not found.tables:
        raise CommandError(f"{label} holds no tables: there is no data/*.csv in it")
    return found


def of_dataset(data: Dataset) -> State:
    """The tables of a data set as a state, without evidence and fingerprints, on which no number rests."""
    found = State("the working tree")
    found.fields = {name: [{"name": c.name, "states": c.states} for c in schema.columns] for name, schema in data.schemas.items()}
    for table in data.tables.values():
        if table.kind not in ("evidence", "fingerprints"):
            key = table.schema.key
            found.tables[table.name] = Held(table.schema.header, key, {tuple(row[name] for name in key): row for row in table.records})
    return found


def load(root: Path, name: str) -> State:
    """The state by a name: blank for the working tree, else a folder, a zip, or what git knows as a commit."""
    path = Path(name)
    if not name:
        return state(_of_folder(root), "the working tree", root / "schemas")
    if path.is_dir():
        return state(_of_folder(path), name, root / "schemas")
    if path.is_file():
        return state(_of_zip(path), name, root / "schemas")
    try:
        return state(_of_commit(root, name), name, root / "schemas")
    except CommandError as error:
        raise CommandError(f"{name} is no folder, no zip and no commit with tables ({error})") from error


def kind(table: str) -> str:
    """The kind of a table, which tables of one sort share."""
    folder = table.partition("/")[0]
    return folder if folder in SHARED else table
