"""Painted surfaces: what a file names, and what it must not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mingyue.printing.painted import PaintedFileError, read_painted, unpainted
from tests.solids import box

CUBE = box((0, 0, 0), (100, 100, 100))


def written(folder: Path, text: str, name: str = "painted.json") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_triangles_boxes_and_balls_paint_faces(tmp_path: Path) -> None:
    text = json.dumps({"triangles": [0], "boxes_um": [[[0, 0, 120], [100, 100, 90]]], "balls_um": [[100, 50, 50, 30]]})

    painted = read_painted(written(tmp_path, text), triangle_count=12)

    middles = CUBE.vertices_um[CUBE.triangles].mean(axis=1)
    expected = (middles[:, 2] >= 90) | (np.linalg.norm(middles - (100, 50, 50), axis=1) <= 30)
    expected[0] = True
    assert painted.faces(CUBE).tolist() == expected.tolist()
    assert 3 <= expected.sum() < 12
    assert len(painted) == 3


@pytest.mark.parametrize("text", ["triangle\n3\n7\n", "3\n7", "3,red\n\n7,blue\n"])
def test_a_table_names_triangles(tmp_path: Path, text: str) -> None:
    painted = read_painted(written(tmp_path, text, "painted.csv"), triangle_count=12)

    assert painted.triangles.tolist() == [3, 7]


def test_nothing_is_painted_by_an_empty_object_or_without_a_file(tmp_path: Path) -> None:
    for painted in (read_painted(written(tmp_path, "{}"), triangle_count=12), unpainted()):
        assert len(painted) == 0
        assert not painted.faces(CUBE).any()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[1, 2]", "its keys are not among balls_um, boxes_um, triangles"),
        ('{"triangels": [1]}', "its keys are not among balls_um, boxes_um, triangles"),
        ('{"triangles": [12]}', "it names a triangle that is not one of the 12 of the part"),
        ('{"triangles": [-1]}', "it names a triangle that is not one of the 12 of the part"),
        ('{"triangles": [1.5]}', "triangles must be 1 whole numbers"),
        ('{"boxes_um": [[0, 0, 0, 1, 1, 1]]}', "boxes_um is odd"),
        ('{"balls_um": [[0, 0, 0, "wide"]]}', "balls_um is odd"),
        ('{"balls_um": [[0, 0, 0, NaN]]}', "balls_um is odd"),
        ("{", "it is neither JSON nor CSV"),
    ],
)
def test_an_odd_file_is_refused_and_says_why(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(PaintedFileError) as refused:
        read_painted(written(tmp_path, text), triangle_count=12)

    assert refused.value.message.endswith(f"cannot be read: {why}.")
    assert refused.value.remedy == "See docs/reference/painted-surfaces.md for an example."


def test_a_table_of_words_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PaintedFileError, match="a line holds no number of a triangle"):
        read_painted(written(tmp_path, "3\nred\n", "painted.csv"), triangle_count=12)
    with pytest.raises(PaintedFileError, match="No such file"):
        read_painted(tmp_path / "none.json", triangle_count=12)
