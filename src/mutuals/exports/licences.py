"""Licences: which file is under what, as REUSE says it (reuse.software), for the release as for the repository."""

import shutil
from pathlib import Path

from mutuals.exports.csvs import ZIP
from mutuals.exports.files import SUMS, Item
from mutuals.exports.release import FACTS, WORDS, Release

HOLDER = "The Spun Out contributors"
FILE = "REUSE.toml"
TEXTS = tuple(f"LICENSES/{name}.txt" for name in (FACTS, WORDS))
# What each licence is, in words and with its address; the files are in LICENSES/.
TITLES = {
    FACTS: ("Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"),
    WORDS: ("Quoted words stay those of who said or printed them", f"LICENSES/{WORDS}.txt"),
}


def described(expression: str) -> list[dict[str, str]]:
    """The licences of an SPDX expression, as Data Package lists them."""
    return [{"name": name, "path": TITLES[name][1], "title": TITLES[name][0]} for name in expression.split(" AND ")]


def short(expression: str) -> str:
    """The licences of an SPDX expression in a few words."""
    return "CC BY 4.0" + ("; quotations stay their speakers’ and publishers’" if WORDS in expression else "")


def write(release: Release, folder: Path, items: list[Item]) -> list[Item]:
    """Write the licences' texts, and which file is under which."""
    (folder / "LICENSES").mkdir()
    for path in TEXTS:
        shutil.copyfile(release.root / path, folder / path)
    quoting = sorted([ZIP, *(item.path for item in items if WORDS in item.licence)])
    plain = sorted([FILE, SUMS, "schemas/**", "data/fingerprints/**", *(item.path for item in items if WORDS not in item.licence)])
    text = "version = 1\n"
    for paths, licence in ((plain, FACTS), (quoting, f"{FACTS} AND {WORDS}")):
        listed = "".join(f'  "{path}",\n' for path in paths)
        text += f'\n[[annotations]]\npath = [\n{listed}]\nSPDX-FileCopyrightText = "{HOLDER}"\nSPDX-License-Identifier = "{licence}"\n'
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
    return [Item(FILE, "licences", "Which file is under which licence (REUSE)", FACTS)]
