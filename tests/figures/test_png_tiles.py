"""Tiles read back by another library hold the numbers they were made from."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from bertmini_demo.figures import theme
from bertmini_demo.figures.png_tiles import LEVELS, signed_tile, weights_tile

ROUNDING = 0.5 / (LEVELS - 1) + 0.5 / 255  # of a level, then of an opacity


def pixels(uri: str) -> np.ndarray:
    """(rows, columns, 4) red, green, blue, opacity from 0 to 255."""
    kind, _, content = uri.partition(",")
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA"))


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (3, 8), (128, 128)])
def test_the_opacity_of_a_pixel_is_the_root_of_its_weight(shape):
    weights = np.random.default_rng(0).random(shape)
    read = pixels(weights_tile(weights))
    assert read.shape == (*shape, 4)
    np.testing.assert_allclose(read[..., 3] / 255, np.sqrt(weights), atol=ROUNDING)
    assert {tuple(colour) for colour in read[..., :3].reshape(-1, 3)} == {
        tuple(bytes.fromhex(theme.ATTENTION[1:]))
    }


def test_nothing_is_clear_and_everything_solid():
    assert pixels(weights_tile(np.array([[0.0, 1.0]])))[0, :, 3].tolist() == [0, 255]


def test_the_sign_is_told_by_colour_and_the_size_by_opacity():
    values = np.array([[-1.0, -0.25, 0.0], [0.25, 1.0, np.nan]])
    read = pixels(signed_tile(values))
    np.testing.assert_allclose(read[..., 3] / 255, np.abs(np.nan_to_num(values)), atol=ROUNDING)
    assert tuple(read[0, 0, :3]) == tuple(read[0, 1, :3]) == tuple(bytes.fromhex(theme.OPPOSES[1:]))
    assert tuple(read[1, 0, :3]) == tuple(read[1, 1, :3]) == tuple(bytes.fromhex(theme.SUPPORTS[1:]))


def test_a_head_of_32_word_pieces_is_small():
    raw = np.exp(np.random.default_rng(1).normal(size=(32, 32)))
    assert len(weights_tile(raw / raw.sum(axis=-1, keepdims=True))) < 2_500
