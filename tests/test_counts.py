"""The commands that count and draw: stats says what the tables hold, sample gives every cell its chance and hides our value."""

import json
from collections import Counter
from pathlib import Path

import pytest
from repository import Repository

from mutuals.commands import main
from mutuals.commands.sample import OUT, draw, population, question
from mutuals.tables import Dataset, read_dataset


@pytest.fixture
def repo(core: Path, tmp_path: Path) -> Repository:
    """A small copy to spoil."""
    return Repository.copy(core, tmp_path / "repository")


@pytest.fixture(scope="module")
def data(core: Path) -> Dataset:
    """The small part of the record."""
    return read_dataset(core)


def test_stats_counts_rows_facts_and_evidence(core: Path, data: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    """A count that is not that of the file."""
    assert main(["stats", "--root", str(core)]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = {line.split()[0]: [int(n.replace(",", "")) for n in line.split()[1:]] for line in lines[1 : 1 + len(data.facts)]}
    contracts = data.get("contracts")
    facts = [column.name for column in contracts.schema.columns if column.states == "fact"]
    filled = sum(bool(row[name]) for row in contracts.records for name in facts)
    assert told["contracts"] == [len(contracts.records), filled, len(data.get("evidence/contracts").records)]
    real = [row for row in contracts.records if row["outcome_code"] != "feared"]
    sums = sum(bool(row["value_gbp"] or row["yearly_gbp"]) for row in real)
    assert f"contracts: {len(real)} and {len(contracts.records) - len(real)} feared losses; {sums} with a sum" in lines


def test_stats_names_a_row_with_an_unproved_fact(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A row that counts although one of its facts has no evidence, or only evidence against it."""
    for row in list(repo.rows("evidence/contracts")):
        if (row["row_id"], row["column"]) == ("surrey-2011", "value_gbp") and row["relation"] == "supports":
            repo.rows("evidence/contracts").remove(row)
    repo.save()
    assert main(["stats", "--root", str(repo.root)]) == 1
    assert "  surrey-2011: a fact without evidence" in capsys.readouterr().out.splitlines()


def test_the_same_seed_draws_the_same_cells_and_another_seed_others(data: Dataset) -> None:
    """A sample that nobody can repeat, or that the seed does not move."""
    assert draw(data, 40, 1) == draw(data, 40, 1) != draw(data, 40, 2)


def test_no_cell_is_drawn_twice_and_there_are_enough(data: Dataset) -> None:
    """A cell that counts double, or a sample that falls short of what was asked for."""
    cells = [(table, *row.values()) for table, row in draw(data, 120, 3)]
    assert len(cells) >= 120
    assert len(set(cells)) == len(cells)
    assert not {table for table, *_ in cells} & set(OUT)


def test_every_cell_has_about_the_same_chance(data: Dataset) -> None:
    """A draw that favours sources with many rows, or with few."""
    size = {id: len(rows) for id, rows in population(data).items()}
    drawn = Counter(row["source_id"] for seed in range(60) for _, row in draw(data, 120, seed))
    large = [id for id in size if size[id] >= 60]
    total, cells = sum(size.values()), sum(drawn.values())
    assert len(large) >= 3
    for id in large:
        assert drawn[id] / cells == pytest.approx(size[id] / total, rel=0.35)


def test_a_question_hides_our_value(data: Dataset, core: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second reader who is told the value, or the words that prove it."""
    assert main(["sample", "--root", str(core), "--cells", "30", "--seed", "5", "--questions"]) == 0
    asked = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(asked) >= 30
    for number, (line, (table, row)) in enumerate(zip(asked, draw(data, 30, 5), strict=True), 1):
        assert line == {"number": number, **question(data, table, row)}
        assert {"value", "as_read", "note"}.isdisjoint(line)
