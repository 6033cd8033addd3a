"""Letters and names: what looks the same is the same, and what is the same stands once."""

import re
import unicodedata
from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.nearest import latin
from mutuals.rules import cells, rule
from mutuals.tables import Dataset, Table

# Where letters of other scripts stand: before and after the blocks of punctuation and signs.
STRANGE = re.compile("[\u0250-\u1dff\u1f00-\u1fff\u2c00-\ud7ff\uf900-\uffff\U00010000-\U0010ffff]")


def _mixed(text: str) -> str:
    """The first word that mixes Latin letters with those of another script; blank where none does."""
    for word in re.findall(r"[^\W\d_]+", text) if not text.isascii() and STRANGE.search(text) else ():
        latin_letters = [unicodedata.name(letter, "").startswith("LATIN") or letter in "ªºµ" for letter in word]
        if any(latin_letters) and not all(latin_letters):
            return word
    return ""


@rule(
    "letters.script",
    "all",
    "A word is written in the letters of one script.",
    "type the word anew; if the source prints it so, let validation/known_failures.toml say so",
    early=True,
    level="warning",
    sees="row",
)
def script(table: Table, data: Dataset) -> Iterator[Fault]:
    """A pasted letter that looks like a Latin one and is not, so that no search finds its word."""
    free = () if table.kind == "fingerprints" else table.schema.columns
    kept = {column.name for column in free if column.type == "string" and not (column.pattern or column.codes or column.refers_to)}
    for cell in cells(table, lambda column: column.name in kept, lambda column, text: bool(_mixed(text))):
        word = _mixed(cell.text)
        strange = next(letter for letter in word if not unicodedata.name(letter, "").startswith("LATIN"))
        name = f"U+{ord(strange):04X} {unicodedata.name(strange, 'without a name')}"
        remedy = f"type {shown(latin(word))} if that is meant" if latin(word).isascii() else ""
        yield cell.fault("letters.script", f"{shown(word)} with {name}", "Latin letters only", remedy)


@rule(
    "names.twice",
    "facts",
    "No two bodies, persons or programmes have the same name.",
    "if they are one, join the rows and leave a tombstone; if they are two, let the names say how they differ",
    level="warning",
    sees="table",
)
def twice(table: Table, data: Dataset) -> Iterator[Fault]:
    """A body that was added again, since it was not found under its key."""
    names = list(map(str.casefold, table.column("name")))
    if table.name not in ("organisations", "people", "programmes") or len(set(names)) == len(names):
        return
    first: dict[str, str] = {}
    for line, id, name in zip(table.reading.lines, table.keys, names, strict=True):
        other = first.setdefault(name, id)
        if other != id and name:
            found = f"{shown(table.by_key[id]['name'])}, which {other} is called too"
            yield Fault("names.twice", line, "name", found, "a name of its own", id)
