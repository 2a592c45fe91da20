"""The masks of a print package, for a page that looks at one after the other: opened once, each then read where it lies."""

from __future__ import annotations

import io
import struct
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from mingyue.printing.formats.manifest import Manifest

# Packages that one process keeps known: their manifests and where their masks lie, not the masks.
_KEPT = 8
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")  # PKZIP APPNOTE 4.3.7


@dataclass(frozen=True)
class Layers:
    """What is known of a package. places: where each mask begins, and its length, by its path."""

    manifest: Manifest
    places: dict[str, tuple[int, int]]

    def mask_at(self, layer: int, field: int, exposure: int) -> tuple[int, int] | None:
        """Where the mask lies that this field shows in this layer; None where it stays dark.

        Raises LookupError where there is no such layer, field or exposure.
        """
        if not (0 <= layer < len(self.manifest.layers) and 0 <= field < len(self.manifest.fields)):
            raise LookupError("no such layer or field")
        shown = [flash.mask for flash in self.manifest.layers[layer].exposures if flash.field == field]
        if not shown and exposure == 0:
            return None
        return self.places[self.manifest.masks[shown[exposure]].path]


_known: OrderedDict[str, Layers] = OrderedDict()
_lock = threading.Lock()


def layers_of(digest: str, opened: Callable[[], IO[bytes]]) -> Layers:
    """The package of this digest; opened: gives its bytes, asked only where it is not known."""
    with _lock:
        if digest in _known:
            _known.move_to_end(digest)
            return _known[digest]
    with opened() as stream:
        found = _read(stream)
    with _lock:
        _known[digest] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def _read(stream: IO[bytes]) -> Layers:
    with zipfile.ZipFile(stream) as archive:
        manifest = msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
        entries = [entry for entry in archive.infolist() if entry.filename.startswith("masks/")]
    # Masks are stored as they are, a PNG being packed already. Ours have no extra fields, so their heads are all alike.
    places = {
        entry.filename: (entry.header_offset + _LOCAL_HEADER.size + len(entry.orig_filename.encode()), entry.file_size)
        for entry in entries
    }
    return Layers(manifest, places)


def mask_png(stream: IO[bytes], place: tuple[int, int], *, scale: int = 1) -> bytes:
    """The picture's file at this place; scale: so many pixels of either direction become one, their mean."""
    start, size = place
    stream.seek(start)
    png = stream.read(size)
    if png[:4] != b"\x89PNG":
        raise AssertionError("the place of a mask holds no picture")
    return png if scale == 1 else _smaller(png, scale)


def _smaller(png: bytes, scale: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("L").reduce(scale).save(out, "PNG", compress_level=1)
    return out.getvalue()


def as_json(layers: Layers) -> dict[str, Any]:
    """LAYERS of parts/urls.py, without its addresses."""
    manifest = layers.manifest
    canvas = manifest.canvas
    lit: list[list[list[int]]] = []
    for layer in manifest.layers:
        counts: dict[int, int] = {}
        for flash in layer.exposures:
            counts[flash.field] = counts.get(flash.field, 0) + 1
        lit.append([[field, count] for field, count in counts.items()])
    last = manifest.layers[-1]
    return {
        "count": len(manifest.layers),
        "layer_um": max(layer.thickness_um for layer in manifest.layers),
        "height_um": last.bottom_um + last.thickness_um,
        "z_um": [layer.bottom_um for layer in manifest.layers],
        "thickness_um": [layer.thickness_um for layer in manifest.layers],
        "pixel_um": canvas.pitch_um,
        "canvas": {
            "rows": canvas.rows, "columns": canvas.columns, "left_um": canvas.left_um, "top_um": canvas.top_um,
        },
        "field_px": manifest.machine.field_px,
        "fields": [
            {
                "row_px": field.row_px,
                "column_px": field.column_px,
                "left_um": canvas.left_um + field.column_px * canvas.pitch_um,
                "top_um": canvas.top_um - field.row_px * canvas.pitch_um,
            }
            for field in manifest.fields
        ],
        "lit": lit,
    }  # fmt: skip
