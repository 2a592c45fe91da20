"""What is not documented does not exist: commands, options, exit codes, keys, variables; and no link leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mingyue.errors
from mingyue.cli.app import COMMANDS, command
from mingyue.phrases import chinese
from mingyue.printing.profiles import machines, resins

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_command_and_option_is_in_the_reference() -> None:
    text = (REFERENCE / "commands.md").read_text(encoding="utf-8")

    assert COMMANDS
    for name in COMMANDS:
        assert f"`mingyue {name}" in text
        for parameter in command(name).params:
            for option in [*parameter.opts, *parameter.secondary_opts]:
                assert not option.startswith("--") or option in text, f"{name} {option}"


def test_every_option_that_a_sentence_names_is_an_option_of_a_command() -> None:
    options = {option for name in COMMANDS for param in command(name).params for option in param.opts}
    named = {option for text in chinese() for option in re.findall(r"--[a-z][a-z0-9-]*[a-z0-9]", text)}

    assert named - options - {"--help", "--no-binary"} == set()
    assert len(named) > 20


def test_every_exit_code_is_in_the_reference() -> None:
    text = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    errors = [value for value in vars(mingyue.errors).values() if isinstance(value, type)]

    assert all(f"| {error.exit_code} |" in text for error in errors if issubclass(error, mingyue.errors.MingyueError))


def test_every_key_of_a_profile_is_in_the_reference() -> None:
    text = (REFERENCE / "profiles.md").read_text(encoding="utf-8")

    assert all(f"`{key}`" in text for key in (*machines._NUMBERS, *resins._NUMBERS, "title", "verified"))


def test_every_variable_is_in_the_reference() -> None:
    text = (REFERENCE / "environment.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))

    named = set(re.findall(r'"(MINGYUE_[A-Z_]+)"', code))
    assert named
    assert all(f"`{name}`" in text for name in named)


def test_the_house_fits_on_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= 70


def test_nothing_of_the_development_machine_is_in_the_repository() -> None:
    locks = list((ROOT / "requirements").glob("*.txt"))

    assert locks
    assert all("://" not in lock.read_text(encoding="utf-8") for lock in locks)
