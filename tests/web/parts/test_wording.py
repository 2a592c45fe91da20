"""Nobody who reads a page is told to type a command."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingyue.phrases import Phrase, add_tables, in_language, names_of, read_table, say
from mingyue.printing.findings.finding import KINDS
from mingyue.web.parts.bridge.wording import COMMANDS, ON_PAGE, as_json, on_page
from mingyue.web.records.kept_phrases import from_json

SOURCES = Path(__file__).parents[3] / "src" / "mingyue"
ENGINE = read_table(SOURCES / "phrases.zh.toml")
# Who starts the platform does type commands.
PAGES = [path for path in sorted((SOURCES / "web").glob("*/phrases.zh.toml")) if path.parent.name != "serving"]
OTHERWISE = on_page(say("Run `mingyue nothing`."))  # what is said where nobody thought of better advice

add_tables(SOURCES / "web")


class Anything:
    """A value of any format."""

    def __format__(self, _: str) -> str:
        return "7"


def phrase(template: str) -> Phrase:
    return Phrase(template, {name: Anything() for name in names_of(template)})


def languages(text: str) -> Iterator[str]:
    yield in_language(text, "en")
    yield in_language(text, "zh")


@pytest.mark.parametrize("template", ENGINE)
def test_no_text_of_the_engine_names_a_command_on_a_page(template: str) -> None:
    for text in languages(on_page(phrase(template))):
        assert not COMMANDS.search(text), text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_no_text_of_the_pages_names_a_command(path: Path) -> None:
    assert [pair for pair in read_table(path).items() if COMMANDS.search(" ".join(pair))] == []


def test_what_a_command_says_is_found() -> None:
    for text in ("Give --units.", "Leave (--units) out", "`mingyue repair` closes it", "run mingyue repair"):
        assert COMMANDS.search(text)
    for text in ("2–3 µm", "a - b", "the Mingyue Lake institute", "--", "mingyue.example"):
        assert not COMMANDS.search(text)


def test_every_replaced_text_is_one_of_the_engine_that_named_a_command() -> None:
    assert set(ON_PAGE) <= set(ENGINE)
    assert [template for template in ON_PAGE if not COMMANDS.search(template)] == []


def test_every_finding_and_every_fault_of_a_mesh_has_advice_of_its_own() -> None:
    faults = tomllib.loads((SOURCES / "phrases.zh.toml").read_text(encoding="utf-8"))["faults"]
    advice = [kind.remedy for kind in KINDS.values()] + [phrase(template) for template in faults]

    assert len(faults) > 5
    assert [text for text in advice if on_page(text) == OTHERWISE] == []


def test_values_stay_and_so_does_what_names_no_command() -> None:
    inner = say("Turn {count} faces, or run `mingyue repair`.", count=3)
    kept = say("There are no masks: {why}", why=inner)

    assert from_json(as_json(kept)) == (
        "There are no masks: Turn 3 faces in the program that made the part, and upload it as a revision."
    )
    assert in_language(from_json(as_json(inner)), "zh") == "请在生成零件的程序中翻转 3 个面，再作为新版本上传。"
    assert on_page("--as it came") == "--as it came"  # a file may be called so
