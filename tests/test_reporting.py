"""Reports of what is wrong: they name the record, as an issue where the repository is known, else as text on a page of ours."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import Site
from playwright.sync_api import Page

from mutuals.pages.reporting import report, repository

HOME = "https://code.example/spun-out"


def test_without_a_repository_a_report_leads_to_our_page() -> None:
    """A link that loses which record it was."""
    assert report("", "spin_outs/epic-cic", "x", "1", "../") == "../contribute.html?record=spin_outs/epic-cic#something-wrong"


def test_with_a_repository_a_report_is_an_issue_that_is_filled_in() -> None:
    """An issue without the record, its page or the version, or one whose words break out of their field."""
    address = urlsplit(report(HOME, "figures/a&b#c", "https://x.example/a.html", "0.1.0", "../"))
    asked = parse_qs(address.query)
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{HOME}/issues/new" and address.fragment == ""
    assert asked["title"] == ["Something wrong: figures/a&b#c"]
    assert asked["body"][0].splitlines()[:3] == ["Record: figures/a&b#c", "Page: https://x.example/a.html", "Version of the data: 0.1.0"]


def test_the_repository_comes_from_the_environment_before_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that is guessed, or one that cannot be overruled."""
    (tmp_path / "_config.yml").write_text("title: x\n", encoding="utf-8")
    monkeypatch.delenv("SPUN_OUT_REPOSITORY", raising=False)
    found = []
    for config, variable in (
        ("title: x\n", ""),
        (f"repository:\n  url: {HOME}/\n", ""),
        (f"repository:\n  url: {HOME}\n", "https://o.example"),
    ):
        (tmp_path / "_config.yml").write_text(config, encoding="utf-8")
        monkeypatch.setenv("SPUN_OUT_REPOSITORY", variable)
        repository.cache_clear()
        found.append(repository(tmp_path))
    repository.cache_clear()
    assert found == ["", HOME, "https://o.example"]


@pytest.mark.parametrize("address", ["spin-outs/epic-cic", "claims/mutuals-staff-2014", "quotations/unite-sofa", "figures/one-million"])
def test_pages_of_records_and_figures_end_with_a_report(site: Site, address: str) -> None:
    """A page on which nobody can say that it is wrong."""
    page = BeautifulSoup((site.folder / f"{address}.html").read_text(encoding="utf-8"), "html.parser")
    (link,) = [tag["href"] for tag in page.select("main a") if tag.get_text() == "Tell us"]
    assert address.rpartition("/")[2] in link


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("?record=spin_outs/epic-cic", "spin_outs/epic-cic"), ("?record=figures/one-million.html", "figures/one-million.html"),
        ("", None), ("?record=<img src=x onerror=alert(1)>", None), ("?record=a/b%0Ac", None), ("?record=" + "%22" * 3, None),
    ],
)  # fmt: skip
def test_the_report_on_our_page_has_the_record_and_nothing_else(page: Page, site: Site, asked: str, shown: str | None) -> None:
    """A report without its record, or one that prints whatever an address says."""
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.goto(f"{site.origin}/contribute.html")
    example = page.inner_text("#report-record")
    page.goto(f"{site.origin}/contribute.html{asked}")
    page.wait_for_load_state("networkidle")
    assert page.inner_text("#report-record") == (shown or example) and wrong == []
    assert page.locator("pre img").count() == 0
