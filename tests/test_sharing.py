"""What other programs read: structured data that nothing can break out of, a sitemap of every page, a feed, cards."""

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from repository import Repository

from mutuals import pages
from mutuals.pages import cards, sharing
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
    repo.bind(root)
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


def test_every_page_has_a_card_of_its_own_with_its_words(published: Path) -> None:
    """A link that unfolds into the card of another page, into none, or into a picture without a description."""
    seen = {}
    for path in sorted(published.rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        if path.name == "404.html":
            continue
        said = {tag["property"]: tag["content"] for tag in page.select("meta[property]")}
        card = published / said["og:image"].removeprefix(SITE)
        assert said["og:title"] in said["og:image:alt"] and said["og:description"] in said["og:image:alt"], path
        with Image.open(card) as picture:
            assert picture.size == cards.SIZE
        words = (said["og:title"], said["og:description"])
        assert seen.setdefault(card.read_bytes(), words)[0][:60] == words[0][:60], path
    assert len(seen) > 100


def drawn(title: str, line: str) -> bytes:
    """A card as bytes."""
    file = io.BytesIO()
    cards.card(title, line).save(file, "PNG", bits=2)
    return file.getvalue()


@pytest.mark.parametrize("words", [HOSTILE, "W" * 500, "a\0b\u202e\ufeff", "漢字 مرحبا 😀", "", " \n\t", "x " * 3000, "{{ 7 * 7 }} %s \\"])
def test_a_hostile_title_breaks_no_card(words: str) -> None:
    """A title that ends the build, runs over the edge, or hides whose card it is."""
    shown = Image.open(io.BytesIO(drawn(words, words))).convert("L")
    plain = Image.open(io.BytesIO(drawn("", ""))).convert("L")
    for box in ((0, 0, cards.MARGIN - 8, cards.SIZE[1]), (cards.SIZE[0] - 12, 0, *cards.SIZE), (0, cards.FOOT, *cards.SIZE)):
        assert shown.crop(box).tobytes() == plain.crop(box).tobytes()


def test_a_card_changes_with_its_words_and_with_nothing_else() -> None:
    """A card that is drawn otherwise the second time, or whose words do not reach it."""
    assert drawn("Epic CIC", "It closed.") == drawn("Epic CIC", "It closed.")
    assert len({drawn("Epic CIC", "It closed."), drawn("Epic CIC", "It ended."), drawn("Epic", "It closed.")}) == 3


def test_the_feed_tells_each_version(published: Path, root: Path) -> None:
    """A feed that readers refuse, or that leaves a version out."""
    feed = ET.parse(published / "feed.xml").getroot()
    told = sharing.changes((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert told and all(items for _, _, items in told)
    assert [entry.find("a:title", NAMES).text.split(",")[0] for entry in feed.iterfind("a:entry", NAMES)] == [
        version for version, _, _ in told
    ]
    assert all(entry.find("a:updated", NAMES).text.endswith("T00:00:00Z") for entry in feed.iterfind("a:entry", NAMES))


def test_words_and_numbers_are_described_with_who_said_them(published: Path) -> None:
    """A quotation or a claim without its author, or a hostile name as markup in either."""
    found = {}
    for address in ("quotations/unite-sofa", "claims/mutuals-staff-2014", "people/dan-gregory", "events/pathfinders-announced"):
        page = BeautifulSoup((published / f"{address}.html").read_text(encoding="utf-8"), "html.parser")
        found[address] = json.loads(page.select_one('script[type="application/ld+json"]').string)
        assert found[address]["url"] == f"{SITE}{address}.html"
    assert [described["@type"] for described in found.values()] == ["Quotation", "Claim", "Person", "Article"]
    assert found["quotations/unite-sofa"]["creator"] == {"@type": "Organization", "name": HOSTILE}
    assert (
        "35,000" in found["claims/mutuals-staff-2014"]["name"] and found["claims/mutuals-staff-2014"]["author"]["name"] == "Cabinet Office"
    )


def test_without_a_known_address_nothing_absolute_is_written(core: Path, root: Path, tmp_path: Path) -> None:
    """A canonical address that was guessed, or cards that no page can name."""
    sharing.site.cache_clear()
    assert sharing.site(root) == ""
    sharing.write(root, tmp_path, pages.read(core))
    assert list(tmp_path.iterdir()) == []


def test_a_lost_page_leads_on(published: Path) -> None:
    """A 404 page whose links only work at the root of a host."""
    page = BeautifulSoup((published / "404.html").read_text(encoding="utf-8"), "html.parser")
    assert page.select_one("main a")["href"].startswith("/book/")
    assert page.select_one('link[rel="stylesheet"]')["href"] == "/book/_static/spunout.css"
