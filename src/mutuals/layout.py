"""What may lie in the folders that the gate reads: nothing that leads out of them, and nothing that it does not read."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from mutuals.canonical import Fault

# The names of the files that belong into each folder; those of data/ are told by the schemas.
BELONG = {
    "schemas": r"[a-z_]+\.json",
    "validation": r"[a-z_]+\.py|examples\.json|known_failures\.toml",
    "releases": r"\d+\.\d+\.\d+\.(json|csv)",
}
# What editors, spreadsheets, systems and “mutuals format” itself leave beside a file for a while.
PASSING = r"\.~lock\..+#|\.#.+|\.DS_Store|\.[\w-]+\.(csv|json|py|toml)\..+"


def strangers(root: Path) -> Iterator[tuple[str, Fault]]:
    """Links among the folders and below them, which could lead anywhere, and files that do not belong where they lie."""
    for name in ("data", *BELONG):
        folder = root / name
        if folder.is_symlink():
            yield name, Fault("layout.unreadable", 0, "", "a link", "a folder of the repository's own")
        elif folder.is_dir():
            yield from _below(root, name)


def _below(root: Path, name: str) -> Iterator[tuple[str, Fault]]:
    told = {"data": r"[^.].*", "validation": r"[^.].*\.py"}.get(name, "")  # links of these names are found where they are read
    for at, folders, files in os.walk(root / name):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        for each in sorted(each for each in (*files, *folders) if not re.fullmatch(PASSING, each)):
            file = Path(at, each).relative_to(root).as_posix()
            if Path(at, each).is_symlink():
                if not re.fullmatch(told, each):
                    yield file, Fault("layout.unreadable", 0, "", "a link", "a file of the repository's own that can be read")
            elif each in files and not re.fullmatch(BELONG.get(name, r"[^.].*"), each if at == str(root / name) or name == "data" else ""):
                yield file, Fault("layout.unknown-file", 0, "", f"the file {each}", f"a file that belongs into {name}/")
