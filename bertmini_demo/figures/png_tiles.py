"""Small pictures of numbers, one pixel each, as PNG data URIs: a whole head in one element and about a kilobyte.

The pixels are tinted by transparency, so that they can be read on light and dark pages.
"""

import base64
import struct
import zlib
from collections.abc import Sequence

import numpy as np

from bertmini_demo.figures import theme

LEVELS = 64  # of transparency


def weights_tile(weights: np.ndarray, *, colour: str = theme.ATTENTION) -> str:
    """(queries, keys) weights from 0 to 1: a pixel's opacity is the square root of its weight, as in all heatmaps.

    The root lets a head be seen that spreads its weight over 30 keys.
    """
    levels = np.rint(np.sqrt(weights) * (LEVELS - 1)).astype(np.uint8)
    return data_uri(png(levels, faded(colour)))


def signed_tile(values: np.ndarray) -> str:
    """(rows, columns) from -1 to 1: orange below zero, blue above, nothing at zero; NaN is left clear."""
    sizes = np.rint(np.abs(np.nan_to_num(values)) * (LEVELS - 1)).astype(np.uint8)
    levels = np.where(values < 0, sizes + LEVELS, sizes).astype(np.uint8)
    return data_uri(png(levels, faded(theme.SUPPORTS) + faded(theme.OPPOSES)))


def faded(colour: str) -> list[tuple[int, int, int, int]]:
    """A hex colour from clear to solid, in ``LEVELS`` steps of red, green, blue and opacity."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return [(red, green, blue, round(255 * level / (LEVELS - 1))) for level in range(LEVELS)]


def png(levels: np.ndarray, palette: Sequence[tuple[int, int, int, int]]) -> bytes:
    """A PNG file of (rows, columns) indices into a palette (https://www.w3.org/TR/png-3/)."""
    rows, columns = levels.shape
    size_and_kind = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)  # 8 bits a pixel, by palette
    lines = b"".join(b"\0" + row.tobytes() for row in levels)  # each line after its filter: none
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", size_and_kind),
            chunk(b"PLTE", bytes(channel for colour in palette for channel in colour[:3])),
            chunk(b"tRNS", bytes(colour[3] for colour in palette)),
            chunk(b"IDAT", zlib.compress(lines, 9)),
            chunk(b"IEND", b""),
        )
    )


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def data_uri(file: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"
