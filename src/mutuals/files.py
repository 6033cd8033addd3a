"""Writing tables: whole files or nothing, always in canonical bytes."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mutuals.canonical import encode
from mutuals.parsing import read
from mutuals.schema import Schema


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a stop at any moment leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def rows(path: Path, schema: Schema) -> list[dict[str, str]]:
    """The records of a file that is in order; none if there is no file. Raises ValueError if it is not in order."""
    if not path.exists():
        return []
    reading = read(path.read_bytes(), schema)
    if reading.faults:
        raise ValueError(f"{path.name} is not in order ({reading.faults[0].found}); run “mutuals check” first")
    return reading.records


def write_rows(path: Path, records: list[dict[str, str]], schema: Schema) -> None:
    """Write a table in canonical bytes."""
    write(path, encode(records, schema))


def stamps(root: Path, names: Iterable[str]) -> dict[str, int]:
    """When each file of these files and folders below `root` was changed, by its path; hidden files and caches are left out."""
    found: dict[str, int] = {}
    waiting: list[Path | os.DirEntry[str]] = [root / name for name in names]
    while waiting:
        path = waiting.pop()
        with suppress(FileNotFoundError):  # saved by renaming: the next look sees it
            if path.is_dir() and not path.is_symlink():
                waiting += [entry for entry in os.scandir(path) if not entry.name.startswith((".", "__pycache__"))]
            else:
                found[os.fspath(path)] = path.stat().st_mtime_ns
    return found


def changes(before: dict[str, int], now: dict[str, int]) -> set[Path]:
    """The files that were added, removed or saved between two looks."""
    return {Path(path) for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
