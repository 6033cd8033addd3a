"""Make the fingerprint of a source from a copy of its text, and note the copy's extent in data/sources.csv.

The text itself is never kept: only hashes of its runs of five words, and of the shorter spans in use.
"""

import argparse
import hashlib
from pathlib import Path

from mutuals import files, fingerprints
from mutuals.commands import CommandError
from mutuals.evidence import spans
from mutuals.tables import Dataset, read_dataset


def register(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", help="key of the source in data/sources.csv")
    parser.add_argument("text", type=Path, help="a file with its text, paragraphs parted by blank lines")


def read_text(path: Path) -> str:
    """A copy's text. Raises CommandError if it cannot be read as UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error


def save(data: Dataset, source_id: str, runs: set[fingerprints.Run]) -> None:
    """Write a fingerprint file."""
    records = [{"paragraph": str(paragraph), "size": str(size), "hash": hash} for paragraph, size, hash in runs]
    files.write_rows(data.root / f"data/fingerprints/{source_id}.csv", records, data.schemas["fingerprints"])


def run(arguments: argparse.Namespace) -> int:
    """Make the fingerprint and bring the source's row up to date."""
    data = read_dataset(arguments.root)
    sources = data.get("sources")
    row = sources.by_key.get(arguments.source)
    if row is None or sources.reading.faults:
        raise CommandError(f"data/sources.csv has no row “{arguments.source}”, or is not in order; add the source first")
    text = read_text(arguments.text)
    used = [(paragraph, words) for _, _, paragraph, words in spans(data, arguments.source)]
    runs = fingerprints.make(arguments.source, text, used)
    if not runs:
        raise CommandError(f"{arguments.text} holds no words")
    row["paragraphs"] = str(len(fingerprints.paragraphs(text)))
    row["sha256"] = hashlib.sha256(arguments.text.read_bytes()).hexdigest()
    row["normaliser"] = str(fingerprints.VERSION)
    save(data, arguments.source, runs)
    files.write_rows(data.root / sources.file, sources.records, sources.schema)
    print(f"{arguments.source}: {row['paragraphs']} paragraphs, {len(runs)} hashes")
    return 0
