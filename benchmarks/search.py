"""How fast the search answers: milliseconds a keystroke, words to drawn results, over the built record on a slow phone.

    python benchmarks/search.py [--slower 4]

Types each question letter by letter into _build/html/search.html, opened from its folder in headless Chromium with a
processor that many times slower. Prints the slowest keystrokes; ends with 1 where one takes longer than 100 ms.
"""

import argparse
import statistics
from pathlib import Path

from playwright.sync_api import sync_playwright

from mutuals import browser as chromium

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 100
QUESTIONS = [
    "hinchingbroke hospital contract",
    "andrew lansly",
    "£500 million",
    "community servises in surrey",
    "12 august 2010",
    "qqqqqqqqqqq",
]
TYPE = """questions => {
    const field = document.getElementById("find-q"), took = [];
    for (const question of questions) for (let n = 1; n <= question.length; n++) {
        field.value = question.slice(0, n);
        const began = performance.now();
        field.dispatchEvent(new Event("input"));
        document.body.getBoundingClientRect();
        took.push([performance.now() - began, field.value]);
    }
    return took.sort((a, b) => b[0] - a[0]);
}"""


def main() -> int:
    """Type, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slower", type=float, default=4)
    slower = parser.parse_args().slower
    path = chromium.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto((ROOT / "_build/html/search.html").as_uri() + "?q=surrey")
        page.wait_for_selector("#find[data-ready]")
        print(f"ready after {page.evaluate('performance.now()'):.0f} ms")
        took = page.evaluate(TYPE, QUESTIONS)
        browser.close()
    print(f"{len(took)} keystrokes, median {statistics.median(ms for ms, _ in took):.0f} ms; the slowest:")
    for ms, typed in took[:5]:
        print(f"{ms:6.0f} ms  {typed}")
    return int(took[0][0] > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
