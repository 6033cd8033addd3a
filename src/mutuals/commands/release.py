"""Write the tables as files to download into dist/, if they are clean and recorded as a release of their version.

For example: mutuals release

CSV with its descriptions, SQLite, Parquet, a workbook, JSON Lines, how to cite, checksums; src/mutuals/exports has a
module for each. Two runs on the same tables give the same bytes.
"""

import argparse
from pathlib import Path


def register(parser: argparse.ArgumentParser) -> None:
    """Add the folder."""
    parser.add_argument("--to", type=Path, help="where to write; by default dist/ in the repository")


def run(arguments: argparse.Namespace) -> int:
    """Ask the gate and whether the version fits, then write each format and say how large it is."""
    from mutuals import exports, releases
    from mutuals.book import gate

    gate(arguments.root)
    releases.ready(arguments.root)
    target = arguments.to or arguments.root / exports.FOLDER
    files = exports.publish(exports.read(arguments.root), target, lambda name, seconds: print(f"{name}: {seconds:.1f} s", flush=True))
    size = sum(file.size for file in files)
    print(f"{len(files)} files, {size / 1e6:.1f} MB, are in {target}; sha256sum --check SHA256SUMS proves them")
    return 0
