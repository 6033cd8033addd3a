"""Where readers say that something is wrong, or add a fact: the one place that knows how an issue form is addressed and filled in.

`repository.url` in _config.yml, or the variable SPUN_OUT_REPOSITORY, which goes before it, says where issues are opened.
Without either, a report goes to the page that tells how to send one. The forms stand in .github/ISSUE_TEMPLATE; a test
holds that each has the fields that are filled in here.
"""

import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import yaml

WRONG, NEW = "wrong-fact", "new-fact"
TITLES = {WRONG: "Something wrong", NEW: "A fact to add"}
MOST = 300  # characters of a cell that an address carries


@lru_cache
def repository(root: Path) -> str:
    """Where the repository is on the web, without a closing slash; blank if that is not known."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return (os.environ.get("SPUN_OUT_REPOSITORY") or (config.get("repository") or {}).get("url") or "").rstrip("/")


def fields(record: str, page: str, version: str) -> dict[str, str]:
    """What a report says first: the record as table/key or the figure, its page, and which data it shows; the rest is the reader's."""
    asked = ("What is wrong", "What is right", "Source and paragraph", "Words as printed")
    return {"Record": record, **({"Page": page} if page else {}), "Version of the data": version, **dict.fromkeys(asked, "")}


def report(repository: str, record: str, version: str, base: str, form: str = WRONG, column: str = "", present: str = "") -> str:
    """The address of a form, with what the page knows filled in; `base` leads to the root of the site."""
    if not repository:
        named = f"{record}/{column}" if column else record
        return f"{base}contribute.html?{urlencode({'record': named}, safe='/')}#something-wrong"
    title = f"{TITLES[form]}: {record}{f', {column}' if column else ''}"
    known = {"record": record, "column": column, "present": present[:MOST] if form == WRONG else "", "version": version}
    filled = {id: text for id, text in known.items() if text}
    return f"{repository}/issues/new?{urlencode({'template': f'{form}.yml', 'title': title, **filled})}"
