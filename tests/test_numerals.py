"""Numbers in prose: what is typed into a page, a caption or a chapter is on the list below, with its reason; all else is computed.

The words of the built pages come from five places: templates, hand-written pages, the prose of notebooks, the texts that
their code puts together, and those that ours does (first sentences, cards, feeds, captions, alternative text). The typed
parts of each are read here, spelled-out numbers included, and a reason that no text needs any more has to go.
"""

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Site
from jinja2 import Environment, nodes
from repository import Repository

from mutuals import pages

SMALL = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
LARGE = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|quarter|twice|double"
NUMERAL = re.compile(rf"(?<![\w#&/-])(?:£?\d(?:[\d,.]*\d)?(?:%|bn|m|k)?|(?:{SMALL}|{LARGE})s?)(?![\w/-])", re.IGNORECASE)

# Modules outside the pages whose texts reach a reader.
SPOKEN = ("chart", "dates", "edition", "figures", "sphinx_ext", "wording")
# What may be typed: a piece of text around the number, and why it is not computed.
TYPED = {
    "swapped, a year off by one, ten times as much": "what the planted errors are",
    "or a “not” more or less": "a word of language, no count",
    "whether two edits that agree": "a way of erring, no count",
    "needs runs of more than five words": "the length of a run, which the normaliser fixes",
    "From 2009 to 2012 ministers": "the years of the sources read in full and of what they tell; a bound of the subject",
    "a screen of 320 pixels": "the width that the tests use, as the guidelines ask",
    "At 400 per cent": "the enlargement that the tests use, as the guidelines ask",
    "Codes of dates, such as 2011~": "an example of a code",
    "Guidelines 2.2 at level": "the number of a standard",
    "within half a year": "a limit that the code beside it sets",
    "ISO 8601": "the number of a standard",
    "UTF-8": "the name of an encoding",
    "CC BY 4.0": "the name of a licence",
    "95 per cent interval": "the level of an interval, a convention",
    "in 100": "per cent, in words",
    "for every 100": "per cent, in words",
    "Of every 100 workers": "per cent, in words",
    "Each hundred squares": "how the picture is drawn: one square for each per cent",
    "is a thousand million pounds": "how a reading works, by an example",
    "“five-year” is sixty months": "how a reading works, by an example",
    "“half” is fifty per cent": "how a reading works, by an example",
    "“millions” is a million": "how a reading works, by an example",
    "two of them may also mean": "how a reading works",
    "every run of five of them": "how fingerprints are made",
    "1 July": "an example of a date",
    "£1bn": "an example of a sum",
    "has at least two sources": "what the sentence is said of: none of the facts rests on one alone",
    "T00:00:00Z": "the hour of a feed's entries, whose days come from the data",
    "there are two figures called": "two of one name, in a message that ends the build",
    "puts the two side by side": "two things just named",
    "published for all of them (from about 2015)": "the year in which notices became public, which no table holds",
    "Whether two contracts": "any two, not a count",
    "Right to Request, three waves": "the name of a sum of three figures that are named in the code beside it",
    "Right to Request, first two waves": "the name of a sum of two figures that are named in the code beside it",
    "counted in two states": "any two, not a count",
    "Pathfinders by progress, December 2011": "the name of a sum whose figures carry that date",
    "against the million": "the promise, which the chapter takes from the tables where it states it",
    "were a million public servants": "the promise, which the chapter takes from the tables where it states it",
    "enterprises by September 2011": "the day to which a forecast refers, as its figure's name says",
    "asks for three things": "a definition and its parts, which follow",
    "two pathfinders joined one body": "told by the row itself on its page",
    "six staff and one with two thousand": "an example, not a count",
    "that ended before 2012": "a bound of the search, as the chapter says",
    "spoke of millions": "the word of a source",
    "The two counts": "two counts just named",
    "How many “millions” are": "the word of a source",
    "for three years": "how long a silence is taken to matter: set in the code beside it",
    "after 5 years": "a mark on the time axis, set in the code beside it",
    "at least 5 years": "a mark on the time axis, set in the code beside it",
}


