"""What is told on GitHub: the right pull request, one comment, suggestions on lines that it shows; and nothing that a cell brings."""

import io
import json
import re
import warnings
import zipfile
from dataclasses import asdict

import hostile
import pytest
from hub import REPOSITORY, Hub, recorded
from markdown_it import MarkdownIt

from mutuals import github
from mutuals.commands import CommandError
from mutuals.verdict import MOST_ZIP, NAME, Verdict, as_json, parse, unpack

SHA = recorded("workflow_run")["workflow_run"]["head_sha"]
MEND = {"path": "data/contracts.csv", "line": 5, "old": ["b-two,Second,Won"], "new": ["b-two,Second,won"]}


def verdict(**parts: object) -> Verdict:
    """A verdict as it comes out of its own file."""
    return parse(as_json(Verdict(head=SHA, total={"error": 1, "warning": 0, "note": 0}, **parts)).encode())


def cell(old: str, new: str) -> dict[str, str]:
    """A changed cell."""
    return {"table": "contracts", "key": "b-two", "column": "outcome_code", "old": old, "new": new}


def zipped(**files: bytes) -> bytes:
    """An artifact."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_a_verdict_is_told_on_the_pull_request_whose_head_was_checked() -> None:
    """A comment on another pull request, or one that tells less than was found."""
    hub = Hub()
    said = github.post(verdict(cells=[cell("lost", "won")], mends=[MEND], pages=["contracts/b-two.html"]), recorded("workflow_run"), hub)
    assert said == "told on #12: a new comment, 1 suggestions"
    (method, path, comment), (_, place, review) = hub.sent
    assert (method, path) == ("POST", f"/repos/{REPOSITORY}/issues/12/comments")
    body = comment["body"]
    assert body.startswith(github.MARK) and "1 error, 0 warnings, 0 notes" in body and "actions/runs/77" in body
    assert "<code>lost</code> | <code>won</code>" in body and "contracts&#47;b&#45;two&#46;html" in body
    assert place == f"/repos/{REPOSITORY}/pulls/12/reviews" and review["commit_id"] == SHA and review["event"] == "COMMENT"
    (suggestion,) = review["comments"]
    assert (suggestion["path"], suggestion["line"], suggestion["side"]) == ("data/contracts.csv", 5, "RIGHT")
    assert "```suggestion\nb-two,Second,won\n```" in suggestion["body"]


def test_a_second_verdict_renews_the_first_and_repeats_no_suggestion() -> None:
    """A comment for each push, or a suggestion that was turned down and comes again; and words of others that pass for ours."""
    first = Hub()
    github.post(verdict(mends=[MEND]), recorded("workflow_run"), first)
    other, bot = {"login": "reader"}, {"login": github.BOT}
    notes = [{**note, "user": bot} for note in first.sent[1][2]["comments"]]
    comments = [{"id": 1, "user": other, "body": github.MARK}, *({"id": n, "user": bot, "body": "x"} for n in range(2, 150))]
    hub = Hub(comments=[*comments, {"id": 300, "user": bot, "body": github.MARK + "old"}], notes=notes)
    assert github.post(verdict(mends=[MEND]), recorded("workflow_run"), hub) == "told on #12: the comment brought up to date, 0 suggestions"
    assert [(method, path) for method, path, _ in hub.sent] == [("PATCH", f"/repos/{REPOSITORY}/issues/comments/300")]


@pytest.mark.parametrize("change", ["moved on", "another fork", "another base", "push", "no fork", "not a commit"])
def test_a_run_without_its_pull_request_tells_nothing(change: str) -> None:
    """A comment on a pull request that was not checked, as where its head has moved on."""
    event, hub = recorded("workflow_run"), Hub()
    run, pull = event["workflow_run"], hub.lists["pulls"][0]
    if change == "moved on":
        pull["head"]["sha"] = "0" * 40
    elif change == "another fork":
        pull["head"]["repo"]["id"] = 3
    elif change == "another base":
        pull["base"]["repo"]["full_name"] = "else/where"
    elif change == "push":
        run["event"] = "push"
    elif change == "no fork":
        run["head_repository"] = None
    else:
        run["head_sha"] = "../../x"
    assert github.post(verdict(), event, hub).startswith("nothing told") and hub.sent == []


def test_names_of_forks_and_branches_cannot_lead_a_request_elsewhere() -> None:
    """A branch whose name ends the question, or climbs out of the path."""
    event, hub = recorded("workflow_run"), Hub()
    event["workflow_run"]["head_branch"] = "a&state=closed#/../../x?y"
    github.pull(event, hub)
    assert hub.asked == [f"/repos/{REPOSITORY}/pulls?state=open&head=reader%3Aa%26state%3Dclosed%23%2F..%2F..%2Fx%3Fy&per_page=100&page=1"]


def test_a_verdict_of_another_commit_is_refused() -> None:
    """An artifact that was made for one commit and is told of another."""
    with pytest.raises(CommandError, match="of 0000000"):
        github.post(Verdict(head="0" * 40), recorded("workflow_run"), Hub())


def test_code_that_a_pull_request_changes_is_named_before_what_it_computed() -> None:
    """A pull request that edits the check, and is then told to have none but good marks."""
    hub = Hub(files=[*recorded("files"), {"filename": ".github/workflows/check.yml"}, {"filename": "src/mutuals/@all.py"}])
    github.post(verdict(), recorded("workflow_run"), hub)
    body = hub.sent[0][2]["body"]
    assert "&#46;github&#47;workflows&#47;check&#46;yml" in body and "also changes code" in body and "@all" not in body
    quiet = Hub()
    github.post(verdict(), recorded("workflow_run"), quiet)
    assert "also changes code" not in quiet.sent[0][2]["body"]


NASTY = ["@everyone", "#1", "https://evil.example", "![x](https://evil.example/a.png)", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>",
         "`</code></details><!--", "a | b\n\n# heading", "</code>@team/all", ":tada:", "GH-1", "a​‮b"]  # fmt: skip


@pytest.mark.parametrize("text", [*NASTY, *hostile.PAYLOADS, hostile.ODD])
def test_a_cell_is_code_and_nothing_else(text: str) -> None:
    """A mention, a link, an image, HTML or an invisible mark out of a cell; GitHub makes none of them within code."""
    shown = github.code(text)
    inner = re.fullmatch(r"<code>(.*)</code>", shown)
    assert inner and re.fullmatch(r"(\w| |&#\d+;)+", inner[1]) and inner[1].isprintable()
    body = github.comment(verdict(cells=[cell(text, text)]), SHA, "https://github.example/run", [], 0)
    made = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(body)
    assert made.count("<a ") == 1 and "<img" not in made and "<script" not in made and made.count("<tr>") == 2


def test_a_comment_is_never_more_than_github_takes() -> None:
    """A comment that is refused, so that nothing is told."""
    many = [cell("<" * 900, ">" * 900)] * 500
    body = github.comment(verdict(cells=many), SHA, "https://github.example/run", [], 0)
    assert len(body) < 65_536 and "The rest is in the artifact" in body and "more are in" not in body


def test_a_suggestion_is_only_made_where_the_pull_request_shows_these_lines() -> None:
    """A suggestion that GitHub refuses with all others, or one that replaces other lines than the verdict says."""
    patches = {file["filename"]: file["patch"] for file in recorded("files")}
    assert github.lines(patches["data/contracts.csv"]) == {
        4: "a-one,First,won", 5: "b-two,Second,Won", 6: "b-two-again,Twice, won ", 7: "c-three,Third,lost",
    }  # fmt: skip
    two = {**MEND, "old": ["b-two,Second,Won", "b-two-again,Twice, won "], "new": ["b-two,Second,won", "b-two-again,Twice,won"]}
    (made,) = github.suggestions(verdict(mends=[two]), patches)
    assert (made["start_line"], made["line"]) == (5, 6)
    for other in ({"line": 6}, {"line": 40}, {"path": "data/people.csv"}, {"old": ["b-two,Second,lost"]}):
        assert github.suggestions(verdict(mends=[{**MEND, **other}]), patches) == []


def test_a_suggestion_cannot_end_its_own_fence() -> None:
    """A cell with backticks, after which the rest would be Markdown."""
    line = "b-two,```` @all,won"
    (made,) = github.suggestions(verdict(mends=[{**MEND, "new": [line]}]), {"data/contracts.csv": recorded("files")[0]["patch"]})
    fence = MarkdownIt().parse(made["body"].partition("\n\n")[2])
    assert [(token.type, token.content) for token in fence] == [("fence", f"{line}\n")]


# ---- an artifact of somebody who means harm ----


def good() -> bytes:
    """The file that an honest job makes."""
    return as_json(verdict(cells=[cell("a", "b")], mends=[MEND])).encode()


def spoilt(**parts: object) -> bytes:
    """That file with other members."""
    return zipped(**{NAME: json.dumps({**json.loads(good()), **parts}).encode()})


def twice() -> bytes:
    """A zip in which the name stands twice, of which one reader takes the first and another the last."""
    content = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(content, "w") as archive:
        archive.writestr(NAME, good())
        archive.writestr(NAME, b"{}")
    return content.getvalue()


HOSTILE = {
    "no zip": b"PK\x03\x04 no zip",
    "a path that climbs": zipped(**{"../../.github/workflows/x.yml": b"x"}),
    "a path that climbs beside it": zipped(**{NAME: good(), "../x": b"x"}),
    "an absolute path": zipped(**{"/etc/passwd": b"x"}),
    "two of a name": twice(),
    "a bomb": zipped(**{NAME: b" " * 50_000_000}),
    "a large zip": b"PK" + bytes(MOST_ZIP),
    "no JSON": zipped(**{NAME: b"{"}),
    "deep JSON": zipped(**{NAME: b"[" * 200_000}),
    "another number": spoilt(number=1),
    "another form": spoilt(cells=[{"table": "x"}]),
    "a list for a text": spoilt(problem=["x"]),
    "long texts": spoilt(problem="x" * 1_001),
    "many rows": spoilt(pages=["x"] * 501),
    "no commit": spoilt(head="main; rm -rf /"),
    "a mend of a workflow": spoilt(mends=[{**MEND, "path": ".github/workflows/check.yml"}]),
    "a mend that climbs": spoilt(mends=[{**MEND, "path": "data/../src/mutuals/check.csv"}]),
    "a mend of more lines": spoilt(mends=[{**MEND, "new": ["a", "b"]}]),
    "a mend with an invisible mark": spoilt(mends=[{**MEND, "new": ["b-two,Sec\u202eond,won"]}]),
    "a truth for a number": spoilt(total={"error": True}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_artifact_is_refused_in_a_sentence(name: str) -> None:
    """A file that is written outside its folder, fills the memory, or is believed where it is not of its form."""
    with pytest.raises(CommandError, match=r"artifact|verdict\.json"):
        unpack(HOSTILE[name])


def test_an_honest_artifact_is_read() -> None:
    """A gate that lets nothing through."""
    assert unpack(zipped(**{NAME: good()})) == parse(good()) and asdict(parse(good()))["mends"] == [MEND]


def test_an_issue_is_opened_once() -> None:
    """An issue for each week; or one of somebody else that is overwritten."""
    hub = Hub()
    assert github.issue(REPOSITORY, "Addresses", "a", hub) == "opened: #5"
    again = Hub(issues=[{"number": 4, "title": "Other"}, {"number": 9, "title": "Addresses"}])
    assert github.issue(REPOSITORY, "Addresses", "b", again).startswith("brought up to date")
    assert again.sent == [("PATCH", f"/repos/{REPOSITORY}/issues/9", {"body": "b"})] and "creator=github-actions%5Bbot%5D" in again.asked[0]


def test_a_token_goes_over_https_only() -> None:
    """A token that is sent in the clear, or a request without one."""
    for api, token in (("http://api.example", "t"), ("", "t"), ("https://api.example", "")):
        with pytest.raises(CommandError):
            github.sender(api, token)
