"""What a print package says of itself: the nouns of manifest.json, and the JSON Schema that follows from them."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from mingyue.phrases import say

SCHEMA_VERSION: Final = "1.0"

Positive = Annotated[float, Meta(gt=0)]
NotNegative = Annotated[float, Meta(ge=0)]
Index = Annotated[int, Meta(ge=0)]
Count = Annotated[int, Meta(ge=1)]
# A projector wider than this does not exist; it bounds what a hostile manifest can make us allocate.
Pixels = Annotated[int, Meta(ge=1, le=65_536)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Vector = tuple[float, float, float]


class PartOf(Struct, frozen=True, forbid_unknown_fields=True):
    """Which part was built. sha256: of the file as it came; triangles: 0 where it came as masks; size_um: after placing."""

    name: str
    format: str
    sha256: Digest
    triangles: Index
    size_um: tuple[NotNegative, NotNegative, NotNegative]


class PlacementOf(Struct, frozen=True, forbid_unknown_fields=True):
    """x_build = matrix · x_part + offset_um; micrometres, matrix by rows."""

    matrix: tuple[Vector, Vector, Vector]
    offset_um: Vector


class MachineOf(Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of the machine that this package was made for. field_px: columns, rows."""

    name: str
    pixel_um: Positive
    field_px: tuple[Pixels, Pixels]
    irradiance_mw_cm2: Positive | None
    verified: bool


class ResinOf(Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of the resin that the exposures were derived from; null where they are unknown."""

    name: str
    penetration_depth_um: Positive | None
    critical_dose_mj_cm2: Positive | None


class CanvasOf(Struct, frozen=True, forbid_unknown_fields=True):
    """All fields together: left_um and top_um place its top left corner in the build frame."""

    pitch_um: Positive
    rows: Count
    columns: Count
    left_um: float
    top_um: float


class StitchingOf(Struct, frozen=True, forbid_unknown_fields=True):
    """How neighbouring fields meet: in the overlap_px pixels they share, their greys ramp and add up to the part's."""

    overlap_px: Index
    ramp: Literal["none", "linear", "smooth"]


class LightMapOf(Struct, frozen=True, forbid_unknown_fields=True):
    """The map by which masks were dimmed until the field is even. sha256: of its file.

    reading: whether its grey was taken for what a pixel is driven at, or for how brightly it shines. dose_kept: of the
    brightest place's dose, which is what the darkest has. uneven_before, uneven_after: difference of the extremes over
    the mean, of wholly covered pixels.
    """

    file: str
    sha256: Digest
    reading: Literal["correction", "brightness"]
    levels: Count
    dose_kept: Annotated[float, Meta(gt=0, le=1)]
    uneven_before: NotNegative
    uneven_after: NotNegative


class RegionsOf(Struct, frozen=True, forbid_unknown_fields=True):
    """Regions of a layer with a mask and an exposure of their own; seconds are null where they are exposed as the rest.

    down_facing_layers: how many layers above a void face down; edge_px: how wide the edge is.
    """

    down_facing_s: Positive | None
    down_facing_layers: Count
    edge_s: Positive | None
    edge_px: Index


class FieldOf(Struct, frozen=True, forbid_unknown_fields=True):
    """row_px, column_px: its top left pixel on the canvas; offset_um: stage position of its centre, x and y."""

    row_px: Index
    column_px: Index
    offset_um: tuple[float, float]


class ExposureOf(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One flash: which field shows which mask, by their places in the lists, and for how long."""

    field: Index
    mask: Index
    seconds: Positive


class LayerOf(Struct, frozen=True, forbid_unknown_fields=True):
    """One layer. exposures: in the order of the stage; a field may come several times, with masks that add up.

    area_px: covered area in pixels, grey pixels counted in part.
    """

    bottom_um: NotNegative
    thickness_um: Positive
    cut_um: NotNegative
    area_px: NotNegative
    exposures: tuple[ExposureOf, ...]


class MaskOf(Struct, frozen=True, forbid_unknown_fields=True):
    """One picture; several fields and layers may show the same one. sha256: of the PNG file."""

    path: Annotated[str, Meta(pattern=r"^masks/[0-9A-Za-z_-]+\.png$")]
    sha256: Digest
    lit_px: Index


class CompensatedOf(Struct, frozen=True, forbid_unknown_fields=True):
    """Masks that were bent so that the solid comes out as designed; they are no longer what the part covers.

    from_sha256: of the package with the part's own masks. steps: of the optimisation, at most; strength: share of the
    way gone; bulk_um: no pixel gets more light than cures so deep, null: no such bound. The rest: what was assumed.
    """

    from_sha256: Digest
    steps: Index
    strength: NotNegative
    bulk_um: Positive | None
    irradiance_mw_cm2: Positive
    penetration_depth_um: Positive
    critical_dose_mj_cm2: Positive
    induction_dose_mj_cm2: NotNegative


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """manifest.json of a print package; see docs/reference/print-package.md."""

    format: Literal["mingyue-print-package"]
    version: Literal["1.0"]
    made_by: str
    part: PartOf
    placement: PlacementOf
    machine: MachineOf
    resin: ResinOf
    canvas: CanvasOf
    stitching: StitchingOf
    grey: Literal["coverage", "binary"]
    fields: tuple[FieldOf, ...]
    layers: tuple[LayerOf, ...]
    masks: tuple[MaskOf, ...]
    preview: Literal["preview.png"]
    compensated: CompensatedOf | None = None
    light_map: LightMapOf | None = None
    regions: RegionsOf | None = None

    def __post_init__(self) -> None:
        """What types cannot say: every place points at something."""
        columns, rows = self.machine.field_px
        if not self.fields or not self.layers:
            raise ValueError(say("a package has at least one field and one layer"))
        for field in self.fields:
            if field.row_px + rows > self.canvas.rows or field.column_px + columns > self.canvas.columns:
                raise ValueError(say("a field leaves the canvas"))
        for layer in self.layers:
            for exposure in layer.exposures:
                if exposure.field >= len(self.fields) or exposure.mask >= len(self.masks):
                    raise ValueError(say("a layer names a field or a mask that is not there"))


def manifest_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of manifest.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(Manifest)
