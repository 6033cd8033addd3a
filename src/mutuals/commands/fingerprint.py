"""Make the fingerprint of a source from a copy of its text, and note the copy's extent in data/sources.csv.

The text itself is never kept: only hashes of its runs of five words, and of the shorter spans in use.
"""

import argparse
import hashlib
from pathlib import Path

from mutuals import fingerprints
from mutuals.changes import Changes
from mutuals.commands import CommandError
from mutuals.evidence import spans
from mutuals.proofs import read_copy, record, save_runs


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", help="key of the source in data/sources.csv")
    parser.add_argument("text", type=Path, help="a file with its text, paragraphs parted by blank lines")


def run(arguments: argparse.Namespace) -> int:
    """Make the fingerprint and bring the source's row up to date."""
    changes = Changes(arguments.root)
    row = record(changes, "sources", arguments.source)
    if row is None:
        raise CommandError(f"data/sources.csv has no row “{arguments.source}”; add the source first")
    content = read_copy(arguments.text)
    text = content.decode("utf-8-sig")
    used = [(paragraph, words) for _, _, paragraph, words in spans(changes.data, arguments.source)]
    runs = fingerprints.make(arguments.source, text, used)
    if not runs:
        raise CommandError(f"{arguments.text} holds no words")
    row["paragraphs"] = str(len(fingerprints.paragraphs(text)))
    row["sha256"], row["normaliser"] = hashlib.sha256(content).hexdigest(), str(fingerprints.VERSION)
    save_runs(changes, arguments.source, runs)
    with changes.staged():
        changes.commit()
    print(f"{arguments.source}: {row['paragraphs']} paragraphs, {len(runs)} hashes")
    return 0