def typed(parsed: ast.Module) -> Iterator[str]:
    """The texts of code that read like words: no docstring, and no pattern, markup alone or name."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    comments = {ast.get_docstring(node, clean=False) for node in ast.walk(parsed) if isinstance(node, documented)}
    for node in ast.walk(parsed):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value and node.value not in comments:
            yield node.value


def chunks(root: Path) -> Iterator[tuple[str, str]]:
    """Every typed piece of text that may reach a page, with its file."""
    folders = (("src/mutuals/pages/templates", "*.html"), ("src/mutuals/theme", "*.html"), ("book", "*.md"))
    for path in sorted(path for folder, pattern in folders for path in (root / folder).glob(pattern)):
        text = re.sub(r"```sh.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"\A---.*?---\n", "", text, flags=re.DOTALL)
        for data in Environment().parse(text).find_all(nodes.TemplateData):
            yield path.name, data.data
    for path in sorted([*(root / "src/mutuals/pages").rglob("*.py"), *(root / f"src/mutuals/{name}.py" for name in SPOKEN)]):
        yield from ((path.name, text) for text in typed(ast.parse(path.read_text(encoding="utf-8"))))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                yield path.name, source
            else:
                yield from ((path.name, text) for text in typed(ast.parse(source)))


def shown(text: str) -> str:
    """A piece of text as a reader sees it: without markup, styles and doubled spaces."""
    text = re.sub(r"^ *```.*$", " ", text, flags=re.MULTILINE)  # the fences, which a part may have one of
    text = re.sub(r'[\w-]+="[^"]*"', " ", text)
    text = re.sub(r"<(pre|code|style)\b.*?</\1>|`[^`]*`", " ", text, flags=re.DOTALL)
    text = re.sub(r"^\s*\d+\. ", "", re.sub(r"<[^>]*>|\]\([^)]*\)|%\.\df|\{\d\}", " ", text), flags=re.MULTILINE)
    return " ".join(html.unescape(text).replace("**", "").split())


def test_no_number_is_typed_into_a_page_without_a_reason(root: Path) -> None:
    """A count that somebody wrote down, and that goes stale with the next row."""
    found = []
    for file, chunk in chunks(root):
        text = shown(chunk)
        allowed = [(match.start(), match.end()) for piece in TYPED for match in re.finditer(re.escape(piece), text, re.IGNORECASE)]
        for numeral in NUMERAL.finditer(text):
            if not any(start <= numeral.start() and numeral.end() <= end for start, end in allowed):
                found.append(f"{file}: “{text[max(0, numeral.start() - 40) : numeral.end() + 30]}”")
    assert found == [], "compute it, or give a reason in TYPED:\n" + "\n".join(found)


def test_every_reason_is_still_needed(root: Path, site: Site) -> None:
    """A reason that outlives its number, and lets another one in."""
    typed = " ".join(shown(chunk) for _, chunk in chunks(root)).lower()
    assert [piece for piece in TYPED if piece.lower() not in typed] == []


@pytest.fixture
def repo(core: Path, tmp_path: Path, root: Path) -> Repository:
    """A small copy to change, with what a book needs."""
    repo = Repository.copy(core, tmp_path / "repository")
    repo.bind(root)
    return repo


def numerals(text: str) -> list[str]:
    """Every numeral of a page's text, in its order."""
    return NUMERAL.findall(re.sub(r"<[^>]*>", " ", text))


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "address"),
    [
        ("figures", "mutuals-staff-2014", "value", "21234", "index"),
        ("contracts", "surrey-2011", "value_gbp", "612345678", "contracts/surrey-2011"),
        ("contracts", "surrey-2011", "term_months", "61", "contracts"),
        ("figures", "cost-savings", "value", "77", ""),
        ("sources", "independent-2011-11-13", "paragraphs", "99", "sources/independent-2011-11-13"),
    ],
)
def test_a_changed_cell_changes_its_page(
    repo: Repository, root: Path, tmp_path: Path, table: str, key: str, column: str, value: str, address: str
) -> None:
    """A page whose numbers are not those of the tables."""
    made = []
    for number in range(2):
        site = tmp_path / f"site{number}"
        site.mkdir()
        for name in ("index", "method"):
            (site / f"{name}.md").write_text((root / f"book/{name}.md").read_text(encoding="utf-8"), encoding="utf-8")
        view = pages.read(repo.root)
        pages.fill(site, view)
        pages.write(repo.root, site, view)
        there = address or view.address(table, key).partition(".html")[0]
        page = next(path for path in (site / f"{there}.html", site / f"{there}.md") if path.is_file())
        made.append(numerals(page.read_text(encoding="utf-8")))
        row = next(row for row in repo.rows(table) if row[repo.schema(table).key[0]] == key)
        row[column] = value
        repo.save()
    assert made[0] != made[1]
