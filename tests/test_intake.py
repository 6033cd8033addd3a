"""Intake: a filled issue form becomes rows with evidence, or sentences on what is missing; what is hostile is refused or harmless."""

from pathlib import Path

import pytest
import yaml
from repository import Repository

from mutuals.commands import main
from mutuals.forms import FOLDER, forms

WORDS = "Assura Medical was last week named"


@pytest.fixture
def repo(core: Path, root: Path, tmp_path: Path) -> Repository:
    """A small copy with the forms."""
    copy = Repository.copy(core, tmp_path / "repository")
    (copy.root / FOLDER).parent.mkdir()
    (copy.root / FOLDER).symlink_to(root / FOLDER)
    return copy


def issue(repo: Repository, form: str, **answers: str) -> str:
    """An issue as GitHub writes it from a filled form."""
    labels = forms(repo.root)[form].labels
    assert set(answers) <= set(labels)
    return "\n\n".join(f"### {label}\n\n{answers.get(id) or '_No response_'}" for id, label in labels.items())


def taken(repo: Repository, body: str, *flags: str) -> int:
    """Take an issue in."""
    path = repo.root / "issue.md"
    path.write_text(body, encoding="utf-8")
    return main(["intake", str(path), "--root", str(repo.root), *flags])


def everything(repo: Repository) -> dict[str, bytes]:
    """All bytes of the tables."""
    return {path.relative_to(repo.root).as_posix(): path.read_bytes() for path in (repo.root / "data").rglob("*.csv")}


