"""Files made to harm: each is refused with a clear word, in little memory, and nothing is written."""

import importlib
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mingyue.errors import FileFormatError, LimitError, MingyueError
from mingyue.printing.formats.limits import ReadLimits
from mingyue.printing.formats.obj import read_obj
from mingyue.printing.formats.parts import read_part
from mingyue.printing.formats.ply import read_ply
from mingyue.printing.formats.stl import read_stl
from mingyue.printing.formats.threemf import read_3mf
from mingyue.printing.kernels import compiled
from tests.printing.formats.archives import TETRAHEDRON, components, item, model, thing, write_3mf

LITTLE_MEMORY = 40 << 20  # Python's own share; what lib3mf takes is not seen, so lib3mf must not be reached
FOUR_BILLION = 4_000_000_000


def refused(path, kind, message, *, limits=None):
    """Read the part, expect this error, and check that it cost little and left nothing behind."""
    folder = path.parent
    before = {each: each.stat().st_mtime_ns for each in folder.rglob("*")}
    tracemalloc.start()
    try:
        with pytest.raises(kind, match=message) as caught:
            read_part(path, unit=None if path.suffix == ".3mf" else "mm", limits=limits or ReadLimits())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LITTLE_MEMORY
    assert {each: each.stat().st_mtime_ns for each in folder.rglob("*")} == before
    assert len(caught.value.remedy) > 20
    return caught.value


def binary_stl(count, corners):
    facets = np.zeros(len(corners), dtype=[("n", "<f4", 3), ("corners", "<f4", (3, 3)), ("a", "<u2")])
    facets["corners"] = corners
    return bytes(80) + count.to_bytes(4, "little") + facets.tobytes()


def file(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def test_a_truncated_binary_stl(tmp_path):
    content = binary_stl(3, np.zeros((3, 3, 3)))
    message = "promises 3 triangles, which take 234 bytes, but has only 233"
    refused(file(tmp_path, "part.stl", content[:-1]), FileFormatError, message)


def test_a_header_that_promises_four_billion_triangles(tmp_path):
    content = binary_stl(FOUR_BILLION, np.zeros((1, 3, 3)))
    message = "promises 4,000,000,000 triangles, which take 200,000,000,084 bytes, but has only 134"
    refused(file(tmp_path, "part.stl", content), FileFormatError, message)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_corners_that_are_not_finite(tmp_path, value):
    corners = np.zeros((3, 3, 3))
    corners[1, 2, 0] = value
    words = "\n".join(
        "facet normal 0 0 0 outer loop " + " ".join(f"vertex {x} {y} {z}" for x, y, z in facet) + " endloop endfacet"
        for facet in corners
    )
    message = r"Triangle 2 of .* not a finite number \(1 such"
    refused(file(tmp_path, "binary.stl", binary_stl(3, corners)), FileFormatError, message)
    text = f"solid x\n{words}\nendsolid x\n".encode()
    refused(file(tmp_path, "text.stl", text), FileFormatError, message)


def test_a_name_of_ten_megabytes_in_a_text_stl(tmp_path):
    content = b"solid " + b"x" * 10_000_000 + b"\nendsolid\n"
    refused(file(tmp_path, "part.stl", content), LimitError, "Line 1 is longer than 65,536 bytes")
    refused(file(tmp_path, "part.stl", b"solid x\n" + content), LimitError, "Line 2 is longer than 65,536")


def test_a_text_stl_of_blanks_without_end(tmp_path):
    content = b"solid x\nfacet\n" + b" \n" * 5_000_000
    refused(file(tmp_path, "part.stl", content), FileFormatError, "blanks without end")


def test_a_ply_that_promises_four_billion_vertices(tmp_path):
    for form in ("ascii", "binary_little_endian", "binary_big_endian"):
        content = (
            f"ply\nformat {form} 1.0\nelement vertex {FOUR_BILLION}\nproperty float x\nproperty float y\n"
            "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n"
        )
        message = "promises 4,000,000,000 × vertex"
        refused(file(tmp_path, "part.ply", content.encode()), FileFormatError, message)


def test_a_ply_list_that_promises_four_billion_corners(tmp_path):
    content = (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
        b"property float z\nelement face 1\nproperty list uint int vertex_indices\nend_header\n"
    ) + bytes(12) + struct.pack("<I", FOUR_BILLION) + bytes(12)  # fmt: skip
    refused(file(tmp_path, "part.ply", content), FileFormatError, "reaches over the end of the file")


def test_a_ply_header_without_end(tmp_path):
    content = b"ply\nformat ascii 1.0\n" + b"comment x\n" * 1_000_000
    refused(file(tmp_path, "part.ply", content), FileFormatError, "header does not end")


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "other.mtl"])
def test_an_obj_never_opens_another_file(tmp_path, monkeypatch, target):
    (tmp_path / "other.mtl").write_text("newmtl x\nmap_Kd ../../secret.png\n")
    content = f"mtllib {target}\nusemtl x\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
    path = file(tmp_path, "part.obj", content.encode())
    compiled.runs_as()  # opens its own files, once
    importlib.import_module("scipy.spatial")  # and so does this
    opened = []
    really_open = Path.open
    monkeypatch.setattr(Path, "open", lambda self, mode: opened.append(self) or really_open(self, mode))
    monkeypatch.setattr("builtins.open", lambda *a, **k: pytest.fail(f"opened {a}"))

    part = read_part(path, unit="mm")

    assert len(part.mesh.triangles) == 1
    assert set(opened) == {path}


