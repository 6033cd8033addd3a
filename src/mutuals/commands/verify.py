"""Prove everything that cites a source against a copy of it that you hold.

Each as_read, quotation and erratum is looked for in its paragraph, and the copy's fingerprint is compared
with the one in the record. Exit code 0: all of it stands there; 1: something does not.
"""

import argparse
from pathlib import Path

from mutuals import fingerprints
from mutuals.commands import CommandError
from mutuals.evidence import fingerprint, spans
from mutuals.findings import shown
from mutuals.proofs import read_copy
from mutuals.tables import read_dataset


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", help="key of the source in data/sources.csv")
    parser.add_argument("--text", type=Path, required=True, help="a file with its text, paragraphs parted by blank lines")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print what does not stand in the copy."""
    data = read_dataset(arguments.root)
    kept = fingerprint(data, arguments.source)
    if kept is None:
        raise CommandError(f"there is no fingerprint data/fingerprints/{arguments.source}.csv; is the key right?")
    text = read_copy(arguments.text).decode("utf-8-sig")
    blocks = fingerprints.paragraphs(text)
    cited = spans(data, arguments.source)
    missing = 0
    for file, id, paragraph, words in cited:
        if not (0 < paragraph <= len(blocks) and fingerprints.stands(blocks[paragraph - 1], words)):
            elsewhere = [n for n, other in enumerate(blocks, 1) if fingerprints.stands(other, words)]
            hint = f"; it stands in paragraph {', '.join(map(str, elsewhere))}" if elsewhere else ""
            print(f"{file}  {id}  paragraph {paragraph} does not hold {shown(words)}{hint}")
            missing += 1
    made = fingerprints.make(arguments.source, text, [(paragraph, words) for _, _, paragraph, words in cited])
    # Runs that the record may lack: longer ones, if it has none, and words as a copy breaks or ties them.
    odd = {number for number, block in enumerate(blocks, 1) if len(fingerprints.meant(block)) > 1}
    equal = kept <= made and not any((size <= fingerprints.RUN or kept.reach) and at not in odd for at, size, _ in made - kept)
    same = (
        "the fingerprint is that of the record" if equal else "the fingerprint differs from that of the record: another version of the text"
    )
    print(f"{arguments.source}: {len(cited) - missing} of {len(cited)} spans stand in the copy; {same}")
    return 1 if missing or not equal else 0
