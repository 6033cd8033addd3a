"""The gate on Spark finds what it finds here, row for row, on the real tables and on broken ones.

These run by `make test-spark`, in an environment of their own: pyspark must not lie beside Great Expectations elsewhere.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from repository import Repository, told
from test_check import FIXTURES, TODAY

from mutuals import check, rules, spark
from mutuals.commands import main
from mutuals.findings import Finding
from mutuals.suites import CheckError
from mutuals.tables import SHARED, read_dataset

# What a short run wants: code that is compiled once, if at all.
SHORT = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "spark.sql.codegen.wholeStage": "false"}
BESIDE = {"spark-warehouse", "metastore_db", "derby.log", "artifacts"}


@pytest.fixture(scope="session", autouse=True)
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The one session of all tests, whose scratch files are elsewhere."""
    scratch = str(tmp_path_factory.mktemp("spark"))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = SparkSession.builder.config(map=spark.SETTINGS | SHORT | {"spark.local.dir": scratch}).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session", autouse=True)
def today() -> Iterator[None]:
    """A day that does not pass, since known failures end on one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "today", lambda: TODAY)
        yield


@pytest.fixture
def small_blocks(session: SparkSession) -> Iterator[None]:
    """Files are read by several tasks each, and the lines of each must be counted over all."""
    names = {"spark.sql.files.maxPartitionBytes": "100000", "spark.sql.files.openCostInBytes": "1"}
    before = {name: session.conf.get(name) for name in names}
    for name, size in names.items():
        session.conf.set(name, size)
    yield
    for name, size in before.items():
        session.conf.set(name, size)


def both(root: Path) -> tuple[list[Finding], list[Finding]]:
    """What the gate finds here, without what Spark does not check; and what it finds on Spark."""
    return [finding for finding in check.check(root) if finding.rule not in spark.NOT_CHECKED], check.check(root, spark=True)


def same(root: Path) -> list[Finding]:
    """The findings, which are the same here and on Spark."""
    here, there = both(root)
    assert there == here, f"only here:\n{told(sorted(set(here) - set(there)))}\nonly on Spark:\n{told(sorted(set(there) - set(here)))}"
    return there


def test_the_real_tables_are_clean(root: Path) -> None:
    """A finding where there is none, and scratch files of Spark in the repository."""
    assert same(root) == []
    assert BESIDE.isdisjoint(path.name for path in root.iterdir())
    assert BESIDE.isdisjoint(path.name for path in Path.cwd().iterdir())


def test_spark_reads_each_cell_at_its_line(root: Path, session: SparkSession, small_blocks: None) -> None:
    """A cell or a line number that Spark has otherwise than our own parser; a file that is in one block only."""
    engine = spark.Spark(root)
    rows = {(row[0], row[1]): row[2] for row in engine.rows.select(spark.FILE, spark.LINE, spark.CELLS).collect()}
    for table in read_dataset(root).tables.values():
        for line, record in table.numbered:
            assert rows.pop((table.name, line)) == list(record.values())
    assert rows == {}
    blocks = (
        session.read.text(str(root / "data/evidence/*.csv")).select("_metadata.file_path", "_metadata.file_block_start").distinct().count()
    )
    assert blocks > len(list((root / "data/evidence").glob("*.csv")))
    engine.close()


def plant(repo: Repository, names: list[str]) -> set[str]:
    """Spoil a copy by every fixture that can still be applied; the rules that then find something."""
    for name in names:
        with suppress(StopIteration, ValueError, FileNotFoundError):  # What it would spoil is spoilt already.
            FIXTURES[name](repo)
            repo.save()
        repo.touched.clear()
        repo.counted = True
    return {finding.rule for finding in repo.findings()}


@pytest.fixture(scope="module")
def broken(core: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Copies that hold every broken fixture between them; those that hide one another are apart."""
    left, copies = sorted(FIXTURES, key=lambda rule: (rule.startswith(("bytes.", "layout.", "rules.")), rule)), []
    while left:
        for names in (left, left[:1]):
            repo = Repository.copy(core, tmp_path_factory.mktemp("broken") / "copy")
            if shown := plant(repo, names) & set(names):
                break
        assert shown, f"not found even by itself: {left[0]}"
        left = [rule for rule in left if rule not in shown]
        copies.append(repo.root)
    return copies


