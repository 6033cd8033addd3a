"""How fast the gate is: beside frictionless, pandera and plain DuckDB with the same rules, on tables of 10^3 to 10^6 rows.

    make benchmark                                     everything, and renew benchmarks/results/gate.csv
    python benchmarks/gate.py [--rows 1000 10000] [--runs 3] [--peers DuckDB]
    python benchmarks/gate.py --profile 100000         where the gate's time goes, instead

Makes invented tables with planted faults (benchmarks/tables.py) below _build/benchmark, and runs every tool on them in a
process of its own: its imports and its check are timed inside, the first finding and the verdict from the start of the
process, its memory at its peak, its findings against what was planted. The real record with one fault planted is checked
beside `python -c "import great_expectations"`. Takes the median of the runs, tools taking turns; the largest tables once.
Writes the CSV that the chapter on the gate reads (then: make notebooks), and prints a Markdown table of ratios.

The peers' rules are derived from schemas/*.json by benchmarks/asked.py; how many each can say stands beside its times.
Peers live in an environment of their own, _build/peers, which "make benchmark" makes of the locked group "peers".
"""

import argparse
import cProfile
import csv
import importlib
import json
import math
import os
import platform
import pstats
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import tables
from peer import FIRST

from mutuals.files import write_rows
from mutuals.tables import read_dataset

ROOT = Path(__file__).resolve().parents[1]
HERE, WORK, RESULTS = ROOT / "benchmarks", ROOT / "_build/benchmark", ROOT / "benchmarks/results/gate.csv"
PEERS = ROOT / "_build/peers/bin/python"
GATE, GX, RECORD = "gate", "import great_expectations", "the record"
SIZES, ONCE = [1_000, 10_000, 100_000, 1_000_000], 1_000_000
TOOLS = {
    "frictionless": [PEERS, HERE / "peer_frictionless.py"],
    "DuckDB": [PEERS, HERE / "peer_duckdb.py"],
    "pandera": [PEERS, HERE / "peer_pandera.py"],
    "pandera with our readings": [PEERS, HERE / "peer_pandera.py"],
}
MORE = {"pandera with our readings": ["--readings"]}
HEADER = [
    "date", "machine", "tables", "rows", "tool", "version", "rules", "checks", "runs", "import_s", "check_s", "first_finding_s",
    "verdict_s", "cpu_s", "peak_mb", "findings", "planted", "located",
]  # fmt: skip
FINDING = re.compile(r"(?P<file>data/[^:]+|\S+):(?P<line>\d+)(?::(?P<column>\w+))?  .*\[(?P<rule>[a-z-]+\.[a-z-]+)\]")
Place = tuple[str, int, str]


@dataclass
class Run:
    """One process: seconds from its start to its first finding and its end, of its processors, megabytes at its peak, and what it said."""

    first: float | None
    verdict: float
    cpu: float
    peak: float
    lines: list[str] = field(repr=False)

    @property
    def said(self) -> dict:
        """The JSON that a peer ends with."""
        return json.loads(self.lines[-1])

    @property
    def places(self) -> set[Place]:
        """Where the gate's command found something."""
        found = (FINDING.match(line) for line in self.lines)
        return {(match["file"], int(match["line"]), match["column"] or "") for match in found if match}


def run(command: list[object], expected: tuple[int, ...] = (0,)) -> Run:
    """Run a command to its end. Raises RuntimeError with what it said if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # else each start compiles all
    began, first, lines = time.perf_counter(), None, []
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, cwd=HERE, env=environment) as process:
        assert process.stdout
        for line in iter(process.stdout.readline, b""):
            lines.append(line.decode())
            if first is None and (line.startswith(FIRST.encode()) or FINDING.match(lines[-1])):
                first = time.perf_counter() - began
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    if process.returncode not in expected:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}: {''.join(lines[-3:])}")
    return Run(first, took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3), lines)


def middle(values: list[float | None]) -> float | str:
    """The median of seconds or megabytes; blank where there is none."""
    known = [value for value in values if value is not None]
    return round(statistics.median(known), 3) if known else ""


def row(kind: str, rows: int, tool: str, runs: list[Run], **more: object) -> dict[str, object]:
    """A row of results."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    measured = {
        "first_finding_s": middle([run.first for run in runs]),
        "verdict_s": middle([run.verdict for run in runs]),
        "cpu_s": middle([run.cpu for run in runs]),
        "peak_mb": round(max(run.peak for run in runs)),
    }
    same = {"date": date.today().isoformat(), "machine": machine, "tables": kind, "rows": rows, "tool": tool, "runs": len(runs)}
    return {**dict.fromkeys(HEADER, ""), **same, **measured, **more}


def inside(runs: list[Run]) -> dict[str, object]:
    """What a peer timed itself."""
    last = runs[-1].said
    times = {name: middle([run.said[name] for run in runs]) for name in ("import_s", "check_s")}
    return {**times, "version": last["version"], "rules": len(last["rules"]), "checks": last["checks"]}


def planted(folder: Path) -> list[Place]:
    """Where the faults are."""
    return [(fault["file"], fault["line"], fault["column"]) for fault in json.loads((folder / "planted.json").read_text(encoding="utf-8"))]


def command(folder: Path) -> list[object]:
    """The gate as people run it."""
    return [Path(sys.executable).with_name("mutuals"), "check", "--root", folder]


