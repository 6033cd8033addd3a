"""The README of a release: what it is, how many rows, where to begin, under which terms; short enough to be read."""

from pathlib import Path

from mutuals.dates import spoken
from mutuals.exports import citation
from mutuals.exports.files import Item
from mutuals.exports.release import FACTS, NAME, PURPOSE, Release

FILE = "README.txt"
BEGIN = """\
WHERE TO BEGIN
  wide/spin_outs.csv   a row for each body, with codes in words and days to chart
  data/spin_outs.csv   the same as kept: codes, keys, dates as exact as the sources
  long/evidence.csv    who says so: source, paragraph and words for every fact
  datapackage.json     what each column means, for programs; csv-metadata.json says it as CSVW

HOW TO READ
  UTF-8, commas, one header line, no line break in a cell. A blank says that there is no value;
  data/gaps.csv says why. Several values in a cell are parted by "; ". Dates are EDTF:
  2012-06 is a month, 2011-11~ about a month, [..2011-11-13] a day not later than that one."""


def write(release: Release, folder: Path) -> list[Item]:
    """Write it."""
    edition, said = release.edition, citation.sentence(release.root, release.edition.version, release.edition.day)
    names = sorted(table.name for table in release.data.facts)
    width = max(map(len, names))
    rows = "\n".join(
        f"  {name:{width}}  {release[name].count:7,} rows  {release[f'evidence_{name}'].count:7,} of evidence" for name in names
    )
    proved = len(release.data.of_kind("fingerprints"))
    text = f"""\
{NAME.upper()} {edition.version}
{PURPOSE}
Sources read until {spoken(edition.day)}; data {edition.digest}.

WHAT IS HERE
{rows}
  data/codes holds the code lists; data/fingerprints proves the words of {proved:,} sources.

{BEGIN}

TERMS
  Facts: CC BY 4.0. Say where they come from:
  {said["plain"]}
  Quoted words stay those of who said or printed them; they are short, and named with their source.
  REUSE.toml and LICENSES/ say it for each file.
"""
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
    return [Item(FILE, "text", "What is here, in a page", FACTS)]
