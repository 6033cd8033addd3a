"""The picture that a link to a page unfolds into: its title, its first sentence and whose it is, and for a figure the figure.

A page names its card by an absolute address. So cards are drawn only where it is known where the site is published;
without that no page could show its card, and none is drawn. The letters are those of a font that a locked package
ships, so that the same words give the same bytes. A word is drawn once, and then copied onto each card that has it.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from html import unescape
from pathlib import Path

import font_source_serif_pro as serif
from PIL import Image, ImageDraw, ImageFont

SIZE = (800, 420)
MARGIN, TOP, BAR, FOOT = 52, 42, 12, 372
BOLD, PLAIN = "SourceSerifProBold", "SourceSerifPro"
# What a card can hold: the font, its size, the space between two lines, and how many lines there are at most.
TITLE, LINE = (BOLD, 40, 48, 4), (PLAIN, 23, 31, 4)
# From paper to ink, the house's accent; four shades need two bits each.
STEPS = [min(3, (ink + 43) // 85) for ink in range(256)]
SHADES = [255, 255, 255, 176, 204, 214, 93, 148, 168, 11, 92, 122]
LATIN = r"[^\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2026\u2030-\u205e\u20ac]+"
SAID = re.compile(r'<meta property="og:title" content="([^"]*)">\s*<meta property="og:description" content="([^"]*)">')
FIGURES = "figures"  # the folder of the pages of figures and of their pictures
Style = tuple[str, int, int, int]


@lru_cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(serif.font_files_otf[name], size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _word(text: str, name: str, size: int) -> tuple[float, Image.Image]:
    """A word's width, and its picture with ink as 255."""
    font = _font(name, size)
    width = font.getlength(text)
    picture = Image.new("L", (int(width) + size // 8, size * 3 // 2), 0)
    ImageDraw.Draw(picture).text((0, 0), text, font=font, fill=255)
    return width, picture


def _write(card: Image.Image, text: str, top: int, style: Style) -> int:
    """Write a text in lines, from `top` on, and return where it ends; what does not fit ends in an ellipsis."""
    name, size, step, most = style
    room, space = SIZE[0] - 2 * MARGIN, size * 0.25
    lines: list[list[tuple[int, Image.Image]]] = [[]]
    across = 0.0
    # Latin letters and their marks, which the font has; and no word that is longer than a line.
    words = [part for word in re.sub(LATIN, " ", text).split() for part in re.findall(f".{{1,{room // size}}}", word)]
    for number, word in enumerate(words):
        width, picture = _word(word, name, size)
        last = len(lines) == most and number < len(words) - 1
        if across + width + (size if last else 0) > room and (across or last):
            if last:
                lines[-1].append((int(across - space), _word("…", name, size)[1]))
                break
            lines.append([])
            across = 0.0
        lines[-1].append((int(across), picture))
        across += width + space
    for number, line in enumerate(lines):
        for left, picture in line:
            card.paste(255, (MARGIN + left, top + step * number), picture)
    return top + step * len(lines)


@lru_cache
def _blank() -> Image.Image:
    """A card without words: a bar, and whose it is."""
    card = Image.new("L", SIZE, 0)
    ImageDraw.Draw(card).rectangle((0, 0, SIZE[0], BAR - 1), fill=255)
    _write(card, "Spun Out", FOOT, (BOLD, 24, 0, 1))
    card.paste(_word("the open record of UK public service mutuals", PLAIN, 17)[1], (MARGIN + 118, FOOT + 7))
    return card


def card(title: str, line: str) -> Image.Image:
    """A card of words, in four shades: the title, and a line below it."""
    drawn = _blank().copy()
    _write(drawn, line, _write(drawn, title, TOP, TITLE) + 14, LINE)
    shades = drawn.point(STEPS)
    shades.putpalette(SHADES)
    return shades


def figure_card(picture: Path) -> Image.Image:
    """The card of a figure, which has its title in it: the upper part of its picture, as wide as the card."""
    with Image.open(picture) as opened:
        drawn = opened.convert("RGBA")
    whole = Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")
    whole = whole.resize((SIZE[0] - MARGIN, whole.height * (SIZE[0] - MARGIN) // whole.width))
    shown = card("", "").convert("RGB")
    shown.paste(whole.crop((0, 0, whole.width, min(whole.height, FOOT - BAR))), (MARGIN // 2, BAR))
    return shown.quantize(16, dither=Image.Dither.NONE)


def _draw(site: Path, path: Path) -> None:
    """Draw the card of one page, which names its own words."""
    found = SAID.search(path.read_text(encoding="utf-8"))
    if found and path.name != "404.html":
        inside, picture = path.relative_to(site), path.with_suffix(".png")
        target = site / "_cards" / inside.with_suffix(".png")
        target.parent.mkdir(parents=True, exist_ok=True)
        figure = inside.parts[0] == FIGURES and picture.is_file()
        drawn = figure_card(picture) if figure else card(*map(unescape, found.groups()))
        drawn.save(target, "PNG", bits=4 if figure else 2, compress_level=4)


def write(site: Path) -> None:
    """Draw the card of every page below `site`: `_cards/` and the address of the page. Several at once: most is done outside Python."""
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_draw, site), sorted(site.rglob("*.html"))))
