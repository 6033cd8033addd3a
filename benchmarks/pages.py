"""How heavy and how fast the pages are: bytes, requests, first and largest paint, shifts and long tasks, on a slow phone.

    python benchmarks/pages.py [--runs 3] [PAGE ...]

Serves _build/html on a local port and opens each page in headless Chromium with an empty cache, at 1.6 Mbit/s, 150 ms
and a processor four times slower. Sizes are what goes over the wire, without compression. Prints a table; nothing is
asserted here, since machines are noisy: sizes are held by tests/test_budget.py. The first row is a page of one word, the
peer: what the machine and the browser take by themselves.
"""

import argparse
import statistics
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from mutuals import browser as chromium

ROOT = Path(__file__).resolve().parents[1]
BARE = "bare"
PAGES = [
    BARE,
    "index",
    "notebooks/pathfinders",
    "notebooks/survival",
    "spin-outs/epic-cic",
    "contracts/hinchingbrooke-2012",
    "pathfinders/kensington-and-chelsea",
    "spin-outs",
    "explore/contracts",
    "search",
    "method",
]
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
WATCH = """() => {
    window.seen = {lcp: 0, cls: 0, long: 0, chart: 0};
    new PerformanceObserver(l => l.getEntries().forEach(e => seen.lcp = e.startTime)).observe({type: "largest-contentful-paint", buffered: true});
    new PerformanceObserver(l => l.getEntries().forEach(e => { if (!e.hadRecentInput) seen.cls += e.value; })).observe({type: "layout-shift", buffered: true});
    new PerformanceObserver(l => l.getEntries().forEach(e => seen.long = Math.max(seen.long, e.duration))).observe({type: "longtask", buffered: true});
    const look = () => {
        const svg = [...document.querySelectorAll("figure svg")].find(s => s.checkVisibility() && !s.querySelector("[data-later]"));
        if (svg) seen.chart = performance.now();
        else requestAnimationFrame(() => setTimeout(look)); // after the frame, which may still put parts off
    };
    look();
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A file server that prints nothing and keeps its connections."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or the bare page."""
        if self.path != f"/{BARE}.html":
            return super().do_GET()
        page = b"<!doctype html><title>Bare</title><p>Nothing</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
        return None

    def log_message(self, *args: object) -> None:
        """Print nothing."""


def measure(browser: Browser, address: str) -> dict[str, float]:
    """One load of a page with an empty cache: bytes, requests and milliseconds."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", NETWORK)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.add_init_script(f"({WATCH})()")
        page.goto(address, wait_until="load")
        page.wait_for_timeout(600)
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
        return {"bytes": sum(sizes), "requests": len(sizes), "first paint": paint, **page.evaluate("window.seen")}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("pages", nargs="*", default=PAGES)
    options, path = parser.parse_args(), chromium.find()
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT / "_build/html"))) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        print("| page | kB | requests | first paint ms | largest paint ms | chart ms | shift | longest task ms |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name in options.pages:
            runs = [measure(browser, f"http://127.0.0.1:{server.server_port}/{name}.html") for _ in range(options.runs)]
            mid = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            print(
                f"| {name} | {mid['bytes'] / 1000:.0f} | {mid['requests']:.0f} | {mid['first paint']:.0f} | {mid['lcp']:.0f} "
                f"| {mid['chart']:.0f} | {mid['cls']:.3f} | {mid['long']:.0f} |"
            )
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
