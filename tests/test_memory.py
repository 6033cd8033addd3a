"""Memory: reading a file takes at most three times its size, whatever it holds.

Python keeps each short text in some fifty bytes, so a file of short cells that all differ takes more, as one of a few
wide letters in long plain cells does; the tables of the record, and files that are no tables, do not.
"""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from mutuals.parsing import read
from mutuals.schema import Schema
from mutuals.tables import read_dataset

SIZE, BESIDE = 4_000_000, 1_500_000  # bytes of a file, and what reading any file takes beside

SHAPES: dict[str, Callable[[bytes], bytes]] = {
    "one cell": lambda header: header + b"k," + b"x" * SIZE + b",,,,,\n",
    "one line": lambda header: header + b"x" * SIZE,
    "one header": lambda header: header.strip() * (SIZE // len(header)),
    "one-byte lines": lambda header: header + b"x\n" * (SIZE // 2),
    "commas": lambda header: header + b"," * SIZE,
    "commas in the header": lambda header: b"," * SIZE,
    "quotation marks": lambda header: header + b'"' * SIZE,
    "lines of quotation marks": lambda header: header + (b'"' * 999 + b"\n") * (SIZE // 1000),
    "carriage returns": lambda header: header + b"\r" * (SIZE // 8),
    "blank lines": lambda header: header + b"\n" * (SIZE // 8),
    "NULs": lambda header: header + b"\0" * SIZE,
    "ragged lines": lambda header: header + b"a,b\n" * (SIZE // 8),
    "UTF-16": lambda header: ("\ufeff" + "a,b\n" * (SIZE // 8)).encode("utf-16-le"),
    "letters of two bytes": lambda header: header + ("k,,,,,," + "ж" * 20_000 + "\n").encode() * (SIZE // 40_000),
    "letters of four bytes": lambda header: header + ("k,,,,,," + "\U0001f600" * 10_000 + "\n").encode() * (SIZE // 40_000),
}


def peak(path: Path, schema: Schema) -> int:
    """The most bytes that were in use while a file was read, its own included."""
    tracemalloc.start()
    try:
        read(path.read_bytes(), schema)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_that_is_no_table_takes_three_times_its_size(root: Path, tmp_path: Path, shape: str) -> None:
    """A file that fills the memory, since it is kept in pieces or copied again and again."""
    schema = read_dataset(root).schemas["people"]
    path = tmp_path / "people.csv"
    path.write_bytes(SHAPES[shape](",".join(schema.header).encode() + b"\n"))
    assert peak(path, schema) <= 3 * path.stat().st_size + BESIDE


@pytest.mark.parametrize(("name", "end"), [("contracts", b"\r\n"), ("evidence/contracts", b"\n"), ("gaps", b"\n"), ("sources", b"\n")])
def test_a_table_takes_three_times_its_size(root: Path, tmp_path: Path, name: str, end: bytes) -> None:
    """A table whose cells are kept more than once, or with more beside them than they hold."""
    table = read_dataset(root).tables[name]
    header, *lines = (root / table.file).read_bytes().splitlines()
    path = tmp_path / "table.csv"
    copies = SIZE // sum(map(len, lines)) + 1
    path.write_bytes(
        end.join(
            [header, *(b"%s-%d,%s" % (key, n, rest) for n in range(copies) for key, rest in (line.split(b",", 1) for line in lines)), b""]
        )
    )
    assert peak(path, table.schema) <= 3 * path.stat().st_size + BESIDE
