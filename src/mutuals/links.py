"""Whether the addresses of the sources still answer: live, moved, gone, or not told.

Each host is asked for one address at a time, with a pause; no redirect is followed, so that a page that moved is told as
such. A refusal (401, 403, 429 and the like) says nothing of whether the page is there, and neither does a fault of the server.
"""

import http.client
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from mutuals.findings import markdown

LIVE, MOVED, GONE, UNTOLD = "live", "moved", "gone", "not told"
STATES = (GONE, MOVED, UNTOLD, LIVE)
MOST_HOSTS, PAUSE, TIMEOUT = 8, 1.0, 20.0
ARCHIVE = "https://web.archive.org/web/"  # sends whoever adds an address to the newest copy of it
AGENT = "spun-out-links/1 (looks weekly whether cited sources are still there)"


@dataclass(frozen=True)
class Answer:
    """What became of an address; `to` is where it moved, `why` the status or the fault in a few words, `archived` the newest copy in the archive."""

    source: str
    url: str
    state: str
    why: str = ""
    to: str = ""
    archived: str = ""


class _Stay(HTTPRedirectHandler):
    def http_error_302(self, *given: object) -> None:
        """Follow no redirect, and do not read where it leads."""

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _where(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # a server may say anything
        return location


def _ask(opener: OpenerDirector, url: str, timeout: float) -> tuple[str, str, str]:
    """State, reason and new address: HEAD first, and GET where a server does not know HEAD or says that there is nothing."""
    state, why, to = UNTOLD, "", ""
    for method in ("HEAD", "GET"):
        try:
            with opener.open(Request(url, headers={"User-Agent": AGENT}, method=method), timeout=timeout) as answer:
                return LIVE, str(answer.status), ""
        except HTTPError as error:
            to = _where(url, error.headers.get("Location", "")) if 300 <= error.code < 400 else ""
            state, why = MOVED if to else GONE if error.code in (404, 410) else UNTOLD, str(error.code)
            error.close()
            if state == MOVED:
                break
        except (URLError, OSError, ValueError, http.client.HTTPException) as error:
            state, why = UNTOLD, type(getattr(error, "reason", error)).__name__
    return state, why, to


def look(sources: Iterable[dict[str, str]], pause: float = PAUSE, timeout: float = TIMEOUT, archive: str = ARCHIVE) -> list[Answer]:
    """Ask for the address of each source that has one; hosts beside each other, the addresses of one after each other.

    Then the archive is asked for the newest copy of what moved or went; a blank `archive` is not asked.
    """
    opener, hosts = build_opener(_Stay), dict[str, list[dict[str, str]]]()
    for row in sources:
        if host := re.match(r"https?://([^/?#]*)", row["url"]):
            hosts.setdefault(host[1].lower(), []).append(row)

    def one(rows: list[dict[str, str]]) -> list[Answer]:
        found = []
        for number, row in enumerate(rows):
            time.sleep(pause if number else 0)
            state, why, to = _ask(opener, row["url"], timeout)
            found.append(Answer(row["source_id"], row["url"], state, why, to))
        return found

    def archived(answer: Answer) -> Answer:
        if answer.state not in (GONE, MOVED) or not archive:
            return answer
        time.sleep(pause)
        state, why, to = _ask(opener, archive + answer.url, timeout)
        return replace(answer, archived=to if state == MOVED else "none" if state == GONE else f"not told ({why})")

    with ThreadPoolExecutor(MOST_HOSTS) as pool:
        found = sorted((answer for found in pool.map(one, hosts.values()) for answer in found), key=lambda answer: answer.source)
    return list(map(archived, found))


def report(answers: list[Answer], shown: Callable[[str], str] = lambda text: f"<code>{markdown(text)}</code>") -> str:
    """The report in Markdown: how many of each state, then all that are not live; no address in it is a link."""
    counts = ", ".join(f"{sum(answer.state == state for answer in answers):,} {state}" for state in STATES)
    rows = [
        f"Of {len(answers):,} addresses of sources: {counts}.",
        "",
        "| state | source | address | said | now at | archived copy |",
        "|---|---|---|---|---|---|",
    ]
    for answer in sorted(answers, key=lambda answer: STATES.index(answer.state)):
        if answer.state != LIVE:
            cells = (answer.source, answer.url, answer.why, answer.to or "-", answer.archived or "-")
            rows.append(f"| {answer.state} | " + " | ".join(map(shown, cells)) + " |")
    return "\n".join(rows) + "\n"
