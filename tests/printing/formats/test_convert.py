"""Every format reads back what it wrote, says what it cannot hold, and is whole or not there."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from mingyue.cli.choices import sample_part
from mingyue.errors import BadInputError, FileFormatError, LimitError, MingyueError
from mingyue.printing import chain
from mingyue.printing.formats.convert import StackFormat, format_for, read_stack, stack_format, write_stack
from mingyue.printing.formats.stack import MaskStack, Picture, screen_of
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from tests.printing.formats.stacks import BLACK_WHITE, flashes, heights, shown, single_screens, stack_of, stitched

STACK_FORMATS = get_args(StackFormat)
ONE_SCREEN = ("sl1", "nanodlp", "goo")
MANY_FIELDS = ("package", "openmfd", "png")
SUFFIX = {"package": ".job.zip", "openmfd": ".openmfd.zip", "png": ".png.zip"}
LIT = np.full((4, 6), 255, dtype=np.uint8)
STEP = np.array([[0, 0, 255, 255, 0, 0]] * 2 + [[255] * 6] * 2, dtype=np.uint8)


def there_and_back(stack: MaskStack, format_name: str) -> MaskStack:
    """What comes back; the file is gone, so all masks have been read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{SUFFIX.get(format_name, '.' + format_name)}"
        write_stack(stack, path, format_name)  # type: ignore[arg-type]
        assert stack_format(path) == format_name
        with read_stack(path) as back:
            return kept(back)


def kept(stack: MaskStack) -> MaskStack:
    """The same stack with all pictures in memory."""
    layers = tuple(
        replace(layer, exposures=tuple(replace(flash, picture=_read(flash.picture)) for flash in layer.exposures))
        for layer in stack.layers
    )
    return replace(stack, layers=layers)


def _read(picture: Picture) -> Picture:
    runs = picture.read()
    return Picture(picture.name, lambda: runs)


@pytest.mark.parametrize("format_name", [*ONE_SCREEN, *MANY_FIELDS])
@given(stack=single_screens())
def test_every_grey_format_reads_back_the_same_masks(stack: MaskStack, format_name: str) -> None:
    if format_name in {"openmfd", "png"} and not any(map(len, shown(stack))):
        stack = stack_of([[(0, 1.0, LIT)]])

    back = there_and_back(stack, format_name)

    assert [screen_of(back, k) for k in range(len(back.layers))] == [
        screen_of(stack, k) for k in range(len(stack.layers))
    ]
    assert heights(back) == heights(stack)
    assert (back.field_px, back.pixel_um) == (stack.field_px, pytest.approx(stack.pixel_um, rel=1e-6))
    assert [times for layer in flashes(back) for _, times, _ in layer] == pytest.approx(
        [times for layer in flashes(stack) for _, times, _ in layer], rel=1e-6
    )


@given(single_screens(BLACK_WHITE))
def test_outlines_read_back_the_same_black_and_white_masks(stack: MaskStack) -> None:
    back = there_and_back(stack, "svg")

    assert shown(back) == shown(stack)
    assert heights(back) == heights(stack)
    assert flashes(back) == flashes(stack)
    assert (back.field_px, back.pixel_um) == (stack.field_px, stack.pixel_um)


@given(single_screens())
def test_outlines_are_lit_from_half_on(stack: MaskStack) -> None:
    back = there_and_back(stack, "svg")

    assert [screen_of(back, k) for k in range(len(back.layers))] == [
        screen_of(stack, k).binary() for k in range(len(stack.layers))
    ]


@pytest.mark.parametrize("format_name", MANY_FIELDS)
@given(stack=stitched())
def test_fields_thicknesses_and_exposures_of_any_number_come_back(stack: MaskStack, format_name: str) -> None:
    if not any(layer.exposures for layer in stack.layers):
        stack = stack_of([[(0, 1.0, LIT)]])

    back = there_and_back(stack, format_name)

    assert flashes(back) == flashes(stack)
    assert heights(back) == heights(stack)
    assert shown(back) == shown(stack)


@pytest.mark.parametrize("format_name", ["goo", "svg"])
@given(stack=stitched(BLACK_WHITE))
def test_one_screen_holds_all_fields_and_thicknesses(stack: MaskStack, format_name: str) -> None:
    back = there_and_back(stack, format_name)

    wanted = [screen_of(stack, k) for k in range(len(stack.layers))]
    assert [screen_of(back, k) for k in range(len(back.layers))] == [
        screen if format_name == "goo" else screen.binary() for screen in wanted
    ]
    assert heights(back) == heights(stack)


