"""`mingyue machines` and `mingyue resins`: the numbers that are known, with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mingyue.cli.output import LANGUAGE, AsJson, local, print_json, print_line, print_table, tell
from mingyue.phrases import say
from mingyue.printing.profiles import machines, resins
from mingyue.printing.profiles.sourced import MARKS, Source, Title

OwnFile = Annotated[
    Path | None,
    typer.Option("--file", help=tell("A .toml file of your own; its entries are listed as well.")),
]
_UNKNOWN = "–"


def list_machines(file: OwnFile = None, as_json: AsJson = False) -> None:
    """`mingyue machines`."""
    known = machines.machines(file)
    if as_json:
        print_json({"machines": list(known.values())})
        return
    print_table(
        (
            say("name"),
            say("machine"),
            say("pixel µm"),
            say("field px"),
            say("platform mm"),
            say("layer µm"),
            "mW/cm²",
            say("mark"),
        ),
        (
            (
                machine.name,
                _title(machine.title),
                f"{machine.pixel_um:g}",
                "{} × {}".format(*machine.field_px),
                " × ".join(f"{side / 1e3:g}" for side in machine.platform_um) if machine.platform_um else _UNKNOWN,
                "{:g}–{:g}".format(*machine.layer_um) if machine.layer_um else _UNKNOWN,
                _number(machine.irradiance_mw_cm2),
                _marks(machine.sources.values()),
            )
            for machine in known.values()
        ),
    )
    if not all(machine.verified for machine in known.values()):
        print_line(
            say("Unverified numbers: calibrate on your machine. `mingyue machines --json` shows the source of each.")
        )


def list_resins(file: OwnFile = None, as_json: AsJson = False) -> None:
    """`mingyue resins`."""
    known = resins.resins(file)
    if as_json:
        print_json({"resins": list(known.values())})
        return
    print_table(
        (say("name"), say("resin"), "λ nm", "D_p µm", "E_c mJ/cm²", say("mark")),
        (
            (
                resin.name,
                _title(resin.title),
                _number(resin.wavelength_nm),
                _number(resin.penetration_depth_um, resin.penetration_depth_sd_um),
                _number(resin.critical_dose_mj_cm2, resin.critical_dose_sd_mj_cm2),
                _marks(resin.sources.values()),
            )
            for resin in known.values()
        ),
    )
    print_line(
        say("The same resin measured elsewhere varies several times over: measure yours before you trust these.")
    )


def _title(title: Title) -> str:
    return title.zh if LANGUAGE == "zh" else title.en


def _number(value: float | None, deviation: float | None = None) -> str:
    if value is None:
        return _UNKNOWN
    return f"{value:g}" if deviation is None else f"{value:g} ± {deviation:g}"


def _marks(sources: Iterable[Source]) -> str:
    """How sure the numbers are: every mark that one of them has."""
    marks = dict.fromkeys(source.mark for source in sources)
    return ", ".join(local(MARKS[mark]) for mark in marks) or _UNKNOWN
