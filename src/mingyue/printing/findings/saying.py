"""What tables say of findings, in a terminal and on a page: findings come in, words and the worst of them go out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from mingyue.phrases import Phrase, say
from mingyue.printing.findings.finding import Finding, Predicted, Severity

SEVERITY_TITLES: Mapping[Severity, Phrase] = MappingProxyType(
    {"fails": say("fails"), "risk": say("risk"), "note": say("note")}
)
_PREDICTED: Mapping[Predicted, Phrase] = MappingProxyType(
    {
        "bridges": say("bridges"),
        "closes": say("closes"),
        "stays_open": say("stays open"),
        "lost": say("does not come out"),
        "comes_out": say("comes out"),
        "not_asked": say("not asked"),
    }
)
# Of each kind and severity so many are shown, and drawn: the worst. All of them are in the JSON.
_SHOWN = 4


def worst(findings: Sequence[Finding], *, most: int = _SHOWN) -> Iterator[tuple[int, Finding]]:
    """The first few of each kind and severity, with their places in the list. findings: the worst first."""
    shown: Counter[tuple[str, str]] = Counter()
    for place, found in enumerate(findings):
        shown[found.kind, found.severity] += 1
        if shown[found.kind, found.severity] <= most:
            yield place, found


def lowered_count(findings: Sequence[Finding]) -> int:
    """How many are less bad than their rule has them."""
    return sum(found.model is not None and found.model.by_rule != found.severity for found in findings)


def answer_of(found: Finding) -> Phrase | str:
    """What the model says, in few words: which of the parameter sets agree, and whether that lowered it."""
    answer = found.model
    if answer is None:
        return "–"
    if answer.predicted == "not_asked":
        return _PREDICTED["not_asked"]
    arrow = "" if answer.by_rule == found.severity else " ↓"
    return say(
        "{predicted}, {agree}/{sets}{arrow}",
        predicted=_PREDICTED[answer.predicted], agree=answer.agree, sets=answer.sets, arrow=arrow,
    )  # fmt: skip
