"""How soon `mutuals serve` shows what was saved, seen from outside: from the file's renaming to the page that has the new words.

    python benchmarks/serve.py [--saves 5]

Starts the command on a copy of the record, adds a sentence to a page and takes it away again, and does the same with the
name of a contract, which is our own words and stands in a table that most chapters read. Prints the seconds of each
save, from the renaming of the file until the browser is told to load again and the page that it then gets says so, with
their median and worst.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from mutuals.files import write
from mutuals.tables import read_dataset

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-u", "-c", "from mutuals.commands import main; main()", "serve", "--port"]
WORDS = "Saved for a measurement"
PORT = 8765


def get(address: str) -> str:
    """The text of a page of the site that is being served."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/{address}", timeout=60) as answer:
        return answer.read().decode()


def shown(file: Path, content: bytes, page: str, there: bool) -> float:
    """Save a file and wait until its page has the words, or has them no more; the seconds."""
    stamp = get("_stamp")
    write(file, content)
    saved = time.monotonic()
    while get("_stamp") == stamp or (WORDS in get(page)) != there:
        if time.monotonic() - saved > 60:
            raise SystemExit(f"{page} does not follow {file} within a minute")
        time.sleep(0.1)
    return time.monotonic() - saved


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=5)
    saves = parser.parse_args().saves
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "record"
        subprocess.run(["git", "clone", "--quiet", ROOT, root], check=True)
        name = read_dataset(root).tables["contracts"].column("name")[0].encode()
        ways = {
            "book/method.md": (lambda old: old + f"\n{WORDS}.\n".encode(), "method.html"),
            "data/contracts.csv": (lambda old: old.replace(name, WORDS.encode() + b" " + name, 1), "contracts.html"),
        }
        with subprocess.Popen([*COMMAND, str(PORT)], cwd=root, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            try:
                next(line for line in process.stdout if "http://" in line)
                for file, (changed, page) in ways.items():
                    old, times = (root / file).read_bytes(), []
                    for _ in range(saves):
                        times += [shown(root / file, changed(old), page, True), shown(root / file, old, page, False)]
                    print(
                        f"{file}: {' '.join(f'{t:.1f}' for t in times)}; median {statistics.median(times):.1f} s, worst {max(times):.1f} s"
                    )
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
