"""How to cite: CITATION.cff with the version and the day of the data, a sentence, an entry for BibTeX, and all sources for BibTeX."""

from pathlib import Path
from typing import Any

import yaml

from mutuals.dates import spoken
from mutuals.exports.files import Item
from mutuals.exports.release import FACTS, Release

NAMES = ("backslash", "asciitilde", "asciicircum", "braceleft", "braceright")
FILE, SOURCES = "CITATION.cff", "sources.bib"
# What TeX would take for a command of its own; BibTeX counts braces even behind a backslash.
TEX = str.maketrans({c: f"\\{c}" for c in "&%$#_"} | {c: f"\\text{name}{{}}" for c, name in zip("\\~^{}", NAMES, strict=True)})
URL = str.maketrans({"{": "%7B", "}": "%7D"})


def given(root: Path) -> dict[str, Any]:
    """What CITATION.cff says."""
    return yaml.safe_load((root / FILE).read_text(encoding="utf-8"))


def released(release: Release) -> str:
    """The day of the release as CITATION.cff has it; before there is one, that of the data."""
    return str(given(release.root).get("date-released", release.edition.day))


def sentence(root: Path, version: str, day: str, site: str = "") -> dict[str, str]:
    """How to cite the record: in a sentence, and for BibTeX."""
    said, address = given(root), f" {site}" if site else ""
    author, title = " and ".join(one["name"] for one in said["authors"]), said["title"]
    fields = {
        "author": f"{{{author}}}", "title": f"{{{title}}}", "year": day[:4], "version": version,
        "note": f"Data of {spoken(day)}. {said['license']}", **({"url": site} if site else {}),
    }  # fmt: skip
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    plain = f"{author} ({day[:4]}), {title}, version {version}, data of {spoken(day)}.{address}"
    return {"plain": plain, "bibtex": f"@misc{{spun-out,\n{lines}}}"}


def _entry(row: dict[str, str], authors: dict[str, str], bodies: dict[str, str]) -> str:
    """A source as an entry; its date is EDTF, as biblatex has it."""
    fields = {
        "title": f"{{{row['title'].translate(TEX)}}}",
        "author": " and ".join(f"{{{authors[id].translate(TEX)}}}" for id in row["author_ids"].split("; ") if id),
        "organization": bodies[row["publisher_id"]].translate(TEX) if row["publisher_id"] else "",
        "date": row["date_published"], "url": row["url"].translate(URL), "urldate": row["date_accessed"],
    }  # fmt: skip
    return f"@online{{{row['source_id']},\n" + "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items() if text) + "}\n"


def write(release: Release, folder: Path) -> list[Item]:
    """Write both."""
    said = given(release.root) | {"version": release.edition.version, "date-released": released(release)}
    text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1000)
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
    sources = release["sources"]
    names = [release.data.get(name).cells("name") for name in ("people", "organisations")]
    entries = [_entry(dict(zip(sources.schema.header, row, strict=True)), *names) for row in sources.rows]
    (folder / SOURCES).write_text("\n".join(entries), encoding="utf-8", newline="\n")
    return [
        Item(FILE, "CFF", "How to cite the record, for programs (Citation File Format)", FACTS),
        Item(SOURCES, "BibTeX", "Every source, for BibTeX and biblatex", FACTS, len(entries)),
    ]
