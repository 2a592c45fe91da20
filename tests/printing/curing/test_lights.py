"""Light is what the masks of a package say: by windows, added up over fields and flashes, as the machine bends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import BadInputError
from mingyue.printing.curing.lights import MaskStack, PackageLight, Window, whole
from mingyue.printing.fields import FieldGrid, field_grid
from mingyue.printing.formats import manifest as m
from mingyue.printing.formats.png import encode_png
from mingyue.printing.formats.print_package import PackageWriter, open_package
from mingyue.printing.masks import masks_of
from mingyue.printing.runs import from_picture

PITCH_UM, ROWS_PX, COLUMNS_PX = 2.0, 24, 32


def grid_of(*, overlap_px: int = 6) -> FieldGrid:
    """Two by two fields."""
    size_um = ((2 * COLUMNS_PX - overlap_px) * PITCH_UM, (2 * ROWS_PX - overlap_px) * PITCH_UM)
    return field_grid(size_um, field_px=(COLUMNS_PX, ROWS_PX), pitch_um=PITCH_UM, overlap_px=overlap_px)


def package_of(
    path: Path, pictures: np.ndarray, grid: FieldGrid, *, seconds: float = 0.5, copies: int = 1, flashes: int = 1
) -> Path:
    """(layers, rows, columns) uint8 as a print package; every copy after the first is dark to half."""
    layers = []
    with PackageWriter(path) as writer:
        for number, picture in enumerate(pictures):
            exposures = []
            for copy in range(copies):
                shown = picture if copy == 0 else picture // 2
                for mask in masks_of(from_picture(shown), grid):
                    name = f"{number:05d}-{copy * len(grid.fields) + mask.field:03d}"
                    at = writer.add_mask(encode_png(mask.runs), name=name, lit_px=mask.runs.lit_px)
                    exposures += [m.ExposureOf(copy * len(grid.fields) + mask.field, at, seconds / flashes)] * flashes
            layers.append(m.LayerOf(5.0 * number, 5.0, 5.0 * number + 2.5, 1.0, tuple(exposures)))
        canvas = grid.canvas
        told = m.Manifest(
            format="mingyue-print-package",
            version="1.0",
            made_by="a test",
            part=m.PartOf("noise", "stl", "0" * 64, 12, (8.0, 4.0, 5.0)),
            placement=m.PlacementOf(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0)),
            machine=m.MachineOf("tiny", PITCH_UM, (COLUMNS_PX, ROWS_PX), None, False),
            resin=m.ResinOf("water", 10.0, None),
            canvas=m.CanvasOf(PITCH_UM, canvas.rows, canvas.columns, canvas.left_um, canvas.top_um),
            stitching=m.StitchingOf(grid.overlap_px, "linear" if grid.overlap_px else "none"),
            grey="coverage",
            fields=tuple(
                m.FieldOf(field.row, field.column, (field.offset_um[0] + 1e3 * copy, field.offset_um[1]))
                for copy in range(copies)
                for field in grid.fields
            ),
            layers=tuple(layers),
            masks=tuple(writer.masks),
            preview="preview.png",
        )
        writer.finish(told, preview_png=encode_png(from_picture(pictures[0])))
    return path


PICTURES = np.random.default_rng(7).integers(0, 256, (3, 42, 58), dtype=np.uint8)


@pytest.fixture(scope="module")
def stitched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package_of(tmp_path_factory.mktemp("light") / "stitched.zip", PICTURES, grid_of())


@contextmanager
def light_of(path: Path, **settings: object) -> Iterator[PackageLight]:
    with open_package(path) as package:
        yield PackageLight(package, **settings)


def test_overlapping_fields_add_up_to_the_part(stitched: Path) -> None:
    with light_of(stitched) as light:
        for layer, picture in enumerate(PICTURES):
            np.testing.assert_allclose(light.seconds(layer, whole(light)), picture / 255 * 0.5, rtol=1e-5, atol=1e-7)
        assert light.bottom_um.tolist() == [0.0, 5.0, 10.0]
        assert (light.rows, light.columns, light.pitch_um) == (42, 58, 2.0)


@given(st.integers(-9, 45), st.integers(-9, 60), st.integers(1, 60), st.integers(1, 70))
def test_a_window_is_the_same_part_of_the_whole_and_dark_beyond_the_canvas(
    stitched: Path, row: int, column: int, rows: int, columns: int
) -> None:
    with light_of(stitched) as light:
        found = light.seconds(1, Window(row, column, rows, columns, 0, 3))
        edged = np.pad(light.seconds(1, whole(light)), 150)

    assert np.array_equal(found, edged[150 + row : 150 + row + rows, 150 + column : 150 + column + columns])


def test_only_masks_that_touch_the_window_are_read(stitched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with light_of(stitched) as light:
        read: list[int] = []
        unpacked = type(light.package).mask_png
        monkeypatch.setattr(
            type(light.package), "mask_png", lambda package, mask: read.append(mask) or unpacked(package, mask)
        )
        first = light.package.manifest.layers[0].exposures[0].mask

        light.seconds(0, Window(0, 0, 5, 5, 0, 1))
        light.seconds(0, Window(2, 2, 5, 5, 0, 1))

    assert read == [first]  # one field of four, and unpacked once


def test_several_flashes_of_a_field_add_up(tmp_path: Path) -> None:
    path = package_of(tmp_path / "flashes.zip", PICTURES, grid_of(), flashes=2)

    with light_of(path) as light:
        np.testing.assert_allclose(light.seconds(2, whole(light)), PICTURES[2] / 255 * 0.5, rtol=1e-5, atol=1e-7)


def test_each_copy_of_an_array_has_its_own_light(tmp_path: Path) -> None:
    path = package_of(tmp_path / "array.zip", PICTURES, grid_of(), copies=2)

    with light_of(path) as first, light_of(path, copy=1) as second:
        np.testing.assert_allclose(first.seconds(0, whole(first)), PICTURES[0] / 255 * 0.5, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(second.seconds(0, whole(second)), PICTURES[0] // 2 / 255 * 0.5, rtol=1e-5, atol=1e-7)
    with pytest.raises(BadInputError, match="no copy 2; it has 2"), light_of(path, copy=2):
        pass


def test_a_grey_curve_bends_each_grey(tmp_path: Path) -> None:
    one = field_grid((60.0, 40.0), field_px=(COLUMNS_PX, ROWS_PX), pitch_um=PITCH_UM)
    path = package_of(tmp_path / "one.zip", PICTURES[:, :ROWS_PX, :COLUMNS_PX], one)
    curve = (np.arange(256) / 255) ** 2.2

    with light_of(path, curve=curve) as light:
        expected = curve[PICTURES[0, :ROWS_PX, :COLUMNS_PX]] * 0.5
        np.testing.assert_allclose(light.seconds(0, whole(light)), expected, rtol=1e-5, atol=1e-9)


def test_a_light_map_dims_each_field_alike(stitched: Path) -> None:
    bright = np.linspace(0.8, 1.2, ROWS_PX * COLUMNS_PX).reshape(ROWS_PX, COLUMNS_PX)
    alone = Window(0, 0, ROWS_PX - 6, COLUMNS_PX - 6, 0, 1)  # what only the first field exposes

    with light_of(stitched, light_map=bright) as dimmed, light_of(stitched) as even:
        expected = even.seconds(0, alone) * bright[: alone.rows, : alone.columns]
        np.testing.assert_allclose(dimmed.seconds(0, alone), expected, rtol=1e-5)


def test_a_misplaced_field_shows_its_mask_elsewhere(stitched: Path) -> None:
    alone = Window(0, 0, ROWS_PX - 8, COLUMNS_PX - 8, 0, 1)

    with light_of(stitched, misplaced_px={0: (2, 1)}) as moved, light_of(stitched) as even:
        shifted = Window(2, 1, alone.rows - 2, alone.columns - 1, 0, 1)
        straight = Window(0, 0, alone.rows - 2, alone.columns - 1, 0, 1)
        assert np.array_equal(moved.seconds(0, shifted), even.seconds(0, straight))


@pytest.mark.parametrize(
    "curve", [np.zeros(255), np.ones(256), np.linspace(0, -1, 256), np.r_[0, np.full(255, np.nan)]]
)
def test_a_grey_curve_without_sense_is_refused(stitched: Path, curve: np.ndarray) -> None:
    with pytest.raises(BadInputError, match="A grey curve has 256 shares"), light_of(stitched, curve=curve):
        pass


def test_a_light_map_of_another_size_is_refused(stitched: Path) -> None:
    with (
        pytest.raises(BadInputError, match="3 × 3 pixels, the field 24 × 32"),
        light_of(stitched, light_map=np.ones((3, 3))),
    ):
        pass


@pytest.mark.parametrize("window", [(0, 0, 0, 1, 0, 1), (0, 0, 1, 1, 2, 2), (0, 0, 1, 1, -1, 1)])
def test_an_empty_window_is_refused(window: tuple[int, ...]) -> None:
    with pytest.raises(BadInputError, match="is empty"):
        Window(*window)


def test_masks_in_memory_are_greys_or_shares() -> None:
    greys = MaskStack(PICTURES, pitch_um=2.0, thickness_um=5.0, exposure_s=[0.1, 0.2, 0.3])
    shares = MaskStack((PICTURES / 255).astype(np.float32), pitch_um=2.0, thickness_um=5.0, exposure_s=[0.1, 0.2, 0.3])

    for layer in range(3):
        np.testing.assert_allclose(greys.seconds(layer, whole(greys)), shares.seconds(layer, whole(shares)), rtol=1e-6)
    with pytest.raises(TypeError, match="3-D uint8 or float32"):
        MaskStack(PICTURES[0], pitch_um=2.0, thickness_um=5.0, exposure_s=0.1)
