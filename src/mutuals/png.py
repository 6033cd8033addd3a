"""Pictures as PNG with a palette: the same pixels in an eighth of the bytes, since a drawing has few colours."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
import vl_convert

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS, SUB, RGBA, INDEXED = 256, 1, 6, 3  # most of a palette; then codes of the PNG standard


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG file, each by its name."""
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _joined(parts: list[tuple[bytes, bytes]]) -> bytes:
    return SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def pixels(png: bytes) -> np.ndarray | None:
    """The pixels of a PNG as the drawing engine writes it, shape (height, width, 4); None for one that is written otherwise."""
    parts = list(chunks(png))
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if (depth, colour, interlaced) != (8, RGBA, 0):
        return None
    rows = np.frombuffer(zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT")), np.uint8).reshape(height, -1)
    if not (rows[:, 0] == SUB).all():
        return None
    # Each byte was written as its difference from that of the pixel before it.
    return np.cumsum(rows[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8)


def small(png: bytes) -> bytes:
    """The same picture, pixel for pixel, with a palette; as it is where it has too many colours or may be seen through."""
    found = pixels(png)
    if found is None or found[..., 3].min() < 255:
        return png
    height, width, _ = found.shape
    index, colours = pd.factorize(found.view("<u4").ravel())
    if len(colours) > COLOURS:
        return png
    palette = colours.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    lines = np.zeros((height, width + 1), np.uint8)
    lines[:, 1:] = index.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, INDEXED, 0, 0, 0)
    kept = [part for part in chunks(png) if part[0] == b"pHYs"]
    return _joined([(b"IHDR", header), *kept, (b"PLTE", palette), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")])


def drawn(svg: str, scale: float = 1) -> bytes:
    """An SVG as PNG, `scale` pixels for each of its own."""
    return small(vl_convert.svg_to_png(svg, scale=scale))
