"""Small pictures of numbers, one pixel each, as PNG data URIs: a whole head in one element and about a kilobyte.

The pixels are tinted by transparency, so that they can be read on light and dark pages.
"""

import base64
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from bertmini_demo.figures import theme

LEVELS = 64  # of transparency


def weights_tile(weights: np.ndarray, *, colour: str = theme.ATTENTION) -> str:
    """(queries, keys) weights from 0 to 1: a pixel's opacity is the square root of its weight.

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
    """A PNG file of (rows, columns) indices into a palette of red, green, blue and opacity."""
    image = Image.frombytes("P", levels.shape[::-1], np.ascontiguousarray(levels).tobytes())
    image.putpalette([channel for colour in palette for channel in colour[:3]])
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, transparency=bytes(colour[3] for colour in palette))
    return file.getvalue()


def data_uri(file: bytes) -> str:
    """A PNG file as an address that holds it, for the src of an image."""
    return f"data:image/png;base64,{base64.b64encode(file).decode()}"
