"""The gate itself in a process of its own, as its peers run: imports apart from the check.

    python benchmarks/peer_gate.py FOLDER

The number of checks is that of the list that the peers choose from; the gate does more.
"""

import time

began = time.perf_counter()

import sys
from collections.abc import Iterator
from pathlib import Path

import great_expectations
import peer
from asked import everything

from mutuals import rules
from mutuals.check import check, sentences


def found(root: Path) -> Iterator[peer.Place]:
    """Every finding on the tables below a folder."""
    for finding in check(root):
        yield finding.file, finding.line, finding.column, finding.rule


if __name__ == "__main__":
    root = Path(sys.argv[1])
    rules.discover(root)
    peer.run(began, found, list(sentences()), sum(map(len, everything(root).values())), great_expectations.__version__)
