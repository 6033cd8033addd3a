"""How long a release takes, and how it grows with the rows: each format by itself, with the memory at its peak.

    python benchmarks/release.py [--times 1 10 100]

The tables of the record, so many times over: each copy has keys, names and references of its own, so that the whole is
as consistent as the record; fingerprints are left out. Each size is read and written in a process of its own, below
_build/benchmark, without the gate. Prints a table: seconds, size, peak memory, and what the workbook had to leave out.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mutuals.canonical import encode
from mutuals.schema import SEPARATOR
from mutuals.tables import SHARED, Table, read_dataset

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build/benchmark/release"
CHILD = """
import json, resource, sys
from pathlib import Path
from mutuals import exports
from mutuals.exports import workbook
seconds, peaks = {}, {}
def timed(name, took):
    seconds[name] = took
    peaks[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
import time
began = time.perf_counter()
release = exports.read(Path(sys.argv[1]))
release.parts
timed("reading", time.perf_counter() - began)
began = time.perf_counter()
files = exports.publish(release, Path(sys.argv[2]), timed)
timed("all, with zip and checksums", time.perf_counter() - began)
sizes = {}
for file in files:
    sizes[file.item.format] = sizes.get(file.item.format, 0) + file.size
print(json.dumps({"seconds": seconds, "peaks": peaks, "sizes": sizes, "rows": sum(part.count for part in release.canonical),
    "left": [name for name, _ in workbook.shown(release)[1]]}))
"""


def copied(table: Table, keys: set[str], times: int) -> Iterator[dict[str, str]]:
    """The rows of a table, each so many times under other keys, in about the order of these; code lists stay as they are."""
    unique = {column.name for column in table.schema.columns if column.unique}

    def cell(name: str, text: str, at: int) -> str:
        items = [f"{item}-copy{at}" if item in keys else item for item in text.split(SEPARATOR)]
        return SEPARATOR.join(items) if items != text.split(SEPARATOR) else f"{text} {at}" if name in unique else text

    for row in table.records:
        yield row
        for at in range(1, times if table.kind != "codes" else 1):
            yield {name: cell(name, text, at) for name, text in row.items()}


def multiply(times: int, target: Path) -> None:
    """Write the record so many times over below `target`."""
    data = read_dataset(ROOT)
    keyed = [table for table in data.tables.values() if table.kind not in SHARED and table.schema.columns[0].states == "key"]
    keys = {key for table in keyed for key in table.keys} | set(data.get("tombstones").column("row_id"))
    for name in ("schemas", "LICENSES"):
        shutil.copytree(ROOT / name, target / name)
    shutil.copy(ROOT / "CITATION.cff", target)
    for table in data.tables.values():
        if table.kind == "fingerprints":
            continue
        path = target / table.file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            rows, head = copied(table, keys, times), True
            while some := list(islice(rows, 10_000)):
                content = encode(some, table.schema)
                file.write(content if head else content.partition(b"\n")[2])
                head = False


def measured(times: int) -> dict:
    """What a release of the record so many times over takes."""
    folder = WORK / str(times)
    shutil.rmtree(folder, ignore_errors=True)
    multiply(times, folder / "record")
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder / "record"), str(folder / "dist")], capture_output=True, text=True)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise SystemExit(f"{times} times the record: exit {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    found = {times: measured(times) for times in parser.parse_args().times}
    print("| step | " + " | ".join(f"{one['rows']:,} rows, s" for one in found.values()) + " | grows as rows to the |")
    print("| :-- |" + " --: |" * (len(found) + 1))
    first, last = (list(found.values())[at] for at in (0, -1))
    for step in first["seconds"]:
        took = [one["seconds"][step] for one in found.values()]
        grows = math.log(max(took[-1], 1e-3) / max(took[0], 1e-3)) / math.log(last["rows"] / first["rows"]) if len(found) > 1 else 0
        print(f"| {step} | " + " | ".join(f"{seconds:.1f}" for seconds in took) + f" | {grows:.2f} |")
    for times, one in found.items():
        sizes = ", ".join(f"{name} {size / 1e6:,.1f}" for name, size in one["sizes"].items() if size > 1e5)
        peaks = ", ".join(f"{name} {peak:,.0f}" for name, peak in one["peaks"].items())
        print(
            f"\n{times} times: sizes in MB: {sizes}; peak memory in MB after each step: {peaks}; not in the workbook: {one['left'] or 'none'}"
        )


if __name__ == "__main__":
    main()
