"""3MF slices: a layer shows exactly the slice it lies in, and what breaks the rules of the extension is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import lib3mf
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingyue.errors import FileFormatError, LimitError
from mingyue.printing.formats import slices
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.parts import read_part
from mingyue.printing.formats.slices import Slice, SliceStack, read_slices, solid_of
from mingyue.printing.formats.threemf import ThreeMF, read_3mf
from mingyue.printing.frames import Canvas, centred_canvas
from mingyue.printing.kernels import fast
from mingyue.printing.kernels.reference import STEPS_PER_PIXEL
from mingyue.printing.layers import cover_layers
from mingyue.printing.mending.edges import require_closed
from mingyue.printing.meshes import Mesh
from mingyue.printing.runs import Runs
from tests.printing.formats.archives import TETRAHEDRON, components, item, model, thing, write_3mf

SLICES = 'xmlns:s="http://schemas.microsoft.com/3dmanufacturing/slice/2015/07"'
NO_MESH = "<mesh><vertices/><triangles/></mesh>"
SQUARE = [(0, 0), (4, 0), (4, 4), (0, 4)]
HOLE = [(1, 1), (1, 3), (3, 3), (3, 1)]
CANVAS = centred_canvas(rows=20, columns=24, pitch_um=500.0)

Ring = Sequence[tuple[float, float]]


def slice_of(top: object, *rings: Ring, closed: bool = True) -> str:
    """A slice element; each ring has vertices of its own."""
    points = "".join(f'<s:vertex x="{x}" y="{y}"/>' for ring in rings for x, y in ring)
    polygons, start = "", 0
    for ring in rings:
        way = [*range(start + 1, start + len(ring)), *([start] if closed else [])]
        polygons += f'<s:polygon startv="{start}">' + "".join(f'<s:segment v2="{v}"/>' for v in way) + "</s:polygon>"
        start += len(ring)
    return f'<s:slice ztop="{top}">' + (f"<s:vertices>{points}</s:vertices>{polygons}" if rings else "") + "</s:slice>"


def stack_of(*pieces: str, number: int = 9, bottom: object = 0) -> str:
    return f'<s:slicestack id="{number}" zbottom="{bottom}">{"".join(pieces)}</s:slicestack>'


def sliced(number: int, stack: int = 9, body: str = NO_MESH, options: str = "") -> str:
    return thing(number, body).replace('type="model"', f'type="model" s:slicestackid="{stack}" {options}')


def read(folder: Path, resources: str, build: str, **limits: int) -> ThreeMF:
    path = write_3mf(folder / "part.3mf", model(resources, build, namespaces=SLICES))
    return read_3mf(path, limits=ReadLimits(**limits))


def covered(mesh: Mesh, cut_um: Sequence[float], canvas: Canvas = CANVAS) -> list[Runs]:
    px = canvas.to_px(mesh.vertices_um)
    heights = np.array(cut_um, dtype=np.float64)
    return list(cover_layers(px, mesh.triangles, heights, rows=canvas.rows, columns=canvas.columns))


def covered_rings(rings: Sequence[np.ndarray], canvas: Canvas = CANVAS) -> Runs:
    """Polygons (n, 2) µm through the cover kernel itself, without a mesh."""
    segments = []
    for ring in rings:
        u_v = canvas.to_px(np.column_stack([ring, np.zeros(len(ring))]))[:, :2]
        u_v[:, 1] = np.rint(u_v[:, 1] * STEPS_PER_PIXEL) / STEPS_PER_PIXEL
        segments.append(np.hstack([u_v, np.roll(u_v, -1, axis=0)]))
    made = fast.cover(np.concatenate(segments) if segments else np.empty((0, 4)), canvas.rows, canvas.columns)
    assert made[4] == made[5] == -1
    return Runs(canvas.rows, canvas.columns, *made[:4])


def same(one: Runs, other: Runs) -> bool:
    """Equal up to a grey: the wall of a slice has a diagonal, whose cut is rounded to 1/65536 px."""
    return bool(np.abs(one.painted().astype(int) - other.painted()).max(initial=0) <= 1)


@pytest.mark.parametrize("name", ["sphere", "torus"])
def test_every_layer_of_a_real_stack_is_its_slice(data_dir: Path, name: str) -> None:
    path = data_dir / "parts" / f"{name}_sliced.3mf"
    loaded = lib3mf.get_wrapper().CreateModel()
    loaded.QueryReader("3mf").ReadFromFile(str(path))
    items = loaded.GetBuildItems()
    items.MoveNext()
    found = items.GetCurrent().GetObjectResource().GetSliceStack().GetSliceStackReference(0)
    pieces = [found.GetSlice(k) for k in range(found.GetSliceCount())]
    canvas = centred_canvas(rows=600, columns=600, pitch_um=50.0)

    part = read_part(path, unit=None)

    require_closed(part.mesh)
    shift = np.array([items.GetCurrent().GetObjectTransform().Fields[3][k] for k in range(3)]) * 1e3
    middle = part.mesh.box_um[0] / 2 + part.mesh.box_um[1] / 2
    placed = part.mesh.moved(np.eye(3), -np.array([middle[0], middle[1], shift[2]]))
    tops_um = np.array([piece.GetZTop() for piece in pieces]) * 1e3
    layers = covered(placed, tops_um - 40.0, canvas)
    assert len(layers) == {"sphere": 253, "torus": 50}[name]
    for piece, layer in zip(pieces, layers, strict=True):
        points = np.array([tuple(vertex.Coordinates) for vertex in piece.GetVertices()]).reshape(-1, 2) * 1e3
        rings = [
            points[piece.GetPolygonIndices(k)[:-1]] + shift[:2] - middle[:2] for k in range(piece.GetPolygonCount())
        ]
        assert same(layer, covered_rings(rings, canvas))
    assert part.notes[-1].startswith(f"Object {name} is given as {len(pieces)} slices of 80 to 80 µm")


def test_a_slice_reaches_from_the_one_below_to_its_top(tmp_path: Path) -> None:
    stack = stack_of(slice_of(1, SQUARE), slice_of(3), slice_of("3.5", SQUARE, HOLE), bottom="0.5")

    mesh = read(tmp_path, stack + sliced(1), item(1)).mesh

    layers = covered(mesh, [500.5, 999.5, 1000.5, 2999.5, 3000.5, 3499.5, 3500.5])
    full, ring = 8 * 8, 8 * 8 - 4 * 4
    assert [layer.area_px for layer in layers] == [full, full, 0, 0, ring, ring, 0]
    np.testing.assert_allclose(mesh.volume_um3, (16 * 0.5 + 12 * 0.5) * 1e9)
    np.testing.assert_allclose(mesh.box_um, [[0, 0, 500], [4000, 4000, 3500]])


def test_a_cut_at_the_top_of_a_slice_shows_it_once(tmp_path: Path) -> None:
    stack = stack_of(slice_of(1, SQUARE), slice_of(2, HOLE[::-1]))

    mesh = read(tmp_path, stack + sliced(1), item(1)).mesh

    assert [layer.area_px for layer in covered(mesh, [1000.0, 2000.0])] == [64, 16]


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_any_contours_give_the_layers_that_the_kernel_gives_them(seed: int, fans: bool) -> None:
    rng = np.random.default_rng(seed)
    pieces = []
    for k in range(rng.integers(1, 4)):
        rings = []
        for _ in range(rng.integers(0, 4)):
            turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
            ring = rng.uniform(-4, 4, 2) + rng.uniform(0.5, 3) * np.column_stack([np.cos(turn), np.sin(turn)])
            rings.append(ring * 1000)
        pieces.append(Slice(float(k + 1), tuple(rings)))
    with pytest.MonkeyPatch.context() as patch:
        if fans:
            patch.setattr(slices, "_MOST_WORK", 0)
        mesh = solid_of(SliceStack(0.0, tuple(pieces)))

    if len(mesh.triangles):
        require_closed(mesh)
    canvas = centred_canvas(rows=32, columns=32, pitch_um=500.0)
    for k, layer in enumerate(covered(mesh, [k + 0.5 for k in range(len(pieces))], canvas)):
        assert same(layer, covered_rings(pieces[k].rings, canvas))


def test_slices_count_whatever_the_mesh_beside_them(tmp_path: Path) -> None:
    stack = stack_of(slice_of(1, SQUARE))
    for options in ("", 's:meshresolution="fullres"', 's:meshresolution="lowres"'):
        found = read(tmp_path, stack + sliced(1, body=TETRAHEDRON, options=options), item(1))

        np.testing.assert_allclose(found.mesh.volume_um3, 16e9)
        assert found.notes == (
            "Object number 1 is given as 1 slices of 1000 to 1000 µm: they are used, and its mesh is left aside. A layer "
            "shows the slice that lies at half its height.",
        )


def test_slices_may_be_moved_turned_and_mirrored_in_the_plane_beside_a_mesh(tmp_path: Path) -> None:
    turn, mirror = "0 1 0 -1 0 0 0 0 1 10 0 5", "-1 0 0 0 1 0 0 0 1 0 0 0"
    resources = stack_of(slice_of(1, [(0, 0), (3, 0), (0, 2)])) + sliced(1) + thing(2, components(1, transform=mirror))

    found = read(tmp_path, resources + thing(3, TETRAHEDRON), item(2, turn) + item(3))

    np.testing.assert_allclose(found.mesh.volume_um3, (3 + 1 / 6) * 1e9)
    np.testing.assert_allclose(found.mesh.box_um[1], [10_000, 1000, 6000])
    np.testing.assert_allclose(found.mesh.box_um[0], [0, -3000, 0])


@pytest.mark.parametrize(
    "transform",
    ["1 0 0 0 0 1 0 -1 0 0 0 0", "1 0 0 0 1 0 0 0 2 0 0 0", "1 0 0 0 1 0 0.1 0 1 0 0 0", "1 0 0 0 1 0 0 0 -1 0 0 0"],
)
def test_a_transform_that_tilts_or_stretches_slices_is_refused(tmp_path: Path, transform: str) -> None:
    resources = stack_of(slice_of(1, SQUARE)) + sliced(1)

    for build in (item(1, transform), item(2)):
        inner = thing(2, components(1, transform=transform))
        with pytest.raises(FileFormatError, match="tilts or stretches|Transformation|transform"):
            read(tmp_path, resources + inner, build)


def test_slices_in_another_part_of_the_file_are_found(tmp_path: Path) -> None:
    there = model(stack_of(slice_of(1, SQUARE), slice_of(2, HOLE[::-1]), number=5, bottom=0), "", namespaces=SLICES)
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Target="/2D/slices.model" Id="s" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
        "</Relationships>"
    )
    here = model(stack_of('<s:sliceref slicestackid="5" slicepath="/2D/slices.model"/>') + sliced(1), item(1),
                 namespaces=SLICES)  # fmt: skip
    path = write_3mf(
        tmp_path / "part.3mf", here, **{"2D/slices.model": there, "3D/_rels/3dmodel.model.rels": relations}
    )

    found = read_3mf(path, limits=ReadLimits())

    np.testing.assert_allclose(found.mesh.volume_um3, 20e9)


@pytest.mark.parametrize(
    ("stack", "why"),
    [
        (stack_of(slice_of(2, SQUARE), slice_of(1, SQUARE)), "does not end above|z"),
        (stack_of(slice_of(1, SQUARE), slice_of(1, SQUARE)), "does not end above|z"),
        (stack_of(slice_of(1, SQUARE), bottom=1), "does not end above|z"),
        (stack_of(slice_of("1e999", SQUARE)), "a valid 3MF|above"),
        (stack_of(slice_of("nan", SQUARE)), "a valid 3MF|above"),
        (stack_of(slice_of(1, [(0, 0), ("inf", 0), (1, 1)])), "a valid 3MF|finite"),  # type: ignore[list-item]
        (stack_of(slice_of(1, SQUARE, closed=False)), "open"),
        (stack_of(slice_of(1, SQUARE).replace('v2="3"', 'v2="77"')), "a valid 3MF|not there"),
        (stack_of(slice_of(1, SQUARE).replace('startv="0"', 'startv="-1"')), "a valid 3MF|not there"),
        (stack_of(slice_of(1)), "all of them are empty|a valid 3MF"),
        (stack_of(), "all of them are empty|a valid 3MF"),
        (stack_of('<s:sliceref slicestackid="9" slicepath="/3D/3dmodel.model"/>'), "a valid 3MF"),
        (stack_of('<s:sliceref slicestackid="7" slicepath="/2D/none.model"/>'), "a valid 3MF"),
        (stack_of(slice_of(1, SQUARE), number=8), "a valid 3MF"),
    ],
)
def test_slices_that_break_the_rules_are_refused(tmp_path: Path, stack: str, why: str) -> None:
    with pytest.raises(FileFormatError) as caught:
        read(tmp_path, stack + sliced(1), item(1))

    assert re.search(why, caught.value.message)
    assert "save it again" in caught.value.remedy


def test_corners_are_counted_before_walls_are_made(tmp_path: Path) -> None:
    resources = stack_of(*(slice_of(k + 1, SQUARE) for k in range(10))) + sliced(1)

    assert len(read(tmp_path, resources, item(1), max_triangles=400).mesh.triangles) == 10 * 12
    with pytest.raises(LimitError, match="triangles, more than 300"):
        read(tmp_path, resources, item(1), max_triangles=300)


def test_slices_of_another_kind_of_object_are_left_out(tmp_path: Path) -> None:
    support = sliced(2).replace('type="model"', 'type="support"')

    found = read(tmp_path, stack_of(slice_of(1, SQUARE)) + thing(1, TETRAHEDRON) + support, item(1) + item(2))

    assert len(found.mesh.triangles) == 4
    assert found.notes == ("An object of type support was left out.",)


def test_the_reader_of_slices_is_told_how_many_there_are(data_dir: Path) -> None:
    loaded = lib3mf.get_wrapper().CreateModel()
    loaded.QueryReader("3mf").ReadFromFile(str(data_dir / "parts" / "torus_sliced.3mf"))
    stacks = loaded.GetSliceStacks()
    while stacks.MoveNext():
        if not stacks.GetCurrentSliceStack().GetSliceRefCount():
            counts: list[int] = []
            stack = read_slices(stacks.GetCurrentSliceStack(), broken=AssertionError, check_corners=counts.append)
            assert counts == sorted(counts)
            assert counts[-1] >= 2 * stack.corners
