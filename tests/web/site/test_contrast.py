"""The colours can be told apart by everyone: WCAG 2.2 AA, computed from the tokens themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "src/mingyue/web/site/static/css/mingyue.css").read_text(encoding="utf-8")
GROUNDS = ["paper", "sheet", "well"]
SEVERITIES = ["fails", "risk", "note", "good"]
TEXTS = [
    *((text, ground) for text in ("ink", "ink-soft", "accent", *SEVERITIES) for ground in GROUNDS),
    *((text, f"{severity}-wash") for severity in SEVERITIES for text in ("ink", severity)),
    ("ink", "accent-wash"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("paper", "ink"),
]
EDGES = [("line-strong", ground) for ground in GROUNDS[:2]]  # of controls; the accent, which marks focus, is a text too


def tokens_of(theme: str) -> dict[str, str]:
    """Token → #rrggbb, as the theme's block says."""
    (block,) = re.findall(rf'\[data-bs-theme="{theme}"\] \{{\s*color-scheme(.*?)\}}', CSS, re.DOTALL)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1. Source: WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (EDGES, 3.0)], ids=["texts", "edges"])
def test_colours_can_be_told_apart(theme: str, pairs: list[tuple[str, str]], least: float) -> None:
    tokens = tokens_of(theme)
    ratios = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}

    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < least} == {}


def test_both_themes_have_the_same_colours() -> None:
    assert set(tokens_of("light")) == set(tokens_of("dark"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bootstrap_gets_the_same_colours(theme: str) -> None:
    tokens = tokens_of(theme)
    (block,) = re.findall(rf'\[data-bs-theme="{theme}"\] \{{\s*color-scheme(.*?)\}}', CSS, re.DOTALL)
    told = dict(re.findall(r"--bs-([a-z-]+)-rgb: (\d+, \d+, \d+);", block))
    names = {
        "primary": "accent",
        "link-color": "accent",
        "link-hover-color": "accent-deep",
        "body-color": "ink",
        "body-bg": "paper",
        "secondary-color": "ink-soft",
    }

    assert told == {
        bootstraps: ", ".join(str(int(tokens[ours][place : place + 2], 16)) for place in (1, 3, 5))
        for bootstraps, ours in names.items()
    }
