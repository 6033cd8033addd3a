"""Where readers say that something is wrong: the one place that knows how such a report is addressed, and what it holds.

`repository.url` in _config.yml, or the variable SPUN_OUT_REPOSITORY, which goes before it, says where issues are opened.
Without either, a report goes to the page that tells how to send one. Whoever adds issue forms adds the name of the form
and of its fields to `fields` and `report`, and nothing else.
"""

import os
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import yaml


@lru_cache
def repository(root: Path) -> str:
    """Where the repository is on the web, without a closing slash; blank if that is not known."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    return (os.environ.get("SPUN_OUT_REPOSITORY") or (config.get("repository") or {}).get("url") or "").rstrip("/")


def fields(record: str, page: str, version: str) -> dict[str, str]:
    """What a report says first: the record as table/key or the figure, its page, and which data it shows; the rest is the reader's."""
    asked = ("What is wrong", "What is right", "Source and paragraph", "Words as printed")
    return {"Record": record, **({"Page": page} if page else {}), "Version of the data": version, **dict.fromkeys(asked, "")}


def report(repository: str, record: str, page: str, version: str, base: str) -> str:
    """The address at which to report what is wrong with a record; `base` leads to the root of the site."""
    if not repository:
        return f"{base}contribute.html?{urlencode({'record': record}, safe='/')}#something-wrong"
    body = "\n".join(f"{name}: {text}" for name, text in fields(record, page, version).items())
    return f"{repository}/issues/new?{urlencode({'title': f'Something wrong: {record}', 'body': body})}"
