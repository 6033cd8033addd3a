"""JSON Lines: one file a table, one row a line, typed; lists are lists, blanks are null."""

import json
from collections.abc import Iterator
from pathlib import Path

from mutuals.exports.files import Item
from mutuals.exports.release import Part, Release, value


def lines(part: Part) -> Iterator[str]:
    """The rows of a part as lines of JSON."""
    columns = part.schema.columns
    made = (
        {c.name: (c.items(cell) or None) if c.many else value(c, cell) for c, cell in zip(columns, row, strict=True)} for row in part.rows
    )
    return (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in made)


def write(release: Release, folder: Path) -> list[Item]:
    """Write the tables, and all evidence and codes; wide tables would say the same twice, since lists and numbers are typed here."""
    items = []
    for part in [*release.group("data"), *release.group("long")]:
        path = folder / "jsonl" / f"{part.name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines(part))
        items.append(Item(path.relative_to(folder).as_posix(), "JSON Lines", part.schema.title, part.licence, part.count, part.name))
    return items
