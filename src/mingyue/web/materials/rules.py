"""Why something may not happen to resins, batches and recipes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from mingyue.phrases import Phrase, say
from mingyue.web.materials.models import Recipe
from mingyue.web.people.models import Role
from mingyue.web.people.viewers import Viewer


def why_not_offer(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this viewer may not change which resins a facility offers."""
    return [] if viewer.has(organisation_id, Role.MANAGER) else [say("Only a manager of the facility may do this.")]


def why_not_stock(viewer: Viewer, organisation_id: UUID) -> list[Phrase]:
    """Why this viewer may not say which batches there are."""
    if viewer.has(organisation_id, Role.MANAGER, Role.OPERATOR):
        return []
    return [say("Only an operator or a manager of the facility may do this.")]


def why_not_batch(*, volume_ml: int, made_on: date, expires_on: date) -> list[Phrase]:
    """Why there can be no such batch."""
    reasons = []
    if not 1 <= volume_ml <= 1_000_000:
        reasons.append(say("A batch has from 1 ml to 1,000 l."))
    if expires_on < made_on:
        reasons.append(say("A batch expires after it was made."))
    return reasons


def why_not_numbers(*, layer_um: float, exposure_s: float, irradiance_mw_cm2: float) -> list[Phrase]:
    """Why nothing can be printed with these numbers."""
    reasons = []
    if not 0.1 <= layer_um <= 1000:
        reasons.append(say("A layer is from 0.1 to 1,000 µm thick."))
    if not 0.001 <= exposure_s <= 600:
        reasons.append(say("An exposure takes from 0.001 to 600 s."))
    if not 0.001 <= irradiance_mw_cm2 <= 10_000:
        reasons.append(say("An irradiance is from 0.001 to 10,000 mW/cm²."))
    return reasons


def why_not_share(share: str) -> list[Phrase]:
    """Why a recipe cannot be shared so."""
    return [] if share in Recipe.Share.values else [say("There is no way of sharing named {share}.", share=share)]
