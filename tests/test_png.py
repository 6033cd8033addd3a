"""Pictures as PNG: small, and the same pixels as the drawing engine made."""

import base64

import pytest
import vl_convert
from playwright.sync_api import Page

from mutuals import png

TEXT = '<text x="8" y="40" font-family="sans-serif" font-size="30" fill="#D55E00">Swindon, 20 thousand</text>'
OPAQUE = f'<svg xmlns="http://www.w3.org/2000/svg" width="330" height="60"><rect width="330" height="60" fill="#fff"/>{TEXT}</svg>'
CLEAR = f'<svg xmlns="http://www.w3.org/2000/svg" width="330" height="60">{TEXT}</svg>'
MANY = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60"><linearGradient id="g"><stop stop-color="#000"/>'
    '<stop offset=".5" stop-color="#0f8"/><stop offset="1" stop-color="#f00"/></linearGradient><rect width="600" height="60" fill="url(#g)"/></svg>'
)
# The pixels of each picture, as Chromium reads them.
SEEN = """async (pictures) => Promise.all(pictures.map(async (picture) => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64," + picture)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return [bitmap.width, bitmap.height, ...context.getImageData(0, 0, bitmap.width, bitmap.height).data].join();
}))"""


@pytest.mark.parametrize(("svg", "smaller"), [(OPAQUE, True), (CLEAR, False), (MANY, False)])
def test_the_pixels_stay_the_same(page: Page, svg: str, smaller: bool) -> None:
    """A picture that lost a colour, moved, or was cut; one that needs more colours than a palette has."""
    whole = vl_convert.svg_to_png(svg, scale=2)
    made = png.drawn(svg, scale=2)
    assert (len(made) < len(whole) / 2) == smaller == (made != whole)
    before, after = page.evaluate(SEEN, [base64.b64encode(picture).decode() for picture in (whole, made)])
    assert before == after and before.startswith("660,120," if smaller or svg == CLEAR else "1200,120,")
    assert dict(png.chunks(made))[b"pHYs"] == dict(png.chunks(whole))[b"pHYs"]
