"""A mask comes back as it was written, by our own way for what we write ourselves and by Pillow's for the rest."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from mingyue.printing.formats import png
from mingyue.printing.runs import from_picture

pictures = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.sampled_from([0, 7, 128, 255])
)


@given(pictures, st.booleans())
def test_what_we_write_is_read_without_pillow(picture: np.ndarray, binary: bool) -> None:
    shown = np.where(picture > 127, 255, 0).astype(np.uint8) if binary else picture
    rows, columns = shown.shape

    found = png._decoded_plainly(png.encode_png(from_picture(shown)), columns=columns, rows=rows)

    assert found is not None
    assert found.flags.c_contiguous  # as the compiled loops want it
    assert np.array_equal(found, shown)


@given(pictures)
def test_what_others_write_is_read_alike(picture: np.ndarray) -> None:
    stream = BytesIO()
    Image.fromarray(picture).save(stream, "png", optimize=True)  # with filters, as Pillow sees fit
    rows, columns = picture.shape

    assert np.array_equal(png.decode_picture(stream.getvalue(), columns=columns, rows=rows), picture)


@given(pictures, st.data())
def test_a_damaged_file_is_never_read_by_our_own_way(picture: np.ndarray, data: st.DataObject) -> None:
    whole = png.encode_png(from_picture(picture))
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(16, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    rows, columns = picture.shape

    assert png._decoded_plainly(bytes(damaged), columns=columns, rows=rows) is None


def test_pillow_says_what_is_wrong_with_a_damaged_file() -> None:
    whole = bytearray(png.encode_png(from_picture(np.full((4, 4), 9, dtype=np.uint8))))
    whole[45] ^= 255

    with pytest.raises(png.PngError, match="cannot be read"):
        png.decode_png(bytes(whole), columns=4, rows=4)
