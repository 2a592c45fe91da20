"""How fast is the check, and how much faster than the same rules on bitmaps with OpenCV? Markdown on stdout.

Bitmaps: each layer painted, `connectedComponents` (4-connectivity) for islands and for voids, labels compared pixel by
pixel with the layer below. That is what one writes with OpenCV; both get the layers already sliced.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is no package that anyone installs

from benchmarks.contestants import our_program
from benchmarks.measured import Cost, measure
from benchmarks.sections import facts, facts_table, write_section
from benchmarks.tables import count, table
from mingyue.cli.choices import sample_part
from mingyue.printing.chain import BuildSettings
from mingyue.printing.checks import CheckResult, check
from mingyue.printing.components import Components, components_of, dark_of, overlaps_of
from mingyue.printing.findings.finding import SEVERITIES
from mingyue.printing.findings.islands import are_islands, points_within
from mingyue.printing.findings.tree import Growth, all_of, things_of
from mingyue.printing.formats.stl import write_stl
from mingyue.printing.frames import centred_canvas
from mingyue.printing.layers import cover_layers, layer_table
from mingyue.printing.meshes import Mesh
from mingyue.printing.profiles.machines import machine
from mingyue.printing.profiles.resins import resin
from mingyue.printing.runs import Runs
from mingyue.printing.samples import make_sample
from mingyue.printing.samples.fault_coupon import CELL_UM, Planted
from mingyue.printing.samples.gyroid import Gyroid, gyroid

PIXEL_UM, LAYER_UM, FIELD_PX = 2.0, 5.0, (1920, 1080)
SHARE, REACH_PX = 0.25, 25.0
ASSUMED_DOSE_MJ_CM2 = 10.0
# Up to so many pairs counting is faster than sorting.
_COUNTED = 4_000_000
ASKED_S, ASKED_MODEL_S, ASKED_MIB, ASKED_TIMES = 5.0, 20.0, 1024.0, 20.0


def main() -> int:
    """Run it. Returns 0: being slow is no error."""
    options = _options()
    texts = [
        facts_table(facts()),
        *(_checks(options.rounds) if not options.rules_only else ()),
        *(_models(options.rounds) if not options.rules_only else ()),
        *_coupon(),
        *_coupon_asked(),
        *_rules(options.layers),
    ]
    text = "\n\n".join(texts)
    print(text)
    if options.write:
        write_section("findings", text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each check runs (3)")
    parser.add_argument("--layers", type=int, default=20, help="how many layers of a part the rules are run on (20)")
    parser.add_argument("--rules-only", action="store_true", help="leave the whole processes out")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    return parser.parse_args()


# --- whole processes --------------------------------------------------------------------------------------------------


def _parts() -> dict[str, Callable[[], Mesh]]:
    return {
        "birds_nest": lambda: sample_part("birds_nest").mesh,
        "gyroid of a million": lambda: gyroid(Gyroid(step_um=11.5)).mesh,
        "microneedles": lambda: sample_part("microneedles").mesh,
        "fault_coupon": lambda: sample_part("fault_coupon").mesh,
    }


def _checks(rounds: int) -> Iterator[str]:
    rows = []
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for name, made in _parts().items():
            mesh = made()
            path = Path(folder) / "part.stl"
            write_stl(mesh, path, unit="mm")
            costs = [_check(path) for _ in range(rounds + 1)][1:]
            told = json.loads(costs[0].stdout)
            wall, peak = median(cost.wall_s for cost in costs), max(cost.peak_mib for cost in costs)
            others = max(cost.others_share for cost in costs)
            cpu = median(cost.cpu_s for cost in costs)
            rows.append(
                (name, count(len(mesh.triangles)), count(told["layers"]), count(len(told["findings"])),
                 f"{wall:.2f}", f"{cpu:.1f}", f"{peak:.0f}", str(len(costs)), f"{others:.0%}")
            )  # fmt: skip
            if len(mesh.triangles) > 900_000:
                verdicts.append((f"{name}: under {ASKED_S:g} s", f"{wall:.2f} s", _met(wall < ASKED_S)))
                verdicts.append((f"{name}: under {ASKED_MIB:,.0f} MiB", f"{peak:,.0f} MiB", _met(peak < ASKED_MIB)))
    heads = ("part", "triangles", "layers", "findings", "seconds", "CPU, s", "peak, MiB", "runs", "others used")
    yield "Whole processes, `mingyue check FILE --units mm --resin pegda-nps3-365 --json`:"
    yield table(heads, rows)
    yield table(("asked", "found", "met"), verdicts)


def _models(rounds: int) -> Iterator[str]:
    """With the model and without it, of a resin whose critical dose is known."""
    rows, verdicts = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, made in _parts().items():
            mesh = made()
            path = Path(folder) / "part.stl"
            write_stl(mesh, path, unit="mm")
            for options, asked_s in (("--no-model", ASKED_S), ("--model", ASKED_MODEL_S)):
                costs = [_check(path, f"--resin pr48-385 {options}") for _ in range(rounds + 1)][1:]
                told = json.loads(costs[0].stdout)
                wall, peak = median(cost.wall_s for cost in costs), max(cost.peak_mib for cost in costs)
                cpu, others = median(cost.cpu_s for cost in costs), max(cost.others_share for cost in costs)
                answers = [found["model"] for found in told["findings"] if found["model"] and found["model"]["sets"]]
                lowered = sum(
                    found["model"] is not None and found["model"]["by_rule"] != found["severity"]
                    for found in told["findings"]
                )
                rows.append(
                    (f"{name}, `{options}`", f"{told['fails']} / {told['risks']} / {told['notes_found']}",
                     count(len(answers)), count(lowered), f"{wall:.2f}", f"{cpu:.1f}", f"{peak:.0f}", str(len(costs)),
                     f"{others:.0%}")
                )  # fmt: skip
                if len(mesh.triangles) > 900_000:
                    verdicts.append(
                        (f"{name}, `{options}`: under {asked_s:g} s", f"{wall:.2f} s", _met(wall < asked_s))
                    )
                    verdicts.append(
                        (f"{name}, `{options}`: under {ASKED_MIB:,.0f} MiB", f"{peak:,.0f} MiB", _met(peak < ASKED_MIB))
                    )
    heads = (
        "part",
        "fails / risks / notes",
        "asked",
        "lowered",
        "seconds",
        "CPU, s",
        "peak, MiB",
        "runs",
        "others used",
    )
    yield "The same with a resin whose critical dose is known, `--resin pr48-385`, without the model and with it:"
    yield table(heads, rows)
    yield table(("asked", "found", "met"), verdicts)


def _check(path: Path, options: str = "--resin pegda-nps3-365") -> Cost:
    # `check` ends with 8 where something fails, which is no break-down here.
    words = " ".join(f"'{word}'" for word in (our_program(), "check", path))
    return measure(["sh", "-c", f"{words} --units mm {options} --json; test $? -eq 0 -o $? -eq 8 || true"])


# --- the coupon -------------------------------------------------------------------------------------------------------


def _coupon() -> Iterator[str]:
    """How many of the planted faults are found as what they are, by kind, and how often what is done well is called bad."""
    sample = make_sample("fault_coupon")
    settings = BuildSettings(machine=machine("s230"), resin=resin("pegda-nps3-365"))
    rows = []
    for angle_deg in (0.0, 17.0, 45.0, 90.0):
        result = check(sample_part("fault_coupon"), replace(settings, rotate_deg=(0.0, 0.0, angle_deg)))
        counts: dict[str, list[int]] = {}
        for planted in sample.features:
            found = list(_kinds_at(result, planted))
            planted_found = counts.setdefault(planted.kind, [0, 0, 0])
            planted_found[0] += planted.is_fault
            planted_found[1] += planted.is_fault and planted.kind in found
            planted_found[2] += len(found) - (planted.is_fault and planted.kind in found)
        rows.append((f"{angle_deg:g}°", *(f"{found}/{all_}, {false}" for all_, found, false in counts.values())))
    yield "The coupon, turned about z by so much: faults found/planted, false alarms beside them and where it is done well:"
    yield table(("turned", *counts), rows)


def _coupon_asked() -> Iterator[str]:
    """What the model says of the planted faults: nobody published the resin's critical dose, so one is assumed."""
    cured = replace(resin("pegda-nps3-365"), critical_dose_mj_cm2=ASSUMED_DOSE_MJ_CM2)
    settings = BuildSettings(machine=machine("s230"), resin=cured)
    results = [check(sample_part("fault_coupon"), settings, model=model) for model in (False, True)]
    rows = []
    for planted_kind in dict.fromkeys(planted.kind for planted in make_sample("fault_coupon").features):
        told = [[found for found in result.findings if found.kind == planted_kind] for result in results]
        severities = [
            " / ".join(str(sum(found.severity == one for found in some)) for one in SEVERITIES) for some in told
        ]
        answers = Counter(found.model.predicted for found in told[1] if found.model is not None)
        said = ", ".join(f"{predicted} {times}" for predicted, times in answers.items()) or "–"
        rows.append((planted_kind, str(len(told[0])), str(len(told[1])), *severities, said))
    yield (
        f"The same coupon with and without the model, E_c assumed at {ASSUMED_DOSE_MJ_CM2:g} mJ/cm² (the exposure follows "
        "E_c, so that its size does not matter): findings, and how many of them fail / are a risk / a note:"
    )
    heads = ("kind", "found without", "found with", "without the model", "with the model", "predicted")
    yield table(heads, rows)


