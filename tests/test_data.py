"""The data: clean, complete in its files, and no article copied into it."""

from pathlib import Path

import pytest

from mutuals.check import check
from mutuals.findings import as_text
from mutuals.fingerprints import RUN, paragraphs
from mutuals.schema import read_schemas
from mutuals.tables import LEDGERS, SHARED, Dataset, find_root, frame, load, read_dataset

AS_READ, QUOTATION, OTHER = 15, 100, 60


@pytest.fixture(scope="module")
def data(root: Path) -> Dataset:
    """The tables as they are read."""
    return read_dataset(root)


def words(cell: str) -> int:
    """How many words a cell has."""
    return sum(any(c.isalnum() for c in word) for word in cell.split())


def test_the_gate_is_clean_on_the_data(root: Path) -> None:
    """A fault in the repository's own data."""
    findings = check(root)
    assert findings == [], as_text(findings)


def test_each_schema_has_its_files_and_each_file_its_schema(root: Path) -> None:
    """A table without schema, data or evidence, or one of these without a table."""
    schemas = {path.stem for path in (root / "schemas").glob("*.json")}
    tables = {path.stem for path in (root / "data").glob("*.csv")}
    evidence = {path.stem for path in (root / "data/evidence").glob("*.csv")}
    assert schemas - set(SHARED) == tables
    assert evidence == tables - set(LEDGERS)
    assert {path.name for path in (root / "data").iterdir() if path.is_dir()} == set(SHARED)


def test_each_code_list_is_used_and_there(root: Path) -> None:
    """A code list that no column uses, or that a column uses and nobody wrote."""
    used = {column.codes for schema in read_schemas(root).values() for column in schema.columns if column.codes}
    assert used == {path.stem for path in (root / "data/codes").glob("*.csv")}


def test_each_source_has_its_fingerprint(data: Dataset) -> None:
    """A source whose words nobody can prove, or a fingerprint of nothing."""
    assert {table.subject for table in data.of_kind("fingerprints")} == set(data.get("sources").by_key)


def test_each_source_is_used(data: Dataset) -> None:
    """A source that proves nothing."""
    used = {row["source_id"] for table in data.of_kind("evidence") for row in table.records}
    assert used == set(data.get("sources").by_key)


def test_no_cell_is_a_copy_of_an_article(data: Dataset) -> None:
    """Text of a source that came into the repository: an as_read, a quotation or a note of many words."""
    limits = {
        ("evidence", "as_read"): AS_READ,
        ("errata", "printed"): AS_READ,
        ("errata", "shown_by_as_read"): AS_READ,
        ("quotes", "text"): QUOTATION,
        ("codes", "printed"): 120,  # a list of short terms
    }
    long = [
        (table.file, line, column.name, words(row[column.name]))
        for table in data.tables.values()
        for line, row in table.numbered
        for column in table.schema.columns
        if words(row[column.name]) > limits.get((table.kind, column.name), OTHER)
    ]
    assert long == []


def test_the_quotations_of_a_source_are_a_small_part_of_it(data: Dataset) -> None:
    """Quotations that, put together, give the article again: those read in full may be quoted to a half at most."""
    for id, source in data.get("sources").by_key.items():
        quoted = sum(words(row["text"]) for row in data.get("quotes").records if row["source_id"] == id)
        whole = len({row["hash"] for row in data.get(f"fingerprints/{id}").records if row["size"] == str(RUN)})
        assert source["scope_code"] != "full" or quoted < whole / 2, id


def test_fingerprints_hold_hashes_and_nothing_else(data: Dataset) -> None:
    """Words of a source in its fingerprint."""
    for table in data.of_kind("fingerprints"):
        assert table.schema.header == ["paragraph", "size", "hash"]
        assert all(len(row["hash"]) == 16 and set(row["hash"]) <= set("0123456789abcdef") for row in table.records)


def test_no_source_text_lies_about(root: Path) -> None:
    """A copy of an article left among the data, schemas or rules."""
    for folder in ("data", "schemas", "validation"):
        for path in (root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert path.suffix in (".csv", ".json", ".py", ".toml"), path
    long = [
        path
        for path in (root / "schemas").glob("*.json")
        for block in paragraphs(path.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if words(line) > OTHER
    ]
    assert long == []


def test_every_table_loads_with_its_types(root: Path, data: Dataset) -> None:
    """A number that comes as text, a blank that comes as a word, or a row that is lost."""
    for table in data.tables.values():
        loaded = load(table.name, root)
        assert list(loaded.columns) == table.schema.header
        assert len(loaded) == len(table.records)
        for column in table.schema.columns:
            assert loaded[column.name].isna().sum() == sum(not row[column.name] for row in table.records)
            kinds = {"integer": {"Int64"}, "number": {"Float64"}, "string": {"str"}}[column.type]
            assert str(loaded[column.name].dtype) in kinds, (table.name, column.name)
    contracts = frame(data.get("contracts")).set_index("contract_id")
    assert contracts.value_gbp["hinchingbrooke-2012"] == 1_000_000_000


def test_an_unknown_or_broken_table_does_not_load(root: Path, tmp_path: Path) -> None:
    """A misspelt table that loads empty, or a broken one that loads in part."""
    with pytest.raises(KeyError, match="contracts"):
        load("contract", root)
    with pytest.raises(FileNotFoundError, match="schemas"):
        find_root(tmp_path)
    (tmp_path / "schemas").symlink_to(root / "schemas")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/people.csv").write_bytes((root / "data/people.csv").read_bytes() + b"x\n")
    with pytest.raises(ValueError, match="mutuals check"):
        load("people", tmp_path)
