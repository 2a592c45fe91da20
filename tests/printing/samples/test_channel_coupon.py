import numpy as np
import pytest

from mingyue.printing.samples.channel_coupon import ChannelCoupon, channel_coupon
from mingyue.printing.samples.sample import SampleParameterError

HEIGHTS_UM = (10, 15, 20, 30, 40, 60)
WIDTHS_UM = (4, 8, 12, 16, 24, 40)


def test_every_height_meets_every_width_once():
    channels = channel_coupon().features

    assert [(c.height_um, c.width_um) for c in channels] == [(h, w) for h in HEIGHTS_UM for w in WIDTHS_UM]
    for channel in channels:
        size = np.subtract(channel.high_um, channel.low_um)
        np.testing.assert_allclose(size, (channel.width_um, 1000, channel.height_um), rtol=1e-12)


def test_the_block_lacks_exactly_its_channels():
    sample = channel_coupon()
    block = np.prod(sample.mesh.size_um)

    assert sample.mesh.volume_um3 == pytest.approx(block - 1000 * sum(HEIGHTS_UM) * sum(WIDTHS_UM), rel=1e-12)


def test_channels_are_empty_to_their_walls_and_the_block_is_full_beyond(winding):
    sample = channel_coupon()
    low, high = (np.array([getattr(c, f"{end}_um") for c in sample.features]) for end in ("low", "high"))
    middle = (low + high) / 2
    middle[:, 1] = 400.0

    np.testing.assert_allclose(winding(sample.mesh, middle), 0, atol=1e-6)
    for axis in (0, 2):
        for wall, inwards in ((low, 1), (high, -1)):
            beside = middle.copy()
            beside[:, axis] = wall[:, axis] + inwards * 0.1
            np.testing.assert_allclose(winding(sample.mesh, beside), 0, atol=1e-6)
            beside[:, axis] = wall[:, axis] - inwards * 0.1
            np.testing.assert_allclose(winding(sample.mesh, beside), 1, atol=1e-6)


def test_channels_are_open_at_both_ends(winding):
    sample = channel_coupon()
    for channel in sample.features:
        x, _, z = np.add(channel.low_um, channel.high_um) / 2
        np.testing.assert_allclose(winding(sample.mesh, [(x, 0.1, z), (x, 999.9, z)]), 0, atol=1e-6)


def test_a_coupon_without_channels_is_refused():
    with pytest.raises(SampleParameterError, match="needs heights, widths"):
        channel_coupon(ChannelCoupon(widths_um=()))
