"""The one byte form of a CSV file: what is wrong with others, how cells are cleaned, and how tables are written.

Canonical: UTF-8 without BOM, LF, RFC 4180 with quotes only where needed, header as in the schema, rows
sorted by key, NFC, no line break inside a cell, nothing invisible, nothing that a spreadsheet would run.
"""

import csv
import io
import tomllib
import unicodedata
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from mutuals.findings import Said
from mutuals.schema import Schema

FORMULA_STARTS = ("=", "+", "-", "@")
FORMAT = "run “mutuals format”"
LOST = "\ufffd"
HIDDEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")  # categories of Unicode
MOST_BYTES = 1_000_000  # of a line
# What the engine itself asks of bytes, schemas and layout.
RULES = {id: Said(**said) for id, said in tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8")).items()}


@dataclass(frozen=True)
class Fault:
    """A finding before it knows its file: `line` is 1-based, 0 for the whole file."""

    rule: str
    line: int
    column: str
    found: str
    wanted: str
    id: str = ""
    remedy: str = ""


def plain(cell: str) -> bool:
    """Whether a cell holds printable ASCII only, as most do: nothing invisible, nothing to compose."""
    return cell.isascii() and cell.isprintable()


def composed(text: str) -> str:
    """Text in NFC. Marks are put in order first: the library's own sort takes the square of the number that stand in a row."""
    if unicodedata.is_normalized("NFC", text):
        return text
    apart = "".join(unicodedata.normalize("NFD", c) for c in text)
    runs = groupby(apart, key=lambda c: unicodedata.combining(c) > 0)
    return unicodedata.normalize("NFC", "".join(c for _, run in runs for c in sorted(run, key=unicodedata.combining)))


class _Meant:
    """What each character becomes in `clean`, for str.translate, which needs no memory beside its result."""

    def __getitem__(self, code: int) -> str | int | None:
        category = unicodedata.category(chr(code))
        return " " if category == "Zs" or code in (9, 10, 13) else None if category in HIDDEN else code


def clean(cell: str) -> str:
    """A cell in canonical characters: NFC, plain spaces, nothing invisible, no space at the ends."""
    return " ".join((cell if plain(cell) else composed(cell.translate(_Meant()))).split())


def encode(records: list[dict[str, str]], schema: Schema) -> bytes:
    """The canonical bytes of records, sorted by key."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(schema.header)
    writer.writerows([record[name] for name in schema.header] for record in sorted(records, key=schema.sort_key))
    return out.getvalue().encode("utf-8")


def joined(cells: list[str]) -> str:
    """The canonical line of cells, without its end."""
    return ",".join('"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell for cell in cells)
