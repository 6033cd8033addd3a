"""Pages: made from the tables, true to them, and safe whatever a cell holds."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from repository import Repository

from mutuals import book, pages
from mutuals.book import BookError
from mutuals.pages.view import FOLDERS, LISTED
from mutuals.tables import read_dataset

HOSTILE = "</script><img src=x onerror=alert(1)> {{ 7 * 7 }} `x` [a](javascript:b)"


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path / "repository")


def written(repo: Repository, root: Path) -> dict[str, str]:
    """Every generated page, and hand-written ones as they are filled, by their addresses."""
    target = repo.root / "_build"
    target.mkdir()
    for name in ("index", "method"):
        (target / f"{name}.md").write_text((root / f"book/{name}.md").read_text(encoding="utf-8"), encoding="utf-8")
    repo.bind(root)
    view = pages.read(repo.root)
    pages.fill(target, view)
    pages.write(repo.root, target, view)
    made = [*target.rglob("*.html"), *target.glob("*.md")]
    return {path.relative_to(target).with_suffix("").as_posix(): path.read_text(encoding="utf-8") for path in made}


def test_every_record_has_its_page_or_its_place(repo: Repository, root: Path) -> None:
    """A record that no address leads to."""
    made = written(repo, root)
    for name in FOLDERS:
        assert {f"{FOLDERS[name]}/{id}" for id in read_dataset(repo.root).get(name).by_key} <= set(made)
    for name, page in LISTED.items():
        assert all(f'id="{id}"' in made[page] for id in read_dataset(repo.root).get(name).by_key)


def test_a_hostile_cell_stays_text(repo: Repository, root: Path) -> None:
    """A cell that becomes live script, markup or a template on some page."""
    repo.row("people", person_id="dan-gregory").update(name=HOSTILE, note=HOSTILE)
    repo.row("organisations", organisation_id="unite")["note"] = HOSTILE
    repo.row("quotes", quote_id="unite-sofa").update(text=HOSTILE, note=HOSTILE)
    repo.row("figures", figure_id="cost-savings")["statement"] = HOSTILE
    repo.row("events", event_id="pcs-accuses")["title"] = HOSTILE
    repo.row("evidence/contracts", row_id="surrey-2011", relation="contradicts").update(as_read=HOSTILE, note=HOSTILE)
    repo.save()
    made = written(repo, root)
    assert sum("onerror" in text for text in made.values()) >= 6
    for address, text in made.items():
        assert live(text) == [], address


def live(text: str) -> list[str]:
    """What a page holds of elements and links that only a hostile cell brings."""
    page = BeautifulSoup(text, "html.parser")
    found = [str(tag) for tag in page.find_all(True) if tag.name == "img" or any(name.startswith("on") for name in tag.attrs)]
    found += [
        str(tag) for tag in page.select("script") if "_static/" not in tag.get("src", "") and tag.get("type") != "application/ld+json"
    ]
    found += [tag["href"] for tag in page.select("[href]") if tag["href"].startswith("javascript:")]
    return found + re.findall(r"49", "".join(tag.get_text() for tag in page.select("h1")))


def test_a_changed_cell_changes_the_pages(repo: Repository, root: Path) -> None:
    """A number that was typed into a page."""
    repo.row("figures", figure_id="mutuals-staff-2014")["value"] = "21234"
    repo.rows("events").pop()
    events = len(repo.rows("events"))
    repo.save()
    made = written(repo, root)
    assert "21,234" in made["index"] and "21,234" in made["numbers"]
    assert f"{events} events" in made["index"]


def test_downloads_are_the_files_themselves(repo: Repository, root: Path) -> None:
    """A download that differs from the repository."""
    written(repo, root)
    copies = {
        path.relative_to(repo.root / "_build").as_posix(): path
        for folder in ("data", "schemas")
        for path in (repo.root / "_build" / folder).rglob("*.*")
    }
    assert {file for file in copies if file.startswith("data/")} == {f"data/{name}.csv" for name in repo.names()}
    assert all(copy.read_bytes() == (repo.root / file).read_bytes() for file, copy in copies.items())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"execution_count": 2', '"execution_count": null', "was not run"),
        ('"output_type": "execute_result"', '"output_type": "error"', "failed"),
    ],
)
def test_a_notebook_that_was_not_run_is_not_published(root: Path, tmp_path: Path, old: str, new: str, said: str) -> None:
    """Outputs that nobody computed, which nbval lets pass."""
    text = (root / "notebooks/contracts.ipynb").read_text(encoding="utf-8")
    book.executed(root / "notebooks/contracts.ipynb")
    spoilt = tmp_path / "contracts.ipynb"
    spoilt.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BookError, match=said):
        book.executed(spoilt)


def test_every_notebook_was_run(root: Path) -> None:
    """A cell whose output is missing."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        book.executed(path)


def test_no_table_of_a_notebook_is_cut(root: Path) -> None:
    """A table "to check by hand" of which pandas shows the first and last rows only."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        assert "<td>...</td>" not in text and "<th>...</th>\\n      <td>" not in text, path.name
