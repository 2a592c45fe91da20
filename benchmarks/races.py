"""Contestants run in turn, A B A B …, on a machine that others may be using too; what is left is medians and ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.measured import CommandFailedError, Cost

# While others use more than this share of the processors, a round is run again.
QUIET_SHARE = 0.1
# So many rounds are run again at most; then the quietest that there are have to do.
EXTRA_ROUNDS = 3
# Who takes longer than this is slow, and runs in so many rounds at most.
SLOW_S = 20.0
SLOW_ROUNDS = 2

Round = Mapping[str, Cost]


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds that count. others_share: the largest; runs: how many there were."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    others_share: float
    runs: int


def race(contestants: Mapping[str, Callable[[], Cost]], *, rounds: int) -> tuple[list[Round], dict[str, str]]:
    """Run everybody in turn. Returns the `rounds` quietest rounds, in order, and who gave up and why."""
    run: list[Round] = []
    slow: set[str] = set()
    gave_up: dict[str, str] = {}
    while len(run) < rounds or _again(run, rounds, slow):
        out = {*gave_up, *(slow if len(run) >= SLOW_ROUNDS else ())}
        costs: dict[str, Cost] = {}
        for name, start in contestants.items():
            if name in out:
                continue
            try:
                costs[name] = start()
            except CommandFailedError as error:
                gave_up[name] = str(error)
        slow |= {name for name, cost in costs.items() if cost.wall_s > SLOW_S}
        run.append(costs)
    return quietest(run, rounds), gave_up


def _again(run: Sequence[Round], rounds: int, slow: set[str]) -> bool:
    quiet = sum(disturbance(one) <= QUIET_SHARE for one in run)
    return not slow and quiet < rounds and len(run) < rounds + EXTRA_ROUNDS


def quietest(rounds: Sequence[Round], count: int) -> list[Round]:
    """The `count` rounds in which others did least, in the order in which they were run."""
    kept = sorted(range(len(rounds)), key=lambda index: disturbance(rounds[index]))[:count]
    return [rounds[index] for index in sorted(kept)]


def disturbance(one: Round) -> float:
    """The largest share of the processors that others used while somebody in this round ran."""
    return max((cost.others_share for cost in one.values()), default=0.0)


def ratios(rounds: Sequence[Round], theirs: str, ours: str) -> list[float]:
    """Their seconds by ours, in each round in which both ran."""
    return [one[theirs].wall_s / one[ours].wall_s for one in rounds if theirs in one and ours in one]


def spread(values: Sequence[float]) -> float:
    """From the lowest to the highest, as a share of the median."""
    return (max(values) - min(values)) / median(values)


def figures(costs: Sequence[Cost]) -> Figures:
    """See `Figures`."""
    return Figures(
        wall_s=median(cost.wall_s for cost in costs),
        cpu_s=median(cost.cpu_s for cost in costs),
        peak_mib=median(cost.peak_mib for cost in costs),
        others_share=max(cost.others_share for cost in costs),
        runs=len(costs),
    )


def of(rounds: Sequence[Round], name: str) -> list[Cost]:
    """What one contestant cost in the rounds in which it ran."""
    return [one[name] for one in rounds if name in one]


def middle(costs: Sequence[Cost]) -> Cost:
    """The run whose seconds are the median; of an even number the quicker of the two."""
    return sorted(costs, key=lambda cost: cost.wall_s)[(len(costs) - 1) // 2]
