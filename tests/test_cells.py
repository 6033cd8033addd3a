"""One changed cell in each column: the page of its record has to change with it, and its data too."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment

from mutuals import pages
from mutuals.pages import records
from mutuals.pages.beside import beside
from mutuals.pages.view import HIDDEN, View, refers
from mutuals.schema import Column
from mutuals.tables import Dataset, Table, read_dataset

Record = dict[str, str]


@pytest.fixture(scope="module")
def data(core: Path) -> Dataset:
    """The small part of the record."""
    return read_dataset(core)


def other(data: Dataset, column: Column, cell: str) -> str:
    """A cell of the same kind that says something else."""
    if column.codes or refers(column):
        target = data.get(f"codes/{column.codes}" if column.codes else refers(column))
        return next((key for key in target.by_key if key not in column.items(cell)), "")
    if "date" in column.name:
        return "1987-06-05"
    if column.type != "string":
        return "77" if cell != "77" else "76"
    return "Others, by a test"


def page(data: Dataset, root: Path, table: Table, record: Record) -> tuple[str, str, str]:
    """The page of a record: its words, the whole of it, and its data."""
    view = View(data)
    templates: Environment = pages.environment(root, view)
    near = beside(view).get((table.name, record[table.schema.key[0]]), [])
    context = records.context(view, table, record, [], near)
    text = templates.get_template("record.html").render(base="../", address="x/y", linked="", **context)
    return BeautifulSoup(text, "html.parser").find("main").get_text(" "), text, records.as_json(view, table, record)


def test_a_changed_cell_changes_the_page_of_its_record(data: Dataset, root: Path) -> None:
    """A column that its record's page does not show, or that it shows as somebody once typed it."""
    missed, seen = [], 0
    for table in data.facts:
        for column in table.schema.columns:
            if column.states == "key" or column.name in HIDDEN:
                continue
            record = next((row for row in table.records if row[column.name]), table.records[0])
            before, was = page(data, root, table, record), record[column.name]
            record[column.name] = other(data, column, was)
            after = page(data, root, table, record)
            record[column.name] = was
            seen += 1
            if before[0] == after[0] or before[2] == after[2]:
                missed.append(f"{table.name}.{column.name}")
    assert missed == [] and seen > 100
