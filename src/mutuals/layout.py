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
# What editors, spreadsheets, systems and our own commands leave beside a file for a while; of links only the locks of one editor.
PASSING = r"\.~lock\..+#|\.DS_Store|\.lock|\.journal|\.[\w-]+\.(csv|json|py|toml)\..+"
LOCKS = r"\.#.+"


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
        for each in sorted([*files, *folders]):
            file = Path(at, each).relative_to(root).as_posix()
            belongs = BELONG.get(name, r"[^.].*") if name == "data" or at == str(root / name) else ""
            if Path(at, each).is_symlink():
                if not re.fullmatch(told, each) and not re.fullmatch(LOCKS, each):
                    yield file, Fault("layout.unreadable", 0, "", "a link", "a file of the repository's own that can be read")
            elif each in files and not re.fullmatch(f"{belongs}|{PASSING}", each):
                yield file, Fault("layout.unknown-file", 0, "", f"the file {each}", f"a file that belongs into {name}/")