def test_an_obj_index_out_of_range(tmp_path):
    content = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 1 2 4000000000\n"
    message = "triangle 2 uses point 4,000,000,000, but there are 3 points"
    refused(file(tmp_path, "part.obj", content), FileFormatError, message)


def test_a_zip_bomb(tmp_path):
    bomb = model(thing(1, TETRAHEDRON), item(1)).replace("<build>", " " * 60_000_000 + "<build>")
    path = write_3mf(tmp_path / "part.3mf", bomb)
    assert path.stat().st_size < 100_000
    refused(path, LimitError, r"unpacks to .* over 200 to 1")
    refused(path, LimitError, r"unpacks to .* more than 1,000,000", limits=ReadLimits(max_archive_bytes=1_000_000))


def test_real_files_that_pack_well_are_no_bombs(tmp_path):
    """The ratio alone says nothing: a repetitive mesh of some megabytes may pack as well as a bomb does."""
    padded = TETRAHEDRON.replace("</vertices>", '<vertex x="0" y="0" z="0"/>' * 300_000 + "</vertices>")
    path = write_3mf(tmp_path / "part.3mf", model(thing(1, padded), item(1)))

    assert len(padded) / path.stat().st_size > ReadLimits().max_archive_ratio
    assert len(read_part(path, unit=None).mesh.triangles) == 4


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../evil.txt", "points outside"),
        ("3D/../../evil.txt", "points outside"),
        ("/evil.txt", "points outside"),
        ("C:/evil.txt", "points outside"),
        ("3D\\evil.txt", "backslash"),
        ("3D/evil\n.txt", "control character"),
        ("3d/3DMODEL.model", "occurs twice"),
    ],
)
def test_names_that_could_leave_the_archive_or_mean_two_things(tmp_path, name, message):
    refused(good_with(tmp_path, **{name: "x"}), FileFormatError, message)


def good_with(tmp_path, **others):
    return write_3mf(tmp_path / "part.3mf", model(thing(1, TETRAHEDRON), item(1)), **others)


