"""How the time to build grows with the number of record pages, beside a bare Jupyter Book of the same pages.

    python benchmarks/build.py [--pages 100 300 1000 3000] [--bare 100 300]

Ours: the pages of that many records (real ones, again under other keys where there are too few) rendered and written.
Bare: the same texts as Markdown, built by jupyter-book with its stock theme and configuration, in a folder of its own.
Prints a table with the ratio of the two, and the exponent of growth fitted to each. The bare book takes minutes.
"""

import argparse
import itertools
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bs4 import BeautifulSoup

from mutuals import pages
from mutuals.pages.view import FOLDERS, View

ROOT = Path(__file__).resolve().parents[1]


def records(view: View, count: int) -> list[tuple[str, str, dict]]:
    """That many record pages: address, template and context."""
    real = [
        (address, *page)
        for address, page in pages.pages(ROOT, view).items()
        if address.partition("/")[0] in FOLDERS.values() and "/" in address
    ]
    again = itertools.cycle(real)
    return [
        (address if n < len(real) else f"{address}-{n}", template, context)
        for n, (address, template, context) in zip(range(count), again, strict=False)
    ]


def ours(view: View, count: int, folder: Path) -> float:
    """Seconds to render and write the pages."""
    chosen, templates = records(view, count), pages.environment(ROOT, view)
    began = time.perf_counter()
    for address, template, context in chosen:
        path = folder / f"{address}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(templates.get_template(template).render(base="../", address=address, **context()), encoding="utf-8")
    return time.perf_counter() - began


def bare(source: Path, folder: Path) -> float:
    """Seconds that a bare jupyter-book takes for the same texts, as Markdown."""
    entries = []
    for path in sorted(source.rglob("*.html")):
        main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").main
        title, *rest = (" ".join(text.split()) for text in main.get_text("\n").split("\n") if text.strip())
        name = path.relative_to(source).with_suffix("").as_posix().replace("/", "-")
        (folder / f"{name}.md").write_text(f"# {title}\n\n" + "\n\n".join(rest), encoding="utf-8")
        entries.append(name)
    (folder / "index.md").write_text("# Home\n\nAll records.\n", encoding="utf-8")
    (folder / "_config.yml").write_text("title: Bare\nexecute:\n  execute_notebooks: 'off'\n", encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "format: jb-book\nroot: index\nchapters:\n" + "".join(f"- file: {name}\n" for name in entries), encoding="utf-8"
    )
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(folder), "-q"]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def exponent(times: dict[int, float]) -> float:
    """The slope of time over number, both as logarithms: 1 is linear, 2 quadratic."""
    points = [(math.log(n), math.log(t)) for n, t in times.items()]
    mx, my = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((x - mx) * (y - my) for x, y in points) / sum((x - mx) ** 2 for x, _ in points)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[100, 300, 1000, 3000])
    parser.add_argument("--bare", type=int, nargs="*", default=[100, 300])
    options = parser.parse_args()
    view, mine, theirs = pages.read(ROOT), {}, {}
    print("| record pages | ours, s | ms a page | bare Jupyter Book, s | bare / ours |\n| ---: | ---: | ---: | ---: | ---: |")
    ours(view, 50, Path(tempfile.mkdtemp()))  # templates are compiled once
    for count in options.pages:
        with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
            mine[count] = ours(view, count, Path(here))
            shown = "| |"
            if count in options.bare:
                theirs[count] = bare(Path(here), Path(there))
                shown = f"| {theirs[count]:.0f} | {theirs[count] / mine[count]:.0f} |"
            print(f"| {count:,} | {mine[count]:.2f} | {1000 * mine[count] / count:.1f} {shown}", flush=True)
    for name, times in (("ours", mine), ("bare", theirs)):
        if len(times) > 1:
            print(f"growth of {name}: pages to the power of {exponent(times):.2f}")


if __name__ == "__main__":
    main()
