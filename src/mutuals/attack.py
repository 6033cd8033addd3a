"""Fingerprints under attack: invented documents, words that do not stand in them, and their own words in other print.

The documents are made by lot from a few phrases, so that words recur as in real articles, and more often. No word of
a source is in them. Each kind of attack is tried on many documents; what counts is how often it succeeds.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterator

from mutuals.fingerprints import Fingerprint, holds, make, paragraphs, proves, tokens

DOCUMENTS = 12
NAMES = [
    "Ada Quill",
    "Bram O'Dell",
    "Cora Finch-Hay",
    "the Eastham Trust",
    "Westley Council",
    "the board of the trust",
    "the staff of the baths",
]
VERBS = [
    "did not agree to",
    "will run",
    "could not afford",
    "has won",
    "wouldn't give up",
    "voted for",
    "is not to leave",
    "offered to fill",
]
THINGS = [
    "the contract for the baths",
    "a well-run café",
    "£1.5m a year",
    "the first 12 libraries",
    "its five-year plan",
    "49.9% of the shares",
    "the office in 2011",
]
ENDS = [
    "in the first year of the contract",
    "on 3 May 2011",
    "as the board of the trust had said",
    "for the staff of the baths",
    "after 20 months",
]


def document(dice: random.Random) -> str:
    """A few paragraphs of a few sentences."""

    def sentence() -> str:
        clauses = [" ".join(map(dice.choice, (NAMES, VERBS, THINGS, ENDS))) for _ in range(dice.randint(1, 3))]
        text = dice.choice([", but ", ", and ", " - "]).join(clauses)
        return text[0].upper() + text[1:] + "."

    return "\n\n".join(" ".join(sentence() for _ in range(dice.randint(2, 5))) for _ in range(4))


def _cut(words: list[str], dice: random.Random, least: int = 1) -> list[str]:
    size = dice.randint(least, min(30, len(words)))
    start = dice.randint(0, len(words) - size)
    return words[start : start + size]


def _without(span: list[str], dice: random.Random) -> list[str]:
    at = [n for n, word in enumerate(span) if word == "not" or word.endswith("n't")]
    return [w for n, w in enumerate(span) if n != at[0]] if at else []


def _digit(span: list[str], dice: random.Random) -> list[str]:
    at = [n for n, word in enumerate(span) if re.search(r"\d", word)]
    return [re.sub(r"\d", lambda d: str((int(d[0]) + 1) % 10), w, count=1) if n in at[:1] else w for n, w in enumerate(span)] if at else []


def _names(span: list[str], dice: random.Random) -> list[str]:
    at = [n for n, word in enumerate(span) if word[0].isupper()]
    first, last = (at[0], at[-1]) if at else (0, 0)
    return [span[last] if n == first else span[first] if n == last else w for n, w in enumerate(span)]


def _clauses(span: list[str], dice: random.Random) -> list[str]:
    at = span.index(",") if "," in span else 0
    return [*span[at + 1 :], ",", *span[:at]] if at else []


def _words(span: list[str], dice: random.Random) -> list[str]:
    at = dice.randrange(len(span) - 1) if len(span) > 1 else 0
    return [*span[:at], *reversed(span[at : at + 2]), *span[at + 2 :]]


CHANGES: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "a dropped “not”": _without, "one digit": _digit, "names swapped": _names, "clauses in another order": _clauses,
    "words in another order": _words,
}  # fmt: skip


def joined(blocks: list[list[str]], dice: random.Random) -> Iterator[list[str]]:
    """Quotations joined from two places: at any words, and where one to eight words of a paragraph recur in it."""
    for block in blocks:
        yield _cut(block, dice) + _cut(dice.choice(blocks), dice)
        for size in range(1, 9):
            places: dict[tuple[str, ...], list[int]] = {}
            for at in range(1, len(block) - size):
                places.setdefault(tuple(block[at : at + size]), []).append(at)
            for first, *others in (found for found in places.values() if len(found) > 1):
                for other in others:
                    yield block[max(0, first - dice.randint(1, 9)) : first] + block[other : other + size + dice.randint(1, 9)]
                    yield block[max(0, other - dice.randint(1, 9)) : other] + block[first : first + size + dice.randint(1, 9)]


def accepts(seed: int = 1, marks: Callable[..., Fingerprint] = make) -> dict[str, tuple[int, int]]:
    """How many false quotations of each kind were tried, and how many a fingerprint proved."""
    dice, tried = random.Random(seed), {kind: [0, 0] for kind in (*CHANGES, "joined from two places")}
    for number in range(DOCUMENTS):
        text = document(dice)
        blocks = [tokens(block) for block in paragraphs(text)]
        spans = [(at, _cut(block, dice)) for at, block in enumerate(blocks, 1) for _ in range(12)]
        mark = marks(f"invented-{number}", text, [(at, " ".join(span)) for at, span in spans])
        false = [(kind, at, change(span, dice)) for kind, change in CHANGES.items() for at, span in spans]
        false += [("joined from two places", at, span) for at in range(1, len(blocks) + 1) for span in joined(blocks[at - 1 :], dice)]
        for kind, at, span in false:
            if span and not holds(blocks[at - 1], span):
                tried[kind][0] += 1
                tried[kind][1] += proves(mark, f"invented-{number}", at, " ".join(span))
    return {kind: (made, proved) for kind, (made, proved) in tried.items()}


def _everywhere(old: str, new: str) -> Callable[[str, random.Random], str]:
    return lambda text, dice: text.replace(old, new)


def _inside(mark: str) -> Callable[[str, random.Random], str]:
    """A mark put into some words, as at the end of a line."""
    return lambda text, dice: re.sub(r"(?<=[a-z]{3})(?=[a-z]{3})", lambda _: mark if dice.random() < 0.2 else "", text)


PRINTS: dict[str, Callable[[str, random.Random], str]] = {
    "curly quotes": lambda text, dice: "“" + text.replace("'", "’") + "”",
    "no-break spaces": _everywhere(" ", "\u00a0"),
    "thin spaces": lambda text, dice: re.sub(" ", lambda _: dice.choice("\u2009\u202f "), text),
    "line breaks": lambda text, dice: re.sub(" ", lambda _: dice.choice("\n "), text),
    "soft hyphens": _inside("\u00ad"),
    "hyphens at line ends": lambda text, dice: re.sub(r"(?<=[a-z])-(?=[a-z])", "-\n", _inside("-\n")(text, dice)),
    "ligatures": lambda text, dice: text.replace("ffi", "ﬃ").replace("ff", "ﬀ").replace("fi", "ﬁ").replace("fl", "ﬂ"),
    "decomposed letters": lambda text, dice: unicodedata.normalize("NFD", text),
    "kinds of dash": lambda text, dice: re.sub("-", lambda _: dice.choice("‐‑–—−"), text),
}


def rejects(seed: int = 1) -> dict[str, tuple[int, int]]:
    """How many true quotations in other print were tried, in the words cited and in the copy, and how many were refused."""
    dice, tried = random.Random(seed), {kind: [0, 0] for kind in PRINTS}
    for number in range(DOCUMENTS):
        blocks = paragraphs(document(dice))
        plain = [(at, " ".join(_cut(block.split(" "), dice))) for at, block in enumerate(blocks, 1) for _ in range(4)]
        for kind, change in PRINTS.items():
            said = [(at, change(span, dice)) for at, span in plain]
            for copy, cited in ((blocks, said), ([change(block, dice) for block in blocks], plain)):
                mark = make(str(number), "\n\n".join(copy), cited)
                differ = [one for one, other in zip(cited, plain, strict=True) if copy is not blocks or one != other]
                tried[kind][0] += len(differ)
                tried[kind][1] += sum(not proves(mark, str(number), at, span) for at, span in differ)
    return {kind: (made, refused) for kind, (made, refused) in tried.items()}
