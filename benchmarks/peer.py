"""The process of one peer: its imports timed apart from its check, its first finding told as it comes, the rest as JSON."""

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Place = tuple[str, int, str, str]
FIRST = "first finding"


def run(began: float, check: Callable[[Path], Iterable[Place]], rules: list[str], checks: int, version: str) -> None:
    """Check the folder named on the command line; `began` is when the process started its imports.

    Prints FIRST as soon as there is a finding, and at the end one line of JSON: seconds, rules and findings as file, line,
    column and rule.
    """
    imported = time.perf_counter()
    found: set[Place] = set()
    for place in check(Path(sys.argv[1])):
        if not found:
            print(FIRST, flush=True)
        found.add(place)
    took = {"import_s": imported - began, "check_s": time.perf_counter() - imported}
    print(json.dumps({**took, "rules": rules, "checks": checks, "version": version, "found": sorted(found)}), flush=True)
