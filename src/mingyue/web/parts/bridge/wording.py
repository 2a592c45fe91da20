"""The engine's advice, for who reads it on a page: it names options of the command line, which nobody can give there."""

from __future__ import annotations

import re
from typing import Any

from mingyue.phrases import Phrase, names_of, say
from mingyue.web.records import kept_phrases

COMMANDS = re.compile(r"--[a-z]|`mingyue |\bmingyue [a-z]")
"""What a text for pages does not have."""

_UNIT = say("Upload it again and say its unit, or correct the unit in the program that made it.")
_MEND = say("Mend the mesh in the program that made the part, and upload it as a revision.")
_TURN = say("Put a support below it, or turn the part: compare ways of laying it.")
_OTHER_LAYER = say("Ask for a check with another layer, or for another machine.")
_LIGHT = say("Ask the facility to state the irradiance of this machine, or take another machine.")
_CURE = say("Ask the facility how this resin cures, or take another resin.")
_ELSE = say("Tell whoever runs the platform, and name this part.")

# Template of the engine → what to do here. What is in braces stays.
ON_PAGE: dict[str, Phrase] = {
    "Say which: --units mm, --units um or --units inch.": say("Say in which unit its numbers are."),
    "Leave --units out, or correct the unit in the program that made the file.": say(
        "Upload it again without saying a unit, or correct the unit in the program that made it."
    ),
    "Check --units, or the unit in the program that made the part.": _UNIT,
    "Check --units: it was taken as {unit}; it would fit as {units}.": say(
        "Upload it again with its true unit: it was taken as {unit}; it would fit as {units}.",
        unit="{unit}",
        units="{units}",
    ),
    "Check --units, scale the part, or take a larger machine.": say(
        "Check its unit, scale the part, or take a larger machine."
    ),
    "Check the unit (--units) and the size (--scale, --fit-mm).": say("Check its unit and its size."),
    "Check the unit of the part (--units), scale it, or take thicker layers.": say(
        "Check its unit, scale the part, or take thicker layers."
    ),
    "Turn it (--rotate), scale it (--scale, --fit-mm), check --units, or take a larger machine.": say(
        "Turn or scale it in your program and upload it as a revision, check its unit, or take a larger machine."
    ),
    "Turn it (--rotate), scale it to at most {share:.3g} of its size (--scale, --fit-mm), check --units, "
    "print fewer copies (--array), or take a larger machine.": say(
        "Turn it, or scale it to at most {share:.3g} of its size, and upload it as a revision; or check its unit, or take "
        "a larger machine.",
        share=0.0,
    ),
    "Take a larger field (--field-px) or a smaller part.": say("Take a larger machine, or make the part smaller."),
    "Run `mingyue repair` and read its report.": _MEND,
    "Run `mingyue inspect` to see what is open, and `mingyue repair` to close it.": _MEND,
    "Run `mingyue repair`, or turn the faces in the program that made the part.": say(
        "Turn the faces in the program that made the part, and upload it as a revision."
    ),
    "Close the holes there, or run `mingyue repair` and read its report.": _MEND,
    "Close the holes in the program that made the part, or run `mingyue repair`.": say(
        "Close the holes in the program that made the part, and upload it as a revision."
    ),
    "Turn {count} faces, or run `mingyue repair`.": say(
        "Turn {count} faces in the program that made the part, and upload it as a revision.", count="{count}"
    ),
    "Remove inner walls and doubled faces there, or run `mingyue repair`.": say(
        "Remove inner walls and doubled faces there, and upload it as a revision."
    ),
    "Turn their faces, or run `mingyue repair`.": say(
        "Turn their faces in the program that made the part, and upload it as a revision."
    ),
    "overlapping shells print as one solid; joining so many can take hours (--unite)": say(
        "overlapping shells print as one solid"
    ),
    "Put a support below it, or turn the part (`mingyue orient`).": _TURN,
    "Put supports below it, chamfer it, or turn the part (`mingyue orient`).": say(
        "Put supports below it, chamfer it, or turn the part: compare ways of laying it."
    ),
    "Move or turn the part so that the seam misses it (--rotate), or let fields overlap (--overlap-px).": say(
        "Turn the part so that the seam misses it, and upload it as a revision; or ask the facility to let fields overlap."
    ),
    "Give the part itself; `mingyue inspect` shows what is in the package.": say("Upload the part itself."),
    "Choose another --layer-um or another --machine.": _OTHER_LAYER,
    "Give --exposure-s, or irradiance_mw_cm2 in a machine file of your own.": _LIGHT,
    "Measure it and give --irradiance-mw-cm2, or a --machine that states it.": _LIGHT,
    "Give the exposure you use (--exposure-s), or a resin file with critical_dose_mj_cm2.": _CURE,
    "Give --penetration-depth-um and --critical-dose-mj-cm2, or a --resin that states them.": _CURE,
    "Nobody measured how far a pixel of {machine} blurs; {sigma:g} pixels ({width:.2g} µm) are assumed. "
    "--blur-px says it better.": say(
        "Nobody measured how far a pixel of {machine} blurs; {sigma:g} pixels ({width:.2g} µm) are assumed.",
        machine="{machine}",
        sigma=0.0,
        width=0.0,
    ),
}


def on_page(text: str) -> str:
    """The same said to who reads a page; any other text as it is."""
    if not isinstance(text, Phrase):
        return text
    values = {name: on_page(value) if isinstance(value, str) else value for name, value in text.values.items()}
    said = ON_PAGE.get(text.template)
    if said is not None:
        return Phrase(said.template, {name: values[name] for name in names_of(said.template)})
    return _ELSE if COMMANDS.search(text.template) else Phrase(text.template, values)


def as_json(text: str) -> dict[str, Any]:
    """A phrase of the engine, as a page keeps it."""
    return kept_phrases.as_json(on_page(text))
