"""Pages: made from the tables, and true to them."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from repository import Repository

from mutuals import book, pages
from mutuals.book import BookError
from mutuals.pages.view import FOLDERS, LISTED

# Pages that Sphinx makes.
HAND_WRITTEN = ("index", "method", "contribute", "worked-example", "fork", "policy")


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
    """A record that no address leads to, or only one that an old link does not know."""
    made, view = written(repo, root), pages.read(repo.root)
    for name in FOLDERS:
        assert {f"{FOLDERS[name]}/{id}" for id in view.data.get(name).by_key} <= set(made)
    for name, page in LISTED.items():
        for id in view.data.get(name).by_key:
            listed, anchor = view.place(name, id).split(".html#")
            assert anchor == id and f'id="{id}"' in made[page] and f'id="{id}"' in made[listed]
            assert f'href="{"../" * listed.count("/")}{view.address(name, id)}"' in made[listed]


def test_every_link_between_generated_pages_leads_somewhere(repo: Repository, root: Path) -> None:
    """A link to a page or to a place on it that is not there."""
    made = {address: BeautifulSoup(text, "html.parser") for address, text in written(repo, root).items()}
    made = {address: page for address, page in made.items() if page.find("main") and address != "404"}
    places = {address: {tag["id"] for tag in page.select("[id]")} for address, page in made.items()}
    lost = set()
    for address, page in made.items():
        for link in page.select("main a[href]"):
            path, _, anchor = urljoin(f"x/{address}.html", link["href"]).partition("#")
            to = path.partition("?")[0].removeprefix("x/").removesuffix(".html")
            if urlsplit(path).scheme or to.startswith(("notebooks/", "data/", "schemas/")) or to in HAND_WRITTEN:
                continue
            if not (to in made and (not anchor or anchor in places[to])) and not (repo.root / "_build" / to).is_file():
                lost.add((address, link["href"]))
    assert lost == set()


def test_a_changed_cell_changes_the_pages(repo: Repository, root: Path) -> None:
    """A number that was typed into a page."""
    repo.row("figures", figure_id="mutuals-staff-2014")["value"] = "21234"
    gone = repo.rows("events").pop()["event_id"]
    repo.rows("evidence/events")[:] = [row for row in repo.rows("evidence/events") if row["row_id"] != gone]
    events = len(repo.rows("events"))
    repo.save()
    made = written(repo, root)
    assert "21,234" in made["index"] and "21,234" in made["numbers/staff"]
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
