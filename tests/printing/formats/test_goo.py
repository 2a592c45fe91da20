"""GOO files to the byte: the header's places, runs of every length, checksums, lies."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats.goo import HEADER_BYTES, MAGIC, read_goo, write_goo
from mingyue.printing.formats.goo_runs import RunsError, checksum, decode_runs, encode_runs
from mingyue.printing.runs import from_picture
from tests.printing.formats.stacks import GREYS, pictures, stack_of

LIT = np.full((4, 6), 255, dtype=np.uint8)
AFTER_PREVIEWS = 194 + 2 * 116 * 116 + 2 + 2 * 290 * 290 + 2


@pytest.fixture
def good(tmp_path: Path) -> Path:
    picture = LIT.copy()
    picture[:2, :3] = 0
    picture[3, 5] = 77
    path = tmp_path / "a.goo"
    write_goo(stack_of([[(0, 2.5, picture)], [(0, 0.5, LIT)]], thickness_um=[10.0, 2.5]), path)
    return path


def test_the_header_stands_where_the_specification_puts_it(good: Path) -> None:
    data = good.read_bytes()

    assert HEADER_BYTES == 0x2FB95
    assert (data[:4], data[4:12]) == (b"V3.0", MAGIC)
    assert struct.unpack_from(">IHH", data, AFTER_PREVIEWS) == (2, 6, 4)
    assert struct.unpack_from(">5f", data, AFTER_PREVIEWS + 10) == pytest.approx([0.012, 0.008, 0.0125, 0.01, 0.5])
    assert struct.unpack_from(">I", data, HEADER_BYTES - 7) == (HEADER_BYTES,)
    assert data[-11:] == bytes.fromhex("00 00 00 07 00 00 00 44 4C 50 00")


def test_a_layer_stands_where_the_specification_puts_it(good: Path) -> None:
    layer = good.read_bytes()[HEADER_BYTES:]

    assert struct.unpack_from(">Hfff", layer) == (0, 0.0, pytest.approx(0.01), 2.5)
    assert struct.unpack_from(">H2sIB", layer, 62) == (255, b"\r\n", 6 + 2, 0x55)
    # rows 0 and 1: 3 dark, 3 lit; rows 2 and 3: 11 more lit, one of grey 77
    assert layer[71:77] == bytes.fromhex("03 C3 03 CE 41 4D")
    assert layer[77] == checksum(layer[71:77])
    assert layer[78:80] == b"\r\n"


@pytest.mark.parametrize(
    ("length", "data"),
    [
        (15, "CF"),
        (16, "D0 01"),
        (0xABC, "DC AB"),
        (0x1000, "E0 01 00"),
        (0xABCDE, "EE AB CD"),
        (0x100000, "F0 01 00 00"),
        (0x1234567, "F7 12 34 56"),
    ],
)
def test_a_run_of_any_length_is_written_and_read(length: int, data: str) -> None:
    runs = decode_runs(bytes.fromhex(data), rows=1, columns=length)

    assert (runs.starts.tolist(), runs.stops.tolist(), runs.values.tolist()) == ([0], [length], [255])
    assert encode_runs(runs) == bytes.fromhex(data)


def test_steps_between_greys_are_read() -> None:
    # grey 100 once; up 15 once; down 3 for 4 pixels; up 10 for 2
    data = bytes.fromhex("41 64") + bytes([0b10_00_1111, 0b10_11_0011, 4, 0b10_01_1010, 2])

    runs = decode_runs(data, rows=2, columns=4)

    assert runs.painted().tolist() == [[100, 115, 112, 112], [112, 112, 122, 122]]


@given(st.data())
def test_runs_read_back_what_they_wrote(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 40))
    runs = from_picture(data.draw(pictures(rows, columns, GREYS)))

    assert decode_runs(encode_runs(runs), rows=rows, columns=columns) == runs


@given(st.binary(max_size=60), st.integers(1, 6), st.integers(1, 9))
def test_no_bytes_do_worse_than_an_error(data: bytes, rows: int, columns: int) -> None:
    try:
        runs = decode_runs(data, rows=rows, columns=columns)
    except RunsError:
        return
    assert runs == from_picture(runs.painted())


@pytest.mark.parametrize("data", ["", "C1", "C5", "D0", "41", "E0 01", "C3 8F 9F"])
def test_runs_that_do_not_fill_the_picture_are_refused(data: str) -> None:
    with pytest.raises(RunsError, match=r"do not fill|a grey leaves"):
        decode_runs(bytes.fromhex(data), rows=1, columns=4)


def test_heights_and_exposures_of_each_layer_are_its_own(good: Path) -> None:
    stack = read_goo(good)

    assert [(layer.bottom_um, layer.thickness_um) for layer in stack.layers] == [(0.0, 10.0), (10.0, 2.5)]
    assert [layer.exposures[0].seconds for layer in stack.layers] == [2.5, 0.5]


def test_previews_show_the_middle_layer(good: Path) -> None:
    data = good.read_bytes()
    small = np.frombuffer(data[194 : 194 + 2 * 116 * 116], dtype=">u2").reshape(116, 116)

    assert small.max() == 0xFFFF
    assert np.count_nonzero(small) == LIT.size


def changed(path: Path, at: int, new: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[at : at + len(new)] = new
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize(
    ("at", "new", "message"),
    [
        (0, b"V9.0", "only V3.0 is known"),
        (4, b"\0", "is not a GOO file"),
        (AFTER_PREVIEWS, (3).to_bytes(4, "big"), "promises 3 layers and holds 2"),
        (AFTER_PREVIEWS, (90_000).to_bytes(4, "big"), "promises 90,000 layers"),
        (AFTER_PREVIEWS + 10, struct.pack(">f", 0.02), "not square"),
        (AFTER_PREVIEWS + 10, struct.pack(">f", float("nan")), "not square"),
        (HEADER_BYTES + 64, b"XX", "does not begin as it should"),
        (HEADER_BYTES + 66, b"\x7f", "does not begin as it should"),
        (HEADER_BYTES + 70, b"\x54", "does not begin as it should"),
        (HEADER_BYTES - 7, b"\xff\xff\xff\xff", "promises 2 layers and holds 0"),
    ],
)
def test_a_lying_file_is_refused(good: Path, at: int, new: bytes, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_goo(changed(good, at, new))


@pytest.mark.parametrize(
    ("at", "new"), [(AFTER_PREVIEWS, b"\xff\xff\xff\xff"), (AFTER_PREVIEWS + 4, b"\xff\xff\xff\xff")]
)
def test_more_layers_or_pixels_than_a_print_has_are_refused(good: Path, at: int, new: bytes) -> None:
    with pytest.raises(LimitError, match="are the most"):
        read_goo(changed(good, at, new))


def test_a_damaged_layer_shows_by_its_checksum(good: Path) -> None:
    stack = read_goo(changed(good, HEADER_BYTES + 71, b"\x04"))

    with pytest.raises(FileFormatError, match=r"Layer 0 of a\.goo is damaged: its checksum is wrong"):
        stack.shown(0, 0)
    assert stack.shown(1, 0) == from_picture(LIT)


def test_runs_too_few_for_the_picture_are_refused(good: Path) -> None:
    data = good.read_bytes()[HEADER_BYTES + 71 : HEADER_BYTES + 77]
    fewer = b"\x02" + data[1:]

    with pytest.raises(FileFormatError, match="do not fill the picture"):
        read_goo(changed(good, HEADER_BYTES + 71, fewer + bytes([checksum(fewer)]))).shown(0, 0)


def test_a_mirrored_screen_is_turned_back(good: Path) -> None:
    straight = read_goo(good).shown(0, 0).painted()

    mirrored = read_goo(changed(good, AFTER_PREVIEWS + 8, b"\x01\x00"))

    assert np.array_equal(mirrored.shown(0, 0).painted(), straight[:, ::-1])
    assert mirrored.notes


def test_heights_that_a_program_left_out_are_multiples_of_the_thickness(good: Path) -> None:
    size = struct.unpack_from(">I", good.read_bytes(), HEADER_BYTES + 66)[0]
    for start in (HEADER_BYTES, HEADER_BYTES + 72 + size):
        changed(good, start + 6, struct.pack(">f", 0.0))

    assert [layer.bottom_um for layer in read_goo(good).layers] == [0.0, 10.0]