def test_a_package_comes_back_with_all_it_knew(comb: Path, tmp_path: Path) -> None:
    with read_stack(comb) as stack:
        told = write_stack(stack, tmp_path / "again.job.zip", "package")
        with read_stack(tmp_path / "again.job.zip") as back:
            assert told == ()
            assert back.package is not None
            assert stack.package is not None
            same = ("part", "placement", "machine", "resin", "canvas", "stitching", "grey", "fields", "layers", "masks")
            assert {name: getattr(back.package, name) for name in same} == {
                name: getattr(stack.package, name) for name in same
            }


@pytest.fixture(scope="module")
def comb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A print package of the connector."""
    path = tmp_path_factory.mktemp("comb") / "comb.job.zip"
    settings = chain.BuildSettings(machine=machine("s230"), resin=resin("pr48-385"), layer_um=20.0)
    chain.build(sample_part("connector_comb"), settings, package=path)
    return path


@pytest.mark.parametrize("format_name", STACK_FORMATS)
def test_the_connector_goes_through_every_format_and_back(comb: Path, tmp_path: Path, format_name: str) -> None:
    there = tmp_path / f"comb{SUFFIX.get(format_name, '.' + format_name)}"
    with read_stack(comb) as stack:
        write_stack(stack, there, format_name)
        with read_stack(there) as middle:
            write_stack(middle, tmp_path / "back.job.zip", "package")
        with read_stack(tmp_path / "back.job.zip") as back:
            wanted = [screen_of(stack, k) for k in range(len(stack.layers))]
            assert sum(map(len, wanted)) > 1000
            assert [screen_of(back, k) for k in range(len(back.layers))] == [
                screen.binary() if format_name == "svg" else screen for screen in wanted
            ]
            assert heights(back) == heights(stack)
            assert back.fields == stack.fields
            assert back.canvas == stack.canvas


# --- what is said -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", [*ONE_SCREEN, "openmfd", "png", "svg"])
def test_what_only_a_package_knows_is_said_to_be_lost(comb: Path, tmp_path: Path, format_name: str) -> None:
    with read_stack(comb) as stack:
        told = write_stack(stack, tmp_path / "out", format_name)

    assert "Not carried over: the part's name and digest, and how it was placed." in told
    assert "Not carried over: the numbers of the machine and of the resin." in told
    assert ("Grey is lost: a pixel is lit from half on, and dark below." in told) == (format_name == "svg")


@pytest.mark.parametrize("format_name", [*ONE_SCREEN, "svg"])
def test_fields_that_became_one_screen_are_said(tmp_path: Path, format_name: str) -> None:
    stack = stack_of([[(0, 1.0, LIT), (1, 1.0, LIT)]], offsets_um=[(0.0, 0.0), (12.0, 0.0)])

    told = write_stack(stack, tmp_path / "out", format_name)  # type: ignore[arg-type]

    assert "2 fields became one screen of 12 × 4 px." in told
    assert "Not carried over: the stage's positions." in told


@pytest.mark.parametrize("format_name", ["sl1", "nanodlp"])
def test_exposures_of_single_layers_are_said_to_be_lost(tmp_path: Path, format_name: str) -> None:
    stack = stack_of([[(0, seconds, LIT)] for seconds in (1.0, 1.0, 3.0, 1.0)])
    even = stack_of([[(0, 1.0, LIT)]] * 4)

    told = write_stack(stack, tmp_path / "out", format_name)  # type: ignore[arg-type]

    assert any("Exposures of single layers" in said for said in told)
    assert write_stack(even, tmp_path / "even", format_name) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("format_name", ["sl1", "nanodlp"])
def test_layers_of_two_thicknesses_are_refused_where_only_one_is_known(tmp_path: Path, format_name: str) -> None:
    stack = stack_of([[(0, 1.0, LIT)]] * 3, thickness_um=[5.0, 5.0, 10.0])

    with pytest.raises(BadInputError, match="knows one thickness only"):
        write_stack(stack, tmp_path / "out", format_name)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_name", [*ONE_SCREEN, "svg"])
def test_fields_far_apart_are_refused_by_a_single_screen(tmp_path: Path, format_name: str) -> None:
    stack = stack_of([[(0, 1.0, LIT), (1, 1.0, LIT)]], offsets_um=[(0.0, 0.0), (90_000.0, 50_000.0)])

    with pytest.raises(LimitError, match="screen of 45006 × 25004 px") as refusal:
        write_stack(stack, tmp_path / "out", format_name)  # type: ignore[arg-type]
    assert "openmfd" in refusal.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_package_made_of_other_files_says_what_nobody_knows(tmp_path: Path) -> None:
    told = write_stack(stack_of([[(0, 1.0, LIT)]]), tmp_path / "a.job.zip", "package")

    assert [said[:30] for said in told] == ["The part is known by the file ", "Machine and resin are unknown;"]


# --- whole or not there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_name", [*STACK_FORMATS, "folder"])
def test_an_interrupted_file_leaves_nothing_and_takes_nothing(tmp_path: Path, format_name: str) -> None:
    def interrupted() -> object:
        raise KeyboardInterrupt

    fine = stack_of([[(0, 1.0, LIT)], [(0, 1.0, STEP)]])
    last = replace(fine.layers[1].exposures[0], picture=Picture("bad", interrupted))  # type: ignore[arg-type]
    broken = replace(fine, layers=(fine.layers[0], replace(fine.layers[1], exposures=(last,))))
    path = tmp_path / ("folder" if format_name == "folder" else "file.zip")
    chosen = "png" if format_name == "folder" else format_name

    with pytest.raises(KeyboardInterrupt):
        write_stack(broken, path, chosen)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []

    write_stack(fine, path, chosen)  # type: ignore[arg-type]
    before = sorted((file, file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file())
    with pytest.raises(KeyboardInterrupt):
        write_stack(broken, path, chosen)  # type: ignore[arg-type]
    assert sorted((file, file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file()) == before


@pytest.mark.parametrize("format_name", STACK_FORMATS)
def test_the_same_masks_give_the_same_bytes(tmp_path: Path, format_name: str) -> None:
    for name in ("a.zip", "b.zip"):
        write_stack(stack_of([[(0, 1.0, LIT)], [(0, 1.0, STEP)]]), tmp_path / name, format_name)  # type: ignore[arg-type]

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("format_name", STACK_FORMATS)
def test_one_mask_at_a_time_is_read(tmp_path: Path, format_name: str) -> None:
    """Opening reads none; a picture that is damaged shows when it is asked for, and no other."""
    path = tmp_path / "file.zip"
    write_stack(stack_of([[(0, 1.0, LIT)], [(0, 1.0, STEP)]]), path, format_name)  # type: ignore[arg-type]
    calls = []
    with read_stack(path) as stack:
        watched = [
            replace(layer, exposures=tuple(_watched(flash, calls) for flash in layer.exposures))
            for layer in stack.layers
        ]
        spied = replace(stack, layers=tuple(watched))
        assert calls == []
        spied.shown(1, 0)
        assert len(calls) == 1


def _watched(flash: object, calls: list[str]) -> object:
    def read() -> object:
        calls.append(flash.picture.name)  # type: ignore[attr-defined]
        return flash.picture.read()  # type: ignore[attr-defined]

    return replace(flash, picture=Picture("watched", read))  # type: ignore[type-var, arg-type]


# --- hostile files ------------------------------------------------------------------------------------------------


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def png(columns: int, rows: int, mode: str = "L") -> bytes:
    stream = BytesIO()
    Image.new(mode, (columns, rows)).save(stream, "PNG")
    return stream.getvalue()


ZIPPED = ("sl1", "nanodlp", "openmfd", "png")


@pytest.fixture(params=ZIPPED)
def good(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A good zip, and the entry of its second mask."""
    path = tmp_path / "good.zip"
    write_stack(stack_of([[(0, 1.0, LIT)], [(0, 1.0, STEP)]]), path, request.param)
    return path, [name for name in entries(path) if name.endswith(".png") and "dark" not in name][1]


