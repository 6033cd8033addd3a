"""Second readings: each is of a cell that the record has or had, and an error has a weight and an end."""

from collections.abc import Iterator

from mutuals.canonical import Fault
from mutuals.findings import shown
from mutuals.rules import rule
from mutuals.tables import LEDGERS, SHARED, Dataset, Table


@rule(
    "second-readings.target",
    "second_readings",
    "A second reading is of a fact of the record, or of one that was removed and has a tombstone.",
    "correct the table, the key or the column",
    sees="row",
)
def target(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reading of nothing."""
    removed = {(row["table"], row["row_id"]) for row in data.get("tombstones").records}
    for line, row in table.numbered:
        known = row["table"] in data.schemas and row["table"] not in (*SHARED, *LEDGERS)
        subject = data.get(row["table"]) if known else table
        columns = {column.name for column in subject.schema.columns if column.states == "fact"}
        if row["column"] not in columns:
            wanted = "a column that states a fact, in a fact table"
            yield Fault("second-readings.target", line, "column", f"{row['table']}.{row['column']}", wanted, row["row_id"])
        elif not subject.knows(row["row_id"]) and (row["table"], row["row_id"]) not in removed:
            yield Fault("second-readings.target", line, "row_id", shown(row["row_id"]), f"a key of {subject.file}", row["row_id"])


@rule(
    "second-readings.verdict",
    "second_readings",
    "An error has a severity and says what was done; what agrees, or was not reached, has none.",
    "correct severity_code, or say in resolution what was done",
    sees="row",
)
def verdict(table: Table, data: Dataset) -> Iterator[Fault]:
    """An error without weight or end, or a weight without an error."""
    for line, row in table.numbered:
        wrong = row["verdict_code"] == "error"
        if wrong == (row["severity_code"] == "none"):
            wanted = "minor or major" if wrong else "none"
            yield Fault("second-readings.verdict", line, "severity_code", shown(row["severity_code"]), wanted, row["row_id"])
        if wrong and not row["resolution"]:
            yield Fault("second-readings.verdict", line, "resolution", "a blank", "what was done about the error", row["row_id"])


@rule(
    "second-readings.stands",
    "second_readings",
    "A reading that agreed is of evidence that stands, or its resolution says what became of it.",
    "correct the reading's place or value, or say in resolution what became of the evidence",
    sees="record",
)
def stands(table: Table, data: Dataset) -> Iterator[Fault]:
    """A reading of words that nobody cited, and evidence that was changed after it was read again."""
    removed = {(row["table"], row["row_id"]) for row in data.get("tombstones").records}
    place = ("source_id", "paragraph", "value")
    for line, row in table.numbered:
        evidence = data.get(f"evidence/{row['table']}").reading if row["table"] in data.schemas else None
        if (
            evidence is None
            or not evidence.usable
            or row["row_id"] in evidence.set_aside
            or not data.get(row["table"]).knows(row["row_id"])
        ):
            continue  # which other rules report
        proofs = [[proof[name] for name in place] for proof in data.evidence.get((row["table"], row["row_id"], row["column"]), [])]
        read = [row[name] for name in place]
        if row["verdict_code"] == "error" or row["resolution"] or read in proofs or (row["table"], row["row_id"]) in removed:
            continue
        near = max(proofs, key=lambda proof: sum(map(str.__eq__, proof, read)), default=["", "", ""])
        lost = next(name for name, proved, said in zip(place, near, read, strict=True) if proved != said)
        wanted = f"evidence in data/evidence/{row['table']}.csv"
        yield Fault("second-readings.stands", line, lost, shown(row[lost]), wanted, row["row_id"])
