"""Bodies are counted by runs as they are by voxels."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import MaskStack
from mingyue.printing.curing.optics import gaussian_blur
from mingyue.printing.curing.solid_bodies import solid_bodies


@given(st.integers(0, 2**32), st.floats(0.0, 0.7), st.floats(0.3, 2.5))
def test_bodies_are_those_of_the_voxels(seed: int, lit: float, reach_layers: float) -> None:
    shares = (np.random.default_rng(seed).random((5, 9, 12)) < lit).astype(np.float32)
    light = MaskStack(shares, pitch_um=2.0, thickness_um=5.0, exposure_s=1.0)
    cure = Cure(
        irradiance_mw_cm2=math.exp(reach_layers), penetration_depth_um=5.0, critical_dose_mj_cm2=1.0,
        blur=gaussian_blur(0.0),
    )  # fmt: skip
    planes = list(dose_planes(light, cure))

    # Two voxels a layer, its top and its bottom; a bottom that is solid makes the top below it solid.
    voxels = np.array([half for plane in planes for half in (plane.dose, plane.dose / np.float32(math.e))])
    assert solid_bodies(planes, light, cure) == ndimage.label(voxels >= 1)[1]
