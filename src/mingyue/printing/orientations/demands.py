"""Machine, resin and layers become what orientations are judged by: exposure, reach, and the times of the stage."""

from __future__ import annotations

import math

from mingyue.errors import BadInputError
from mingyue.phrases import say
from mingyue.printing.orientations.figures import Demands
from mingyue.printing.profiles import resins
from mingyue.printing.profiles.exposures import CURE_DEPTH_LAYERS
from mingyue.printing.profiles.machines import Machine, MachineLimitError
from mingyue.printing.profiles.rated import value_of
from mingyue.printing.profiles.resins import Resin


def demands_of(machine: Machine, resin: Resin, *, layer_um: float, exposure_s: float | None) -> Demands:
    """exposure_s: of a layer; None: from the resin's working curve, as `mingyue build` derives it.

    Raises MachineLimitError where the irradiance is not known, or the machine does not print such layers.
    """
    if not (math.isfinite(layer_um) and layer_um > 0):
        raise BadInputError(
            say("A layer of {layer} µm cannot be printed.", layer=layer_um), remedy=say("Give a thickness above 0 µm.")
        )
    unfit = machine.why_layer_unfit(layer_um)
    if unfit:
        raise MachineLimitError(say("{why}.", why=unfit), remedy=say("Choose another --layer-um or another --machine."))
    if exposure_s is None and machine.irradiance_mw_cm2 is None:
        raise MachineLimitError(
            say("Nobody stated the irradiance of {machine}, so no exposure can be derived.", machine=machine.title),
            remedy=say("Give --exposure-s, or irradiance_mw_cm2 in a machine file of your own."),
        )
    return Demands(
        machine=machine,
        layer_um=layer_um,
        steepest_deg=math.degrees(math.atan(1 / value_of("overhang_layers"))),
        least_contact=value_of("least_contact"),
        exposure_s=_exposure_s(machine, resin, layer_um) if exposure_s is None else exposure_s,
        move_s=value_of("move_s"),
        recoat_s=value_of("recoat_s"),
    )


def _exposure_s(machine: Machine, resin: Resin, layer_um: float) -> float:
    assert machine.irradiance_mw_cm2 is not None
    depth_um = CURE_DEPTH_LAYERS * layer_um
    return resins.exposure_s(resin, depth_um=depth_um, irradiance_mw_cm2=machine.irradiance_mw_cm2)
