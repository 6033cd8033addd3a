"""What Lighthouse says of the built site: performance, accessibility, best practices and search engines, out of 100.

    npm install --prefix FOLDER lighthouse@12.8.2
    python benchmarks/lighthouse.py --lighthouse FOLDER/node_modules/.bin/lighthouse [--runs 3] [PAGE ...]

Lighthouse comes from npm, at the version above, and is no part of the project. It has its mobile preset: a slow network
and a processor four times slower, by simulation. _build/html is served on a local port, packed with gzip as web servers
do. Prints a table with the median of the runs, and below it every audit of another category than performance that is
not whole.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mutuals import browser as chromium

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["index", "notebooks/survival", "spin-outs/epic-cic", "explore/contracts", "search", "method"]
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class Packed(SimpleHTTPRequestHandler):
    """A file server that sends texts packed, and prints nothing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        content, kind = path.read_bytes(), self.guess_type(str(path))
        packed = kind.startswith(("text/", "application/", "image/svg"))
        content = gzip.compress(content, 6) if packed else content
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(content)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)
        return None

    def log_message(self, *args: object) -> None:
        """Print nothing."""


def report(command: str, address: str) -> dict:
    """One run of Lighthouse on a page."""
    with tempfile.TemporaryDirectory() as profile:
        flags = " ".join(["--headless", *chromium.arguments(), f"--user-data-dir={profile}"])
        options = [f"--chrome-flags={flags}", "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
        environment = {**os.environ, "CHROME_PATH": str(chromium.find())}
        done = subprocess.run([command, address, *options], env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lighthouse", default="lighthouse")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("pages", nargs="*", default=PAGES)
    options = parser.parse_args()
    faults: list[str] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Packed, directory=str(ROOT / "_build/html"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"| page | {' | '.join(CATEGORIES)} |\n| --- |{' ---: |' * len(CATEGORIES)}")
        for name in options.pages:
            runs = [report(options.lighthouse, f"http://127.0.0.1:{server.server_port}/{name}.html") for _ in range(options.runs)]
            scores = [statistics.median(100 * (run["categories"][key]["score"] or 0) for run in runs) for key in CATEGORIES]
            print(f"| {name} | {' | '.join(f'{score:.0f}' for score in scores)} |", flush=True)
            for key in CATEGORIES[1:]:
                audits = (runs[-1]["audits"][entry["id"]] for entry in runs[-1]["categories"][key]["auditRefs"] if entry["weight"])
                faults += [f"{name}: {audit['title']} ({key})" for audit in audits if audit["score"] not in (1, None)]
        server.shutdown()
    print("\n".join(["", *faults]))


if __name__ == "__main__":
    main()
