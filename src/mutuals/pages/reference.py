"""Reference pages: codebook, rules, quality and known issues."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from mutuals import rules
from mutuals.check import sentences
from mutuals.findings import Said
from mutuals.pages.lists import Pages
from mutuals.pages.view import View
from mutuals.scorecard import found, interval
from mutuals.tables import SHARED, Dataset, Table

ISSUES = ("corrections", "errata", "tombstones")
EXAMPLES = "validation/examples.json"  # a finding of each rule, as the tests see it


def _coverage(data: Dataset, table: Table) -> dict[str, Any]:
    """How full a table is: rows, cells that state facts, evidence rows, blanks with a reason."""
    facts = [column for column in table.schema.columns if column.states == "fact"]
    filled = sum(bool(record[column.name]) for record in table.records for column in facts)
    gaps = sum(gap["table"] == table.name for gap in data.get("gaps").records)
    evidence = len(data.get(f"evidence/{table.name}").records)
    return {"table": table, "rows": len(table.records), "facts": filled, "evidence": evidence, "gaps": gaps}


def _rounds(data: Dataset) -> list[dict[str, Any]]:
    """What second readings found, round by round: cells read, errors by severity and by column, and the interval."""
    rounds: dict[str, list[dict[str, str]]] = {}
    for row in data.get("second_readings").records:
        rounds.setdefault(row["round"], []).append(row)
    found = []
    for number, rows in rounds.items():
        wrong = [row for row in rows if row["verdict_code"] == "error"]
        read = sum(row["verdict_code"] != "not_reached" for row in rows)
        low, high = interval(len(wrong), read) if read else (0.0, 100.0)
        columns = Counter(f"{row['table']}.{row['column']}" for row in rows if row["verdict_code"] != "not_reached")
        found.append({
            "number": number, "drawn": len(rows), "read": read, "sources": len({row["source_id"] for row in rows}),
            "days": sorted({row["date_read"] for row in rows}), "errors": wrong, "low": low, "high": high,
            "rate": 100 * len(wrong) / read if read else 0.0,
            "severities": Counter(row["severity_code"] for row in wrong),
            "columns": sorted((c, n, sum(f"{r['table']}.{r['column']}" == c for r in wrong)) for c, n in columns.items()),
        })  # fmt: skip
    return found


def _quality(view: View) -> dict[str, Any]:
    data = view.data
    reasons = Counter(gap["reason_code"] for gap in data.get("gaps").records)
    relations = Counter(row["relation"] for table in data.of_kind("evidence") for row in table.records)
    return {
        "coverage": [_coverage(data, table) for table in data.facts],
        "files": len(data.tables),
        "rules": len(sentences()),
        "reasons": reasons.most_common(),
        "relations": relations,
        "rounds": _rounds(data),
        "score": found(data.root),
        "remade": sum("6" in table.column("size") for table in data.of_kind("fingerprints")),
        "hashes": sum(len(table.records) for table in data.of_kind("fingerprints")),
    }


def reference(root: Path, view: View) -> Pages:
    """The reference pages by address."""
    data = view.data
    rules.discover(root)
    by_family: dict[str, list[tuple[str, Said, str]]] = {}
    examples = json.loads((root / EXAMPLES).read_text(encoding="utf-8"))
    for id, said in sentences().items():
        by_family.setdefault(id.partition(".")[0], []).append((id, said, examples.get(id, "")))
    schemas = [data.schemas[name] for name in sorted(data.schemas, key=lambda name: (name in SHARED, name))]
    codes = data.of_kind("codes")
    return {
        "codebook": ("codebook.html", {"schemas": schemas, "codes": codes}),
        "codes": ("codes.html", {"codes": codes}),
        "rules": ("rules.html", {"families": by_family}),
        "quality": ("quality.html", _quality(view)),
        "known-issues": ("known_issues.html", {"contradictions": _contradictions(data), **{n: data.get(n).records for n in ISSUES}}),
    }


def _contradictions(data: Dataset) -> list[tuple[str, dict[str, str]]]:
    """Evidence that contradicts a cell, with the name of its table."""
    return [(table.subject, row) for table in data.of_kind("evidence") for row in table.records if row["relation"] == "contradicts"]