def test_forms_can_be_filled_and_are_told_apart(root: Path) -> None:
    """Two fields of one name or label, a form that GitHub does not take, or one that is taken for another."""
    found = forms(root)
    assert set(found) == {"new-fact", "wrong-fact", "missing-source", "about-me"}
    for name, form in found.items():
        document = yaml.safe_load((root / FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(document) and form.needed
        fields = [field for field in document["body"] if field["type"] != "markdown"]
        assert len({field["id"] for field in fields}) == len({field["attributes"]["label"] for field in fields}) == len(fields)
        assert {field["type"] for field in fields} <= {"input", "textarea", "dropdown"}
        body = "\n\n".join(f"### {label}\n\nx" for label in form.labels.values())
        assert [other.name for other in found.values() if other.answers(body) is not None] == [name]
    kinds = next(f for f in yaml.safe_load((root / FOLDER / "missing-source.yml").read_text("utf-8"))["body"] if f.get("id") == "kind")
    labels = [line.split(",")[1] for line in (root / "data/codes/source_kinds.csv").read_text("utf-8").splitlines()[1:]]
    assert kinds["attributes"]["options"] == labels


def test_a_wrong_fact_becomes_a_cell_with_its_evidence(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A form that is filled as its texts ask, and comes to nothing, or to half of its rows."""
    before = everything(repo)
    body = issue(
        repo, "new-fact", record="Surrey", column="Winner", value="Assura Medical", source="hsj-surrey-450m", words=WORDS, version="0.1.0"
    )
    assert taken(repo, body) == 1
    assert "names no one record; do you mean contracts/surrey-2011" in capsys.readouterr().out
    body = body.replace("\nSurrey\n", "\nhttps://example.org/contracts/surrey-2011.html#x\n")
    row = repo.row("contracts", contract_id="surrey-2011")
    repo.touched.clear()
    assert row["winner_organisation_id"] == "assura-medical"
    assert taken(repo, body.replace("Assura Medical\n", "Circle\n", 1)) == 1
    assert "says “assura-medical” for" in capsys.readouterr().out
    wrong = issue(
        repo, "wrong-fact", record="contracts/surrey-2011", column="winner_organisation_id", right="assura medical", source="HSJ-surrey", words=WORDS,
        present="assura-medical",
    )  # fmt: skip
    assert taken(repo, wrong) == 1
    assert "send the form “A source that is missing” for it first" in capsys.readouterr().out
    assert everything(repo) == before


def test_a_missing_source_becomes_a_row_with_its_fingerprint(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A source whose words cannot be proved afterwards, or whose text is kept; and a fact that cannot be taken from it."""
    passage = "The baths of Eastham will be run by their staff, who are 120.\n\nThe company is Assura Medical, of all."
    answers = {
        "title": "Baths to be run by staff",
        "publisher": "Eastham Gazette",
        "date": "3 May 2011",
        "kind": "news",
        "passage": passage,
    }
    assert taken(repo, issue(repo, "missing-source", **answers, url="https://example.org/baths")) == 0, capsys.readouterr().out
    capsys.readouterr()
    key = "eastham-gazette-2011-05-03"
    assert key.encode() in repo.path("sources").read_bytes()
    assert not any(b"will be run by their staff" in content for content in everything(repo).values())
    assert taken(repo, issue(repo, "missing-source", **answers)) == 1
    assert f"in the record already, as {key}" in capsys.readouterr().out
    fact = {"record": "assura-medical", "column": "Place", "value": "Eastham", "source": "https://example.org/baths/"}
    assert taken(repo, issue(repo, "new-fact", **fact, words="the baths of Eastham shall be run")) == 1
    assert "not in what we hold of" in capsys.readouterr().out
    assert taken(repo, issue(repo, "new-fact", **fact, words="The baths of Eastham will be run")) == 0, capsys.readouterr().out
    assert (
        b"assura-medical,place,Eastham,The baths of Eastham will be run,eastham-gazette-2011-05-03,3"
        in repo.path("evidence/organisations").read_bytes()
    )


def hostile(repo: Repository) -> dict[str, str]:
    """Issues that try to do harm, by what they try."""
    good = {"record": "assura-medical", "column": "place", "value": "Surrey", "source": "hsj-surrey-450m", "words": WORDS}
    label = forms(repo.root)["new-fact"].labels["value"]
    return {
        "formula": issue(repo, "new-fact", **good | {"value": "=HYPERLINK(1)", "words": "=HYPERLINK(1) and four more words"}),
        "script": issue(repo, "new-fact", **good | {"value": "<script>alert(1)</script>"}),
        "path": issue(repo, "new-fact", **good | {"record": "../../etc/passwd"}),
        "source path": issue(repo, "new-fact", **good | {"source": "../../../etc/passwd"}),
        "column": issue(repo, "new-fact", **good | {"column": "proofs"}),
        "heading": issue(repo, "new-fact", **good | {"record": f"assura-medical\n\n### {label}\n\nEvil"}),
        "huge": issue(repo, "new-fact", **good | {"value": "x" * 60_000}),
        "more than huge": issue(repo, "new-fact", **good | {"value": "x" * 70_000}),
        "look-alike": issue(repo, "new-fact", **good | {"value": "Ѕurrеy"}),
        "blank": issue(repo, "new-fact", **good | {"words": ""}),
        "no form": "Please run this: rm -rf /",
        "nothing": "",
        "a person": issue(repo, "about-me", record="people/alan-downey", relation="I am the person", wish="x", said="=1+1"),
        "quotation": issue(repo, "new-fact", **good | {"value": 'Surrey",,"x'}),
        "key": issue(repo, "missing-source", title="../..", publisher="..", kind="news", passage="..", date="", url="javascript:alert(1)"),
    }


def test_hostile_forms_are_refused_and_write_nothing(repo: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """A cell that a spreadsheet runs, a file outside of data/, an answer that is passed off as another, or a traceback."""
    before, outside = everything(repo), sorted(repo.root.parent.rglob("*"))
    for what, body in hostile(repo).items():
        status = taken(repo, body)
        said = capsys.readouterr()
        assert status in (1, 2) and (said.out or said.err), what
        assert "Traceback" not in said.out + said.err and "Error" not in said.out + said.err, (what, said)
        assert everything(repo) == before, what
    assert [p for p in sorted(repo.root.parent.rglob("*")) if p not in outside and "_build" not in p.parts and p.name != "issue.md"] == []