def _kinds_at(result: CheckResult, planted: Planted) -> Iterator[str]:
    matrix, offset = np.array(result.placement.matrix), np.array(result.placement.offset_um)
    middle = matrix @ ((np.array(planted.low_um) + planted.high_um) / 2) + offset
    for found in result.findings:
        at = (np.array(found.box_um[0]) + found.box_um[1]) / 2
        if np.abs(at - middle)[:2].max() < CELL_UM / 2:
            yield found.kind


# --- two rules, on runs and on bitmaps ----------------------------------------------------------------------------------


def _rules(layers: int) -> Iterator[str]:
    rows, verdicts = [], []
    for name, made in _parts().items():
        mesh = made()
        for canvas, most in (("cropped", 10_000 if name == "birds_nest" else layers), ("fields", min(layers, 10))):
            sliced = _sliced(mesh, most, cropped=canvas == "cropped")
            ours_s, ours = _timed(lambda sliced=sliced: rules_on_runs(sliced))
            theirs_s, theirs = _timed(lambda sliced=sliced: rules_on_bitmaps([layer.painted() for layer in sliced]))
            ratio = f"{theirs_s / ours_s:.0f}×"
            rows.append(
                (f"{name}, {canvas}", f"{count(sliced[0].columns)} × {count(sliced[0].rows)}", str(len(sliced)),
                 f"{ours_s:.3f}", f"{theirs_s:.2f}", f"**{ratio}**",
                 f"{ours[0]} / {theirs[0]}", f"{ours[1]} / {theirs[1]}")
            )  # fmt: skip
            verdicts.append((f"{name}, {canvas}: {ASKED_TIMES:g}×", ratio, _met(theirs_s / ours_s >= ASKED_TIMES)))
    heads = ("part, canvas", "canvas, px", "layers", "ours, s", "OpenCV, s", "ratio", "islands", "closed voids")
    yield "Islands and enclosed voids on layers that are sliced already (ours / OpenCV); painting counts as OpenCV's:"
    yield table(heads, rows)
    yield table(("asked", "found", "met"), verdicts)


