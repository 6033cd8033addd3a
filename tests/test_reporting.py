"""Reports of what is wrong: they name the record, as an issue where the repository is known, else as text on a page of ours."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import Site
from playwright.sync_api import Page

from mutuals.forms import forms
from mutuals.pages.reporting import NEW, WRONG, report, repository

HOME = "https://code.example/spun-out"


def test_without_a_repository_a_report_leads_to_our_page() -> None:
    """A link that loses which record it was, or which fact of it."""
    assert report("", "spin_outs/epic-cic", "1", "../") == "../contribute.html?record=spin_outs/epic-cic#something-wrong"
    assert report("", "a/b", "1", "", column="staff") == "contribute.html?record=a/b/staff#something-wrong"


@pytest.mark.parametrize("form", [WRONG, NEW])
def test_a_report_fills_fields_that_its_form_has(root: Path, form: str) -> None:
    """An issue without the record, the fact, its value or the version; a field that the form has not got, which GitHub drops in
    silence; or words that break out of their field."""
    address = urlsplit(report(HOME, "figures/a&b#c", "0.1.0, data 1234567", "../", form, "value", "£5 & <b>"))
    asked = {name: text for name, (text,) in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{HOME}/issues/new" and address.fragment == ""
    assert asked.pop("template") == f"{form}.yml" and "figures/a&b#c" in asked.pop("title")
    wanted = {"record": "figures/a&b#c", "column": "value", "version": "0.1.0, data 1234567"}
    assert asked == wanted | ({"present": "£5 & <b>"} if form == WRONG else {})
    assert set(asked) <= set(forms(root)[form].labels)


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
    for words in ("Tell us", "Add a fact"):
        (link,) = [tag["href"] for tag in page.select("main a") if tag.get_text() == words]
        assert address.rpartition("/")[2] in link


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("?record=spin_outs/epic-cic", "spin_outs/epic-cic"), ("?record=figures/one-million.html", "figures/one-million.html"),
        ("?record=spin_outs/epic-cic/staff", "spin_outs/epic-cic/staff"),
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
