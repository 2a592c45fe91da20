"""The page is whole HTML, fetches nothing, lets nothing out of its quotes, and says what was predicted."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from mingyue.phrases import Language, chinese
from mingyue.printing.measuring.struts import StrutVerdict
from mingyue.printing.measuring.topology import TopologyChange
from mingyue.printing.reports.page import report_html
from mingyue.printing.reports.report import PrintReport
from mingyue.printing.reports.words import Writer
from tests.printing.reports.conftest import HOSTILE

VOID = {"meta", "img", "rect", "path", "polygon", "polyline", "circle"}
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Page(HTMLParser):
    """What a browser makes of it: elements with their attributes, cells of each row, text; raises where tags cross."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        if {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data
        if data.strip():
            self.words.append(data.strip())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def row(self, *heads: str) -> list[str]:
        """The cells of the only row that begins so, without its heads."""
        (found,) = (row for row in self.rows if tuple(row[: len(heads)]) == heads)
        return found[len(heads) :]


@pytest.fixture(scope="module")
def pages(report: PrintReport) -> dict[Language, str]:
    return {language: report_html(report, language=language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_states_its_language(pages: dict[Language, str], language: Language) -> None:
    page = Page(pages[language])

    assert pages[language].startswith("<!DOCTYPE html>\n")
    assert page.all("html") == [{"lang": "zh-Hans" if language == "zh" else "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) - len(page.all("svg")) == 1
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched_and_nothing_runs(pages: dict[Language, str], language: Language) -> None:
    page = Page(pages[language])
    attributes = [item for _, given in page.elements for item in given.items()]

    assert page.all("script") == page.all("link") == page.all("iframe") == page.all("a") == []
    assert [name for name, _ in attributes if name.startswith("on")] == []
    assert all(value.startswith("data:image/png;base64,") for name, value in attributes if name in {"src", "href"})
    assert {value for name, value in attributes if "://" in value} == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"url\(|@import", pages[language]) == []
    (policy,) = (given["content"] for given in page.all("meta") if given.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_name_stays_text(pages: dict[Language, str], language: Language) -> None:
    page = Page(pages[language])

    assert "<script" not in pages[language]
    assert any(HOSTILE in words for words in page.words)
    assert any("job & co.zip" in words for words in page.words)
    assert page.row("slot <b>20</b>")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_cannot_see_the_pictures_is_told_what_they_show(pages: dict[Language, str], language: Language) -> None:
    page = Page(pages[language])

    assert len(page.all("img")) == 1 + 5 + 4
    assert all(len(given["alt"]) > 2 for given in page.all("img"))
    assert all(given["role"] == "img" for given in page.all("svg"))
    assert len(page.all("caption")) == len(page.all("table")) >= 6
    assert all(given.get("scope") in {"col", "row", "rowgroup"} for given in page.all("th"))
    for given in page.all("img"):
        with Image.open(BytesIO(base64.b64decode(given["src"].partition(",")[2]))) as picture:
            picture.load()


def test_every_word_of_the_chinese_page_is_chinese_or_a_name(pages: dict[Language, str], report: PrintReport) -> None:
    given = {HOSTILE, report.manifest.made_by, "slot <b>20</b>"}
    said = " ".join(words for words in Page(pages["zh"]).words)
    for name in given:
        said = said.replace(name, "")

    assert re.findall(r"[A-Za-z']+(?: [A-Za-z']+){2,}", said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_the_same_each_time(pages: dict[Language, str], report: PrintReport, language: Language) -> None:
    assert report_html(report, language=language) == pages[language]


def test_figures_are_those_of_the_prediction(pages: dict[Language, str], report: PrintReport) -> None:
    page, figures, bands = Page(pages["en"]), report.prediction.figures, report.prediction.bands
    assert bands is not None

    def told(name: str, digits: int) -> list[str]:
        low, high = (f"{side[name]:.{digits}f}".replace("-", "−") for side in (bands.low, bands.high))
        return [f"{figures[name]:.{digits}f}".replace("-", "−"), f"{low} … {high}"]

    for label, name, unit, digits in (
        ("size of deviation, 95 % below", "deviation_um.abs_p95", "µm", 2),
        ("mean of what looks down", "bias_um.down", "µm", 2),
        ("volume", "volume_mm3", "mm³", 5),
    ):
        value, band = told(name, digits)
        assert [label, f"{value} {unit}", band] in page.rows
    block = next(place for place in report.prediction.places if place.name == "block")
    width, (value, band) = block.sizes_um["width"], told("features.sizes_um.block.width", 1)
    cells = page.row("block", "width")
    assert cells[:4] == ["40.0 µm", f"{value} µm", f"{width - 40.0:+.1f}".replace("-", "−"), band]
    assert cells[4] == "±2.0"
    assert f"sha256:{report.sha256}" in page.row("digest of the package")
    assert f"sha256:{report.masks_sha256}" in page.row("digest of the masks")


def test_what_matters_most_is_named_first(pages: dict[Language, str], report: PrintReport) -> None:
    bands = report.prediction.bands
    assert bands is not None
    most, step = next(iter(bands.matters["deviation_um.abs_p95"].items()))

    (told,) = (words for words in Page(pages["en"]).words if words.startswith("What matters most"))
    assert most.replace("_", " ") in told
    assert f"{step:.2f} µm" in told


def test_without_trials_there_are_no_bands_and_that_is_said(report: PrintReport) -> None:
    page = Page(report_html(replace(report, prediction=replace(report.prediction, bands=None)), language="en"))

    assert any("nothing is said of how sure" in words for words in page.words)
    assert page.row("block", "width")[3] == "–"


def test_changes_and_lost_struts_are_named_with_their_place(report: PrintReport) -> None:
    change = TopologyChange("torn", (0.0, 0.0, 0.0), (10.0, 20.0, 30.0), 6000.0)
    bars = (
        StrutVerdict("leg-1", "leg", True, None, 20.0, 21.5),
        StrutVerdict("leg-2", "leg", False, (1.0, -2.0, 3.0), 20.0, None),
    )
    figures = {**report.prediction.figures, "struts.printed": 1.0}
    topology = replace(report.prediction.topology, changes=(change,))
    odd = replace(report.prediction, bars=bars, figures=figures, topology=topology, gaps=(), bands=None)

    page = Page(report_html(replace(report, prediction=odd), language="en"))

    assert page.row("torn off: a piece") == ["6,000 µm³", "5, 10, 15"]
    assert page.row("leg-2") == ["leg", "20.0", "1, −2, 3"]
    assert page.row("leg") == ["2", "1", "20.0 – 20.0", "+1.50"]
    assert page.row("struts", "printed")[-2] == "✗ fail"


def test_kinds_of_struts_are_chinese_where_they_are_those_of_a_sample(report: PrintReport) -> None:
    bars = (
        StrutVerdict("web-1", "web", True, None, 20.0, 21.5),
        StrutVerdict("leg-2", "leg", False, (1.0, -2.0, 3.0), 20.0, None),
    )
    figures = {**report.prediction.figures, "struts.printed": 1.0}
    odd = replace(report.prediction, bars=bars, figures=figures, bands=None)

    page = Page(report_html(replace(report, prediction=odd), language="zh"))

    assert page.row("腹杆")[:2] == ["1", "1"]
    assert page.row("leg")[:2] == ["1", "0"]


def test_a_package_whose_picture_is_none_has_a_report_all_the_same(report: PrintReport) -> None:
    page = Page(report_html(replace(report, preview=None, views=(), layers=()), language="zh"))

    assert page.all("img") == []
    assert chinese()["First article"] in page.words


@pytest.mark.parametrize(
    ("value", "digits", "told"), [(-0.001, 2, "0.00"), (0.004, 2, "0.00"), (1234.5, 1, "+1,234.5"), (-2.5, 1, "−2.5")]
)
def test_a_number_has_a_true_minus_and_a_rounded_zero_no_sign(value: float, digits: int, told: str) -> None:
    assert Writer("en").figure(value, digits, signed=True) == told


@pytest.mark.parametrize("write", [Writer.text, Writer.paragraph, lambda w, value: w.heading(2, value)])
def test_whatever_is_written_is_escaped(write: Callable[[Writer, object], str]) -> None:
    assert "<i>" not in write(Writer("zh"), "<i>\"'&")
    assert "&lt;i&gt;&quot;&#x27;&amp;" in write(Writer("zh"), "<i>\"'&")
