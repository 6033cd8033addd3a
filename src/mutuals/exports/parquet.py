"""Parquet: one file a table, typed, with what each column means in the file itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from mutuals.exports.files import Item
from mutuals.exports.release import NAME, Part, Release, value
from mutuals.schema import Column

if TYPE_CHECKING:
    import pyarrow


def _array(column: Column, cells: list[str]) -> "pyarrow.Array":
    """A column as Parquet has it: text, whole numbers, doubles, days, or lists of text; blanks are null.

    Doubles hold every number of the tables exactly, since none has more than fifteen digits; decimals would have to change
    their type with the data, and few programs chart them.
    """
    import pyarrow
    import pyarrow.compute

    if column.many:
        return pyarrow.array([column.items(cell) or None for cell in cells], pyarrow.list_(pyarrow.string()))
    if column.type == "date":
        return pyarrow.array([cell or None for cell in cells], pyarrow.string()).cast(pyarrow.date32())
    types = {"integer": pyarrow.int64(), "number": pyarrow.float64()}
    return pyarrow.array([value(column, cell) for cell in cells], types.get(column.type, pyarrow.string()))


def table(release: Release, part: Part) -> "pyarrow.Table":
    """A part as an Arrow table, with its metadata."""
    import pyarrow

    arrays = [_array(column, part.columns[column.name]) for column in part.schema.columns]
    fields = [
        pyarrow.field(c.name, array.type, metadata={n: t for n in ("title", "description", "unit", "codes") if (t := getattr(c, n))})
        for c, array in zip(part.schema.columns, arrays, strict=True)
    ]
    says = {
        "name": f"{NAME}: {part.schema.title}", "description": part.schema.description, "version": release.edition.version,
        "date": release.edition.day, "licence": part.licence,
    }  # fmt: skip
    return pyarrow.table(arrays, pyarrow.schema(fields, metadata=says))


def write(release: Release, folder: Path) -> list[Item]:
    """Write every part."""
    from pyarrow import parquet

    items = []
    for part in release.parts:
        path = folder / "parquet" / f"{part.name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(table(release, part), path, compression="zstd", store_schema=True)
        items.append(Item(path.relative_to(folder).as_posix(), "Parquet", part.schema.title, part.licence, part.count, part.name))
    return items
