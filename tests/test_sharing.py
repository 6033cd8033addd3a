"""What other programs read: structured data that nothing can break out of, a sitemap of every page, a feed, cards."""

import json
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from repository import Repository

from mutuals import pages
from mutuals.pages import sharing
from mutuals.pages.frame import frame

HOSTILE = "</script><img src=x onerror=alert(1)>"
SITE = "https://spun-out.example/book/"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def published(core: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The generated pages of the small record, published at a known address, with a hostile name in it."""
    repo = Repository.copy(core, tmp_path / "repository")
    repo.row("organisations", organisation_id="unite")["name"] = HOSTILE
    repo.row("spin_outs", spin_out_id="central-surrey-health")["name"] = HOSTILE
    repo.save()
    for name in ("_toc.yml", "_config.yml", "CHANGELOG.md", "CITATION.cff", "notebooks"):
        (repo.root / name).symlink_to(root / name)
    monkeypatch.setenv("SPUN_OUT_SITE", SITE)
    sharing.site.cache_clear()
    frame.cache_clear()
    site = tmp_path / "site"
    site.mkdir()
    pages.write(repo.root, site, pages.read(repo.root))
    yield site
    sharing.site.cache_clear()
    frame.cache_clear()


def test_structured_data_holds_a_hostile_name_as_text(published: Path) -> None:
    """A name that closes the element of its own description."""
    for address in ("organisations/unite", "spin-outs/central-surrey-health"):
        page = BeautifulSoup((published / f"{address}.html").read_text(encoding="utf-8"), "html.parser")
        assert page.select("img") == []
        described = json.loads(page.select_one('script[type="application/ld+json"]').string)
        assert (described["@type"], described["name"], described["url"]) == ("Organization", HOSTILE, f"{SITE}{address}.html")


def test_the_download_page_describes_the_dataset(published: Path) -> None:
    """A dataset that search engines cannot find, or whose files are elsewhere."""
    page = BeautifulSoup((published / "download.html").read_text(encoding="utf-8"), "html.parser")
    described = json.loads(page.select_one('script[type="application/ld+json"]').string)
    assert described["@type"] == "Dataset"
    files = [part["contentUrl"].removeprefix(SITE) for part in described["distribution"]]
    assert len(files) >= 8
    assert all((published / file).is_file() for file in files)


def test_every_page_is_in_the_sitemap_and_names_its_one_address(published: Path) -> None:
    """A page that search engines miss, or find twice."""
    found = {loc.text for loc in ET.parse(published / "sitemap.xml").iterfind("s:url/s:loc", NAMES)}
    there = {path.relative_to(published).as_posix() for path in published.rglob("*.html")} - {"404.html"}
    assert found == {SITE + path for path in there}
    for path in ("contracts.html", "spin-outs/central-surrey-health.html"):
        page = BeautifulSoup((published / path).read_text(encoding="utf-8"), "html.parser")
        assert page.select_one('link[rel="canonical"]')["href"] == SITE + path
        card = page.select_one('meta[property="og:image"]')["content"].removeprefix(SITE)
        assert struct.unpack(">II", (published / card).read_bytes()[16:24]) == sharing.CARD


def test_the_feed_tells_each_version(published: Path, root: Path) -> None:
    """A feed that readers refuse, or that leaves a version out."""
    feed = ET.parse(published / "feed.xml").getroot()
    told = sharing.changes((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told and all(items for _, _, items in told)
    assert [entry.find("a:title", NAMES).text.split(",")[0] for entry in feed.iterfind("a:entry", NAMES)] == [
        version for version, _, _ in told
    ]
    assert all(entry.find("a:updated", NAMES).text.endswith("T00:00:00Z") for entry in feed.iterfind("a:entry", NAMES))


def test_without_a_known_address_nothing_absolute_is_written(core: Path, root: Path) -> None:
    """A canonical address that was guessed."""
    sharing.site.cache_clear()
    assert sharing.site(root) == ""


def test_a_lost_page_leads_on(published: Path) -> None:
    """A 404 page whose links only work at the root of a host."""
    page = BeautifulSoup((published / "404.html").read_text(encoding="utf-8"), "html.parser")
    assert page.select_one("main a")["href"].startswith("/book/")
    assert page.select_one('link[rel="stylesheet"]')["href"] == "/book/_static/spunout.css"
