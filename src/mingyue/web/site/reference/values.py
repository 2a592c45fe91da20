"""A value for every shape, as it might really be: for examples on the page, and in the description itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

Json = Mapping[str, Any]
_REF: Final = "#/components/schemas/"
# What such a value looks like where it stands by this name.
_KNOWN: Final[Mapping[str, Any]] = {
    "slug": "two-micrometre-printing",
    "organisation": "lake-institute",
    "readers": ["lake-institute"],
    "name": "Lens holder",
    "name_zh": "镜架",
    "number": "NSFC-52375001",
    "budget_fen": 5_000_000,
    "amount_fen": 128_000,
    "tolerance_um": 10,
    "quantity": 20,
    "layer_um": 5.0,
    "rotation": [0.0, 90.0, 0.0],
    "why": "Agreed by telephone.",
    "text": "May the bottom face carry support marks? It is glued.",
    "note": "First of two parts.",
    "reference": "BANK-2026-11-25-0042",
    "email": "colleague@example.org",
    "token": "pB3xW0q7cQ-4hV1nZs8mK2rT6yL0dJ9fA5",
    "since": "2026-11-25T08:00:00Z",
    "starts_at": "2026-12-01T00:00:00Z",
    "ends_at": "2026-12-02T00:00:00Z",
    "opens": "09:00",
    "closes": "17:30",
    "made_on": "2026-10-01",
    "expires_on": "2027-10-01",
    "zone": "Asia/Shanghai",
    "website": "https://institute.example.org",
    "machine_profile": "s230",
    "resin_profile": "pr48-385",
    "exposure_s": 1.2,
    "irradiance_mw_cm2": 30.0,
    "volume_ml": 500,
    "unit": "µm",
    "units": "mm",
    "roles": ["member"],
    "scopes": ["parts:read", "parts:write", "facilities:read", "orders:read", "orders:write"],
    "days": 90,
}
# The same, where a shape means something else by it.
_OF_SHAPE: Final[Mapping[str, Mapping[str, Any]]] = {
    "OrganisationIn": {"name": "Lake Institute", "name_zh": "明月湖研究院"},
    "AboutIn": {"name": "Lake Institute", "name_zh": "明月湖研究院"},
    "FacilityIn": {"name": "Two-micrometre printing", "name_zh": "两微米打印"},
    "MachineIn": {"name": "M1", "profile": "s230"},
    "ResinIn": {"name": "PR48", "name_zh": "PR48 树脂", "profile": "pr48-385"},
    "CapabilityIn": {"name": "Pixel", "name_zh": "像素", "value": "2"},
    "ServiceClassIn": {"name": "Standard", "name_zh": "标准", "lead_days": 10},
    "BatchIn": {"number": "B-2026-10-01"},
    "KeyIn": {"name": "nightly upload"},
    "RecipeIn": {"name": "PR48 on S230"},
    "ProjectIn": {"name": "Micro-optics"},
    "RevisionIn": {"note": "Thicker ribs."},
    "DowntimeIn": {"why": "New lens."},
}


def example_id(name: str) -> str:
    """An id as the platform makes them, the same for the same name."""
    digest = hashlib.sha256(name.encode()).digest()[:16]
    return str(UUID(bytes=digest, version=4))


def body_of(name: str, schemas: Json) -> dict[str, Any]:
    """What a program may send where this shape is asked for: what must be said, and what is known well."""
    told, known = schemas[name], _OF_SHAPE.get(name, {})
    required, properties = set(told.get("required", ())), told.get("properties", {})
    said = [key for key in properties if key in required or key in known or key in _KNOWN]
    return {
        key: known[key] if key in known else value_of(key, properties[key], schemas)
        for key in said or list(properties)[:1]
    }


def value_of(name: str, told: Json, schemas: Json) -> Any:
    """A value of this type, as it is usual by this name."""
    if "$ref" in told:
        return body_of(str(told["$ref"]).removeprefix(_REF), schemas)
    if "anyOf" in told:
        return value_of(name, told["anyOf"][0], schemas)
    if told.get("type") == "array" and name not in _KNOWN:
        return [value_of(name.removesuffix("s"), told.get("items", {}), schemas)]
    if name in _KNOWN and _KNOWN[name] in told.get("enum", [_KNOWN[name]]):
        return _KNOWN[name]
    return told["enum"][0] if "enum" in told else _plain(name, told)


def _plain(name: str, told: Json) -> Any:
    if told.get("format") == "uuid":
        return example_id(name)
    match told.get("type"):
        case "boolean":
            return bool(told.get("default", True))
        case "integer":
            return int(told.get("minimum", 1))
        case "number":
            return float(told.get("minimum", 1))
        case "object":
            return {}
        case _:
            return "2026-11-25T08:00:00Z" if told.get("format") == "date-time" else "Lens holder"
