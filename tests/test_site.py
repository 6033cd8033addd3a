"""The built site, page by page: as files, and in a headless browser."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Site
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

SHOWN = 40  # findings printed by a failing test: enough to see the pattern
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
FETCHED_RELS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "dns-prefetch", "manifest", "modulepreload"}
FILE_PATH = re.compile(r"^\S*[\\/]\S*$|\.(svg|png|jpe?g|gif|webp|ico)$", re.IGNORECASE)
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
HEADINGS = "[...document.querySelectorAll('h1')].filter(element => element.checkVisibility()).length"
# What a reader sees of the main part: links, paragraphs, items, cells; not the tools that scripts put there.
SHOWN_PARTS = """() => [...document.querySelectorAll("main :is(a, p, li, td, th, h1, h2, h3, dt, dd)")]
    .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest("#explore-tools, #find, #find-results, .spun-ask, [role=status]") && !/^(explore|find)-/.test(e.id))
    .map(e => e.textContent.trim().slice(0, 80) + " " + (e.href || "").split("?")[0])"""
OVERFLOW = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 1);
    return wide.slice(0, 3).map(e => e.tagName.toLowerCase() + (e.className.baseVal === undefined && e.className
        ? "." + e.className.trim().replace(/\\s+/g, ".") : "")).join(", ") || "(nothing in the body)";
}"""


