"""The findings of a report's page: how many of which kind, what to do, where the worst are and how they look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from mingyue.phrases import Phrase, say
from mingyue.printing.findings.finding import KINDS, SEVERITIES, Finding, Severity
from mingyue.printing.findings.saying import SEVERITY_TITLES, answer_of, lowered_count, worst
from mingyue.printing.profiles.sourced import MARKS
from mingyue.printing.reports.report import PrintReport
from mingyue.printing.reports.words import Cell, Writer

# What fits on two pages; whoever wants all of it asks for the JSON.
_MOST: Final = 60
_OF_EACH: Final = 3
_CLASSES: Final[dict[Severity, str]] = {"fails": "fail", "risk": "risk", "note": "soft"}
_SEVERITY_MEANS: Final = say(
    "Fails: predicted not to come out. Risk: may not. Note: a rule warns, and the model bears it out with no parameter set."
)


def findings(report: PrintReport, w: Writer) -> str:
    """What a check of the part finds; or that nothing is found, or that the part is not known."""
    html = w.heading(2, say("Findings: can it be made?"))
    checked = report.checked
    if checked is None:
        return html + w.paragraph(
            say("The part is not known, only its masks are, so nothing was looked for. `--part FILE` looks for it.")
        )
    if not checked.findings:
        html += w.paragraph(
            say("Nothing was found: no rule warns of anything in {layers:,} layers.", layers=checked.layers)
        )
        return html + w.bullets(checked.notes)
    verdict = (
        say("✓ Nothing is predicted to fail.") if checked.can_be_made else say("✗ Some of it is predicted to fail.")
    )
    html += w.paragraph(verdict, kind="pass" if checked.can_be_made else "fail")
    html += w.paragraph(_SEVERITY_MEANS, kind="soft")
    html += w.table(
        say("How many there are of each kind, and what to do"),
        [(say("finding"), ""), *((SEVERITY_TITLES[one], "number") for one in SEVERITIES), (say("what to do"), ""),
         (say("where the limit comes from"), "")],
        _counts(checked.findings, w),
    )  # fmt: skip
    shown = [found for _, found in worst(checked.findings, most=_OF_EACH)][:_MOST]
    html += w.table(
        say("Where they are: the worst of each kind"),
        [(say("finding"), ""), (say("severity"), ""), (say("layers from–to"), "number"),
         (say("middle at x, y, z in µm"), "number"), (say("value found"), "number"), (say("limit"), "number"),
         (say("model"), "")],
        (_row(found, w) for found in shown),
    )  # fmt: skip
    if len(shown) < len(checked.findings):
        more = say("{count:,} more: `mingyue check PART --json` has all.", count=len(checked.findings) - len(shown))
        html += w.paragraph(more, kind="soft")
    html += w.bullets([*_said_of_model(checked.findings), *checked.notes])
    return html + w.gallery(((one.png, one.shows) for one in report.places), "pictures places")


def tally(found: tuple[Finding, ...]) -> dict[Severity, int]:
    """How many there are of each severity."""
    counted = Counter(one.severity for one in found)
    return {severity: counted[severity] for severity in SEVERITIES}


def _counts(found: tuple[Finding, ...], w: Writer) -> Iterator[list[Cell]]:
    """A line for each kind, the worst first; and one for all."""
    for kind in dict.fromkeys(one.kind for one in found):
        of_kind = tuple(one for one in found if one.kind == kind)
        yield [
            Cell(w.text(KINDS[kind].title)), *_numbers(of_kind, w), Cell(w.text(of_kind[0].remedy)),
            Cell(_source(of_kind[0], w)),
        ]  # fmt: skip
    yield [Cell(w.text(say("all"))), *_numbers(found, w), Cell(""), Cell("")]


def _numbers(found: tuple[Finding, ...], w: Writer) -> list[Cell]:
    return [w.number(count or None, 0) for count in tally(found).values()]


def _source(found: Finding, w: Writer) -> str:
    source = found.source
    if source is None:
        return "–"
    return w.text(say("{source} ({mark})", source=w.cited(source.text, source.text_zh), mark=MARKS[source.mark]))


def _row(found: Finding, w: Writer) -> list[Cell]:
    severity = f'<span class="{_CLASSES[found.severity]}">{w.text(SEVERITY_TITLES[found.severity])}</span>'
    layers = "–" if found.layers is None else "–".join(dict.fromkeys(f"{layer:,}" for layer in found.layers))
    return [
        Cell(w.text(found.message)),
        Cell(severity),
        Cell(layers, "number"),
        w.place(found.middle_um),
        Cell(_with_unit(found.measured, found.unit, w), "number"),
        Cell(_with_unit(found.limit, found.unit, w), "number"),
        Cell(w.text(answer_of(found))),
    ]


def _with_unit(number: float | None, unit: str, w: Writer) -> str:
    return "–" if number is None else w.text(f"{number:.4g} {unit}".strip())


def _said_of_model(found: tuple[Finding, ...]) -> Iterator[Phrase]:
    """What the last column means, where it says anything."""
    if any(one.model is not None for one in found):
        yield say("Model: what the virtual print of that place shows, and how many of the parameter sets agree.")
    lowered = lowered_count(found)
    if lowered:
        yield say(
            "{count:,} are lowered by one (↓), from fails to risk or from risk to note: no parameter set of the model "
            "bears the rule out. The model knows light, not peeling and washing.",
            count=lowered,
        )
