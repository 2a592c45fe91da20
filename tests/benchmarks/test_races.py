"""Contestants in turn: who runs when, which rounds count, and what is made of them."""

from __future__ import annotations

import sys

import pytest

from benchmarks import measured, races
from benchmarks.measured import CommandFailedError, Cost


def cost(wall_s=1.0, others=0.0):
    return Cost(wall_s=wall_s, cpu_s=2 * wall_s, peak_mib=10 * wall_s, others_share=others)


class Runner:
    """Notes its name on every start, and costs what it was told to."""

    def __init__(self, name, notes, costs):
        self.name, self.notes, self.costs = name, notes, iter(costs)

    def __call__(self):
        self.notes.append(self.name)
        told = next(self.costs)
        if isinstance(told, Exception):
            raise told
        return told


def starts(rounds, **costs):
    notes = []
    run, gave_up = races.race({name: Runner(name, notes, told) for name, told in costs.items()}, rounds=rounds)
    return "".join(notes), run, gave_up


def test_contestants_run_in_turn_and_every_round_counts_on_a_quiet_machine():
    order, run, gave_up = starts(3, a=[cost(1), cost(2), cost(3)], b=[cost(4), cost(4), cost(4)])

    assert order == "ababab"
    assert races.ratios(run, "b", "a") == [4.0, 2.0, 4 / 3]
    assert gave_up == {}


def test_disturbed_rounds_are_run_again_and_left_out_even_where_they_were_the_fastest():
    order, run, _ = starts(2, a=[cost(5), cost(1, others=0.5), cost(6)], b=[cost(10)] * 3)

    assert order == "ababab"
    assert [one["a"].wall_s for one in run] == [5, 6]


def test_a_machine_that_never_is_quiet_ends_the_race_with_the_quietest_rounds():
    shares = [0.9, 0.3, 0.5, 0.2, 0.8]
    order, run, _ = starts(2, a=[cost(others=share) for share in shares])

    assert len(order) == 2 + races.EXTRA_ROUNDS == len(shares)
    assert [one["a"].others_share for one in run] == [0.3, 0.2]


def test_who_is_slow_runs_twice_only():
    order, run, _ = starts(4, a=[cost()] * 4, b=[cost(races.SLOW_S + 1)] * 4)

    assert order == "ababaa"
    assert len(races.ratios(run, "b", "a")) == races.SLOW_ROUNDS == 2
    assert len(races.of(run, "a")) == 4


def test_who_fails_gives_up_and_the_others_go_on():
    order, run, gave_up = starts(2, a=[cost(), cost()], b=[CommandFailedError("b: no such part")])

    assert order == "aba"
    assert gave_up == {"b": "b: no such part"}
    assert races.of(run, "b") == races.ratios(run, "b", "a") == []


def test_figures_are_medians_and_the_largest_disturbance():
    told = races.figures([cost(1, 0.02), cost(9, 0.05), cost(2, 0.01)])

    assert told == races.Figures(wall_s=2, cpu_s=4, peak_mib=20, others_share=0.05, runs=3)


@pytest.mark.parametrize(("seconds", "middle"), [([3, 1, 2], 2), ([4, 1, 3, 2], 2), ([7], 7)])
def test_the_middle_run_is_one_that_was_run(seconds, middle):
    assert races.middle([cost(wall_s) for wall_s in seconds]).wall_s == middle


def test_the_spread_is_a_share_of_the_median():
    assert races.spread([1.9, 2.0, 2.2]) == pytest.approx(0.15)


@pytest.mark.parametrize(("busy_after", "share"), [(3.0, 0.0), (4.0, 0.25), (2.0, 0.0), (99.0, 1.0)])
def test_what_others_used_is_what_was_busy_beyond_us(busy_after, share):
    assert measured.others_share(0.0, busy_after, own_s=3.0, wall_s=2.0, cores=2) == share


def test_a_command_is_measured_by_itself_not_with_the_memory_of_its_parent():
    held = bytearray(256 << 20)
    hold_64_mib = "b = bytearray(64 << 20); b[::4096] = b'x' * len(b[::4096]); print('done')"

    found = measured.measure([sys.executable, "-I", "-S", "-c", hold_64_mib])

    assert len(held) == 256 << 20
    assert 64 < found.peak_mib < 128
    assert found.stdout == "done\n"
    assert found.cpu_s > 0
    assert 0 <= found.others_share <= 1


def test_what_a_failing_command_said_is_passed_on():
    with pytest.raises(CommandFailedError, match="no such thing"):
        measured.measure([sys.executable, "-c", "raise SystemExit('no such thing')"])