def of_size(size: int, runs: int, tools: list[str]) -> Iterator[dict[str, object]]:
    """Every tool on tables of a size. Raises RuntimeError if the gate finds anything in the same tables without faults."""
    clean, folder = WORK / f"clean-{size}", WORK / f"planted-{size}"
    for place in (clean, folder):
        shutil.rmtree(place, ignore_errors=True)
    tables.write(ROOT, clean, size)
    run(command(clean))
    rows = sum(tables.write(ROOT, folder, size, planted=True).values())
    faults = set(planted(folder))
    calls = {GATE: [sys.executable, HERE / "peer_gate.py", folder]}
    calls |= {tool: [*TOOLS[tool], folder, *MORE.get(tool, [])] for tool in tools}
    done: dict[str, list[Run]] = {tool: [] for tool in calls}
    whole = []
    for _ in range(1 if size >= ONCE else runs):
        whole.append(run(command(folder), (0, 1)))
        for tool, call in calls.items():
            done[tool].append(run(call))
    for tool, mine in done.items():
        found = [tuple(place) for place in mine[-1].said["found"]]
        places = whole[-1].places if tool == GATE else {place[:3] for place in found}
        counts = {"findings": len(found), "planted": len(faults), "located": len(faults & places)}
        yield row("invented", rows, tool, whole if tool == GATE else mine, **inside(mine), **counts)


def of_record(runs: int) -> Iterator[dict[str, object]]:
    """The gate on the real record with one fault planted, beside the import of Great Expectations."""
    folder = WORK / "record"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("data", "schemas", "validation"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    data = read_dataset(folder)
    table = data.get("spin_outs")
    spoilt = next(record for record in table.records if record["staff"])
    spoilt["staff"] += "0"
    write_rows(folder / table.file, table.records, table.schema)
    fault = (table.file, table.reading.lines[table.records.index(spoilt)], "staff")
    took: dict[str, list[Run]] = {GATE: [], GX: []}
    for _ in range(runs):
        took[GX].append(run([sys.executable, "-c", GX]))
        took[GATE].append(run(command(folder), (1,)))
    rows = sum(len(table.records) for table in data.tables.values())
    places = took[GATE][-1].places
    yield row(RECORD, rows, GX, took[GX])
    yield row(RECORD, rows, GATE, took[GATE], findings=len(places), planted=1, located=int(fault in places))


def exponent(times: dict[int, float]) -> float:
    """The slope of time over number, both as logarithms: 1 is linear, 2 quadratic."""
    return statistics.linear_regression(*zip(*((math.log(n), math.log(t)) for n, t in times.items()), strict=True)).slope


def told(results: list[dict]) -> str:
    """The results as Markdown, each tool's times with the ratio of the gate's to it."""
    shown, ratios = HEADER[2:5] + HEADER[6:7] + HEADER[9:], ("check_s", "verdict_s", "cpu_s")
    titles = [*shown, *(f"{name}: gate / it" for name in ratios)]
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * 3}{' ---: |' * (len(titles) - 3)}"]
    for result in results:
        ours = next(r for r in results if r["tool"] == GATE and (r["tables"], r["rows"]) == (result["tables"], result["rows"]))
        times = [f"{ours[name] / result[name]:.2f}" if ours[name] and result[name] else "" for name in ratios]
        lines.append(f"| {' | '.join([*(str(result[name]) for name in shown), *times])} |")
    for tool in dict.fromkeys(r["tool"] for r in results):
        times = {r["rows"]: r["check_s"] for r in results if r["tool"] == tool and r["check_s"]}
        lines += [f"\ncheck of {tool}: rows to the power of {exponent(times):.2f}"] if len(times) > 1 else []
    return "\n".join(lines)


def profile(size: int) -> None:
    """Print where the gate's time goes: the functions that take most of it themselves, and those of ours with all they call."""
    folder = WORK / f"clean-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    tables.write(ROOT, folder, size)
    importlib.import_module("great_expectations")  # whose import is no part of the check

    from mutuals.check import check

    profiler = cProfile.Profile()
    profiler.runcall(check, folder)
    stats = pstats.Stats(profiler).strip_dirs()
    stats.sort_stats("tottime").print_stats(15)
    pstats.Stats(profiler).sort_stats("cumtime").print_stats(r"(src/mutuals|validation)/", 25)


def main() -> None:
    """Measure, write and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--out", type=Path, help="where to write the CSV; by default the committed one, if all was measured")
    parser.add_argument("--profile", type=int, metavar="ROWS")
    options = parser.parse_args()
    if options.profile:
        return profile(options.profile)
    if options.peers and not PEERS.is_file():
        parser.error("the peers are not installed: run “make benchmark”, or say --peers without a name")
    results = []
    for part in [of_record(options.runs), *(of_size(size, options.runs, options.peers) for size in options.rows)]:
        for result in part:
            results.append(result)
            print(f"{result['tables']} {result['rows']:,} {result['tool']}: {result['verdict_s']} s", file=sys.stderr, flush=True)
    print(told(results))
    whole = options.rows == SIZES and options.peers == list(TOOLS)
    path = options.out or (RESULTS if whole else None)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(results)
    return None


if __name__ == "__main__":
    main()
