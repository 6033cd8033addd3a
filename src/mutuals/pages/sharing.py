"""What other programs read of the site: sitemap, feed, robots, structured data, and the cards that links unfold into.

Addresses of others must be absolute, so these need to know where the site is published: `html.baseurl` in
_config.yml, or the variable SPUN_OUT_SITE, which goes before it. Without either they are left out.
"""

import json
import os
import re
import textwrap
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from mutuals.pages.view import View

NAME = "Spun Out"
PURPOSE = "The open record of UK public service mutuals: what was promised, what happened, and who says so."
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CARD = (1200, 630)


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
    tables = [table for table in view.data.facts if table.name != "people"]
    files = [
        {"@type": "DataDownload", "name": table.schema.title, "encodingFormat": "text/csv", "contentUrl": f"{base}{table.file}"}
        for table in tables
    ]
    return {
        "@type": "Dataset", "name": f"{NAME}: UK public service mutuals", "description": PURPOSE, "license": LICENCE,
        "isAccessibleForFree": True, "dateModified": view.newest, "temporalCoverage": "2008/..", "spatialCoverage": "United Kingdom",
        "creator": {"@type": "Organization", "name": "The Spun Out contributors"}, "distribution": files,
        "keywords": ["public service mutuals", "employee ownership", "public sector reform", "United Kingdom"],
        **({"url": base} if base else {}),
    }  # fmt: skip


def organisation(name: str, place: str, base: str, address: str) -> dict[str, Any]:
    """A body of the record, as far as its page goes."""
    where = {"location": place} if place else {}
    return {"@type": "Organization", "name": name, **where, **({"url": f"{base}{address}.html"} if base else {})}


def article(title: str, description: str) -> dict[str, Any]:
    """A chapter."""
    author = {"@type": "Organization", "name": "The Spun Out contributors"}
    return {"@type": "Article", "headline": title, "description": description, "author": author, "license": LICENCE}


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


def card(title: str) -> bytes:
    """The picture that a link to a page unfolds into: its title and whose it is, as PNG."""
    from mutuals import png

    width, height = CARD
    lines = textwrap.wrap(title, 28)[:5]
    size, top = 64, 250 - 38 * (len(lines) - 1)
    text = "".join(
        f'<text x="80" y="{top + 78 * n}" font-family="Liberation Sans, sans-serif" font-size="{size}" font-weight="bold" fill="#1d1d1f">{escape(line)}</text>'
        for n, line in enumerate(lines)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/><rect width="{width}" height="18" fill="#0b5c7a"/>{text}'
        f'<text x="80" y="540" font-family="Liberation Sans, sans-serif" font-size="34" font-weight="bold" fill="#0b5c7a">{NAME}</text>'
        '<text x="80" y="584" font-family="Liberation Sans, sans-serif" font-size="26" fill="#595959">'
        "The open record of UK public service mutuals, each fact with its evidence</text></svg>"
    )
    return png.drawn(svg)


def write(root: Path, folder: Path, view: View, titles: dict[str, str]) -> None:
    """Put sitemap, feed, robots, and the cards of these pages (address, title) into the site's folder."""
    base, day = site(root), view.newest
    (folder / "_cards").mkdir(exist_ok=True)
    for address, title in titles.items():
        (folder / "_cards" / f"{address.replace('/', '-')}.png").write_bytes(card(title))
    if not base:
        return
    addresses = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.html")]
    (folder / "sitemap.xml").write_text(sitemap(base, [a for a in addresses if a != "404"], day), encoding="utf-8")
    (folder / "feed.xml").write_text(feed(base, (root / "CHANGELOG.md").read_text(encoding="utf-8"), day), encoding="utf-8")
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n", encoding="utf-8")
