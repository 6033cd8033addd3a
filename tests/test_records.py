"""Record pages: the first sentence, the story in dates, the chain of contracts, how sure we are, and the record as data."""

import json
from pathlib import Path

import pytest
from repository import Repository

from mutuals import pages
from mutuals.dates import bounds, is_date
from mutuals.pages import orders, records
from mutuals.pages.beside import beside
from mutuals.pages.leads import STATUSES, lead
from mutuals.pages.view import FOLDERS, LONG, View
from mutuals.tables import read_dataset
from mutuals.wording import when


@pytest.fixture(scope="module")
def real(root: Path) -> View:
    """The whole record."""
    return pages.read(root)


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path / "repository")


def view(repo: Repository) -> View:
    """The copy as pages show it."""
    repo.save()
    return View(read_dataset(repo.root))


def test_every_record_begins_with_a_whole_sentence(real: View) -> None:
    """A sentence with a hole, a blank that is printed, or a code in the place of words."""
    for table in FOLDERS:
        for id, record in real.data.get(table).by_key.items():
            said = str(lead(real, table, record, "").striptags())
            assert said.endswith((".", "?")) and len(said) > len("A word."), (table, id, said)
            assert not any(wrong in said for wrong in ("None", "  ", " ,", " ;", "..", "()", " .")), (table, id, said)


def test_every_status_and_outcome_has_its_own_words(real: View) -> None:
    """A status added to the code list, for which the sentence has only its label."""
    assert set(STATUSES) == set(real.data.get("codes/statuses").by_key)
    contract = next(row for row in real.data.get("contracts").records if row["winner_organisation_id"] and row["service"])
    told = {
        str(lead(real, "contracts", {**contract, "outcome_code": code}, "").striptags()) for code in real.data.get("codes/outcomes").by_key
    }
    assert len(told) == len(real.data.get("codes/outcomes").by_key)


def test_the_sentence_follows_the_cells(repo: Repository) -> None:
    """A sentence that was typed, that tells more than the cells, or nothing of what they say."""
    row = repo.row("spin_outs", spin_out_id="central-surrey-health")
    row.update(
        name="Moor Care",
        services="nursing; therapy",
        place="Moor",
        left_date="2013",
        status_code="closing",
        status_date="2020-02",
        inclusion_code="counted",
    )
    said = view(repo)
    record = said.data.get("spin_outs").by_key["central-surrey-health"]
    assert (
        lead(said, "spin_outs", record, "")
        == "Moor Care (nursing and therapy; Moor) left the public sector in 2013; it was closing in February 2020."
    )
    blank = {**record, "services": "", "place": "", "left_date": "", "status_date": ""}
    assert lead(said, "spin_outs", blank, "") == "Moor Care was closing."
    until = {**record, "status_code": "operating", "status_date": "[..2020-02-01]"}
    assert lead(said, "spin_outs", until, "").endswith("it was running when last told of, by 1 February 2020.")
    other = {**record, "inclusion_code": "neighbour", "inclusion_basis_code": "not_staff_run"}
    assert lead(said, "spin_outs", other, "").endswith("It does not count as a mutual here: not run by its staff.")


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2012", "in 2012"), ("2012-05", "in May 2012"), ("2012-05-01", "on 1 May 2012"), ("[..2012-05-01]", "by 1 May 2012"),
        ("2012~", "about 2012"), ("[2012,2013]", "in 2012 or 2013"), ("2012/2013", "from 2012 to 2013"), ("", ""),
    ],
)  # fmt: skip
def test_dates_stand_in_sentences(date: str, said: str) -> None:
    """A date with the wrong word before it."""
    assert when(date) == said


