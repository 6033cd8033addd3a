"""Writing tables: whole files or nothing, always in canonical bytes."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
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


def stamps(root: Path, names: Iterable[str]) -> dict[Path, int]:
    """When each file of these files and folders below `root` was changed; hidden files and caches are left out."""
    found: dict[Path, int] = {}
    for folder, folders, inside in chain.from_iterable(
        os.walk(root / name) if (root / name).is_dir() else [(root, [], [name])] for name in names
    ):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        for path in (Path(folder, name) for name in inside if not name.startswith(".")):
            with suppress(FileNotFoundError):  # saved by renaming: the next look sees it
                found[path] = path.stat().st_mtime_ns
    return found