def test_a_link_inside_a_3mf(tmp_path):
    link = zipfile.ZipInfo("3D/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = good_with(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(path, FileFormatError, "is a link to another file")


def patched(path, at, new):
    """Overwrite bytes of the model part's header, at `at` in the local one and 2 later in the directory's."""
    content = bytearray(path.read_bytes())
    name = b"3D/3dmodel.model"
    local = content.index(name) - 30
    central = content.rindex(name) - 46
    content[local + at : local + at + len(new)] = new
    content[central + at + 2 : central + at + 2 + len(new)] = new
    path.write_bytes(content)
    return path


def test_headers_that_lie_about_the_size(tmp_path):
    path = good_with(tmp_path)
    true_size = zipfile.ZipFile(path).getinfo("3D/3dmodel.model").file_size
    patched(path, 22, (10).to_bytes(4, "little"))
    refused(path, FileFormatError, f"promises 10 bytes and unpacks to {true_size:,}")


def test_a_bomb_that_says_it_is_small(tmp_path):
    bomb = model(thing(1, TETRAHEDRON), item(1)).replace("<build>", " " * 60_000_000 + "<build>")
    path = patched(write_3mf(tmp_path / "part.3mf", bomb), 22, (10).to_bytes(4, "little"))
    refused(path, LimitError, "over 200 to 1")


def test_an_encrypted_part(tmp_path):
    refused(patched(good_with(tmp_path), 6, b"\x01"), FileFormatError, "is encrypted")


def test_a_packing_that_3mf_does_not_know(tmp_path):
    refused(patched(good_with(tmp_path), 8, b"\x0c"), FileFormatError, "packed in a way")


def test_an_archive_with_two_ends(tmp_path):
    path = good_with(tmp_path)
    with path.open("ab") as tail:
        tail.write(zip_of_nothing())
    refused(path, FileFormatError, "more than one end")


def zip_of_nothing():
    return b"PK\x05\x06" + bytes(18)


def test_an_archive_behind_other_bytes(tmp_path):
    path = good_with(tmp_path)
    path.write_bytes(path.read_bytes()[:4] + b"surprise" + path.read_bytes())
    refused(path, FileFormatError, "directory is not where it should be")


def test_too_many_files_in_an_archive(tmp_path):
    path = good_with(tmp_path, **{f"x{k}": "" for k in range(50)})
    refused(path, LimitError, "packs 53 files, more than 52", limits=ReadLimits(max_archive_entries=52))
    refused(path, LimitError, "directory of .* bytes, more than 1,024", limits=ReadLimits(max_archive_entries=1))


def test_a_3mf_cut_anywhere(tmp_path):
    content = good_with(tmp_path).read_bytes()
    for length in range(4, len(content), 7):
        refused(file(tmp_path, "cut.3mf", content[:length]), FileFormatError, "damaged archive")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_that_grow_to_a_billion_laughs(tmp_path, encoding):
    laughs = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>'
    text = model(thing(1, TETRAHEDRON), item(1)).replace("?><model", f"?>{laughs}<model")
    path = write_3mf(tmp_path / "part.3mf", text.encode(encoding))
    refused(path, FileFormatError, "3D/3dmodel.model in part.3mf declares a document type or entities")


def test_objects_that_contain_themselves(tmp_path):
    direct = model(thing(1, components(1)), item(1))
    refused(write_3mf(tmp_path / "part.3mf", direct), FileFormatError, "object '1' contains itself")
    circle = model(thing(1, components(2)) + thing(2, components(3)) + thing(3, components(1)), item(1))
    refused(write_3mf(tmp_path / "part.3mf", circle), FileFormatError, "contains itself")


def test_components_that_multiply(tmp_path):
    """Ten generations of ten children: lib3mf would walk all ten thousand million of them."""
    bush = thing(1, TETRAHEDRON) + "".join(thing(k, components(*[k - 1] * 10)) for k in range(2, 12))
    path = write_3mf(tmp_path / "part.3mf", model(bush, item(11)))
    refused(path, LimitError, "lays out 111,111 objects, more than 50,000")


def test_a_tower_of_components(tmp_path):
    tower = thing(1, TETRAHEDRON) + "".join(thing(k, components(k - 1)) for k in range(2, 2000))
    path = write_3mf(tmp_path / "part.3mf", model(tower, item(1999)))
    refused(path, LimitError, "nests objects 65 deep, more than 64")


def test_a_crowd_of_objects(tmp_path):
    crowd = "".join(thing(k, TETRAHEDRON) for k in range(1, 12_000))
    path = write_3mf(tmp_path / "part.3mf", model(crowd, item(1)))
    refused(path, LimitError, "holds 10,001 objects, more than 10,000")


def test_more_elements_than_the_triangles_allowed_could_need(tmp_path):
    path = write_3mf(tmp_path / "part.3mf", model("<x/>" * 200_000 + thing(1, TETRAHEDRON), item(1)))
    refused(path, LimitError, "XML elements or more, more than 140,000", limits=ReadLimits(max_triangles=10_000))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('x="1"', 'x="nan"'),
        ('x="1"', 'x="inf"'),
        ('v3="3"', 'v3="4"'),
        ('v3="3"', 'v3="-1"'),
        ('v3="3"', 'v3="4294967295"'),
        ('transform="1 ', 'transform="nan '),
        ('transform="1 ', 'transform="'),
        ('objectid="1"', 'objectid="7"'),
        ("<build>", "<build"),
    ],
)
def test_a_3mf_model_that_is_wrong(tmp_path, old, new):
    text = model(thing(1, TETRAHEDRON), item(1))
    assert old in text
    refused(write_3mf(tmp_path / "part.3mf", text.replace(old, new)), FileFormatError, "part.3mf")


