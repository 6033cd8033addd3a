"""What is told on GitHub: one comment and suggestions on a pull request, and one issue, all by the job that may write.

It runs no code of the pull request. What it reads of it, an artifact and the names in an event, is hostile: the number of
the pull request comes from GitHub by the commit that was checked, and every text is shown as code with every mark escaped,
so that it cannot be a link, a mention, an image or HTML. Requests go through `Send`, which tests replace.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from mutuals.commands import CommandError
from mutuals.findings import LEVELS, markdown
from mutuals.verdict import Verdict

Send = Callable[[str, str, dict[str, Any] | None], Any]
MARK, SUGGESTED = "<!-- spun-out: verdict -->", "<!-- spun-out: format -->"
BOT = "github-actions[bot]"
MOST_BODY, MOST_ANSWER, MOST_SHOWN, PAGE = 60_000, 20_000_000, 200, 100
FACTS = ("data/", "CHANGELOG.md")


def sender(api: str, token: str) -> Send:
    """Requests to the interface of GitHub at `api`, which must be https."""
    if not api.startswith("https://") or not token:
        raise CommandError("GITHUB_API_URL must be https, and GITHUB_TOKEN must be set")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        try:
            with urlopen(Request(api + path, content, headers, method=method), timeout=30) as answer:
                return json.loads(answer.read(MOST_ANSWER) or "null")
        except (HTTPError, URLError, TimeoutError) as error:
            raise CommandError(f"{method} {path}: {error}") from error

    return send


def every(send: Send, path: str) -> Iterator[Any]:
    """The entries of a list that GitHub gives in pages, up to thirty of them."""
    for page in range(1, 31):
        found = send("GET", f"{path}{'&' if '?' in path else '?'}per_page={PAGE}&page={page}", None)
        yield from found
        if len(found) < PAGE:
            return


def pull(event: dict[str, Any], send: Send) -> dict[str, Any] | None:
    """The open pull request whose head is the commit that a run checked; None if there is none, or it has moved on.

    The event is GitHub's own; the names of branch and fork in it are the contributor's choice, and so are quoted.
    """
    run, repository = event["workflow_run"], event["repository"]["full_name"]
    if run["event"] != "pull_request" or not run["head_repository"] or not re.fullmatch(r"[0-9a-f]{40}", run["head_sha"]):
        return None
    head = f"{run['head_repository']['owner']['login']}:{run['head_branch']}"
    for found in every(send, f"/repos/{repository}/pulls?state=open&head={quote(head, safe='')}"):
        of = found["head"]["repo"] or {}
        if (found["head"]["sha"], of.get("id"), found["base"]["repo"]["full_name"]) == (
            run["head_sha"],
            run["head_repository"]["id"],
            repository,
        ):
            return found
    return None


def code(text: str) -> str:
    """A hostile text as code: every mark by its number, in an element in which GitHub makes no links and no mentions."""
    cut = text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
    spelled = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cut)
    return f"<code>{markdown(spelled)}</code>" if spelled.strip() else "blank"


def _table(title: str, names: tuple[str, ...], rows: list[dict[str, str]], total: int) -> Iterator[str]:
    if not rows:
        return
    yield f"\n<details><summary>{title} ({total:,})</summary>\n"
    yield f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    for row in rows:
        yield "| " + " | ".join(code(row[name]) for name in names) + " |"
    if total > len(rows):
        yield f"\n{total - len(rows):,} more are in the artifact."
    yield "\n</details>"


def _lines(verdict: Verdict, sha: str, run: str, files: list[str], left: int) -> Iterator[str]:
    """The comment, line by line, the most important first."""
    counts = [f"{verdict.total.get(level, 0):,} {level}{'s' * (verdict.total.get(level, 0) != 1)}" for level in LEVELS]
    yield f"{MARK}\n**The check of {sha[:7]}**: {', '.join(counts)}."
    others = [name for name in files if not name.startswith(FACTS)]
    if others:
        yield (
            "\n> [!WARNING]\n> This pull request also changes code or settings, by which what follows was computed: "
            f"{', '.join(map(code, others[:20]))}{' and more' * (len(others) > 20)}. Read these before you believe the rest."
        )
    if verdict.problem:
        yield f"\n{code(verdict.problem)}"
    for name, title in (("findings", "Findings"), ("headlines", "Headline numbers that move"), ("cells", "Changed cells")):
        names = {"findings": ("level", "place", "id", "rule", "told"), "headlines": ("title", "before", "after", "causes")}
        columns = names.get(name, ("table", "key", "column", "old", "new"))
        yield from _table(title, columns, getattr(verdict, name), verdict.total.get(name, 0))
    yield from _table("Pages that move", ("page",), [{"page": page} for page in verdict.pages], verdict.total.get("pages", 0))
    if left:
        yield f"\n`make format` mends {left:,} more places than could be suggested beside their lines."
    yield f"\nA preview of the site is the artifact “site” of [this run]({run})."


def comment(verdict: Verdict, sha: str, run: str, files: list[str], left: int) -> str:
    """The comment, cut at a line where it would be more than GitHub takes."""
    kept, size = [], 0
    for line in _lines(verdict, sha, run, files, left):
        size += len(line) + 1
        if size > MOST_BODY:
            kept.append("\n</details>\n\nThe rest is in the artifact.")
            break
        kept.append(line)
    return "\n".join(kept)


def lines(patch: str) -> dict[int, str]:
    """The lines of a file, as they are in the pull request, that its patch shows, by their numbers."""
    found: dict[int, str] = {}
    number = 0
    for line in patch.split("\n"):
        if start := re.match(r"@@ -\d+(?:,\d+)? \+(\d+)", line):
            number = int(start[1])
        elif number and line[:1] in (" ", "+"):
            found[number] = line[1:]
            number += 1
    return found


def suggestions(verdict: Verdict, patches: dict[str, str]) -> list[dict[str, Any]]:
    """A review comment with a suggestion for each mend whose lines the pull request shows, and shows as the verdict has them."""
    found = []
    for mend in verdict.mends:
        first, last, shows = mend["line"], mend["line"] + len(mend["old"]) - 1, lines(patches.get(mend["path"], ""))
        if [shows.get(number, "").removesuffix("\r") for number in range(first, last + 1)] != mend["old"]:
            continue
        new = "\n".join(mend["new"])
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", new) or [""]))
        body = f"{SUGGESTED}\nThe form in which `make format` would write it:\n\n{fence}suggestion\n{new}\n{fence}"
        span = {"start_line": first, "start_side": "RIGHT"} if last > first else {}
        found.append({"path": mend["path"], "line": last, "side": "RIGHT", "body": body, **span})
    return found


def _ours(entry: dict[str, Any], mark: str) -> bool:
    return entry["user"]["login"] == BOT and entry["body"].startswith(mark)


def post(verdict: Verdict, event: dict[str, Any], send: Send) -> str:
    """Tell a verdict on its pull request: one comment, brought up to date, and each suggestion once. Says what was done."""
    found, run = pull(event, send), event["workflow_run"]
    if found is None:
        return "nothing told: no open pull request has this commit as its head"
    if verdict.head not in ("", run["head_sha"]):
        raise CommandError(f"the artifact is of {verdict.head[:7]}, and the run was of {run['head_sha'][:7]}")
    repository, number = event["repository"]["full_name"], int(found["number"])
    files = list(every(send, f"/repos/{repository}/pulls/{number}/files"))
    offered = suggestions(verdict, {file["filename"]: file.get("patch", "") for file in files})
    known = {(e["path"], e["body"]) for e in every(send, f"/repos/{repository}/pulls/{number}/comments") if _ours(e, SUGGESTED)}
    new = [one for one in offered if (one["path"], one["body"]) not in known]
    body = comment(
        verdict, run["head_sha"], run["html_url"], [file["filename"] for file in files], verdict.total.get("mends", 0) - len(offered)
    )
    comments = f"/repos/{repository}/issues/{number}/comments"
    old = next((entry for entry in every(send, comments) if _ours(entry, MARK)), None)
    send("PATCH", f"/repos/{repository}/issues/comments/{old['id']}", {"body": body}) if old else send("POST", comments, {"body": body})
    if new:
        review = {"commit_id": run["head_sha"], "event": "COMMENT", "comments": new}
        send("POST", f"/repos/{repository}/pulls/{number}/reviews", review)
    return f"told on #{number}: {'the comment brought up to date' if old else 'a new comment'}, {len(new)} suggestions"


def issue(repository: str, title: str, body: str, send: Send) -> str:
    """Tell something in the one open issue of that title by this job, or open it. Says what was done."""
    path = f"/repos/{repository}/issues"
    old = next((e for e in every(send, f"{path}?state=open&creator={quote(BOT, safe='')}") if e["title"] == title), None)
    done = send("PATCH", f"{path}/{old['number']}", {"body": body}) if old else send("POST", path, {"title": title, "body": body})
    return f"{'brought up to date' if old else 'opened'}: #{done['number']}"
