"""Fingerprints: they prove what stands there, whatever its typography, and nothing else."""

import random

import pytest

from mutuals.fingerprints import RUN, hash_run, holds, make, paragraphs, proves, runs_of, tokens

TEXT = """Baths to be run by their staff

The council said on 3 May 2011 that it won't close the four baths of Eastham, but will not run them either.

"We do not want a £1.5m, 10-year deal," Ms O'Neill said, "we want 49.9% - and the well-run café."
"""
SAID = "We do not want a £1.5m, 10-year deal,"
MARK = make("eastham", TEXT)

SAME = {
    "curly quotes": TEXT.replace("won't", "won’t").replace("O'Neill", "O‘Neill").replace('"We', "“We").replace('deal,"', "deal,”"),
    "no quotes": TEXT.replace('"', ""),
    "no-break spaces": TEXT.replace("3 May", "3\u00a0May").replace("four baths", "four\u202fbaths"),
    "line breaks": TEXT.replace("said on 3", "said\non   3").replace("Ms O", "Ms\r\nO"),
    "Windows line ends": TEXT.replace("\n", "\r\n"),
    "old line ends": TEXT.replace("\n", "\r"),
    "blank lines with spaces": TEXT.replace("\n\n", "\n  \t\n\n"),
    "blank lines around": f"\n\n{TEXT}\n\n\n",
    "long dash": TEXT.replace("% -", "% –"),
    "no-break hyphen": TEXT.replace("well-run", "well\u2011run").replace("10-year", "10‐year"),
    "soft hyphen": TEXT.replace("council", "coun\u00adcil"),
    "decomposed": TEXT.replace("é", "e\u0301"),
    "zero width": TEXT.replace("baths", "ba\u200bths"),
}
CHANGED = {
    "a word": ("four baths", "five baths"),
    "a digit": ("3 May", "8 May"),
    "a digit of a sum": ("£1.5m", "£1.6m"),
    "a unit": ("£1.5m", "£1.5bn"),
    "a currency": ("£1.5m", "€1.5m"),
    "a per cent sign": ("49.9%", "49.9"),
    "a point": ("49.9", "499"),
    "a dropped not": ("will not run", "will run"),
    "a dropped n't": ("won't", "wo"),
    "a contraction": ("won't", "wont"),
    "a comma": ("Eastham, but", "Eastham but"),
    "a capital": ("council", "Council"),
    "a letter": ("baths of", "bath of"),
    "an accent": ("café", "cafe"),
    "an order": ("them either", "either them"),
    "a hyphen": ("well-run", "well run"),
}


@pytest.mark.parametrize("case", SAME)
def test_typography_makes_no_difference(case: str) -> None:
    """A copy of the same words that is refused for its typography."""
    assert SAME[case] != TEXT
    assert make("eastham", SAME[case]) == MARK


@pytest.mark.parametrize("case", CHANGED)
def test_a_change_makes_a_difference(case: str) -> None:
    """A changed word, digit, mark or capital that passes."""
    old, new = CHANGED[case]
    assert TEXT.count(old) == 1
    assert make("eastham", TEXT.replace(old, new)) != MARK
    number = next(n for n, block in enumerate(paragraphs(TEXT), 1) if old in block)
    block = paragraphs(TEXT)[number - 1]
    assert proves(MARK, "eastham", number, block)
    assert not proves(MARK, "eastham", number, block.replace(old, new))


def test_every_run_of_words_is_proved_and_no_other() -> None:
    """A long span that is refused where it stands, or taken where one word of it is another."""
    dice = random.Random(5)
    words = [tokens(block) for block in paragraphs(TEXT)]
    for number, block in enumerate(words, 1):
        for start in range(len(block) - RUN + 1):
            for stop in range(start + RUN, len(block) + 1):
                span = block[start:stop]
                assert proves(MARK, "eastham", number, " ".join(span))
                span[dice.randrange(len(span))] = "otherwise"
                assert not proves(MARK, "eastham", number, " ".join(span))


def test_proof_is_bound_to_source_and_paragraph() -> None:
    """Words of one paragraph or source that prove another."""
    assert proves(MARK, "eastham", 3, SAID)
    assert not proves(MARK, "eastham", 2, SAID)
    assert not proves(MARK, "westham", 3, SAID)
    assert not proves(MARK, "eastham", 0, SAID)
    assert not proves(MARK, "eastham", 3, "")
    assert not proves(MARK, "eastham", 3, "“ ”")


def test_short_spans_are_added_where_they_stand() -> None:
    """A short span that is proved anywhere, or nowhere."""
    with_spans = make(
        "eastham", TEXT, [(2, "four baths"), (2, "five baths"), (3, "four baths"), (9, "four baths"), (0, "well-run café"), (3, SAID)]
    )
    assert proves(with_spans, "eastham", 2, "four baths")
    assert with_spans - MARK == set(runs_of("eastham", 2, ["four", "baths"]))
    assert not proves(MARK, "eastham", 2, "four baths")


def test_words_and_marks() -> None:
    """Tokens cut where a sum, a date or a name would fall apart."""
    assert tokens("“£1.5bn”, 49.9%: don’t, O'Neill’s well-run R&D 24/7…") == [
        "£1.5bn",
        ",",
        "49.9%",
        ":",
        "don't",
        ",",
        "O'Neill's",
        "well-run",
        "R&D",
        "24/7",
        ".",
        ".",
        ".",
    ]


def test_a_hash_is_the_same_everywhere() -> None:
    """A normaliser or a hash that changed without a new version: every committed fingerprint would be void."""
    assert hash_run("eastham", 3, tokens(SAID)[:5]) == "fa4135455d992539"
    assert len(MARK) == sum(max(len(tokens(block)) - RUN + 1, 1) for block in paragraphs(TEXT)) - _repeats()


def _repeats() -> int:
    blocks = [tokens(block) for block in paragraphs(TEXT)]
    runs = [(n, *block[i : i + RUN]) for n, block in enumerate(blocks, 1) for i in range(max(len(block) - RUN + 1, 1))]
    return len(runs) - len(set(runs))


def test_holds() -> None:
    """A run found across a gap, or an empty one found anywhere."""
    assert holds(["a", "b", "c"], ["b", "c"])
    assert not holds(["a", "b", "c"], ["a", "c"])
    assert not holds(["a"], [])
    assert not holds([], ["a"])
