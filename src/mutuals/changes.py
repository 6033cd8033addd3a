"""Changes of several tables that are written together, or not at all.

They are made in a copy of the repository first, where derived cells are computed and the gate is asked; the tables themselves
are not touched before. Then a journal with the files as they were is laid down, each file is replaced by renaming, and the
journal is removed: that is the moment at which the change holds. Whatever is stopped before, the next command puts back.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mutuals import files
from mutuals.canonical import encode
from mutuals.commands import CommandError
from mutuals.derived import recompute
from mutuals.parsing import Reading, read
from mutuals.tables import LEDGERS, SHARED, Dataset, Table, read_dataset

JOURNAL = "data/.journal"
INPUTS = ("data", "schemas", "validation")


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the lock of data/ that others who write or put back wait for; where a system has none, the journal alone must do."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = os.open(root / "data", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        files.write(path, content)


def _unfinished(path: Path) -> list[Path]:
    """What `files.write` was writing when it was stopped, to be renamed to `path`; no editor names a file so."""
    return [left for left in path.parent.glob(f".{path.name}.*") if re.fullmatch(r"[a-z0-9_]{8}", left.suffix[1:])]


def recover(root: Path) -> list[str]:
    """Put back what a command was writing when it was stopped; the files that somebody has edited since, which are left."""
    if not (root / JOURNAL).exists() and not _unfinished(root / JOURNAL):
        return []
    with _alone(root):
        for left in _unfinished(root / JOURNAL):  # of who held the lock before and was stopped
            left.unlink()
        if not (root / JOURNAL).exists():  # the command that wrote it had not been stopped
            return []
        edited = []
        for file, (old, new) in json.loads((root / JOURNAL).read_text(encoding="utf-8")).items():
            path, was = root / file, None if old is None else base64.b64decode(old)
            for left in _unfinished(path):
                left.unlink()
            if _digest(_content(path)) == new:
                _put(path, was)
            elif _content(path) != was:
                edited.append(file)
        (root / JOURNAL).unlink()
    print("A command was stopped while it wrote; the tables are as they were before it.", file=sys.stderr)
    return edited


def _link(source: str, target: str) -> None:
    """A second name for a file, or a copy where there can be none; files are replaced and never written into."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def table_of(data: Dataset, name: str, rows: list[dict[str, str]]) -> Table:
    """A table of these rows."""
    schema = data.schemas[name.partition("/")[0]]
    ordered = sorted(rows, key=schema.sort_key)
    columns = {column: [row[column] for row in ordered] for column in schema.header}
    return Table(name, f"data/{name}.csv", schema, Reading(columns, array("I", range(2, len(rows) + 2))))


class Changes:
    """Rows of the repository at `root` that are to be written together; `data` is what stood there before."""

    def __init__(self, root: Path) -> None:
        """Read the tables."""
        self.root, self.data = root, read_dataset(root)
        self.before: dict[str, bytes | None] = {}
        self.after: dict[str, bytes | None] = {}
        self._rows: dict[str, list[dict[str, str]] | None] = {}

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table or of evidence, gaps or a fingerprint, to be changed in place. Raises CommandError if they are not in order."""
        if name not in self._rows:
            path, schema = self.root / f"data/{name}.csv", self.data.schemas[name.partition("/")[0]]
            self.before[f"data/{name}.csv"] = _content(path)
            try:
                self._rows[name] = [dict(row) for row in files.rows(path, schema)]
            except ValueError as error:
                raise CommandError(str(error)) from error
        return rows if (rows := self._rows[name]) is not None else []

    def after_rows(self, name: str) -> list[dict[str, str]] | None:
        """The rows of a table if they are among those to be written, else None."""
        return self._rows.get(name)

    @property
    def current(self) -> Dataset:
        """The tables as they are to be written, for whoever looks a name or a code up in them."""
        tables = {name: table_of(self.data, name, rows) for name, rows in self._rows.items() if rows is not None and "/" not in name}
        return replace(self.data, tables=self.data.tables | tables)

    def remove(self, name: str) -> None:
        """Remove a whole file, such as a fingerprint."""
        self.rows(name)
        self._rows[name] = None

    @contextmanager
    def staged(self) -> Iterator[Path]:
        """The repository with these changes, in a folder that is removed again; derived cells are computed there."""
        (self.root / "_build").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root / "_build", prefix="changes-") as name:
            stage = Path(name)
            for folder in INPUTS:
                ignored = shutil.ignore_patterns("__pycache__", ".*")
                shutil.copytree(self.root / folder, stage / folder, symlinks=True, ignore=ignored, copy_function=_link)
            for table, rows in self._rows.items():
                content = None if rows is None else encode(rows, self.data.schemas[table.partition("/")[0]])
                _put(stage / f"data/{table}.csv", content)
            self._compute(read_dataset(stage))
            self.after = {file: _content(stage / file) for file in self.before}
            yield stage

    def _compute(self, data: Dataset) -> None:
        """Compute the derived cells of the tables that are touched, or whose evidence is."""
        for name in sorted({table.rpartition("/")[2] for table in self._rows if not table.startswith("fingerprints/")}):
            table = data.tables.get(name)
            if table is None or table.kind in (*SHARED, *LEDGERS) or table.reading.faults or not recompute(table, data):
                continue
            self.before.setdefault(table.file, _content(self.root / table.file))
            files.write_rows(data.root / table.file, table.records, table.schema)

    def differing(self) -> dict[str, tuple[list[tuple[str, ...]], list[tuple[str, ...]]]]:
        """The rows that each file has, and is to have, where they differ; of those that were staged."""
        found = {}
        for file, new in self.after.items():
            name = file.removeprefix("data/").removesuffix(".csv")
            schema = self.data.schemas[name.partition("/")[0]]
            was, will = (
                [tuple(row.values()) for row in read(content, schema).records] if content else [] for content in (self.before[file], new)
            )
            if was != will:
                found[name] = was, will
        return found

    def commit(self) -> list[str]:
        """Write what was staged, all or nothing; the files that changed. Raises CommandError if others changed them meanwhile."""
        changed = {file: new for file, new in self.after.items() if new != self.before[file]}
        with _alone(self.root):
            for file in changed:
                if _content(self.root / file) != self.before[file]:
                    raise CommandError(f"{file} was changed by somebody else meanwhile; nothing was written: begin again")
            kept = {file: None if (old := self.before[file]) is None else base64.b64encode(old).decode() for file in changed}
            journal = {file: (kept[file], _digest(new)) for file, new in changed.items()}
            files.write(self.root / JOURNAL, json.dumps(journal).encode())
            for file, new in changed.items():
                _put(self.root / file, new)
            (self.root / JOURNAL).unlink()
        return sorted(changed)
