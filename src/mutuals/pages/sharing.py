"""What other programs read of the site: sitemap, feed, robots, structured data, and the cards that links unfold into.

Addresses of others must be absolute, so these need to know where the site is published: `html.baseurl` in
_config.yml, or the variable SPUN_OUT_SITE, which goes before it. Without either they are left out.
"""

import json
import os
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from mutuals.exports.files import KINDS
from mutuals.exports.licences import HOLDER, TITLES
from mutuals.exports.release import FACTS, NAME, PURPOSE
from mutuals.pages.view import View

AUTHOR = {"@type": "Organization", "name": HOLDER}
LICENCE = TITLES[FACTS][1]


@lru_cache
def site(root: Path) -> str:
    """Where the site is published, with a closing slash; blank if that is not known."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    address = os.environ.get("SPUN_OUT_SITE") or config.get("html", {}).get("baseurl") or ""
    return address.rstrip("/") + "/" if address else ""


def linked_data(what: dict[str, Any]) -> Markup:
    """Structured data (schema.org, JSON-LD) as an element that nothing in it can close."""
    text = json.dumps({"@context": "https://schema.org", **what}, ensure_ascii=False, sort_keys=True)
    return Markup(f'<script type="application/ld+json">{text.replace("<", chr(92) + "u003c")}</script>')


def dataset(view: View, base: str) -> dict[str, Any]:
    """The record as search engines for data want it."""
    files = [
        {
            "@type": "DataDownload", "name": file.item.title, "encodingFormat": KINDS[file.item.format], "contentUrl": base + file.path,
            "contentSize": f"{file.size} B", "sha256": file.sha256, "license": LICENCE,
        }
        for file in view.files if file.item.rows is not None and file.path.startswith(("data/", "spun-out")) and file.path.count("/") < 2
    ]  # fmt: skip
    return {
        "@type": "Dataset", "name": f"{NAME}: UK public service mutuals", "description": PURPOSE, "license": LICENCE,
        "isAccessibleForFree": True, "version": view.version, "dateModified": view.newest, "temporalCoverage": "2008/..", "spatialCoverage": "United Kingdom",
        "creator": AUTHOR, "distribution": files,
        "keywords": ["public service mutuals", "employee ownership", "public sector reform", "United Kingdom"],
        **({"url": base} if base else {}),
    }  # fmt: skip


def article(title: str, description: str) -> dict[str, Any]:
    """A chapter, or a record that schema.org has no better word for."""
    return {"@type": "Article", "headline": title, "description": description, "author": AUTHOR, "license": LICENCE}


def _by(view: View, record: dict[str, str], person: str, body: str) -> dict[str, Any]:
    """Who speaks in a record: a person before a body; nothing where nobody is named."""
    if record[person]:
        return {"@type": "Person", "name": view.name("people", record[person])}
    return {"@type": "Organization", "name": view.name("organisations", record[body])} if record[body] else {}


def described(view: View, table: str, record: dict[str, str], base: str) -> Markup:
    """What a record's page is about, as an element: a body, a person, words that were said, a number that was claimed, or an article."""
    id = record[next(iter(record))]
    what: dict[str, Any] = article(view.title(table, id), view.data.schemas[table].description)
    if table in ("spin_outs", "organisations"):
        what = {"@type": "Organization", "name": record["name"], "location": record["place"]}
    elif table == "people":
        what = {"@type": "Person", "name": record["name"]}
    elif table == "quotes":
        what = {"@type": "Quotation", "text": view.name(table, id), "creator": _by(view, record, "person_id", "organisation_id")}
    elif table == "figures":
        author = _by(view, record, "claimant_person_id", "claimant_organisation_id")
        what = {"@type": "Claim", "name": view.title(table, id), "text": record["scope"], "author": author}
    if table in ("quotes", "figures"):
        source = view.data.get("sources").by_key[record["source_id"]]
        what["isPartOf" if table == "quotes" else "appearance"] = {"@type": "CreativeWork", "name": source["title"], "url": source["url"]}
    address = {"url": base + view.address(table, id)} if base else {}
    return linked_data({name: value for name, value in {**what, **address}.items() if value})


def sitemap(base: str, addresses: list[str], day: str) -> str:
    """Every page of the site (sitemaps.org)."""
    entries = (f"<url><loc>{escape(base + address)}.html</loc><lastmod>{escape(day)}</lastmod></url>" for address in sorted(addresses))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(entries)
        + "\n</urlset>\n"
    )


def changes(changelog: str) -> list[tuple[str, str, list[str]]]:
    """The versions of a changelog: heading, its date or the words in its place, and what changed."""
    found: list[tuple[str, str, list[str]]] = []
    for line in changelog.splitlines():
        if heading := re.fullmatch(r"## ([^,]+)(?:, (.+))?", line):
            found.append((heading[1], heading[2] or "", []))
        elif line.startswith("- ") and found:
            found[-1][2].append(line[2:])
    return found


def feed(base: str, changelog: str, day: str) -> str:
    """What changed in the data, as an Atom feed (RFC 4287); a version without a date has that of the newest reading."""
    entries = []
    for version, date, items in changes(changelog):
        updated = date if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else day
        body = "".join(f"<li>{escape(item)}</li>" for item in items)
        entries.append(
            f"<entry><title>{escape(version)}{escape(f', {date}' if date else '')}</title><id>{escape(base)}changelog.html#{escape(version)}</id>"
            f'<link href="{escape(base)}changelog.html"/><updated>{escape(updated)}T00:00:00Z</updated>'
            f'<content type="html">{escape(f"<ul>{body}</ul>")}</content></entry>'
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>{NAME}: changes in the data</title>'
        f'<id>{escape(base)}</id><link href="{escape(base)}"/><link rel="self" href="{escape(base)}feed.xml"/>'
        f"<updated>{escape(day)}T00:00:00Z</updated><author><name>The Spun Out contributors</name></author>\n"
        + "\n".join(entries)
        + "\n</feed>\n"
    )


def write(root: Path, folder: Path, view: View) -> None:
    """Put sitemap, feed, robots, and a card for every page into the site's folder, if it is known where that is published."""
    from mutuals.pages import cards

    base, day = site(root), view.newest
    if not base:
        return
    cards.write(folder)
    addresses = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")]
    (folder / "sitemap.xml").write_text(sitemap(base, [a for a in addresses if a != "404"], day), encoding="utf-8")
    (folder / "feed.xml").write_text(feed(base, (root / "CHANGELOG.md").read_text(encoding="utf-8"), day), encoding="utf-8")
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8")
