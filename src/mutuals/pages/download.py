"""The page of the files to download: which to take for what, and each file with its format, size, rows, licence and checksum."""

import tomllib
from pathlib import Path
from typing import Any

from mutuals.exports import csvs, csvw, datapackage, sqlite, workbook
from mutuals.exports.files import SUMS, File
from mutuals.exports.licences import short
from mutuals.pages.view import View

# What somebody has at hand, with the file to take and what is in it.
BEGIN = [
    ("A spreadsheet", workbook.FILE, "Workbook with cover, notes, codebook and a sheet for each table: codes in words, days as days."),
    ("R, Python or Julia", csvs.ZIP, "Every table as CSV, wide and long, with its schema and a README."),
    ("SQL", sqlite.FILE, "Tables with keys, a full-text search, and views that answer the questions below."),
    ("A program for Data Packages", datapackage.FILE, "What each CSV file and column means; frictionless checks the files against it."),
    ("A program for CSV on the Web", csvw.FILE, "The same as W3C's metadata for tables."),
]
FORMATS = ("CSV", "Parquet", "JSON Lines")  # of which there is a file for each table
SNIPPETS = Path(__file__).with_name("snippets.toml")


def snippets() -> list[dict[str, Any]]:
    """How to begin in each language: title, what it is written in, its code, and steps where a person clicks."""
    return tomllib.loads(SNIPPETS.read_text(encoding="utf-8"))["snippet"]


def size(bytes: int) -> str:
    """A number of bytes as people say it."""
    return f"{bytes / 1e6:.1f} MB" if bytes >= 1e6 else f"{max(1, round(bytes / 1e3)):,} kB"


def context(view: View) -> dict[str, Any]:
    """What download.html needs: files by what is in them. Whoever adds a section adds its data here."""
    by_path = {file.path: file for file in view.files}
    by_part: dict[str, dict[str, File]] = {}
    for file in view.files:
        by_part.setdefault(file.item.part, {})[file.item.format] = file
    return {
        "size": size, "short": short, "sums": SUMS,
        "begin": [(what, by_path[path], says) for what, path, says in BEGIN],
        "whole": [file for file in view.files if not file.item.part],
        "tables": [(table, by_part[table.name], by_part[f"wide_{table.name}"], by_part[f"evidence_{table.name}"]) for table in view.data.facts],
        "groups": [(name, [file for file in view.files if file.item.format == name]) for name in FORMATS],
        "questions": sqlite.questions(),
        "snippets": snippets(),
        "proved": len(view.data.of_kind("fingerprints")),
    }  # fmt: skip
