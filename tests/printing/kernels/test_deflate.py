"""A stream made from runs must unpack, by somebody else's code, to the bytes that were meant."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.printing.kernels import fast
from mingyue.printing.runs import FULL, from_picture

byte_runs = st.lists(
    st.tuples(
        st.integers(0, 255),
        st.one_of(st.integers(1, 12), st.sampled_from([257, 258, 259, 260, 261, 516, 5000])),
    ),
    min_size=1,
    max_size=80,
)


def unpacked(runs: list[tuple[int, int]]) -> bytes:
    values = np.array([value for value, _ in runs], dtype=np.uint8)
    lengths = np.array([length for _, length in runs], dtype=np.int64)
    return zlib.decompress(fast.zlib_stream(values, lengths))  # checks Adler-32 as well


@given(byte_runs)
def test_a_stream_unpacks_to_its_runs(runs: list[tuple[int, int]]) -> None:
    assert unpacked(runs) == b"".join(bytes([value]) * length for value, length in runs)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 257, 258, 259, 260, 261, 262, 515, 516, 517, 70_000])
def test_every_length_of_a_single_run_is_whole(length: int) -> None:
    assert unpacked([(7, length)]) == bytes([7]) * length


def test_counts_as_skewed_as_can_be_still_make_a_code_within_its_limit() -> None:
    # Fibonacci counts make the deepest Huffman tree there is: 25 symbols would need codes of 24 bits.
    counts = [1, 1]
    while len(counts) < 25:
        counts.append(counts[-1] + counts[-2])
    runs = [(value, 1) for value, count in enumerate(counts) for _ in range(count)]
    mixed = np.random.default_rng(0).permutation(len(runs))  # neighbours differ, so that they stay literals
    runs = [runs[i] for i in mixed]

    assert unpacked(runs) == bytes(value for value, _ in runs)


def test_the_checksum_is_right_for_runs_longer_than_its_modulus() -> None:
    runs = [(255, 3_000_000), (0, 5_000_000), (1, 65_521)]

    assert unpacked(runs) == b"".join(bytes([value]) * length for value, length in runs)


def test_the_checksum_is_right_where_its_sums_grow_large_among_short_and_long_runs() -> None:
    # Two runs of 65,535 times 255 already pass the size from which sums are brought back below the modulus.
    rng = np.random.default_rng(0)
    lengths = rng.choice([1, 3, 900, 65_535, 65_536, 131_042], 120)
    runs = [(int(value), int(length)) for value, length in zip(rng.integers(250, 256, 120), lengths, strict=True)]

    assert unpacked(runs) == b"".join(bytes([value]) * length for value, length in runs)


@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.3, 0.9]))
def test_binary_rows_are_the_packed_bits(rows: int, columns: int, seed: int, share: float) -> None:
    picture = (np.random.default_rng(seed).random((rows, columns)) < share).astype(np.uint8) * FULL
    runs = from_picture(picture)

    values, lengths = fast.binary_bytes(runs.row_starts, runs.starts, runs.stops, columns)

    filtered = np.zeros((rows, (columns + 7) // 8 + 1), dtype=np.uint8)
    filtered[:, 1:] = np.packbits(picture, axis=1)
    assert np.repeat(values, lengths).tobytes() == filtered.tobytes()
    assert (values[1:] != values[:-1]).all()


@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_grey_rows_are_the_pixels(rows: int, columns: int, seed: int) -> None:
    picture = np.random.default_rng(seed).choice([0, 0, 0, 90, 255], (rows, columns)).astype(np.uint8)
    runs = from_picture(picture)

    values, lengths = fast.grey_bytes(runs.row_starts, runs.starts, runs.stops, runs.values, columns)

    filtered = np.zeros((rows, columns + 1), dtype=np.uint8)
    filtered[:, 1:] = picture
    assert np.repeat(values, lengths).tobytes() == filtered.tobytes()
    assert (values[1:] != values[:-1]).all()


@pytest.mark.parametrize("value", [0, 7])
@pytest.mark.parametrize("length", [1, 2, 3, 258, 259, 260, 261, 516, 258 * 64, 258 * 73 + 2, 258 * 200 + 1, 3_000_001])
def test_a_long_run_is_written_as_often_as_it_is_repeated(value: int, length: int) -> None:
    values = np.array([3, value, 9], dtype=np.uint8)
    lengths = np.array([2, length, 5], dtype=np.int64)

    stream = fast.zlib_stream(values, lengths)

    assert zlib.decompress(stream) == bytes([3]) * 2 + bytes([value]) * length + bytes([9]) * 5
    assert len(stream) <= 100 + length // 258
