"""The nearest name: what was probably meant by a word that names nothing, such as a code, a key, a column or a file."""

import re
import unicodedata
from collections.abc import Callable, Iterable

from mutuals.findings import shown

MOST_NAMES, MOST_LETTERS, ALIKE = 5_000, 100, 0.7
MOST_LOOKED_UP = 50  # by one asker, since looking for the nearest of many names takes long
# Letters that look like Latin ones; for wide and mathematical letters Unicode itself says which they are (NFKC).
LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορικυ",
    "ABESIJKMHOPCTYXaeopcyxijshdqwABEZHIKMNOPTYXavopiku",
)
QUOTES = "“”„‟‘’‚‛"


def latin(text: str) -> str:
    """The text with the Latin letters that its letters look like."""
    return unicodedata.normalize("NFKC", text).translate(LOOKALIKES)


def fold(text: str) -> str:
    """What two spellings of a name share: no capitals, no quotation marks, one kind of space, hyphen and letter."""
    bare = re.sub(rf"[{QUOTES}\"'`]", "", latin(text).casefold())
    return re.sub(r"[\s_‐-―-]+", "_", bare).strip("_ ")


def named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by what they fold to; blank where two differ by no more than that."""
    found: dict[str, str] = {}
    for name, key in pairs:
        if folded := fold(name):
            found[folded] = key if found.get(folded, key) == key else ""
    return found


def near(text: str, names: dict[str, str]) -> str:
    """The key of the same or the closest name, of names as `named` gives them; blank where none is close."""
    return next(iter(close(text, names, 1)), "")


def close(text: str, names: dict[str, str], most: int = 5) -> list[str]:
    """The keys of the closest names, the closest first; one that is the same is the only one."""
    folded = fold(text[: MOST_LETTERS + 1])
    if len(text) > MOST_LETTERS or not folded or folded in names:
        return [key] if (key := names.get(folded, "")) and len(text) <= MOST_LETTERS else []
    from difflib import get_close_matches

    pool = list(names) if len(names) <= MOST_NAMES else [name for name in names if name[:2] == folded[:2]][:MOST_NAMES]
    return [key for key in dict.fromkeys(names[name] for name in get_close_matches(folded, pool, most, ALIKE)) if key]


def looking(names: Callable[[], dict[str, str]]) -> Callable[[str], str]:
    """What finds the nearest of some names, which are not made before they are asked for; blank after the first fifty texts."""
    found: dict[str, str] = {}

    def nearest(text: str) -> str:
        if text not in found and len(found) < MOST_LOOKED_UP:
            found[text] = near(text, names())
        return found.get(text, "")

    return nearest


def said(key: str, rest: str) -> str:
    """A remedy that names the nearest key, or else gives the rest; blank, so that the rule's own stands, where there is none."""
    return f"write {shown(key)} if that is meant, or {rest}" if key else ""
