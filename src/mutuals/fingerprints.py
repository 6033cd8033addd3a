"""Fingerprints: proof that words stand in a source, without the source's text.

A source's paragraphs are cut into tokens (words and marks); every run of five is hashed, and so are the
shorter runs that evidence or quotations need. A long span is proved by all its runs of five, a short one
by its own hash. Curly quotes, no-break spaces and line breaks make no difference; one changed word, digit,
capital or comma does.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

VERSION = 1
RUN = 5

_SINGLE = dict.fromkeys(map(ord, "‘’‚‛′ʼ`´"), "'")
_DOUBLE = dict.fromkeys(map(ord, "“”„‟″«»"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_HIDDEN = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_FOLDED = {**_SINGLE, **_DOUBLE, **_DASHES, **_HIDDEN, 0x2026: "..."}
_TOKEN = re.compile(r"[£$€]?\w+(?:[.,:'&/-]\w+)*%?|[^\w\s'\"]", re.UNICODE)

Run = tuple[int, int, str]


def tokens(text: str) -> list[str]:
    """The words and marks of a text, quotation marks left out, capitals kept.

    A word keeps its inner apostrophes, hyphens and points, so that “£1.5bn” and “don't” are one token each.
    """
    return list(_tokens(text))


@lru_cache(maxsize=1 << 15)
def _tokens(text: str) -> tuple[str, ...]:
    plain = text.replace("`", "'") if text.isascii() else unicodedata.normalize("NFC", text).translate(_FOLDED)
    return tuple(_TOKEN.findall(plain))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a document: runs of lines between blank lines, counted from 1 by whoever numbers them."""
    return [block for block in re.split(r"\n(?:[^\S\n]*\n)+", text.replace("\r\n", "\n").replace("\r", "\n").strip()) if block.strip()]


def hash_run(source_id: str, paragraph: int, run: list[str]) -> str:
    """Hash of a run of tokens, bound to its source and paragraph: 64 bits of BLAKE2b in hexadecimal."""
    body = "\x1f".join([str(VERSION), source_id, str(paragraph), *run])
    return hashlib.blake2b(body.encode("utf-8"), digest_size=8).hexdigest()


def runs_of(source_id: str, paragraph: int, words: list[str]) -> list[Run]:
    """What must be in a fingerprint to prove a span: its runs of five, or for a shorter span the span itself."""
    size = min(RUN, len(words))
    return [(paragraph, size, hash_run(source_id, paragraph, words[i : i + size])) for i in range(len(words) - size + 1)] if words else []


def make(source_id: str, text: str, spans: Iterable[tuple[int, str]] = ()) -> set[Run]:
    """The fingerprint of a document; `spans` are (paragraph, words) in use, of which the short ones are added.

    Spans that the document does not hold are left out, so that the check goes on refusing them.
    """
    blocks = [tokens(block) for block in paragraphs(text)]
    found = {run for number, words in enumerate(blocks, 1) for run in runs_of(source_id, number, words)}
    for number, span in spans:
        words = tokens(span)
        if len(words) < RUN and 0 < number <= len(blocks) and holds(blocks[number - 1], words):
            found.update(runs_of(source_id, number, words))
    return found


def holds(block: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words stand in a row in a list of tokens."""
    return bool(words) and words[0] in block and any(block[i : i + len(words)] == words for i in range(len(block) - len(words) + 1))


def proves(fingerprint: set[Run], source_id: str, paragraph: int, span: str) -> bool:
    """Whether a fingerprint shows that the span stands in the paragraph."""
    wanted = runs_of(source_id, paragraph, tokens(span))
    return bool(wanted) and all(run in fingerprint for run in wanted)