def test_every_broken_fixture_is_found_on_spark(broken: list[Path]) -> None:
    """A rule that is blind on Spark, or tells another place or another cause."""
    found = {finding.rule for root in broken for finding in same(root)}
    assert found == set(FIXTURES) - set(spark.NOT_CHECKED)


CELLS = ("", "£500m", "nobody", "2011-13", " a", "a\u00a0b", "=1+1", 'a "b", c', "a; b; a", "cafe\u0301", "x" * 200, "a\u2028b")
BYTES = (b'"', b",", b"\xe9", b"\n", b"\n\n", b"\xc2\xa0", b"\x00", b"\xe2\x80\xa8", b"\xff\xfe", b"\r", b'""')


def spoil(repo: Repository, seed: int, cells: int, lines: int) -> None:
    """Plant faults: other cells in any column, rows that are gone or there twice, then bytes in the midst of files."""
    rng = random.Random(seed)
    kinds = [repo.names(kind) if kind in SHARED else [kind] for kind in sorted({name.partition("/")[0] for name in repo.names()})]
    for _ in range(cells):
        name = rng.choice(rng.choice(kinds))
        rows = repo.rows(name)
        if not rows:
            continue
        row, column = rng.choice(rows), rng.choice(repo.schema(name).header)
        old = row[column]
        digit = "".join(rng.choice("0123456789") if c.isdigit() else c for c in old)
        row[column] = rng.choice([old[1:], old + "x", digit, rng.choice(rows)[column], rng.choice(CELLS)])
        if rng.random() < 0.1:
            rows.remove(row)
        elif rng.random() < 0.1:
            rows.append(dict(row))
    repo.counted = False
    repo.save()
    for _ in range(lines):
        path = repo.path(rng.choice(rng.choice(kinds)))
        content = path.read_bytes()
        at = rng.randrange(content.index(b"\n") + 1, len(content) + 1)
        path.write_bytes(content[:at] + rng.choice(BYTES) + content[at:])


@pytest.mark.parametrize(("seed", "whole"), [(1, True), (2, False), (3, False)])
def test_planted_faults_are_found_alike(root: Path, core: Path, tmp_path: Path, seed: int, whole: bool) -> None:
    """A fault in some column or some byte that is another one on Spark, or none."""
    repo = Repository.copy(root if whole else core, tmp_path / "copy")
    spoil(repo, seed, cells=600 if whole else 150, lines=30 if whole else 8)
    found = same(repo.root)
    assert len(found) > (600 if whole else 150)
    assert len({finding.rule for finding in found}) > 25, told(found)


def test_odd_files_are_read_alike(core: Path, tmp_path: Path) -> None:
    """Columns in another order, names that Spark takes for patterns, files without rows, or that are hardly tables."""
    repo = Repository.copy(core, tmp_path / "copy")
    rows = repo.rows("contracts")
    repo.touched.clear()
    header = repo.schema("contracts").header[::-1]
    repo.path("contracts").write_text(
        "\n".join([",".join(header), *(",".join("" if "," in r[n] else r[n] for n in header) for r in rows), ""])
    )
    fingerprint = repo.path("fingerprints/hsj-surrey-450m")
    for name in ("a{b,c}*[d]?", "50%20 £"):
        shutil.copy(fingerprint, repo.path(f"fingerprints/{name}"))
    repo.path("fingerprints/header-only").write_bytes(fingerprint.read_bytes().splitlines(keepends=True)[0])
    repo.path("codes/header-only").write_bytes(b"\n\n\n")
    with repo.path("gaps").open("ab") as gaps:
        gaps.write(b"".join(b"gone%d,a\n" % n for n in range(1500)) + b"contracts,nobody,nothing,,,,\n")
    repo.path("people").write_bytes(repo.path("people").read_bytes().decode().encode("utf-16"))
    names = {finding.file for finding in same(repo.root)}
    assert {f"data/{name}.csv" for name in ("contracts", "fingerprints/a{b,c}*[d]?", "fingerprints/header-only", "gaps", "people")} <= names