def _sliced(mesh: Mesh, most: int, *, cropped: bool) -> list[Runs]:
    """Neighbouring layers around the middle of the part, on the fields that it needs or on a canvas no larger than it."""
    low, high = mesh.box_um
    columns, rows = (int(np.ceil(side / PIXEL_UM)) + 4 for side in (high - low)[:2])
    if not cropped:
        columns, rows = -(-columns // FIELD_PX[0]) * FIELD_PX[0], -(-rows // FIELD_PX[1]) * FIELD_PX[1]
    canvas = centred_canvas(rows=rows, columns=columns, pitch_um=PIXEL_UM)
    cut_um = layer_table(float(mesh.size_um[2]), layer_um=LAYER_UM).cut_um
    first = max(0, (len(cut_um) - most) // 2)
    placed = canvas.to_px(mesh.vertices_um - np.array([*(low + high)[:2] / 2, low[2]]))
    found = cover_layers(placed, mesh.triangles, cut_um[first : first + most], rows=rows, columns=columns)
    return [layer.binary() for layer in found]


def rules_on_runs(layers: list[Runs]) -> tuple[int, int]:
    """How many islands, and how many voids from which no way leads out."""
    islands, voids = 0, Growth()
    below: tuple[Components, Components] | None = None
    for number, layer in enumerate(layers):
        parts, dark = components_of(layer), components_of(dark_of(layer))
        new = things_of(dark, number, points_within(dark, np.ones(dark.count, dtype=np.bool_)))
        if below is None:
            voids.growing, voids.owners = new, np.arange(dark.count, dtype=np.int32)
        else:
            islands += int(are_islands(parts, overlaps_of(below[0], parts), share=SHARE, reach_px=REACH_PX).sum())
            voids.add(new, overlaps_of(below[1], dark))
        below = parts, dark
    ended = voids.ended()
    return islands, 0 if not ended else int((~all_of(ended).outside).sum())


def rules_on_bitmaps(layers: list[np.ndarray]) -> tuple[int, int]:
    """The same, on pictures of 0 and 255."""
    islands = sum(_islands_on_bitmaps(below, layer) for below, layer in pairwise(layers))
    names: dict[tuple[int, int], tuple[int, int]] = {}
    outside: set[tuple[int, int]] = set()
    latest, before = -1, None
    for number, layer in enumerate(layers):
        amount, labels = cv2.connectedComponents(255 - layer, connectivity=4)
        names.update({(number, label): (number, label) for label in range(1, amount)})
        border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        outside |= {(number, label) for label in np.unique(border).tolist() if label}
        if before is not None:
            met = (labels > 0) & (before > 0)
            for low, high in _pairs(before[met], labels[met], amount):
                names[_root(names, (number, high))] = _root(names, (latest, low))
        latest, before = number, labels
    free = {_root(names, node) for node in outside}
    top = {_root(names, node) for node in names if node[0] == latest}
    return islands, len({_root(names, node) for node in names} - free - top)


def _pairs(before: np.ndarray, labels: np.ndarray, amount: int) -> list[tuple[int, int]]:
    keys = before.astype(np.int64) * amount + labels
    met = np.flatnonzero(np.bincount(keys)) if (int(before.max(initial=0)) + 1) * amount < _COUNTED else np.unique(keys)
    return [divmod(key, amount) for key in met.tolist()]


def _islands_on_bitmaps(below: np.ndarray, layer: np.ndarray) -> int:
    amount, labels, stats, _ = cv2.connectedComponentsWithStats(layer, connectivity=4)
    carried = np.bincount(labels[(below > 0)], minlength=amount)
    wanted = np.maximum(1.0, SHARE * np.minimum(stats[:, cv2.CC_STAT_AREA], REACH_PX**2))
    return int((carried[1:] < wanted[1:]).sum())


def _root(names: dict[tuple[int, int], tuple[int, int]], node: tuple[int, int]) -> tuple[int, int]:
    while names[node] != node:
        names[node] = names[names[node]]
        node = names[node]
    return node


def _timed(work: Callable[[], tuple[int, int]]) -> tuple[float, tuple[int, int]]:
    """The faster of two runs, by processor time of this process: others share the machine."""
    best, told = float("inf"), (0, 0)
    for _ in range(2):
        began = time.process_time()
        told = work()
        best = min(best, time.process_time() - began)
    return best, told


def _met(holds: bool) -> str:
    return "yes" if holds else "**no**"


if __name__ == "__main__":
    sys.exit(main())
