"""Pictures of figures: a specification in; two SVGs for the page, and files to take away, out.

Everything that a reader may screenshot is in the picture: the finding, the measure, the source and the version.
"""

import csv
import io
import os
import re
import textwrap
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

import vl_convert

from mutuals import png
from mutuals.edition import Edition
from mutuals.marks import TEXT_SIZE
from mutuals.palette import INK, MUTED, PAPER

VEGA_LITE = "6.4"
WIDE, NARROW = 680, 320
SMALLEST_TEXT = 11
SVG = "http://www.w3.org/2000/svg"
FOOT_SIZE, FOOT_LINE = 12, 16
ROOM = 0.88  # of the width is filled by running text: a reader without the house fonts has one that may run wider
ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


@dataclass(frozen=True)
class Drawing:
    """One figure, drawn: two SVGs to stand in a page, and three files to take away."""

    wide: str
    narrow: str
    svg: str
    png: bytes
    csv: str


def citation(meta: dict[str, Any], edition: Edition) -> str:
    """The line under every picture: which record, which version of it and of its data, and which sources."""
    return f"{edition}. Source: {meta['source'].rstrip('.')}."


def _width(text: str, size: float, bold: bool) -> float:
    """About how wide the house font sets a text, in pixels, erring on the wide side."""
    shares = (0.3 if c in "ijlIt.,:;'’|!f()[]/- " else 0.9 if c in "mwMW%@—" else 0.72 if c.isupper() else 0.56 for c in text)
    return sum(shares) * size * (1.06 if bold else 1)


def _wrapped(text: str, width: int, size: float, bold: bool = False) -> list[str]:
    """The text broken into lines that fit the width; a word that is too long has a line of its own, broken if need be."""
    letters = max(8, int(width / (size * 0.6)))
    words = [part for word in text.split() for part in textwrap.wrap(word, letters)]
    lines = words[:1]
    for word in words[1:]:
        if _width(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def sized(spec: dict[str, Any], width: int) -> dict[str, Any]:
    """The specification for one width, with its title and subtitle broken into lines."""
    heading, size, room = spec["title"], (19 if width > 500 else 17), int(width * ROOM)
    title = {
        "text": _wrapped(heading["text"], room, size, bold=True),
        "subtitle": _wrapped(heading["subtitle"], room, 14),
        "fontSize": size,
    }
    fitted = {"autosize": {"type": "fit-x", "contains": "padding"}, "padding": {"left": 1, "right": 1, "top": 4, "bottom": 4}}
    return {**spec, **fitted, "width": width, "title": title}


def _vega(spec: dict[str, Any]) -> ET.Element:
    # The drawing engine takes its clock from the process, and a summer time would shift the dates.
    os.environ["TZ"] = "UTC"
    return ET.fromstring(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[]))


def _rename_ids(svg: ET.Element, stem: str) -> None:
    """Give ids that no other picture on the page has, and that are the same in every build; the parts need no roles."""
    names: dict[str, str] = {}
    for element in svg.iter():
        for spare in [key for key in element.attrib if key == "role" or key.startswith("aria-")]:
            del element.attrib[spare]
        if "id" in element.attrib:
            element.attrib["id"] = names.setdefault(element.attrib["id"], f"{stem}-{len(names) + 1}")
    for element in svg.iter():
        for key, value in element.attrib.items():
            element.attrib[key] = re.sub(r"url\(['\"]?#([^)'\"]+)['\"]?\)", lambda found: f"url(#{names.get(found[1], found[1])})", value)
            if key.endswith("href") and value.startswith("#"):
                element.attrib[key] = f"#{names.get(value[1:], value[1:])}"


def _refuse_small_text(svg: ET.Element, name: str) -> None:
    for text in svg.iter(f"{{{SVG}}}text"):
        size = float(text.get("font-size", f"{TEXT_SIZE}px").removesuffix("px"))
        if size < SMALLEST_TEXT:
            raise ValueError(
                f"figure “{name}” has text of {size:g} px (“{''.join(text.itertext())}”); draw it at {SMALLEST_TEXT} px or more"
            )


def _sign(svg: ET.Element, words: str) -> None:
    """Write the citation below the picture, and make the picture that much taller."""
    width, height = float(svg.get("width", "0")), float(svg.get("height", "0"))
    lines = _wrapped(words, int(width * ROOM), FOOT_SIZE)
    foot = ET.SubElement(svg, f"{{{SVG}}}g", {"class": "spun-foot"})
    for number, line in enumerate(lines, 1):
        place = {"x": "2", "y": f"{height + 6 + number * FOOT_LINE:g}", "font-size": f"{FOOT_SIZE}px", "fill": MUTED}
        ET.SubElement(foot, f"{{{SVG}}}text", place | {"font-family": _font(svg)}).text = line
    tall = height + 14 + len(lines) * FOOT_LINE
    svg.attrib |= {"height": f"{tall:g}", "viewBox": f"0 0 {width:g} {tall:g}"}


def _font(svg: ET.Element) -> str:
    return next((text.get("font-family", "") for text in svg.iter(f"{{{SVG}}}text") if text.get("font-family")), "sans-serif")


def _picture(spec: dict[str, Any], width: int, variant: str, edition: Edition) -> ET.Element:
    meta = spec["usermeta"]["mutuals"]
    signed = citation(meta, edition)
    svg = _vega(sized(spec, width))
    _rename_ids(svg, f"{meta['name']}-{variant}")
    _sign(svg, signed)
    _refuse_small_text(svg, meta["name"])
    svg.attrib |= {"role": "img", "aria-label": meta["says"]}
    for tag, text in (("desc", f"{meta['says']} {signed}"), ("title", meta["title"])):
        element = ET.Element(f"{{{SVG}}}{tag}")
        element.text = text
        svg.insert(0, element)
    return svg


def _text(svg: ET.Element) -> str:
    return ET.tostring(svg, encoding="unicode")


def _on_paper(svg: ET.Element) -> str:
    """The picture as a file of its own: on white with a margin, since nobody knows what it will be laid upon."""
    width, height = float(svg.get("width", "0")) + 32, float(svg.get("height", "0")) + 32
    svg.attrib |= {"width": f"{width:g}", "height": f"{height:g}", "viewBox": f"-16 -16 {width:g} {height:g}"}
    paper = {"x": "-16", "y": "-16", "width": f"{width:g}", "height": f"{height:g}", "fill": PAPER, "color": INK}
    svg.insert(2, ET.Element(f"{{{SVG}}}rect", paper))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _text(svg) + "\n"


def table_csv(meta: dict[str, Any]) -> str:
    """The rows behind a figure as CSV (RFC 4180 with LF); blanks stay blank, numbers stay plain."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(meta["columns"])
    writer.writerows([["" if cell is None else cell for cell in row] for row in meta["rows"]])
    return out.getvalue()


def draw(spec: dict[str, Any], edition: Edition) -> Drawing:
    """Draw a figure's specification, signed with the edition of the data. Raises ValueError if it is not one of `mutuals.chart.figure`, or has tiny text."""
    meta = spec.get("usermeta", {}).get("mutuals")
    if not meta:
        raise ValueError("this chart has no title, sentence, source or rows; make it with mutuals.chart.figure(…)")
    wide, narrow = _picture(spec, WIDE, "wide", edition), _picture(spec, NARROW, "narrow", edition)
    inline = _text(wide)
    file = _on_paper(wide)
    return Drawing(inline, _text(narrow), file, png.drawn(file, scale=2), table_csv(meta))
