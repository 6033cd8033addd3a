"""How soon `mutuals check --watch` answers a save, seen from outside: from the file's renaming to the line of the verdict.

    python benchmarks/watch.py [--saves 10]

Copies the record, starts the command on the copy, and then spoils a cell of each of its largest tables in turn, and mends
it again; the files are saved as an editor saves them. Prints the time of each save and of its mending in seconds, with
what the command said, then the median and the worst of all.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from mutuals.files import write
from mutuals.tables import Table, read_dataset

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-u", "-c", "from mutuals.commands import main; main()", "check", "--watch", "--root"]
VERDICT = re.compile(r"(?:no|\d+) findings?\b")


def spoilt(table: Table) -> bytes:
    """The bytes of a table with the last letter or digit of some cell in the middle of the file changed."""
    lines = (ROOT / table.file).read_bytes().splitlines(keepends=True)
    at, line = next((at, line) for at, line in enumerate(lines) if at >= len(lines) // 2 and re.search(rb"\w\w,", line))
    lines[at] = re.sub(rb"(\w)\w,", lambda found: found[1] + b"z,", line, count=1)
    return b"".join(lines)


def answer(said: IO[str]) -> tuple[float, str]:
    """When the verdict was told, and what it is; the line after it, which says how long it took by the command's own clock, is passed over."""
    verdict = next(line for line in said if VERDICT.match(line))
    told = time.monotonic()
    next(said)
    return told, verdict.strip()


def measured(saves: int) -> list[float]:
    """The seconds of each save; prints them."""
    data = read_dataset(ROOT)
    largest = sorted(data.tables.values(), key=lambda table: -(ROOT / table.file).stat().st_size)[:saves]
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("data", "schemas", "validation"):
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        with subprocess.Popen([*COMMAND, folder], stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
            assert process.stdout
            answer(process.stdout)
            for table in largest:
                verdicts = []
                for content in (spoilt(table), (ROOT / table.file).read_bytes()):
                    write(Path(folder) / table.file, content)
                    saved = time.monotonic()
                    told, verdict = answer(process.stdout)
                    times.append(told - saved)
                    verdicts.append(verdict)
                print(f"{table.name:24} {times[-2]:.2f} s, {verdicts[0]}; {times[-1]:.2f} s, {verdicts[1]}", flush=True)
            process.terminate()
    return times


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=10)
    times = measured(parser.parse_args().saves)
    print(f"median {statistics.median(times):.2f} s, worst {max(times):.2f} s, of {len(times)} saves")


if __name__ == "__main__":
    main()
