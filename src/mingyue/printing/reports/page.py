"""A report becomes one HTML page: no script, nothing fetched from anywhere, and it prints on A4."""

from __future__ import annotations

from importlib import resources
from typing import Final

from mingyue.phrases import Language, say
from mingyue.printing.reports import sections
from mingyue.printing.reports.found import findings
from mingyue.printing.reports.report import PrintReport
from mingyue.printing.reports.words import Writer

# Whatever slipped in would still not be fetched or run.
_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_TAGS: Final[dict[Language, str]] = {"en": "en", "zh": "zh-Hans"}


def report_html(report: PrintReport, *, language: Language) -> str:
    """The whole page."""
    w = Writer(language)
    title = say("What will come out: {part}", part=report.manifest.part.name)
    style = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    intro = say(
        "A prediction from the masks of {package}, before any resin is spent. It is as good as the numbers it rests on.",
        package=report.name,
    )
    body = "".join([
        w.heading(1, title),
        w.paragraph(intro, kind="soft"),
        sections.summary(report, w),
        sections.pictures(report, w),
        findings(report, w),
        sections.first_article(report, w),
        sections.distribution(report, w),
        sections.uncertainty(report, w),
        sections.whole(report, w),
        sections.provenance(report, w),
    ])  # fmt: skip
    return (
        f'<!DOCTYPE html>\n<html lang="{_TAGS[language]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{w.text(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
