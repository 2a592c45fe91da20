"""A projector that shines unevenly: a grey PNG of its field becomes a picture by which masks are dimmed until it is even."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from mingyue.errors import BadInputError, why_refused
from mingyue.phrases import Phrase, say
from mingyue.printing.formats.manifest import LightMapOf
from mingyue.printing.regions import combined
from mingyue.printing.runs import FULL, Runs, from_picture

Reading = Literal["correction", "brightness"]
READINGS: tuple[Reading, ...] = get_args(Reading)
Floats = NDArray[np.float64]

# Steps of dimming between the darkest place and the brightest. More than a projector's 9 % of unevenness have whole greys
# do not exist; half as many leave 0.8 % and save a twentieth of the file.
LEVELS = 24
MOST_LEVELS = 255
# A projector that is ten times as bright in one place as in another needs repair, not dimming: the map is wrong.
LEAST_SHARE = 0.1
_TAKE_ANOTHER = say("Give a grey PNG as large as the projector's field, brighter than 0 everywhere.")


@dataclass(frozen=True, eq=False)
class Dimming:
    """By how much each pixel of the field is dimmed.

    levels: rows × columns, values 1 … len(factors) are places in factors; factors: what a mask keeps of its grey there.
    """

    levels: Runs
    factors: tuple[float, ...]

    @cached_property
    def _table(self) -> NDArray[np.uint8]:
        greys, factors = np.arange(256.0), np.zeros(256)
        factors[1 : len(self.factors) + 1] = self.factors
        return np.rint(greys[:, None] * factors).astype(np.uint8).ravel()

    def dimmed(self, mask: Runs) -> Runs:
        """A mask of the field, dimmed; it may fall into more runs, one more wherever a row of the map changes."""
        return combined(mask, self.levels, self._table)


@dataclass(frozen=True, slots=True)
class LightMap:
    """The dimming that makes a projector even, and what a package says of it."""

    dimming: Dimming
    said: LightMapOf


def read_light_map(path: Path, *, reading: Reading, field_px: tuple[int, int], levels: int = LEVELS) -> LightMap:
    """The dimming that a light map of this field asks for, in so many levels.

    reading: `correction` means that the file's grey, over its brightest, is what each pixel is to be driven at;
    `brightness` that it is how brightly each pixel shines. field_px: columns and rows.
    Raises BadInputError where the file is no such map.
    """
    if not 2 <= levels <= MOST_LEVELS:
        raise BadInputError(
            say("A light map cannot have {count} levels.", count=levels),
            remedy=say("Give --light-map-levels of 2 to {most}.", most=MOST_LEVELS),
        )
    grey = _grey(path, field_px)
    low, high = float(grey.min()), float(grey.max())
    if low < LEAST_SHARE * high or high <= 0:
        raise _refused(path, say("its darkest place has less than a tenth of its brightest"))
    brightness = low / grey if reading == "correction" else grey / high
    picture, factors = _levelled(brightness, levels)
    even = np.rint(FULL * np.array(factors))[picture - 1] / FULL * brightness
    said = LightMapOf(
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        reading=reading,
        levels=len(factors),
        dose_kept=float(brightness.min()),
        uneven_before=_unevenness(brightness),
        uneven_after=_unevenness(even),
    )
    return LightMap(Dimming(from_picture(picture.astype(np.uint8)), factors), said)


def said_of_light(said: LightMapOf) -> Iterator[Phrase]:
    """What evening the light out does, and what it costs in dose or in time."""
    readings = {"correction": say("what a pixel is driven at"), "brightness": say("how brightly a pixel shines")}
    yield say(
        "The greys of {file} were read as {reading}: the light's unevenness falls from {before:.1%} to {after:.1%}.",
        file=said.file,
        reading=readings[said.reading],
        before=said.uneven_before,
        after=said.uneven_after,
    )
    yield say(
        "Every place gets the dose of the darkest, {kept:.1%} of the brightest's; with exposures {times:.3f} times as long "
        "it gets the brightest's.",
        kept=said.dose_kept,
        times=1 / said.dose_kept,
    )


def _levelled(brightness: Floats, levels: int) -> tuple[NDArray[np.int64], tuple[float, ...]]:
    """The level of each pixel, from 1, and what each level keeps: even steps from the brightest place to the darkest."""
    darkest = float(brightness.min())
    wanted = darkest / brightness
    steps = levels - 1
    place = np.rint((wanted - darkest) / max(1.0 - darkest, 1e-12) * steps).astype(np.int64)
    used, picture = np.unique(place, return_inverse=True)
    factors = darkest + (1.0 - darkest) * used / steps if darkest < 1 else np.ones(len(used))
    return picture.reshape(brightness.shape) + 1, tuple(factors.tolist())


def _unevenness(dose: Floats) -> float:
    """By how much the extremes differ, over the mean."""
    return float((dose.max() - dose.min()) / dose.mean())


def _grey(path: Path, field_px: tuple[int, int]) -> Floats:
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.size != field_px:
                raise BadInputError(
                    say(
                        "The light map {file} is {found} px, the field {wanted} px.",
                        file=path.name,
                        found="{} × {}".format(*image.size),
                        wanted="{} × {}".format(*field_px),
                    ),
                    remedy=say("Take the map that was measured on this projector, or set the field: --field-px."),
                )
            if image.mode not in {"L", "I;16", "I"}:
                raise _refused(path, say("it has colours, and should be grey"))
            return np.asarray(image).astype(np.float64)
    except (SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused(path, str(error)) from error
    except OSError as error:
        raise _refused(path, why_refused(error) if error.errno else str(error)) from error


def _refused(path: Path, why: str | Phrase) -> BadInputError:
    return BadInputError(
        say("{file} cannot be used as a light map: {why}.", file=path.name, why=why), remedy=_TAKE_ANOTHER
    )