def test_a_timeline_has_every_date_in_its_order(real: View) -> None:
    """A contract or an event that a body's story leaves out, or that stands in the wrong place."""
    for table in ("spin_outs", "organisations", "contracts"):
        source = real.data.get(table)
        for id, record in source.by_key.items():
            moments = records.timeline(real, source, record)
            days = [bounds(m.record[m.column])[1] for m in moments if is_date(m.record[m.column])]
            assert days == sorted(days), id
            events = {row["event_id"] for row, _ in real.mentions(table, id).get("events", ())}
            assert {m.record["event_id"] for m in moments if m.table == "events"} == events
            if table != "contracts":
                wanted = {
                    (row["contract_id"], c)
                    for row, _ in real.mentions(table, id).get("contracts", ())
                    for c in records.CONTRACT_DATES
                    if row[c]
                }
                assert {(m.record["contract_id"], m.column) for m in moments if m.table == "contracts"} == wanted


def test_a_chain_runs_from_the_first_contract_to_the_last(repo: Repository) -> None:
    """A chain that misses a contract, turns them round, or runs for ever."""
    one, two, three = repo.rows("contracts")[:3]
    for row in (one, two, three):
        row.update(previous_contract_id="")
    two["previous_contract_id"], three["previous_contract_id"] = one["contract_id"], two["contract_id"]
    ids = [row["contract_id"] for row in (one, two, three)]
    for row in view(repo).data.get("contracts").records:
        found = [other["contract_id"] for other in records.chain(view(repo), row)]
        assert found == (ids if row["contract_id"] in ids else found)
    one["previous_contract_id"] = three["contract_id"]
    round_and_round = view(repo)
    assert len(records.chain(round_and_round, round_and_round.data.get("contracts").by_key[ids[0]])) == 3