def read_all(path: Path) -> None:
    with read_stack(path) as stack:
        for layer in range(len(stack.layers)):
            screen_of(stack, layer)


def test_a_mask_of_another_size_is_refused(good: tuple[Path, str], tmp_path: Path) -> None:
    path, name = good

    with pytest.raises(FileFormatError, match="The mask is 7 × 4 px, not 6 × 4 px") as refusal:
        read_all(packed(tmp_path / "bad.zip", entries(path) | {name: png(7, 4)}))
    assert name in str(refusal.value.message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no picture", "not a PNG file"),
        (png(6, 4)[:45], "cannot be read"),
        (png(6, 4, "RGB"), "colours"),
    ],
    ids=["text", "cut", "colours"],
)
def test_what_is_no_grey_picture_is_refused(good: tuple[Path, str], tmp_path: Path, data: bytes, message: str) -> None:
    path, name = good

    with pytest.raises(FileFormatError, match=message):
        read_all(packed(tmp_path / "bad.zip", entries(path) | {name: data}))


def test_a_picture_that_claims_a_giant_screen_is_refused_before_it_is_unpacked(
    good: tuple[Path, str], tmp_path: Path
) -> None:
    path, _ = good
    giant = bytearray(png(6, 4))
    giant[16:24] = (60_000).to_bytes(4, "big") * 2
    content = {name: bytes(giant) if name.endswith(".png") else data for name, data in entries(path).items()}

    with pytest.raises((LimitError, FileFormatError), match=r"px are the most|60000 × 60000 px, not"):
        read_all(packed(tmp_path / "bad.zip", content))


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "C:out.png", "a\\b.png"])
def test_names_that_lead_outside_are_refused(good: tuple[Path, str], tmp_path: Path, name: str) -> None:
    path, _ = good

    with pytest.raises(FileFormatError, match=r"points outside the archive|backslash"):
        read_stack(packed(tmp_path / "bad.zip", entries(path) | {name: png(6, 4)}))


