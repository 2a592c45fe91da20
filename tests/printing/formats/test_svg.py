"""Outlines: exact edges of pixels, in millimetres; what is read of documents by others, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats import outlines
from mingyue.printing.formats.outlines import outlines_of, runs_of
from mingyue.printing.formats.svg import read_svg, write_svg
from mingyue.printing.runs import from_picture
from tests.printing.formats.stacks import BLACK_WHITE, pictures, stack_of

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:mingyue="urn:mingyue:layers" width="0.012mm" height="0.008mm" '
    'viewBox="0 0 0.012 0.008" mingyue:pixel-um="2.0">'
)
GROUP = '<g id="a" mingyue:bottom-um="0" mingyue:thickness-um="5" mingyue:exposure-s="1"{more}>{inner}</g>'


def document(path: Path, inner: str, *, more: str = "", head: str = HEAD) -> Path:
    path.write_text(head + GROUP.format(inner=inner, more=more) + "</svg>")
    return path


# --- outlines -----------------------------------------------------------------------------------------------------


@given(st.data())
def test_outlines_bound_exactly_what_is_lit(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 12))
    runs = from_picture(data.draw(pictures(rows, columns, BLACK_WHITE)))

    found = list(outlines_of(runs))

    assert runs_of([np.array(corners, dtype=float) for corners in found], rows=rows, columns=columns) == runs


@given(st.data())
def test_outlines_go_across_and_along_by_turns_and_lie_on_edges_only(data: st.DataObject) -> None:
    picture = data.draw(pictures(6, 7, BLACK_WHITE))
    padded = np.pad(picture.astype(int), 1)
    upright = np.abs(np.diff(padded, axis=1)).sum() // 255
    level = np.abs(np.diff(padded, axis=0)).sum() // 255

    lengths = np.zeros(2)
    for corners in outlines_of(from_picture(picture)):
        sides = np.roll(corners, -1, axis=0) - np.array(corners)
        assert (sides[0::2, 1] == 0).all()
        assert (sides[1::2, 0] == 0).all()
        assert (np.abs(sides).sum(axis=1) > 0).all()
        lengths += np.abs(sides).sum(axis=0)

    assert lengths.tolist() == [level, upright]


def test_a_ring_is_two_outlines() -> None:
    picture = np.full((4, 4), 255, dtype=np.uint8)
    picture[1:3, 1:3] = 0

    corners = sorted(sorted(outline) for outline in outlines_of(from_picture(picture)))

    assert corners == [[(0, 0), (0, 4), (4, 0), (4, 4)], [(1, 1), (1, 3), (3, 1), (3, 3)]]


def test_a_slanted_side_lights_the_pixels_whose_centres_it_holds() -> None:
    triangle = np.array([(0.0, 0.0), (6.0, 0.0), (0.0, 6.0)])

    runs = runs_of([triangle], rows=6, columns=6)

    row, column = np.mgrid[:6, :6] + 0.5
    assert np.array_equal(runs.painted() > 0, row + column < 6)


@pytest.mark.parametrize("even_odd", [True, False])
def test_the_fill_rule_decides_what_overlapping_outlines_hold(even_odd: bool) -> None:
    square = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])

    runs = runs_of([square, square / 2 + 1], rows=4, columns=4, even_odd=even_odd)

    assert runs.lit_px == (12 if even_odd else 16)


# --- documents ----------------------------------------------------------------------------------------------------


def test_a_document_is_in_millimetres_with_a_group_a_layer(tmp_path: Path) -> None:
    picture = np.zeros((4, 6), dtype=np.uint8)
    picture[1:3, 2:5] = 255
    write_svg(stack_of([[(0, 0.5, picture)]] * 2), tmp_path / "a.svg")

    text = (tmp_path / "a.svg").read_text()

    assert 'width="0.012mm" height="0.008mm" viewBox="0 0 0.012 0.008"' in text
    assert re.findall(r'<g id="(\w+)"', text) == ["layer0", "layer1"]
    assert text.count('transform="scale(0.002)"><path fill-rule="evenodd" d="M2 3H5V1H2Z"/>') == 2


def test_grey_is_said_to_be_lost(tmp_path: Path) -> None:
    grey = np.array([[127, 128]], dtype=np.uint8)

    assert write_svg(stack_of([[(0, 1.0, grey)]]), tmp_path / "a.svg") == (
        "Grey is lost: a pixel is lit from half on, and dark below.",
    )
    assert read_svg(tmp_path / "a.svg").shown(0, 0).painted().tolist() == [[0, 255]]


@pytest.mark.parametrize(
    "inner",
    [
        '<path d="M0.004 0.002H0.01V0.006H0.004Z"/>',
        '<path d="m.004,.002 .006 0 0 4e-3 -.006,0z"/>',
        '<path d="M0.004 0.002 L0.01 0.002 0.01 0.006 L 0.004 0.006"/>',
        '<path d="M4 2h6v4h-6z" transform="scale(0.001)"/>',
        '<g transform="scale(0.002)"><g><path d="M2 1v2h3v-2"/></g></g>',
        '<path d="M0.004 0.002H0.007V0.006H0.004Z"/><path d="M0.007 0.002H0.01V0.006H0.007Z"/>',
    ],
)
def test_paths_of_straight_sides_are_read_however_they_are_written(tmp_path: Path, inner: str) -> None:
    stack = read_svg(document(tmp_path / "a.svg", inner))

    wanted = np.zeros((4, 6), dtype=np.uint8)
    wanted[1:3, 2:5] = 255
    assert stack.shown(0, 0) == from_picture(wanted)


def test_a_group_closed_where_it_begins_is_dark(tmp_path: Path) -> None:
    path = document(tmp_path / "a.svg", "")
    path.write_text(path.read_text().replace("></g>", "/>"))

    assert len(read_svg(path).shown(0, 0)) == 0


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ('<path d="M0 0C1 1 2 2 3 3Z"/>', "curves"),
        ('<path d="L0 0H1Z"/>', "curves or what is no path"),
        ('<path d="M0 0L1Z"/>', "a corner with one coordinate"),
        ('<path d="M0 0H1e999V1Z"/>', "not a finite number"),
        ('<circle r="1"/>', "draws with 'circle'"),
        ('<path d="M0 0H1V1Z" transform="rotate(45)"/>', r"moves outlines with 'rotate\(45\)'"),
        ('<path d="M0 0H1V1Z" transform="scale(0)"/>', "number above 0 for scale"),
        ('<path d="M0 0H1V1Z" fill-rule="evenodd"/><path d="M0 0H1V1Z"/>', "different fill rules"),
    ],
)
def test_what_is_drawn_otherwise_is_refused(tmp_path: Path, inner: str, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_svg(document(tmp_path / "a.svg", inner)).shown(0, 0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<svg", "<!DOCTYPE svg><svg", "declares a document type"),
        ("<svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg', "declares a document type"),
        ('width="0.012mm"', 'width="12"', "its width is not in mm"),
        ('viewBox="0 0 ', 'viewBox="1 0 ', "does not begin at 0 0"),
        ("0.012 0.008", "0.012 0.012", "another shape than its sheet"),
        (' mingyue:pixel-um="2.0"', "", "how large its pixels are"),
        ('thickness-um="5"', 'thickness-um="-5"', "number above 0 for thickness-um"),
        (' mingyue:bottom-um="0"', "", "a.svg: a should say a number above 0 for bottom-um"),
        ("</svg>", "", "is not a valid SVG file: no element found"),
        ("<g ", "<h ", "is not a valid SVG file: mismatched tag"),
    ],
)
def test_a_document_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = document(tmp_path / "a.svg", "")
    path.write_text(path.read_text().replace(old, new, 1))

    with pytest.raises(FileFormatError, match=message):
        read_svg(path)


@pytest.mark.parametrize(("pixel_um", "size"), [(1e-4, "120000 × 80000"), (100.0, "0 × 0")])
def test_a_pixel_that_makes_no_screen_is_refused(tmp_path: Path, pixel_um: float, size: str) -> None:
    with pytest.raises(LimitError, match=size):
        read_svg(document(tmp_path / "a.svg", ""), pixel_um=pixel_um)


def test_outlines_too_crowded_for_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_MOST_CROSSINGS", 7)
    path = document(tmp_path / "a.svg", '<path d="M0 0H0.012V0.008H0Z"/>')

    with pytest.raises(LimitError, match="crosses its outlines 8 times"):
        read_svg(path).shown(0, 0)
