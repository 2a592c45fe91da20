"""A layer drawn with the letters of a terminal."""

from __future__ import annotations

from PIL import Image

from mingyue.cli.output import tell
from mingyue.errors import BadInputError
from mingyue.phrases import say

_DRAWN_COLUMNS = 72


def layer_choice(layer: int | None, layers: int) -> int:
    """The layer that is meant, the middle one if none was said."""
    if layer is None:
        return layers // 2
    if not 0 <= layer < layers:
        raise BadInputError(
            say("There is no layer {layer}.", layer=layer),
            remedy=say("Take one of 0 to {last}.", last=layers - 1),
        )
    return layer


def drawn_in_text(sheet: Image.Image, *, columns: int = _DRAWN_COLUMNS) -> str:
    """A grey picture in half blocks, two pixels a character, cropped to what is lit."""
    box = sheet.getbbox()
    if box is None:
        return tell("(dark)")
    lit = sheet.crop(box)
    rows = 2 * max(1, round(columns * lit.height / lit.width / 2))
    small = lit.resize((columns, rows), Image.Resampling.BOX).load()
    assert small is not None
    glyphs = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    return "\n".join(
        "".join(glyphs[_is_lit(small[x, y]), _is_lit(small[x, y + 1])] for x in range(columns)).rstrip()
        for y in range(0, rows, 2)
    )


def _is_lit(grey: float | tuple[int, ...]) -> bool:
    return isinstance(grey, int | float) and grey >= 48  # thin struts fill a character in part only
