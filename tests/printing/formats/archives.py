"""3MF files made by hand, good ones and bad ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
LATTICE = 'xmlns:b="http://schemas.microsoft.com/3dmanufacturing/beamlattice/2017/02"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    "</Types>"
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Target="/3D/3dmodel.model" Id="r" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)
# The corner of a unit cube: volume 1/6, surface outwards.
TETRAHEDRON = (
    '<mesh><vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/>'
    '<vertex x="0" y="0" z="1"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>'
    '<triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="0" v2="3" v3="2"/>'
    "</triangles></mesh>"
)


def thing(number: int, body: str, kind: str = "model") -> str:
    """An object element."""
    return f'<object id="{number}" type="{kind}">{body}</object>'


def components(*numbers: int, transform: str = "1 0 0 0 1 0 0 0 1 0 0 0") -> str:
    """The body of an object made of other objects."""
    inner = "".join(f'<component objectid="{number}" transform="{transform}"/>' for number in numbers)
    return f"<components>{inner}</components>"


def item(number: int, transform: str = "1 0 0 0 1 0 0 0 1 0 0 0") -> str:
    """An element of the build."""
    return f'<item objectid="{number}" transform="{transform}"/>'


def model(resources: str, build: str, *, unit: str = "millimeter", namespaces: str = "") -> str:
    """A whole model part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><model unit="{unit}" xmlns="{CORE}" {namespaces}>'
        f"<resources>{resources}</resources><build>{build}</build></model>"
    )


def write_3mf(path: Path, text: str | bytes, **others: str | bytes) -> Path:
    """Pack a model part, and other parts beside it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("3D/3dmodel.model", text)
        for name, content in others.items():
            archive.writestr(name, content)
    return path
