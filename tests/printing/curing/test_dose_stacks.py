"""The dose operator is linear, equals the planes of the virtual print, and its transpose is one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingyue.printing.curing.dose_stacks import DoseOperator
from mingyue.printing.curing.doses import Cure, dose_planes
from mingyue.printing.curing.lights import MaskStack
from mingyue.printing.curing.optics import Blur, gaussian_blur, measured_blur

LOPSIDED = measured_blur(np.array([[0.1, 0.5, 0.2], [0.0, 1.0, 0.7], [0.3, 0.1, 0.05]]))


def operator(blur: Blur, layers: int) -> DoseOperator:
    cure = Cure(irradiance_mw_cm2=33.0, penetration_depth_um=9.5, critical_dose_mj_cm2=10.0, blur=blur)
    return DoseOperator(cure, np.linspace(4.0, 11.0, layers))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([gaussian_blur(1.5), gaussian_blur(0.36), LOPSIDED]), st.integers(1, 6))
def test_the_adjoint_is_the_transpose(seed: int, blur: Blur, layers: int) -> None:
    rng = np.random.default_rng(seed)
    shape = (layers, int(rng.integers(1, 40)), int(rng.integers(1, 40)))
    x, y = rng.normal(size=shape).astype(np.float32), rng.normal(size=shape).astype(np.float32)
    a = operator(blur, layers)

    forward, back = a.forward(x).astype(np.float64), a.adjoint(y).astype(np.float64)

    scale = np.linalg.norm(forward) * np.linalg.norm(y)
    assert abs(np.vdot(forward, y) - np.vdot(x, back)) <= 1e-6 * scale


@pytest.mark.parametrize("blur", [gaussian_blur(1.0), LOPSIDED])
def test_the_operator_is_what_the_virtual_print_does(blur: Blur) -> None:
    shares = np.random.default_rng(5).random((5, 17, 23)).astype(np.float32)
    a = operator(blur, 5)
    stack = MaskStack(shares, pitch_um=2.0, thickness_um=a.thickness_um, exposure_s=0.5)

    planes = {plane.layer: plane.dose for plane in dose_planes(stack, a.cure)}

    doses = a.forward(shares * np.float32(0.5))
    assert all(np.array_equal(doses[layer], planes[layer]) for layer in range(5))


def test_what_comes_from_above_decays_as_it_is_told() -> None:
    a = operator(gaussian_blur(0.0), 4)
    top = np.zeros((4, 1, 1), dtype=np.float32)
    top[3] = 1.0

    np.testing.assert_allclose(a.forward(top)[:, 0, 0] / 33.0, a.carried, rtol=1e-6)