def test_a_file_that_spark_passes_over_stops_the_gate(core: Path, tmp_path: Path) -> None:
    """A file that Spark takes for hidden, as if it held nothing."""
    repo = Repository.copy(core, tmp_path / "copy")
    repo.path("fingerprints/hsj-surrey-450m").rename(repo.path("fingerprints/_hidden"))
    with pytest.raises(CheckError, match="_hidden"):
        check.check(repo.root, spark=True)


RULE = """from mutuals.canonical import Fault
from mutuals.rules import rule

@rule("people.test", "people", "Nobody is there.", "leave"{sees})
def nobody(table, data):
    yield Fault("people.test", len(data.get("evidence/contracts").records), "name", str(len(table.records)), {wanted})
"""


def test_a_rule_that_says_nothing_sees_everything(core: Path, tmp_path: Path) -> None:
    """A new rule that finds less on Spark, since it looks further than its piece."""
    repo = Repository.copy(core, tmp_path / "copy")
    (repo.root / "validation/people.py").write_text(RULE.format(sees="", wanted="'nobody'"))
    try:
        assert [finding.rule for finding in same(repo.root)] == ["people.test"]
    finally:
        rules.REGISTRY.pop("people.test")


@pytest.mark.parametrize(("sees", "wanted", "said"), [(', sees="row"', "''", "widen its “sees”"), ("", "1 / 0", "division by zero")])
def test_a_rule_that_breaks_on_spark_stops_the_gate(core: Path, tmp_path: Path, sees: str, wanted: str, said: str) -> None:
    """A rule that sees more than it says, or fails, and so finds nothing."""
    repo = Repository.copy(core, tmp_path / "copy")
    (repo.root / "validation/people.py").write_text(RULE.format(sees=sees, wanted=wanted))
    try:
        with pytest.raises(CheckError, match=said):
            check.check(repo.root, spark=True)
    finally:
        rules.REGISTRY.pop("people.test")


def test_json_names_what_is_not_checked(core: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A reader of JSON who takes what was not asked for clean."""
    repo = Repository.copy(core, tmp_path / "copy")
    FIXTURES["schema.required"](repo)
    repo.save()
    assert main(["check", "--engine", "spark", "--format", "json", "--root", str(repo.root)]) == 1
    said = json.loads(capfd.readouterr().out)
    assert [finding["rule"] for finding in said["findings"]] == ["schema.required"]
    assert set(said["not_checked"]) == set(spark.NOT_CHECKED)


COMMAND = "import sys; from mutuals.commands import main; sys.exit(main(['check', '--engine', 'spark', '--root', sys.argv[1]]))"


def process(root: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, begun by “python -c”, in which Great Expectations may end it with 0."""
    command = [sys.executable, "-c", COMMAND, str(root)]
    return subprocess.run(command, env=os.environ | environ, cwd=root, capture_output=True, text=True, check=False)


def test_what_spark_does_not_check_is_said_and_not_passed(core: Path, tmp_path: Path) -> None:
    """A byte order mark and Windows line ends that pass for clean; a process that ends with 0 without a verdict; files left behind."""
    repo = Repository.copy(core, tmp_path / "copy")
    FIXTURES["bytes.newline"](repo)
    content = repo.path("people").read_bytes()
    repo.path("people").write_bytes(b"\xef\xbb\xbf" + content[:-1])
    assert {finding.rule for finding in check.check(repo.root)} == set(spark.NOT_CHECKED)
    done = process(repo.root)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"not checked on Spark: {', '.join(spark.NOT_CHECKED)}, since {spark.REASON}", "no findings"]
    assert {path.name for path in repo.root.iterdir()} == {"data", "schemas", "validation"}


def test_a_process_that_is_ended_does_not_end_with_0(core: Path, tmp_path: Path) -> None:
    """An import beside pyspark that ends the process as if all were well."""
    (tmp_path / "great_expectations.py").write_text("import sys\nsys.exit(0)\n")
    done = process(core, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "could not run: SystemExit" in done.stderr
