"""The parts of a report's page, each from what the report holds: HTML in one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mingyue import __version__
from mingyue.phrases import Phrase, say
from mingyue.printing.charts import bars_svg, colour_scale_svg, histogram_svg
from mingyue.printing.curing.uncertainty import Parameter
from mingyue.printing.reports.first_articles import Line, Verdict, feature_lines, whole_part, worst_first
from mingyue.printing.reports.found import tally
from mingyue.printing.reports.report import Picture, PrintReport
from mingyue.printing.reports.words import Cell, Writer
from mingyue.printing.virtual_print import Prediction

# What fits on a few pages; whoever wants all of it asks for the JSON.
MOST_FEATURES: Final = 60
_MOST_STRUTS, _MOST_CHANGES = 30, 30
_VERDICTS: Final[dict[Verdict, Phrase]] = {"pass": say("✓ pass"), "risk": say("? at risk"), "fail": say("✗ fail")}
_PARAMETERS: Final[dict[Parameter, Phrase]] = {
    "penetration_depth": say("penetration depth"),
    "critical_dose": say("critical dose"),
    "irradiance": say("irradiance"),
    "blur": say("blur"),
}
_CHANGES: Final[dict[str, Phrase]] = {
    "lost": say("lost: a body"),
    "torn": say("torn off: a piece"),
    "fused": say("fused: bodies that should be apart"),
    "flash": say("not designed: a body"),
    "closed": say("closed: a space that should be open"),
    "filled": say("filled: a cavity"),
}
# What the samples call theirs; others keep the names that they came with.
_STRUTS: Final[dict[str, Phrase]] = {
    "facade": say("facade strut"),
    "ring": say("ring strut"),
    "roof": say("roof strut"),
    "foot": say("foot strut"),
    "web": say("web strut"),
}
_FIGURES: Final[tuple[tuple[str, Phrase, str, int], ...]] = (
    ("deviation_um.abs_p95", say("size of deviation, 95 % below"), "µm", 2),
    ("solid_deviation_um.abs_p95", say("the same, seen from the print"), "µm", 2),
    ("deviation_um.abs_max", say("largest"), "µm", 1),
    ("deviation_um.p5", say("deviation, 5 % below"), "µm", 2),
    ("deviation_um.p50", say("deviation, middle"), "µm", 2),
    ("deviation_um.p95", say("deviation, 95 % below"), "µm", 2),
    ("bias_um.xy", say("mean of walls"), "µm", 2),
    ("bias_um.up", say("mean of what looks up"), "µm", 2),
    ("bias_um.down", say("mean of what looks down"), "µm", 2),
    ("volume_mm3", say("volume"), "mm³", 5),
)


def summary(report: PrintReport, w: Writer) -> str:
    """What somebody wants to know first, as cards."""
    prediction = report.prediction
    figures, bands = prediction.figures, prediction.bands

    def range_of(name: str, digits: int, unit: str, factor: float = 1.0) -> str:
        if bands is None:
            return ""
        return f"{w.band(factor * bands.low[name], factor * bands.high[name], digits).html} {unit}"

    cards = [
        (say("95 % of the surface lies within"), f"±{w.figure(figures['deviation_um.abs_p95'], 2, unit='µm')}",
         range_of("deviation_um.abs_p95", 2, "µm")),
        (say("within ±{tolerance:g} µm", tolerance=prediction.tolerance_um),
         w.figure(100 * figures["within_tolerance"], 1, unit="%"), range_of("within_tolerance", 1, "%", 100.0)),
        (say("volume"), w.figure(figures["volume_mm3"], 5, unit="mm³"), range_of("volume_mm3", 5, "mm³")),
    ]  # fmt: skip
    if prediction.bars:
        total = len(prediction.bars)
        printed = w.text(say("{printed} of {total}", printed=round(figures["struts.printed"]), total=total))
        cards.append((say("struts printed"), printed, range_of("struts.printed", 0, "")))
    topology = prediction.topology
    bodies = say("{printed} printed, {wanted} designed", printed=topology.print_bodies, wanted=topology.design_bodies)
    cards.append((say("bodies"), w.text(bodies), ""))
    cards.append((say("changes and bridged gaps"), w.text(len(topology.changes) + len(prediction.gaps)), ""))
    if report.checked is not None:
        count = tally(report.checked.findings)
        found = say("{fails:,} fail, {risks:,} at risk", fails=count["fails"], risks=count["risk"])
        cards.append((say("findings"), w.text(found), ""))
    shown = "".join(
        f"<div><dt>{w.text(title)}</dt><dd>{value}{f'<small>{band}</small>' if band.strip() else ''}</dd></div>"
        for title, value, band in cards
    )
    said = say("In small print: the band of each figure, one standard deviation of all that is uncertain.")
    return f'<dl class="cards">{shown}</dl>\n' + (w.paragraph(said, kind="soft") if bands else "")


def pictures(report: PrintReport, w: Writer) -> str:
    """The part, its deviations as colours, and some layers."""
    html = w.heading(2, say("Pictures"))
    shown = [*([report.preview] if report.preview else []), *report.views]
    html += _gallery(shown, w, "pictures")
    if report.views:
        scale = colour_scale_svg(report.limit_um, tolerance_um=report.prediction.tolerance_um, language=w.language)
        told = say("Blue: too small. Pale: right. Orange: too large. Between the marks: within the tolerance.")
        html += w.drawing(scale, told)
    if report.layers:
        html += w.heading(3, say("Layers: what the projector shows")) + _gallery(report.layers, w, "pictures small")
    return html


def _gallery(shown: Sequence[Picture], w: Writer, kind: str) -> str:
    return w.gallery(((one.png, one.shows) for one in shown), kind)


def first_article(report: PrintReport, w: Writer) -> str:
    """Nominal, predicted, deviation, band, tolerance, verdict; and room to write in what was measured."""
    prediction = report.prediction
    features = feature_lines(prediction)
    shown = worst_first(features, most=MOST_FEATURES)
    whole = whole_part(prediction, masks_mm3=report.masks_mm3)
    heads = [
        (say("thing"), ""), (say("dimension"), ""), (say("nominal"), "number"), (say("predicted"), "number"),
        (say("deviation"), "number"), (say("band"), "number"), (say("tolerance"), "number"), (say("verdict"), ""),
        (say("measured"), "blank"),
    ]  # fmt: skip
    groups = [(say("The whole part"), [_line(line, w) for line in whole])]
    if shown:
        groups.append((say("Features"), [_line(line, w) for line in shown]))
    caption = say("First article: predicted, before it is printed. The last column is for what you measure.")
    html = w.heading(2, say("First article")) + w.grouped(caption, heads, groups)
    if len(shown) < len(features):
        html += w.paragraph(
            say("{shown} of {all} lines: those that fail or come closest to it. `mingyue simulate JOB --json` has all.",
                shown=len(shown), all=len(features)),
            kind="soft",
        )  # fmt: skip
    return html + w.bullets([
        say("pass: the whole band is within the tolerance; fail: none of it is; at risk: a limit lies in the band."),
        say("Deviations are signed: positive where the print stands out of the design."),
    ])  # fmt: skip


def _line(line: Line, w: Writer) -> list[Cell]:
    if line.unit == "" and line.predicted is None:  # whether a thing is there
        missing = [Cell(w.text(say("yes")), "number"), Cell(w.text(say("no")), "number"), *[Cell("–", "number")] * 3]
        return [Cell(w.text(line.thing)), Cell(w.text(line.dimension)), *missing, *_verdict(line, w)]
    digits, unit = line.digits, line.unit
    return [
        Cell(w.text(line.thing)),
        Cell(w.text(line.dimension)),
        w.number(line.nominal, digits, unit=unit),
        w.number(line.predicted, digits, unit=unit),
        w.number(line.deviation, digits, signed=True),
        w.band(line.low, line.high, digits),
        Cell("–" if line.tolerance is None else f"±{w.figure(line.tolerance, 1 if unit else 0)}", "number"),
        *_verdict(line, w),
    ]


def _verdict(line: Line, w: Writer) -> tuple[Cell, Cell]:
    verdict = line.verdict
    said = "–" if verdict is None else f'<span class="{verdict}">{w.text(_VERDICTS[verdict])}</span>'
    return Cell(said), Cell("", "blank")


def distribution(report: PrintReport, w: Writer) -> str:
    """The histogram, and all figures with their bands."""
    prediction = report.prediction
    drawn = histogram_svg(prediction.deviations.histogram, tolerance_um=prediction.tolerance_um, language=w.language)
    bands = prediction.bands
    rows = [
        [Cell(w.text(label)), w.number(prediction.figures[name], digits, unit=unit),
         w.band(bands.low[name], bands.high[name], digits) if bands else Cell("–", "number")]
        for name, label, unit, digits in _FIGURES if name in prediction.figures
    ]  # fmt: skip
    caption = say(
        "Signed distances of the print from the design, over the design's surface. None is followed beyond {most:g} µm.",
        most=prediction.deviations.cut_off_um,
    )
    return (
        w.heading(2, say("Deviations"))
        + w.drawing(drawn, say("Share of the surface by deviation; the tolerance is shaded."))
        + w.heading(3, say("Figures"))
        + w.table(caption, [(say("figure"), ""), (say("predicted"), "number"), (say("band"), "number")], rows)
    )


def uncertainty(report: PrintReport, w: Writer) -> str:
    """What each uncertain number moves, and which matters most."""
    html = w.heading(2, say("How sure this is"))
    prediction, bands = report.prediction, report.prediction.bands
    if bands is None:
        return html + w.paragraph(say("No trials were made, so nothing is said of how sure the figures are."))
    steps = bands.matters.get("deviation_um.abs_p95", {})
    ranges = report.choice.ranges.of
    if steps:
        most: Parameter = next(name for name in ranges if name == next(iter(steps)))
        html += w.paragraph(
            say("What matters most for the 95 % is the {parameter}: ±{share:.0f} % of it moves them by {step:.2f} µm. "
                "Measure that first.",
                parameter=_PARAMETERS[most], share=100 * ranges[most].share, step=steps[most])
        )  # fmt: skip
        named = [(w.plain(_PARAMETERS[name]), steps[name]) for name in ranges if name in steps]
        html += w.drawing(
            bars_svg(sorted(named, key=lambda bar: -bar[1]), unit="µm", title=w.plain(say("What moves the 95 %"))),
            say("By how much one standard deviation of each number moves the 95 % of the deviations."),
        )
    return html + _ranges(report, w) + _steps(prediction, w)


def _ranges(report: PrintReport, w: Writer) -> str:
    cure = report.prediction.cure
    nominal: dict[Parameter, tuple[float | None, str]] = {
        "penetration_depth": (cure.penetration_depth_um, "µm"),
        "critical_dose": (cure.critical_dose_mj_cm2, "mJ/cm²"),
        "irradiance": (cure.irradiance_mw_cm2, "mW/cm²"),
        "blur": (None, ""),
    }
    rows = [
        [
            Cell(w.text(_PARAMETERS[name])),
            w.number(nominal[name][0], 2, unit=nominal[name][1]),
            Cell(f"±{w.figure(100 * one.share, 1, unit='%')}", "number"),
            Cell(w.text(w.cited(one.source, one.source_zh))),
        ]
        for name, one in report.choice.ranges.of.items()
    ]
    heads = [(say("number"), ""), (say("taken"), "number"), (say("may be off by"), "number"), (say("who says so"), "")]
    return w.table(say("What the prediction rests on, one standard deviation each"), heads, rows)


def _steps(prediction: Prediction, w: Writer) -> str:
    bands = prediction.bands
    assert bands is not None
    used = [name for name in _PARAMETERS if any(name in steps for steps in bands.matters.values())]
    rows = [
        [Cell(w.text(label)), *(w.number(bands.matters[name].get(one), digits, unit=unit) for one in used)]
        for name, label, unit, digits in _FIGURES
        if bands.matters.get(name)
    ]
    heads = [(say("figure"), ""), *((_PARAMETERS[name], "number") for name in used)]
    caption = say("By how much each number moves each figure; {runs} runs in all", runs=bands.runs)
    return w.heading(3, say("What moves what")) + w.table(caption, heads, rows)


def whole(report: PrintReport, w: Writer) -> str:
    """What came apart, grew together or closed; and the struts."""
    prediction = report.prediction
    topology = prediction.topology
    rows = [
        [Cell(w.text(label)), w.number(wanted, 0), w.number(found, 0)]
        for label, wanted, found in (
            (say("bodies"), topology.design_bodies, topology.print_bodies),
            (say("cavities"), topology.design_cavities, topology.print_cavities),
        )
    ]
    heads = [(say("count"), ""), (say("designed"), "number"), (say("printed"), "number")]
    html = w.heading(2, say("What hangs together")) + w.table(say("Bodies, and spaces with no way out"), heads, rows)
    found = [*_changes(prediction, w)]
    if found:
        heads = [(say("change"), ""), (say("size"), "number"), (say("about x, y, z in µm"), "number")]
        html += w.table(say("Changes, the largest first"), heads, found[:_MOST_CHANGES])
        html += _more(len(found) - _MOST_CHANGES, w)
    else:
        html += w.paragraph(say("Nothing was lost, torn off, fused, closed or filled."))
    return html + _struts(prediction, w)


def _changes(prediction: Prediction, w: Writer) -> Iterator[list[Cell]]:
    for change in prediction.topology.changes:
        size = w.number(change.volume_um3, 0, unit="µm³")
        yield [Cell(w.text(_CHANGES[change.kind])), size, w.place(change.centre_um)]
    for gap in prediction.gaps:
        bridged = say("bridged: a gap of {width:.0f} µm", width=gap.width_um)
        yield [Cell(w.text(bridged)), w.number(gap.area_um2, 0, unit="µm²"), w.place(gap.centre_um)]


def _more(count: int, w: Writer) -> str:
    if count <= 0:
        return ""
    return w.paragraph(say("{count} more: `mingyue simulate JOB --json` has all.", count=count), kind="soft")


def _struts(prediction: Prediction, w: Writer) -> str:
    bars = prediction.bars
    if not bars:
        return ""
    kinds = list(dict.fromkeys(bar.kind for bar in bars))
    rows = []
    for kind in kinds:
        of_kind = [bar for bar in bars if bar.kind == kind]
        apart = [bar.diameter_um - bar.nominal_um for bar in of_kind if bar.diameter_um is not None]
        nominal = sorted(bar.nominal_um for bar in of_kind)
        mean = sum(apart) / len(apart) if apart else None
        rows.append([
            _strut_kind(kind, w), w.number(len(of_kind), 0), w.number(sum(bar.printed for bar in of_kind), 0),
            Cell(f"{w.figure(nominal[0], 1)} – {w.figure(nominal[-1], 1)}", "number"), w.number(mean, 2, signed=True),
        ])  # fmt: skip
    heads = [
        (say("kind"), ""), (say("designed"), "number"), (say("printed"), "number"),
        (say("nominal diameter, µm"), "number"), (say("mean deviation, µm"), "number"),
    ]  # fmt: skip
    html = w.heading(3, say("Struts")) + w.table(say("Every strut, from end to end"), heads, rows)
    broken = [bar for bar in bars if bar.broken_at_um is not None]
    if not broken:
        return html + w.paragraph(say("Every strut is printed from end to end."))
    lost = [
        [Cell(w.text(bar.name)), _strut_kind(bar.kind, w), w.number(bar.nominal_um, 1), w.place(bar.broken_at_um)]
        for bar in broken[:_MOST_STRUTS] if bar.broken_at_um is not None
    ]  # fmt: skip
    heads = [
        (say("strut"), ""), (say("kind"), ""), (say("nominal diameter, µm"), "number"),
        (say("interrupted at x, y, z in µm"), "number"),
    ]  # fmt: skip
    return html + w.table(say("Interrupted struts"), heads, lost) + _more(len(broken) - _MOST_STRUTS, w)


def _strut_kind(kind: str, w: Writer) -> Cell:
    return Cell(w.text(_STRUTS.get(kind, kind)))


def provenance(report: PrintReport, w: Writer) -> str:
    """Where everything comes from, so that it can be made again."""
    manifest, cure = report.manifest, report.prediction.cure
    part, machine = manifest.part, manifest.machine
    layers = manifest.layers
    heights = sorted({layer.thickness_um for layer in layers})
    seconds = sorted({shown.seconds for layer in layers for shown in layer.exposures})
    x, y, z = (side / 1e3 for side in part.size_um)
    rows: list[tuple[Phrase, str]] = [
        (say("package"), w.text(report.name)),
        (say("digest of the package"), _digest(report.sha256)),
        (say("made by"), w.text(manifest.made_by)),
        (say("part"), w.text(say("{name} ({format}, {triangles:,} triangles)",
                                 name=part.name, format=part.format, triangles=part.triangles))),
        (say("digest of the part"), _digest(part.sha256)),
        (say("size"), f"{x:.4g} × {y:.4g} × {z:.4g} mm"),
        (say("machine"), w.text(say("{name}, pixel {pixel:g} µm, field {columns} × {rows} px",
                                    name=machine.name, pixel=machine.pixel_um,
                                    columns=machine.field_px[0], rows=machine.field_px[1]))),
        (say("resin"), w.text(manifest.resin.name)),
        (say("layers"), w.text(say("{count:,} of {thickness} µm", count=len(layers), thickness=_span(heights)))),
        (say("exposures"), f"{_span(seconds)} s"),
        (say("fields"), w.text(f"{len(manifest.fields):,}")),
        (say("masks"), w.text(say("{count:,} different", count=len(manifest.masks)))),
        (say("digest of the masks"), _digest(report.masks_sha256)),
        (say("cure"), w.text(say("D_p {depth:.4g} µm, E_c {dose:.4g} mJ/cm², induction {induction:.4g} mJ/cm², "
                                 "light {light:.4g} mW/cm², blur over ±{radius} px",
                                 depth=cure.penetration_depth_um, dose=cure.critical_dose_mj_cm2,
                                 induction=cure.induction_dose_mj_cm2, light=cure.irradiance_mw_cm2,
                                 radius=cure.blur.radius_px))),
        (say("predicted by"), w.text(f"mingyue {__version__}")),
    ]  # fmt: skip
    table = w.table(
        say("Where everything comes from. With the same package, part and version the same report comes out."),
        [(say("what"), ""), (say("value"), "")],
        ([Cell(w.text(name)), Cell(value)] for name, value in rows),
    )
    notes = w.bullets((*report.choice.notes, *report.prediction.notes))
    return w.heading(2, say("Provenance")) + table + (w.heading(3, say("Notes")) + notes if notes else "")


def _digest(sha256: str) -> str:
    return f"<code>sha256:{sha256}</code>"


def _span(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{values[0]:.4g}" if values[0] == values[-1] else f"{values[0]:.4g} – {values[-1]:.4g}"
