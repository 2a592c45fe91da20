"""A part as it was read becomes a part on the platform with its supports, and what is worth knowing about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mingyue.errors import BadInputError
from mingyue.phrases import Phrase, say
from mingyue.printing.frames import place
from mingyue.printing.mending.edges import require_closed
from mingyue.printing.meshes import Mesh
from mingyue.printing.painted import Painted, unpainted
from mingyue.printing.profiles.machines import MachineLimitError
from mingyue.printing.profiles.rated import value_of
from mingyue.printing.supports.making import Supports, SupportSettings, supports_of
from mingyue.printing.supports.painting import forbids_of


@dataclass(frozen=True, slots=True, eq=False)
class SupportedPart:
    """part: in the build frame, lifted; supports: beside it; notes: what the one who prints it should know."""

    part: Mesh
    supports: Supports
    notes: tuple[Phrase, ...]


def supported(
    part: Mesh,
    settings: SupportSettings,
    *,
    scale: float = 1.0,
    fit_um: float | None = None,
    rotate_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    lift_um: float = 0.0,
    forbid: Painted | None = None,
) -> SupportedPart:
    """Place a part as `mingyue build` does, lift it, and support it.

    forbid: surfaces and places in the part's own frame. Raises OpenMeshError where the surface bounds no volume,
    BadInputError for settings that make no sense.
    """
    _check(settings, lift_um)
    require_closed(part)
    placement = place(part.box_um[0], part.box_under, scale=scale, fit_um=fit_um, rotate_deg=rotate_deg)
    lifted = type(placement)(placement.matrix, (*placement.offset_um[:2], placement.offset_um[2] + lift_um))
    placed = part.moved(np.array(lifted.matrix), np.array(lifted.offset_um))
    forbids = forbids_of(forbid or unpainted(), part, lifted, pixel_um=settings.machine.pixel_um)
    supports = supports_of(placed, settings, forbids=forbids)
    return SupportedPart(placed, supports, tuple(_notes(supports, lift_um)))


def _check(settings: SupportSettings, lift_um: float) -> None:
    unfit = settings.machine.why_layer_unfit(settings.layer_um)
    if unfit:
        raise MachineLimitError(say("{why}.", why=unfit), remedy=say("Choose another --layer-um or another --machine."))
    if settings.neck_px is not None and not 2 <= settings.neck_px <= 6:
        raise BadInputError(
            say("A neck of {neck:g} px does not print, or leaves a scar.", neck=settings.neck_px),
            remedy=say("Give --neck-px of 2 to 6."),
        )
    if settings.reach_um is not None and not 0 < settings.reach_um < math.inf:
        raise BadInputError(
            say("A layer cannot hang by {reach} µm.", reach=settings.reach_um), remedy=say("Give --reach-um above 0.")
        )
    if not 0 <= lift_um <= 1e5:
        raise BadInputError(
            say("A part cannot hang {lift} µm above the platform.", lift=lift_um),
            remedy=say("Give --lift-um of 0 or more, and at most 100 mm."),
        )


def _notes(supports: Supports, lift_um: float) -> list[Phrase]:
    notes = [say("The limits of supports are unverified: print a part you can spare before you trust them.")]
    if supports.contact_um2 < value_of("least_contact") * supports.largest_um2 and not lift_um:
        notes.append(
            say("The part stands on {contact:.3g} mm² only: it may tear off. Turn it, or lift it (--lift-um).",
                contact=supports.contact_um2 / 1e6)
        )  # fmt: skip
    pull_mn = supports.largest_um2 * value_of("peel_kpa") / 1e6
    hold_mn = supports.total_force_mn * value_of("green_strength_share")
    if lift_um and hold_mn < pull_mn:
        notes.append(
            say("The film pulls the largest layer by {pull:.3g} mN; the necks hold {hold:.3g} mN before they are cured "
                "through. Ask for more of them (--reach-um) or thicker ones (--neck-px).", pull=pull_mn, hold=hold_mn)
        )  # fmt: skip
    if supports.pins:
        notes.append(say("{count} pins stand on the part itself and leave a mark at both ends.", count=supports.pins))
    return notes
