"""Fingerprints: proof that words stand in a source, without the source's text.

A source's paragraphs are cut into tokens (words and marks); every run of five is hashed, and so are the
shorter runs that evidence or quotations need. A long span is proved by all its runs of five, a short one
by its own hash. Curly quotes, no-break spaces and line breaks make no difference; one changed word, digit,
capital or comma does.

Where four words of a paragraph recur in it, runs of five could be joined at them into a quotation that stands nowhere.
Such a paragraph has longer runs too, so long that no two of them have all but one word in common; a span is proved by
the longest that fit into it. Fingerprints made before this rule lack them, and could be made anew only from the article.
A copy of a page may break words at line ends or tie letters; it is read as it stands and as it is meant (`meant`),
so that its fingerprint holds, and its reader may cite, the plain words. For plain text all hashes are as they were.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import islice, product

from mutuals.canonical import composed

VERSION = 1
RUN = 5
MOST_READINGS = 64  # of a run with several broken words
LONGEST = 50  # no run is longer, however long the words are that a paragraph repeats

_SINGLE = dict.fromkeys(map(ord, "‘’‚‛′ʼ`´"), "'")
_DOUBLE = dict.fromkeys(map(ord, "“”„‟″«»"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_HIDDEN = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_FOLDED = {**_SINGLE, **_DOUBLE, **_DASHES, **_HIDDEN, 0x2026: "..."}
_TOKEN = re.compile(r"[£$€]?\w+(?:[.,:'&/-]\w+)*%?|[^\w\s'\"]", re.UNICODE)

_TIED = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BREAK = "ǂ"  # stands in a word for a hyphen at a line end, which may belong to the word or not
_BROKEN = re.compile(r"(?<=\w)[-‐\u00ad][^\S\n]*\n[^\S\n]*(?=\w)")
_ODD = re.compile("[ﬀ-ﬆ\n]")

Run = tuple[int, int, str]


class Fingerprint(set[Run]):
    """The runs of a source; `reach` is how long they are in the paragraphs that have longer ones than five."""

    @cached_property
    def reach(self) -> dict[int, int]:
        """The longest run of each paragraph that has runs of more than five."""
        found: dict[int, int] = {}
        for paragraph, size, _ in self:
            if size > RUN:
                found[paragraph] = max(size, found.get(paragraph, 0))
        return found


def tokens(text: str) -> list[str]:
    """The words and marks of a text, quotation marks left out, capitals kept.

    A word keeps its inner apostrophes, hyphens and points, so that “£1.5bn” and “don't” are one token each.
    """
    return list(_tokens(text))


@lru_cache(maxsize=1 << 15)
def _tokens(text: str) -> tuple[str, ...]:
    plain = text.replace("`", "'") if text.isascii() else composed(text).translate(_FOLDED)
    return tuple(_TOKEN.findall(plain))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a document: runs of lines between blank lines, counted from 1 by whoever numbers them."""
    return [block for block in re.split(r"\n(?:[^\S\n]*\n)+", text.replace("\r\n", "\n").replace("\r", "\n").strip()) if block.strip()]


def hash_run(source_id: str, paragraph: int, run: Sequence[str]) -> str:
    """Hash of a run of tokens, bound to its source and paragraph: 64 bits of BLAKE2b in hexadecimal."""
    body = "\x1f".join([str(VERSION), source_id, str(paragraph), *run])
    return hashlib.blake2b(body.encode("utf-8"), digest_size=8).hexdigest()


def meant(text: str) -> list[str]:
    """A text as it stands; and, where print ties letters or breaks words, with the letters untied and the breaks marked."""
    if not _ODD.search(text):
        return [text]
    return list(dict.fromkeys([text, _BROKEN.sub(_BREAK, text.translate(_TIED))]))


def _spans(words: Sequence[str], size: int) -> list[list[Sequence[str]]]:
    """The spans of a size that stand in the words: of each place all the ways to read its broken words, with the hyphen and without."""
    spans = [words[at : at + size] for at in range(len(words) - size + 1)]
    if _BREAK not in "".join(words):
        return [[span] for span in spans]
    read = {word: (word.replace(_BREAK, ""), word.replace(_BREAK, "-")) if _BREAK in word else (word,) for word in words}
    return [list(islice(product(*map(read.__getitem__, span)), MOST_READINGS)) for span in spans]


def runs_of(source_id: str, paragraph: int, words: Sequence[str], longest: int = RUN) -> list[Run]:
    """What is in a fingerprint of a span: its runs of five (or of the longest), for a shorter span the span itself."""
    size = min(longest, len(words))
    return [(paragraph, size, hash_run(source_id, paragraph, span)) for spans in _spans(words, size) for span in spans] if words else []


def reach(words: Sequence[str]) -> int:
    """How long runs must be so that no two have all but one word in common: five, unless words recur."""
    size = RUN
    while size < min(len(words), LONGEST):
        overlaps = [tuple(words[i : i + size - 1]) for i in range(len(words) - size + 2)]
        if len(set(overlaps)) == len(overlaps):
            break
        size += 1
    return size


def make(source_id: str, text: str, spans: Iterable[tuple[int, str]] = ()) -> Fingerprint:
    """The fingerprint of a document; `spans` are (paragraph, words) in use, of which the short ones are added.

    Spans that the document does not hold are left out, so that the check goes on refusing them.
    """
    blocks = [[tokens(one) for one in meant(block)] for block in paragraphs(text)]
    found = Fingerprint()
    for number, block in enumerate(blocks, 1):
        for size in range(RUN, max(map(reach, block)) + 1):
            found.update(run for words in block for run in runs_of(source_id, number, words, size))
    for number, span in spans:
        for words in map(tokens, meant(span)) if 0 < number <= len(blocks) else ():
            if 0 < len(words) < RUN:
                printed = {tuple(one) for block in blocks[number - 1] for place in _spans(block, len(words)) for one in place}
                cited = printed.intersection(map(tuple, _spans(words, len(words))[0]))
                found.update((number, len(words), hash_run(source_id, number, one)) for one in cited)
    return found


def holds(block: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words stand in a row in a list of tokens."""
    return bool(words) and words[0] in block and any(block[i : i + len(words)] == words for i in range(len(block) - len(words) + 1))


def proves(fingerprint: set[Run], source_id: str, paragraph: int, span: str) -> bool:
    """Whether a fingerprint shows that the span, as it stands or as it is meant, stands in the paragraph."""
    longest = fingerprint.reach.get(paragraph, RUN) if isinstance(fingerprint, Fingerprint) else RUN
    for words in filter(None, map(tokens, meant(span))):
        size = min(longest, len(words))
        if all(
            any((paragraph, size, hash_run(source_id, paragraph, one)) in fingerprint for one in place) for place in _spans(words, size)
        ):
            return True
    return False


def stands(block: str, span: str) -> bool:
    """Whether a span stands in a paragraph of a copy, as it is printed there or as it is meant."""
    return proves(make("", block, [(1, span)]), "", 1, span)