PLY = b"""\
ply\nformat FORMAT 1.0
element vertex 1\nproperty float x\nproperty float y\nproperty float z
element face 2\nproperty list char int vertex_indices\nend_header
"""
beginnings = st.sampled_from([
    b"", b"solid x\n", b"solid x\nfacet normal 0 0 1\n", b"f ", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf ",
    b"PK\x03\x04", b"ply\n", b"ply\nformat ascii 1.0\n", PLY.replace(b"FORMAT", b"ascii"),
    PLY.replace(b"FORMAT", b"binary_big_endian"), bytes(80), bytes(80) + b"\x01\0\0\0",
])  # fmt: skip
pieces = b"0|1|-1|1e999|nan|f|v|/|vertex|solid|facet|endfacet|\n|\r|\\|#".split(b"|")
words = st.lists(st.sampled_from(pieces)).map(b" ".join)


def refusal(read, path):
    """The error that is ours, or None where the file was read; any other error goes through."""
    try:
        read(path)
    except MingyueError as error:
        return error
    return None


READERS = {
    "stl": lambda path: read_stl(path, unit="inch", limits=ReadLimits()),
    "obj": lambda path: read_obj(path, unit="inch", limits=ReadLimits()),
    "ply": lambda path: read_ply(path, unit="inch", limits=ReadLimits()),
    "3mf": lambda path: read_3mf(path, limits=ReadLimits()),
    "part": lambda path: read_part(path, unit="mm"),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@given(beginning=beginnings, middle=words, rest=st.binary(max_size=400))
@example(beginning=b"", middle=b"", rest=b"\xff\xfe")
def test_no_bytes_make_a_reader_raise_anything_but_our_own_errors(read, beginning, middle, rest, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "random.bin"
    path.write_bytes(beginning + middle + rest)

    error = refusal(read, path)

    assert error is None or error.remedy


GOOD = model(thing(1, TETRAHEDRON) + thing(2, components(1)), item(2)).encode()
puts = st.one_of(st.binary(max_size=8), words)


@given(at=st.integers(0, len(GOOD) - 1), cut=st.integers(0, 30), put=puts)
def test_no_model_makes_3mf_raise_anything_but_our_own_errors(at, cut, put, tmp_path_factory):
    path = write_3mf(tmp_path_factory.getbasetemp() / "random.3mf", GOOD[:at] + put + GOOD[at + cut :])

    error = refusal(READERS["3mf"], path)

    assert error is None or error.remedy
