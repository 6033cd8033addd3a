"""Two builds of one state of the record give the same bytes, whatever the folder, the time zone, the language and the order of hashes."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from repository import Repository

PLACES = {
    "one": {"TZ": "Pacific/Kiritimati", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1", "COLUMNS": "80"},
    "a second, düsterer place": {"TZ": "America/St_Johns", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "COLUMNS": "200"},
}
TO_BUILD = "import sys; from pathlib import Path; from mutuals.book import build; build(Path(sys.argv[1]))"


def started(tree: Path, environ: dict[str, str]) -> subprocess.Popen:
    """A build in a process of its own, begun beside others, of a site that knows its address."""
    words = [sys.executable, "-c", TO_BUILD, str(tree)]
    return subprocess.Popen(
        words,
        env=os.environ | {"SPUN_OUT_SITE": "https://spun-out.example"} | environ,
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def digests(site: Path) -> dict[str, str]:
    """Every file of a site, by what is in it."""
    return {path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sites(core: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The whole site of a small record, built at once in two places that differ in all that a build should not see."""
    folder = tmp_path_factory.mktemp("builds")
    trees = []
    for name in PLACES:
        repo = Repository.copy(core, folder / name / "record")
        repo.bind(root)
        shutil.copytree(root / "book", repo.root / "book")
        trees.append(repo.root)
    for path in sorted(trees[1].rglob("*"), reverse=True):  # as a fresh clone has them: other times, made in another order
        os.utime(path, (1_000_000_000, 1_000_000_000))
    builds = [started(tree, environ) for tree, environ in zip(trees, PLACES.values(), strict=True)]
    said = [build.communicate()[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], "\n".join(said)
    return [digests(tree / "_build/html") for tree in trees]


def test_two_builds_are_the_same_bytes(sites: list[dict[str, str]]) -> None:
    """A time, a path, a set's order or a language that got into a page, a picture, an index or a file beside them."""
    one, other = sites
    assert sorted(one) == sorted(other)
    assert [file for file in one if one[file] != other[file]] == []


def test_it_was_a_whole_site(sites: list[dict[str, str]]) -> None:
    """A comparison of little or nothing."""
    endings = {Path(file).suffix for file in sites[0]}
    assert {".html", ".json", ".js", ".css", ".svg", ".png", ".csv"} <= endings
    assert len(sites[0]) > 500 and {
        "index.html",
        "search.html",
        "assets/search-index.js",
        "sitemap.xml",
        "feed.xml",
        "notebooks/survival.html",
    } <= set(sites[0])