@dataclass
class Parsed(HTMLParser):
    """What the tests ask of one page's HTML."""

    lang: str = ""
    title: str = ""
    main: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    alts: list[tuple[str, str | None]] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, links, images and what the page fetches."""
        given = dict(attrs)
        self.ids.update(value for key in ("id", "name") if (value := given.get(key)))
        if tag in {"head", "svg", "main", "title", "script", "style", "template"}:
            self.inside.append(tag)
        if tag == "html":
            self.lang = given.get("lang") or ""
        if tag == "img":
            self.alts.append((given.get("src") or "", given.get("alt")))
        if tag in {"a", "area", "use", "link"}:
            self.links += [value for key in ("href", "xlink:href") if (value := given.get(key))]
        if tag in FETCHED and (value := given.get(FETCHED[tag])):
            self.fetched.append(value)
        if tag == "link" and FETCHED_RELS.intersection((given.get("rel") or "").split()):
            self.fetched.append(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and whatever was left open within it."""
        if tag in self.inside:
            del self.inside[len(self.inside) - 1 - self.inside[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Keep the page's title and the text of its main part."""
        if self.inside[-2:] == ["head", "title"]:
            self.title += data
        elif "main" in self.inside and not {"script", "style", "template"}.intersection(self.inside):
            self.main += data


def none(findings: Iterable[str]) -> None:
    """Fail with every finding, up to a limit, if there is one."""
    found = list(findings)
    assert not found, f"{len(found)} found:\n" + "\n".join(found[:SHOWN])


@pytest.fixture(scope="module")
def parsed(site: Site) -> dict[Path, Parsed]:
    """Every page of the site, read once."""
    pages = {}
    for path in site.pages:
        pages[path] = Parsed()
        pages[path].feed((site.folder / path).read_text(encoding="utf-8"))
    return pages


def test_site_has_pages(site: Site) -> None:
    assert Path("index.html") in site.pages
    assert len(site.pages) > 5


def test_samples_are_of_every_template(root: Path, samples: dict[Path, str]) -> None:
    """A kind of page that the tests of pages do not look at."""
    folder = root / "src/mutuals/pages/templates"
    known = {path.name for path in folder.glob("*.html")}
    imported = {
        name for path in folder.glob("*.html") for name in re.findall(r"(?:import|extends|include) '([^']+)'", path.read_text("utf-8"))
    }
    assert known - imported == {template for template in samples.values() if template}
    assert {path.parent.name for path in samples} >= {"notebooks", "figures", "explore"}


def test_each_page_names_its_language_and_itself(parsed: dict[Path, Parsed]) -> None:
    none(
        f"{path}: found lang {page.lang!r} and title {page.title.strip()!r}, wanted lang en… and a title"
        for path, page in parsed.items()
        if not (page.lang.startswith("en") and page.title.strip())
    )


def test_images_are_described(parsed: dict[Path, Parsed]) -> None:
    none(
        f"{path}: {src} has alt {alt!r}"
        for path, page in parsed.items()
        for src, alt in page.alts
        if alt is None or FILE_PATH.search(alt.strip())
    )


def test_pages_name_nothing_to_fetch_from_elsewhere(parsed: dict[Path, Parsed]) -> None:
    none(
        f"{path}: {url}"
        for path, page in parsed.items()
        for url in page.fetched
        if urlsplit(url).netloc or urlsplit(url).scheme not in {"", "data"}
    )


def broken(site: Site, parsed: dict[Path, Parsed], path: Path, link: str) -> str:
    """Why this link of this page leads nowhere within the site; empty if it's good or leads elsewhere."""
    parts = urlsplit(urljoin(f"http://site/{quote(path.as_posix())}", link))
    if (parts.scheme, parts.netloc) != ("http", "site"):
        return ""
    target = Path(unquote(parts.path).lstrip("/"))
    if parts.path.endswith("/"):
        target /= "index.html"
    if not (site.folder / target).is_file():
        return f"{path}: {link} leads to no file"
    anchor = unquote(parts.fragment)
    if anchor and anchor != "top" and target in parsed and anchor not in parsed[target].ids:
        return f"{path}: {link} leads to no such place on the page"
    return ""


def test_internal_links_and_anchors_lead_somewhere(site: Site, parsed: dict[Path, Parsed]) -> None:
    links = {(path, link) for path, page in parsed.items() for link in [*page.links, *page.fetched]}
    none(filter(None, (broken(site, parsed, path, link) for path, link in sorted(links))))


def test_main_text_is_in_the_file_itself(parsed: dict[Path, Parsed]) -> None:
    none(
        f"{path}: {len(page.main.split())} words in <main> before any script has run"
        for path, page in parsed.items()
        if path.stem not in {"search", "genindex"} and len(page.main.split()) < 10
    )


def watch(page: Page, origin: str) -> list[str]:
    """A list that fills with all that goes wrong in this tab."""
    found: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(f"{page.url}: console: {message.text} ({message.location['url']})")

    def request(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", "data:", f"blob:{origin}")):
            found.append(f"{page.url}: asks outside the site: {request.url}")

    def response(response: Response) -> None:
        if response.status >= 400:
            found.append(f"{page.url}: {response.status} {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left unfinished when we went on to the next page
            found.append(f"{page.url}: {request.failure} {request.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: found.append(f"{page.url}: error: {error.message}"))
    page.on("request", request)
    page.on("response", response)
    page.on("requestfailed", failed)
    return found


def looked_at(site: Site) -> list[Path]:
    """Every page but those of single records; of these, every so many of each folder, the longest among them."""
    folders: dict[Path, list[Path]] = {}
    for path in site.pages:
        folders.setdefault(path.parent, []).append(path)
    chosen: list[Path] = []
    for folder, paths in folders.items():
        if folder.name in ("", "notebooks"):
            chosen += paths
        else:
            longest = sorted(paths, key=lambda path: -(site.folder / path).stat().st_size)[:2]
            chosen += [*longest, *paths[:: max(1, len(paths) // 4)]]
    return list(dict.fromkeys(chosen))


def test_every_kind_of_page_opens_cleanly_with_one_heading_and_fits_320_pixels(page: Page, site: Site) -> None:
    found = watch(page, site.origin)
    page.set_viewport_size({"width": 320, "height": 640})
    for path in looked_at(site):
        page.goto(site.url(path), wait_until="load")
        if wide := page.evaluate(OVERFLOW):
            found.append(f"{path}: scrolls sideways at 320 px: {wide}")
        if (count := page.evaluate(HEADINGS)) != 1:
            found.append(f"{path}: {count} level 1 headings are shown, wanted 1")
    page.wait_for_timeout(500)
    none(found)


def violations(page: Page) -> Iterator[str]:
    """What axe has against this page as it now stands, with all that can be opened open."""
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    for violation in Axe().run(page, options=AXE_OPTIONS).response["violations"]:
        targets = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
        yield f"{violation['id']} ({len(violation['nodes'])} times): {targets}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site: Site, samples: dict[Path, str], scheme: str) -> None:
    found = []
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        for path in samples:
            for width in (1280, 360):  # loaded anew, since the theme makes what scrolls focusable when it loads
                page.set_viewport_size({"width": width, "height": 800})
                page.goto(site.url(path), wait_until="load")
                paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
                if (paper == "rgb(255, 255, 255)") != (scheme == "light"):
                    found.append(f"{path}: on {paper} where {scheme} is asked for")
                found += [f"{path}, {scheme}, {width} px: {line}" for line in violations(page)]
    none(found)


def test_main_text_is_shown_without_javascript(browser: Browser, site: Site, samples: dict[Path, str]) -> None:
    found = []
    with browser.new_context(java_script_enabled=False) as off, browser.new_context() as on:
        plain, scripted = off.new_page(), on.new_page()
        for path in samples:
            shown = []
            for page in (plain, scripted):
                page.goto(site.url(path), wait_until="load")
                shown.append(set(page.evaluate(SHOWN_PARTS)))
            lost = {part for part in shown[1] - shown[0] if not part.startswith("Search")}
            if not plain.locator("main h1").filter(visible=True).count() or lost:
                found.append(f"{path}: not without JavaScript: {sorted(lost)[:3]}")
    none(found)
