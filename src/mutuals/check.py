"""The gate: every table against its schema, its rules and its evidence. Nothing is built unless it is clean."""

import tomllib
from pathlib import Path

from mutuals import rules
from mutuals.canonical import Fault
from mutuals.findings import Finding, shown
from mutuals.schema import SchemaError
from mutuals.tables import Dataset, read_dataset

SCHEMA_RULES = {
    "schema.required": ("A cell that must be filled is filled.", "fill the cell, or remove the row"),
    "schema.unique": ("No two rows have the same key.", "give one of them another key, or remove it"),
    "schema.pattern": ("A cell has the form that its column asks for.", "write it in the form of the example"),
    "schema.type": ("A number is written plainly: digits, no thousands separators, no unit.", "write the number in plain digits"),
    "schema.range": ("A number lies within the limits of its column.", "correct the number"),
    "layout.unknown-file": ("Each file below data/ belongs to a table that schemas/ knows.", "rename or remove the file"),
    "layout.missing-file": (
        "Each schema has its table, each fact table its evidence file, and each coded column its code list.",
        "add the file, if only with its header",
    ),
    "known-failures.stale": ("Each known failure still fails.", "remove the entry from validation/known_failures.toml"),
}
KNOWN = "validation/known_failures.toml"


def sentences() -> dict[str, tuple[str, str]]:
    """Each rule's sentence and remedy by its id, for the rules page. Rules must have been discovered."""
    asked = {rule.id: (rule.sentence, rule.remedy) for rule in rules.REGISTRY.values()}
    return dict(sorted({**asked, **SCHEMA_RULES}.items()))


def _finding(file: str, fault: Fault, told: dict[str, tuple[str, str]]) -> Finding:
    remedy = fault.remedy or told[fault.rule][1]
    return Finding(file, fault.line, fault.column, fault.id, fault.rule, fault.found, fault.wanted, remedy)


def _without_known(findings: list[Finding], root: Path) -> list[Finding]:
    """The findings less the known failures, each of which must give a reason and must still fail."""
    path = root / KNOWN
    if not path.is_file():
        return findings
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(f"{KNOWN} cannot be read as TOML: {error}") from error
    entries = document.get("failure", [])
    if set(document) - {"failure"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SchemaError(f"{KNOWN}: each entry stands under [[failure]], and nothing else stands there")
    kept = list(findings)
    for number, entry in enumerate(entries, 1):
        if set(entry) != {"rule", "file", "id", "column", "reason"} or not str(entry["reason"]).strip():
            raise SchemaError(f"{KNOWN}: entry {number} needs rule, file, id, column and a reason, and nothing else")
        matches = [f for f in findings if (f.rule, f.file, f.id, f.column) == tuple(entry[k] for k in ("rule", "file", "id", "column"))]
        kept = [finding for finding in kept if finding not in matches]
        if not matches:
            found = f"entry {number}, {shown(entry['rule'])} at {shown(entry['id'])}, which matches no finding"
            kept.append(
                Finding(
                    KNOWN,
                    0,
                    "",
                    entry["id"],
                    "known-failures.stale",
                    found,
                    "an entry that still fails",
                    SCHEMA_RULES["known-failures.stale"][1],
                )
            )
    return kept


def check_dataset(data: Dataset) -> list[Finding]:
    """All findings on a data set that was read, by file and line."""
    from mutuals import suites

    rules.discover(data.root)
    told = sentences()
    findings = [_finding(file, fault, told) for file, fault in data.faults]
    findings += [_finding(table.file, fault, told) for table, fault in suites.run(data)]
    return sorted(set(_without_known(findings, data.root)))


def check(root: Path) -> list[Finding]:
    """All findings on the repository at `root`, by file and line; an empty list if it is clean.

    Raises SchemaError where a schema or the list of known failures cannot be used, and suites.CheckError
    where an expectation could not run: then nothing is known about the data.
    """
    return check_dataset(read_dataset(Path(root).resolve()))
