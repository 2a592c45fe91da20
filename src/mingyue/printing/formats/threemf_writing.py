"""Named meshes become a 3MF file in micrometres: one object each, all of them on the build platform."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import quoteattr

from mingyue.files import write_whole
from mingyue.printing.meshes import Mesh

# An archive holds no clock, so equal meshes give equal files.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_PARTS = {
    "[Content_Types].xml": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
        'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
    ),
}


def write_3mf(meshes: Mapping[str, Mesh], path: Path) -> None:
    """Write each mesh that has triangles as an object of its name. All are of type model, so that all are printed.

    Coordinates keep a tenth of a nanometre. Raises BadInputError where the path cannot be written.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_TIME), text, zipfile.ZIP_DEFLATED)
        with archive.open(_entry("3D/3dmodel.model"), "w") as model:
            for piece in _model({name: mesh for name, mesh in meshes.items() if len(mesh.triangles)}):
                model.write(piece.encode())
    write_whole(path, buffer.getvalue())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _model(meshes: Mapping[str, Mesh]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<model unit="micron" xmlns="{_CORE}">\n<resources>\n'
    for number, (name, mesh) in enumerate(meshes.items(), start=1):
        yield f'<object id="{number}" type="model" name={quoteattr(name)}><mesh>\n<vertices>\n'
        yield "".join(f'<vertex x="{x:.4f}" y="{y:.4f}" z="{z:.4f}"/>\n' for x, y, z in mesh.vertices_um.tolist())
        yield "</vertices>\n<triangles>\n"
        yield "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>\n' for a, b, c in mesh.triangles.tolist())
        yield "</triangles>\n</mesh></object>\n"
    yield "</resources>\n<build>\n"
    yield "".join(f'<item objectid="{number}"/>\n' for number in range(1, len(meshes) + 1))
    yield "</build>\n</model>\n"
