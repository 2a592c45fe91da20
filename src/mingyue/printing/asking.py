"""The doubtful places are printed virtually: findings come in, and go out with what is predicted of them.

A warning that no parameter set bears out is lowered by one: what fails by rule becomes a risk, a risk a note. It falls no
further and never vanishes, for the model knows light, and nothing of peeling, washing and swelling.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mingyue.phrases import Phrase, say
from mingyue.printing.curing.doses import dose_planes
from mingyue.printing.curing.lights import MaskStack, Window
from mingyue.printing.curing.uncertainty import Stack
from mingyue.printing.excerpts import Excerpts
from mingyue.printing.findings.finding import Finding, ModelAnswer, Predicted, Severity
from mingyue.printing.findings.setting import Setting
from mingyue.printing.meshes import Mesh
from mingyue.printing.questions import QUESTIONS, Place, Question, extreme, places_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Greys = NDArray[np.uint8]

# Of each kind so many findings are asked about, the worst: the time for it is bounded, however many there are.
MOST_ASKED = 64
# So many layers of excerpts of each kind: fewer findings are asked about where layers are thin and light goes deep.
_MOST_LAYERS = 24_000
# Layers farther above than so many penetration depths add e⁻⁶ of their light.
_DEPTHS = 6.0
# Pixels of all layers that are exposed at once.
_MOST_PIXELS = 8_000_000
_LOWERED: Mapping[Severity, Severity] = {"fails": "risk", "risk": "note", "note": "note"}
_NO_SETS = np.empty(0, dtype=np.bool_)


def ask(
    findings: Sequence[Finding], placed: Mesh, setting: Setting, *, trials: Sequence[Stack], exposure_s: float
) -> list[Finding]:
    """The same findings in the same order; those of which the model knows something with its answer.

    findings: the worst of each kind first. trials: see `uncertainty.stacks`; their number of sets is odd, as each
    parameter goes up and down. exposure_s: of each layer; all are equally thick.
    """
    answered, excerpts = list(findings), None
    for kind, question in QUESTIONS.items():
        doubtful = [number for number, found in enumerate(findings) if found.kind == kind and found.severity != "note"]
        places = {number: places_of(findings[number], setting) for number in doubtful}
        places = {number: some for number, some in places.items() if some}
        borne_out: Mapping[int, Flags] = {}
        if places:
            excerpts = excerpts or Excerpts(placed, setting.canvas, setting.table)
            borne_out = _Job(question, excerpts, setting, trials, exposure_s).borne_out(places)
        for number in doubtful:
            answered[number] = _answered(findings[number], question, borne_out.get(number, _NO_SETS))
    return answered


def _answered(found: Finding, question: Question, borne_out: Flags) -> Finding:
    """With its answer, and lowered where no set bears it out. borne_out: (sets,), none where it was not asked."""
    sets, warned = len(borne_out), int(borne_out.sum())
    severity = _LOWERED[found.severity] if sets and not warned else found.severity
    predicted: Predicted = "not_asked"
    if sets:
        predicted = question.warned_of if 2 * warned > sets else question.refuted_by
    agree = max(warned, sets - warned)
    answer = ModelAnswer(
        predicted=predicted, agree=agree, sets=sets, by_rule=found.severity, said=_said(predicted, agree, sets)
    )
    return replace(found, severity=severity, model=answer)


def _said(predicted: Predicted, agree: int, sets: int) -> Phrase:
    if predicted == "not_asked":
        return say("the model was not asked: others of this kind are worse")
    return {
        "bridges": say("predicted to bridge ({agree} of {sets} parameter sets)", agree=agree, sets=sets),
        "closes": say("predicted to close ({agree} of {sets} parameter sets)", agree=agree, sets=sets),
        "stays_open": say("predicted to stay open ({agree} of {sets} parameter sets)", agree=agree, sets=sets),
        "lost": say("predicted not to come out ({agree} of {sets} parameter sets)", agree=agree, sets=sets),
        "comes_out": say("predicted to come out ({agree} of {sets} parameter sets)", agree=agree, sets=sets),
    }[predicted]


@dataclass(frozen=True, slots=True)
class _Job:
    """One question, and what it takes to answer it."""

    question: Question
    excerpts: Excerpts
    setting: Setting
    trials: Sequence[Stack]
    exposure_s: float

    def borne_out(self, places: Mapping[int, Sequence[Place]]) -> dict[int, Flags]:
        """For the worst of the findings, by number: (sets,) whether the parameter set bears out what the rule warns of."""
        worst = list(places.items())[:MOST_ASKED]
        chosen = worst[: self._most([some for _, some in worst])]
        owners = np.repeat([number for number, _ in chosen], [len(some) for _, some in chosen])
        ratios = self._ratios([place for _, some in chosen for place in some])
        ratios_of = {number: ratios[owners == number] for number, _ in chosen}
        known = {number: some[~np.isnan(some).any(axis=1)] for number, some in ratios_of.items()}
        return {number: self.question.bears_out(some) for number, some in known.items() if len(some)}

    def _most(self, places: Sequence[Sequence[Place]]) -> int:
        """How many of these findings are asked about, so that no more layers are cut than is quick."""
        layers = self._layers_above + max(place.layers for some in places for place in some)
        return max(1, _MOST_LAYERS // (layers * max(len(some) for some in places)))

    @property
    def _layers_above(self) -> int:
        deepest_um = max(stack.cure.penetration_depth_um for stack in self.trials)
        return math.ceil(_DEPTHS * deepest_um / self.setting.layer_um)

    def _ratios(self, places: Sequence[Place]) -> Floats:
        """(places, sets) how many times what gels the resin each place gets; nan where it is not what it was taken for."""
        blur_px = max(stack.cure.blur.radius_px for stack in self.trials)
        side = 2 * (math.ceil(max(place.radius_px for place in places)) + blur_px) + 1
        asked = max(place.layers for place in places)
        layers = asked + self._layers_above
        at_once = max(1, _MOST_PIXELS // (layers * side * side))
        batches = [places[first : first + at_once] for first in range(0, len(places), at_once)]
        return np.concatenate([self._of_batch(batch, side, asked, layers) for batch in batches])

    def _of_batch(self, places: Sequence[Place], side: int, asked: int, layers: int) -> Floats:
        """Excerpts side by side are exposed as one: only their borders, at which no place looks, get foreign light."""

        def cut(place: Place) -> Greys:
            row, column = place.row - side // 2, place.column - side // 2
            return self.excerpts.greys(row, column, side, place.last - asked + 1, layers)

        with ThreadPoolExecutor(2) as pool:
            greys = np.concatenate(list(pool.map(cut, places)), axis=2)
        return np.concatenate([self._of_stack(stack, greys, places, asked) for stack in self.trials], axis=1)

    def _of_stack(self, stack: Stack, greys: Greys, places: Sequence[Place], asked: int) -> Floats:
        """(places, sets of this stack)"""
        cure, layer_um, look = stack.cure, self.setting.layer_um, self.question.look
        light = MaskStack(greys, pitch_um=self.setting.pixel_um, thickness_um=layer_um, exposure_s=self.exposure_s)
        doses = np.empty((asked, *greys.shape[1:]), dtype=np.float32)
        for plane in dose_planes(light, cure, Window(0, 0, light.rows, light.columns, 0, asked)):
            doses[plane.layer] = plane.dose
        side, found = greys.shape[1], []
        for number, place in enumerate(places):
            columns, looked = slice(number * side, (number + 1) * side), slice(asked - place.layers, asked)
            dose = extreme(
                look, doses[looked, :, columns], greys[looked, :, columns], place.at - place.first, place.radius_px
            )
            found.append(dose * self.question.left_in_layer(layer_um / cure.penetration_depth_um))
        gains = np.array([gain for _, gain in stack.gains])
        return np.outer(found, gains) / cure.threshold_mj_cm2
