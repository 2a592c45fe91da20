"""What zlib packs is unpacked to the same bytes; what is broken, cut off or longer than promised is refused."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.kernels.fast import inflated

STRATEGIES = [zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE]
runs = st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 900)), max_size=8)


def packed(data: bytes, level: int = 6, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> np.ndarray:
    packer = zlib.compressobj(level, zlib.DEFLATED, 15, 9, strategy)
    return np.frombuffer(packer.compress(data) + packer.flush(), dtype=np.uint8)


@given(runs, st.sampled_from([0, 1, 6, 9]), st.sampled_from(STRATEGIES))
def test_what_zlib_packs_is_unpacked(parts: list[tuple[bytes, int]], level: int, strategy: int) -> None:
    data = b"".join(part * times for part, times in parts)

    found = inflated(packed(data, level, strategy), len(data))

    assert found is not None
    assert found.tobytes() == data


def test_long_streams_of_several_blocks_are_unpacked() -> None:
    data = np.random.default_rng(1).integers(0, 64, 300_000, dtype=np.uint8).tobytes()

    for level in (0, 1, 9):
        found = inflated(packed(data, level), len(data))
        assert found is not None
        assert found.tobytes() == data


@given(runs.filter(bool), st.data())
def test_a_changed_or_shortened_stream_is_never_taken_for_another(
    parts: list[tuple[bytes, int]], data: st.DataObject
) -> None:
    told = b"".join(part * times for part, times in parts)
    stream = packed(told).copy()
    if data.draw(st.booleans()):
        stream = stream[: data.draw(st.integers(0, len(stream) - 1))]
    else:
        stream[data.draw(st.integers(0, len(stream) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    found = inflated(stream, len(told))

    assert found is None or found.tobytes() == told  # a bit of the header says how hard the packer tried, no more


@pytest.mark.parametrize("other", [0, 99, 101])
def test_a_stream_of_another_length_is_refused(other: int) -> None:
    assert inflated(packed(bytes(100)), other) is None
