"""Lists that work without a script, claims side by side, and pages about the record: whole, true and light."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from mutuals import pages
from mutuals.pages import about, browse, claims, explore
from mutuals.pages.sharing import changes
from mutuals.pages.view import View

LIMIT = 150_000  # bytes of a text page with everything that it loads


@pytest.fixture(scope="module")
def view(root: Path) -> View:
    """The whole record."""
    return pages.read(root)


@pytest.fixture(scope="module")
def made(root: Path, view: View) -> dict[str, str]:
    """Every page of the whole record that is not of a single record."""
    templates = pages.environment(root, view)
    return {
        address: templates.get_template(template).render(base="../" * address.count("/"), address=address, linked="", **context())
        for address, (template, context) in pages.pages(root, view).items()
        if template != "record.html"
    }


def entries(view: View, address: str) -> Iterator[tuple[str, str]]:
    """The records that a list names, as often as it does."""
    for section in browse.pages(view)[address][1]["sections"]:
        yield from ((table, id) for table, id, _ in section.entries)


def test_no_page_outweighs_what_a_telephone_can_take(root: Path, made: dict[str, str]) -> None:
    """A list that grew too long: it has to be parted."""
    shared = sum((root / "book/_static" / name).stat().st_size for name in ("spunout.css", "theme.js", "favicon.svg"))
    found = sum((root / "book/_static" / name).stat().st_size for name in ("find.css", "explore.js"))
    sizes = {address: len(text.encode()) + shared + found * address.startswith("explore") for address, text in made.items()}
    assert {address: size for address, size in sizes.items() if size > LIMIT} == {}


@pytest.mark.parametrize(
    ("address", "tables"),
    [
        ("a-z", ("pathfinders", "spin_outs", "contracts", "programmes", "ballots", "organisations", "people")),
        ("by-place", ("spin_outs", "pathfinders")),
        ("by-service", ("spin_outs", "pathfinders")),
        ("by-outcome", ("spin_outs", "contracts")),
    ],
)
def test_a_list_names_every_record_once(view: View, address: str, tables: tuple[str, ...]) -> None:
    """A record that a list forgets, or has twice."""
    found = list(entries(view, address))
    assert len(found) == len(set(found))
    assert set(found) == {(table, id) for table in tables for id in view.data.get(table).by_key}


def test_places_stand_below_the_areas_that_they_are_in(made: dict[str, str], view: View) -> None:
    """A body under the wrong nation."""
    sections = browse.pages(view)["by-place"][1]["sections"]
    areas, nation = view.data.get("codes/areas").by_key, ""
    for section in sections[:-1]:
        nation = section.id if section.level == 2 else nation
        top = section.id
        while areas[top]["broader"]:
            top = areas[top]["broader"]
        assert top == nation
        assert all(view.data.get(table).by_key[id]["gss_code"] == section.id for table, id, _ in section.entries)
    assert BeautifulSoup(made["by-place"], "html.parser").select_one("h2#elsewhere")


def test_years_have_every_date_of_a_contract_and_every_leaving(view: View) -> None:
    """A date that the list of years leaves out."""
    found = list(entries(view, "by-year"))
    for contract in view.data.get("contracts").records:
        assert found.count(("contracts", contract["contract_id"])) == sum(bool(contract[name]) for name in browse.DATES)
    left = {("spin_outs", row["spin_out_id"]) for row in view.data.get("spin_outs").records if row["left_date"]}
    assert left <= set(found)


def test_headings_and_addresses_are_one_of_a_kind(made: dict[str, str]) -> None:
    """Two places of one name on a page, or a level of headings that is skipped."""
    for address, text in made.items():
        page = BeautifulSoup(text, "html.parser").find("main")
        ids = [tag["id"] for tag in page.select("[id]")]
        assert len(ids) == len(set(ids)), (address, [id for id in ids if ids.count(id) > 1][:3])
        levels = [int(tag.name[1]) for tag in page.select("h1, h2, h3, h4")]
        assert levels[0] == 1 and all(below <= above + 1 for above, below in pairwise(levels)), address


@pytest.mark.parametrize("table", explore.TABLES)
def test_the_pages_of_a_table_hold_its_rows(made: dict[str, str], view: View, table: str) -> None:
    """A row that no page of the explorer has, or a page that no other leads to."""
    source, seen, address = view.data.get(table), [], f"explore/{table}"
    first = BeautifulSoup(made[address], "html.parser")
    others = [link["href"].removeprefix("../").removesuffix(".html") for link in first.select("#explore-pages a")] or [address]
    assert sorted(others) == sorted(page for page in made if page == address or page.startswith(f"{address}-"))
    for other in others:
        seen += [link["href"] for link in BeautifulSoup(made[other], "html.parser").select("#explore tbody th a")]
    assert seen == [f"../{view.address(table, record[source.schema.key[0]])}" for record in source.records]


def test_a_page_says_where_the_reader_is(made: dict[str, str]) -> None:
    """A link to the page at hand that is not marked, or marked with the wrong words."""
    assert len(made) > 100
    for address in ("spin-outs", "explore/contracts-2"):
        marked = BeautifulSoup(made[address], "html.parser").select("[aria-current]")
        links = {(link["href"].removeprefix("../"), link["aria-current"]) for link in marked}
        assert links == {(f"{address}.html", "page")}


def test_every_source_is_in_its_letter(made: dict[str, str], view: View) -> None:
    """A source that cannot be found by its publisher."""
    for source in view.data.get("sources").records:
        letter = browse.initial(source["short_name"]).lower()
        assert f'id="{source["source_id"]}"' in made[f"sources-{letter}"]


def test_quotations_stand_under_each_speaker_and_theme(made: dict[str, str], view: View) -> None:
    """A quotation that one of the three orders loses, or whose address stands in two of them."""
    quotes = view.data.get("quotes").records
    cards = {order: made[order].count('class="quote-card"') for order in ("quotations", "quotations-by-speaker", "quotations-by-theme")}
    assert cards["quotations"] == cards["quotations-by-speaker"] == len(quotes)
    assert cards["quotations-by-theme"] == sum(len(quote["theme_codes"].split("; ")) for quote in quotes if quote["theme_codes"])
    for quote in quotes:
        assert f'id="{quote["quote_id"]}"' in made["quotations"] and f'id="{quote["quote_id"]}"' not in made["quotations-by-theme"]


def figure(id: str, value: str, **cells: str) -> dict[str, str]:
    """A figure that says little."""
    given = {"figure_id": id, "value": value, "bound_code": "stated", "unit_code": "people", "measure_code": "staff", "kind_code": "count"}
    return {**given, "statement": "Staff", "source_id": id, "as_of_date": "2014", "part_of_id": "", **cells}


@pytest.mark.parametrize(
    ("parts", "whole", "found"),
    [
        (("4", "3"), {}, []), (("4", "6"), {}, []), (("4", "7"), {}, ["11"]), (("4", "7"), {"bound_code": "at_least"}, []),
        (("4", "7"), {"bound_code": "about"}, ["11"]), (("4", "7"), {"unit_code": "gbp"}, []), (("0.5", "9.75"), {}, ["10.25"]),
    ],
)  # fmt: skip
def test_parts_that_come_to_more_than_their_whole_are_found(parts: tuple[str, str], whole: dict[str, str], found: list[str]) -> None:
    """A sum that does not add up and is not shown; or one that may add up, and is."""
    rows = [figure("all", "10", **whole), *(figure(f"part-{n}", value, part_of_id="all", source_id="s") for n, value in enumerate(parts))]
    assert [sum.total for sum in claims.sums(rows)] == found


def test_parts_of_two_sources_are_not_added() -> None:
    """Two accounts of the same whole, taken for parts of one."""
    assert claims.sums([figure("all", "10"), figure("one", "6", part_of_id="all"), figure("two", "7", part_of_id="all")]) == []


@pytest.mark.parametrize(
    ("cells", "differ"),
    [
        ({}, True), ({"value": "66"}, False), ({"statement": "Nurses"}, False), ({"source_id": "one"}, False), ({"as_of_date": "2019"}, False),
        ({"as_of_date": ""}, False), ({"bound_code": "at_least"}, True), ({"bound_code": "up_to"}, False), ({"kind_code": "target"}, False),
    ],
)  # fmt: skip
def test_numbers_of_the_same_thing_stand_together_when_they_differ(cells: dict[str, str], differ: bool) -> None:
    """A contradiction that is missed, or one that is made."""
    found = claims.rivals([figure("one", "66"), {**figure("two", "100"), **cells}])
    assert [[row["figure_id"] for row in group] for group in found] == ([["one", "two"]] if differ else [])


def test_contradictions_of_the_record_come_first(made: dict[str, str], view: View) -> None:
    """A contradiction among the evidence of a number that the page of claims does not show."""
    page = BeautifulSoup(made["numbers"], "html.parser").find("main")
    headings = [tag["id"] for tag in page.select("h2")]
    assert headings[0] == "parts-and-wholes" and headings[-1] == "by-what-they-measure"
    words = page.get_text()
    shown = 0
    for (table, _, name), rows in view.data.evidence.items():
        for row in rows:
            if row["relation"] == "contradicts" and view.data.schemas[table][name].type != "string":
                assert f"“{row['as_read']}”" in words
                shown += 1
    assert shown >= 10


def test_the_changelog_is_told_whole(made: dict[str, str], root: Path) -> None:
    """A version that the page leaves out, or to which the feed's link does not lead."""
    page = BeautifulSoup(made["changelog"], "html.parser").find("main")
    told = changes((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert [tag["id"] for tag in page.select("h2")] == [version for version, _, _ in told]
    assert [" ".join(tag.get_text().split()) for tag in page.select("li")] == [
        item.replace("`", "") for _, _, items in told for item in items
    ]


def test_the_citation_has_the_version_and_the_day_of_the_data(made: dict[str, str], root: Path, view: View) -> None:
    """A citation of another version than the one that is read."""
    said = about.citation(root, view, "https://example.org/")
    assert f"version {view.version}" in said["plain"] and said["plain"].endswith(" https://example.org/")
    assert f"version = {{{view.version}}}" in said["bibtex"] and f"year = {{{view.newest[:4]}}}" in said["bibtex"]
    assert said["bibtex"].count("{") == said["bibtex"].count("}")
    assert "example.org" not in about.citation(root, view, "")["bibtex"]
    assert BeautifulSoup(made["cite"], "html.parser").select_one("pre").get_text() == about.citation(root, view, "")["bibtex"]


def test_definitions_count_every_body(view: View, root: Path) -> None:
    """A body that is in none of the counts."""
    context = about.pages(root, view)["definitions"][1]
    assert sum(count for _, count in context["inclusions"]) == sum(context["counts"].values()) == len(view.data.get("spin_outs").records)


def test_the_glossary_is_in_order_and_has_every_status(made: dict[str, str], view: View) -> None:
    """A term that nobody can find."""
    terms = [tag.get_text() for tag in BeautifulSoup(made["glossary"], "html.parser").select("dt")]
    assert terms == sorted(terms, key=str.casefold)
    assert {code["label"].casefold() for code in view.data.get("codes/statuses").records} <= {term.casefold() for term in terms}
