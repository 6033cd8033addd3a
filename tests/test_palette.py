"""The colours: each stands out from its page, and hues stay apart with every common kind of colour blindness."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from mutuals.edition import edition
from mutuals.figures import every
from mutuals.palette import CONTEXT, DARK, HUES, INK, MUTED, NIGHT, PAPER, RULE, dark_rules, dark_values
from mutuals.render import draw

ROOT = Path(__file__).resolve().parents[1]
STYLE = ROOT / "book" / "_static" / "figures.css"
MEANING, TEXT = (*HUES, CONTEXT, MUTED, INK), (INK, MUTED)
APART = 15  # CIE 2000-free distance in Lab; a just noticeable difference is about 2.3

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SEEN_AS = {
    "everyone": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def linear(colour: str) -> np.ndarray:
    """A colour like #0072B2 as linear red, green and blue from 0 to 1."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 between two colours, from 1 to 21."""
    lights = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB in CIE L*a*b* under D65."""
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]) @ np.clip(
        rgb, 0, 1
    )
    ratio = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, eyes: str) -> float:
    """How far apart two colours look to some eyes."""
    return float(np.linalg.norm(lab(SEEN_AS[eyes] @ linear(one)) - lab(SEEN_AS[eyes] @ linear(other))))


def test_the_measures_are_right() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)
    assert distance("#ff0000", "#00ff00", "everyone") > 3 * distance("#ff0000", "#00ff00", "deuteranopia")


@pytest.mark.parametrize("colour", MEANING)
def test_what_carries_meaning_stands_out_from_both_pages(colour: str) -> None:
    assert contrast(colour, PAPER) >= 3
    assert contrast(DARK[colour], NIGHT) >= 3


@pytest.mark.parametrize("colour", TEXT)
def test_text_can_be_read_on_both_pages(colour: str) -> None:
    assert contrast(colour, PAPER) >= 4.5
    assert contrast(DARK[colour], NIGHT) >= 4.5


def drawn() -> dict[str, set[str]]:
    """Every figure's name with the colours in its picture."""
    state = edition(ROOT)
    pictures = {spec["usermeta"]["mutuals"]["name"]: draw(spec, state).wide for _, spec in every(ROOT / "notebooks")}
    return {name: set(re.findall(r'(?:fill|stroke)="(#[0-9A-Fa-f]{3,8}|black|white)"', svg)) for name, svg in pictures.items()}


@pytest.fixture(scope="module")
def used() -> dict[str, set[str]]:
    """The colours of every published picture."""
    return drawn()


def test_pictures_use_no_other_colours(used: dict[str, set[str]]) -> None:
    """A colour without a counterpart would stay as it is on a dark page."""
    assert {name: colours - set(DARK) for name, colours in used.items() if colours - set(DARK)} == {}
    assert len(used) > 10


@pytest.mark.parametrize("eyes", SEEN_AS)
def test_colours_used_together_stay_apart(used: dict[str, set[str]], eyes: str) -> None:
    close = [
        (name, one, other)
        for name, colours in used.items()
        for one, other in itertools.combinations(sorted(colours & {*HUES, CONTEXT, MUTED} - {MUTED}), 2)
        if min(distance(one, other, eyes), distance(DARK[one], DARK[other], eyes)) < APART
    ]
    assert close == []


def test_a_picture_never_has_more_than_one_hue_without_words(used: dict[str, set[str]]) -> None:
    """One accent and greys: what the accent says stands in the subtitle, bold letters, a hollow mark or a column as well."""
    many = {name: colours & set(HUES) for name, colours in used.items() if len(colours & set(HUES)) > 1}
    assert many == {}
    for _, spec in every(ROOT / "notebooks"):
        meta = spec["usermeta"]["mutuals"]
        rows = spec["datasets"][spec["data"]["name"]] if "name" in spec["data"] else spec["data"]["values"]
        if {row.get("tone") for row in rows} >= {"strong", "faint"}:
            assert "Blue: " in meta["subtitle"], meta["name"]


def test_the_style_sheet_has_the_counterparts() -> None:
    style = STYLE.read_text(encoding="utf-8")
    assert dark_rules() in style
    assert style.count(dark_values()) == 2
    assert RULE in DARK