def test_sureness_counts_what_is_there(repo: Repository) -> None:
    """A page that says it is surer, or less sure, than its evidence."""
    proofs = [row for row in repo.rows("evidence/contracts") if row["row_id"] == "surrey-2011"]
    said = view(repo)
    table = said.data.get("contracts")
    told = records.sureness(said, table, table.by_key["surrey-2011"])
    facts = {row["column"] for row in proofs}
    sources = {row["source_id"] for row in proofs if row["relation"] == "supports"}
    numbers = dict(enumerate(["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]))
    assert told.startswith(f"{numbers.get(len(facts), len(facts))} facts from {numbers[len(sources)]} sources".capitalize())
    assert "One passage says something else" in told
    for row in proofs:
        row.update(relation="supports", source_id=proofs[0]["source_id"])
    again = view(repo)
    told = records.sureness(again, again.data.get("contracts"), again.data.get("contracts").by_key["surrey-2011"])
    assert (
        "from one source" in told
        and "No source that was read says otherwise." in told
        and "Nothing else that was read confirms it." in told
    )


def test_second_readings_are_told(repo: Repository) -> None:
    """An error that a second reading found, and that the page does not own."""
    repo.rows("second_readings").clear()
    for verdict in ("agrees", "error", "not_reached"):
        repo.add("second_readings", round="1", table="contracts", row_id="surrey-2011", column=verdict, verdict_code=verdict)
    said = view(repo)
    told = records.sureness(said, said.data.get("contracts"), said.data.get("contracts").by_key["surrey-2011"])
    assert told.endswith("Two cells were read again by a second reader who did not see ours; one was found wrong then.")
    assert records.sureness(said, said.data.get("people"), said.data.get("people").records[0]).endswith("drawn for a second reading.")


def test_data_of_a_record_are_its_cells_evidence_and_links(real: View) -> None:
    """A page's data that differ from the tables, or from one build to the next."""
    for table in map(real.data.get, FOLDERS):
        for id in list(table.by_key)[::17]:
            text = records.as_json(real, table, table.by_key[id])
            found = json.loads(text)
            assert (found["table"], found["key"], found["page"]) == (table.name, id, real.address(table.name, id))
            cells = {c: "; ".join(v) if isinstance(v, list) else "" if v is None else str(v) for c, v in found["record"].items()}
            assert cells == table.by_key[id]
            assert len(found["evidence"]) == real.data.proofs[table.name][id]
            assert len(found["gaps"]) == sum((t, i) == (table.name, id) for t, i, _ in real.gaps)
            assert len(found["links"]) == sum(map(len, real.mentions(table.name, id).values()))
            assert text == records.as_json(View(real.data), table, table.by_key[id])


def test_before_and_after_lead_through_the_whole_list(real: View) -> None:
    """A record that paging leaves out."""
    around = records.neighbours(real, "")
    for table in FOLDERS:
        ids = [record[next(iter(record))] for record in orders.listed(real, table)]
        assert set(ids) == set(real.data.get(table).by_key)
        assert [rel for rel, _, _ in around[table, ids[0]]] == ["next"] and [rel for rel, _, _ in around[table, ids[-1]]] == ["prev"]
        following = [next(address for rel, address, _ in around[table, id] if rel == "next") for id in ids[:-1]]
        assert following == [real.address(table, id) for id in ids[1:]]


def test_figures_that_contradict_stand_beside_one_another(repo: Repository) -> None:
    """A contradiction that only the page of claims shows."""
    first = repo.row("figures", figure_id="mutuals-staff-2014")
    other = next(row for row in repo.rows("figures") if row["source_id"] != first["source_id"])
    for name in ("statement", "kind_code", "measure_code", "unit_code", "bound_code", "as_of_date"):
        other[name] = first[name]
    other["value"] = "12"
    near = beside(view(repo))
    for one, two in ((first, other), (other, first)):
        (group,) = [g for g in near["figures", one["figure_id"]] if g.heading == "The same thing, another number"]
        assert [row["figure_id"] for row in group.records] == [two["figure_id"]]


def test_a_part_leads_to_its_whole_and_back(repo: Repository) -> None:
    """A part whose whole is only a key in a cell; and a whole that was given up, for which there is no page to link."""
    part, whole, *_ = repo.rows("figures")
    part["part_of_id"] = whole["figure_id"]
    said = view(repo)
    column = said.data.schemas["figures"]["part_of_id"]
    assert f'href="claims/{whole["figure_id"]}.html"' in said.cell(column, part["part_of_id"], "")
    assert [row["figure_id"] for row, _ in said.mentions("figures", whole["figure_id"])["figures"]] == [part["figure_id"]]
    assert said.cell(column, "given-up", "") == "given-up"


def test_a_page_lists_few_others_of_its_measure_and_leads_to_all(real: View) -> None:
    """A page that lists hundreds of figures, the figure itself, or none of those next to it."""
    near = beside(real)
    for id, record in real.data.get("figures").by_key.items():
        group = near["figures", id][-1]
        keys = [row["figure_id"] for row in group.records]
        assert id not in keys and len(keys) <= 12 and group.more[0].startswith("numbers/")
        alike = [row for row in orders.measures(real)[record["measure_code"]] if orders.subject(row) == orders.subject(record)]
        assert len(keys) == min(12, len(alike) - 1)


def test_titles_tell_records_apart_and_are_short(real: View) -> None:
    """Two figures of one statement under the same title, or a quotation of a whole paragraph as one."""
    for table in ("quotes", "figures"):
        for id, record in real.data.get(table).by_key.items():
            title = real.title(table, id)
            assert len(title) < 2 * LONG + 20
            assert not record.get("value") or title != real.name(table, id)


def test_dates_of_an_open_span_are_said_in_words(real: View) -> None:
    """A code of dates, printed where a reader wants words."""
    column = real.data.schemas["events"]["date"]
    shown = real.cell(column, "[..2011-11-13]", "")
    assert shown.striptags() == "by 13 November 2011" and "[..2011-11-13]" in shown


def test_company_numbers_lead_to_their_register(real: View) -> None:
    """An identifier that is only text, or a link made of a register whose addresses are not known."""
    column = real.data.schemas["organisations"]["identifiers"]
    shown = real.cell(column, "GB-COH-07584906; GB-MPR-7610", "")
    assert shown.count("<a ") == 1 and 'href="https://find-and-update.company-information.service.gov.uk/company/07584906"' in shown