def test_an_entry_that_lies_about_its_size_is_refused(good: tuple[Path, str], tmp_path: Path) -> None:
    path, name = good
    content = entries(path)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, data in content.items():
            archive.writestr(key, data)
        archive.getinfo(name).file_size -= 20  # only the directory says so

    with pytest.raises(FileFormatError, match="cannot be read"):
        read_all(bad)


def test_a_file_cut_short_is_refused(good: tuple[Path, str], tmp_path: Path) -> None:
    path, _ = good
    (tmp_path / "bad.zip").write_bytes(path.read_bytes()[:-30])

    with pytest.raises(FileFormatError, match="no masks in any format"):
        read_stack(tmp_path / "bad.zip")


def test_a_bomb_among_the_texts_is_refused(good: tuple[Path, str], tmp_path: Path) -> None:
    path, _ = good
    text = next(name for name in ("config.ini", "profile.json", "print_settings.json", "layers.csv")
                if name in entries(path))  # fmt: skip

    with pytest.raises((LimitError, FileFormatError), match=r"unpacks to more than|no masks"):
        read_stack(packed(tmp_path / "bad.zip", entries(path) | {text: b" " * (80 << 20)}))


@pytest.mark.parametrize("format_name", STACK_FORMATS)
def test_no_file_cut_anywhere_or_changed_anywhere_does_worse_than_an_error(tmp_path: Path, format_name: str) -> None:
    path = tmp_path / "good.zip"
    write_stack(stack_of([[(0, 1.0, LIT)], [(0, 1.0, STEP)]]), path, format_name)  # type: ignore[arg-type]
    data = path.read_bytes()
    rng = np.random.default_rng(7)
    refused = []
    for trial in range(120):
        place = int(rng.integers(len(data)))
        changed = bytearray(data)
        changed[place] ^= int(rng.integers(1, 256))
        path.write_bytes(data[:place] if trial % 3 == 0 else bytes(changed))
        try:
            read_all(path)
        except MingyueError as error:
            refused.append(error.remedy)
    assert all(refused)
    assert len(refused) >= 40  # at least what was cut off


# --- which format -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("a.SL1", "sl1"),
        ("a.sl1s", "sl1"),
        ("a.nanodlp", "nanodlp"),
        ("a.goo", "goo"),
        ("a.svg", "svg"),
        ("a.job.zip", "package"),
        ("a.png.zip", "png"),
        ("a.openmfd.zip", "openmfd"),
        ("a.zip", None),
        ("a", None),
    ],
)
def test_a_name_says_the_format_where_it_is_clear(name: str, format_name: str | None) -> None:
    assert format_for(Path(name)) == format_name


@pytest.mark.parametrize("content", [b"", b"solid", b"PK\x03\x04 and no zip", b"<html>"])
def test_what_holds_no_masks_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.sl1").write_bytes(content)

    assert stack_format(tmp_path / "a.sl1") is None
    with pytest.raises(FileFormatError, match=r"a\.sl1 holds no masks"):
        read_stack(tmp_path / "a.sl1")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="There is no file"):
        read_stack(tmp_path / "none.sl1")


def test_a_closed_stack_holds_no_file_open(tmp_path: Path) -> None:
    write_stack(stack_of([[(0, 1.0, LIT)]]), tmp_path / "a.sl1", "sl1")
    with read_stack(tmp_path / "a.sl1") as stack:
        pass

    with pytest.raises(FileFormatError, match="cannot be read"):
        screen_of(stack, 0)
    (tmp_path / "a.sl1").unlink()
