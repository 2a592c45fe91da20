"""The font of our documents: fetched from the npm registry by the version in FONTS.toml, cut to what people write here.

Cut to GBK, to the rarer characters of names, and to Latin, Greek, punctuation, currencies and arrows. Renamed, so that no
font that a machine has under the same name takes its place. To renew it, change the version in the table and run
`make vendor`; the same version gives the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from vendor import copy, fetch

FOLDER = Path(__file__).parents[1] / "src" / "mingyue" / "web" / "orders" / "papers" / "fonts"
TABLE = FOLDER / "FONTS.toml"
FAMILY = "Mingyue Noto Sans SC"
# What is not Chinese: Latin with its accents, Greek, punctuation, raised figures, currencies, letterlike, arrows, signs.
PLAIN = [(0x20, 0x7F), (0xA0, 0x250), (0x370, 0x400), (0x2000, 0x20C1), (0x2100, 0x2300), (0xFF00, 0xFFF0)]
# Beyond the basic plane the font has only what the Table of General Standard Chinese Characters (2013) lists.
BEYOND = (0x20000, 0x33000)
# Of extension A, those of that table.
RARE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹"
    "䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def main() -> int:
    told = TABLE.read_text(encoding="utf-8")
    font = tomllib.loads(told)
    with tempfile.TemporaryDirectory() as scratch:
        fetched = fetch(font["name"], font["version"], Path(scratch))
        copy(fetched / font["licence_file"], FOLDER / "LICENSE")
        cut(fetched / font["file"], FOLDER / font["to"])
    digest = hashlib.sha256((FOLDER / font["to"]).read_bytes()).hexdigest()
    TABLE.write_text(told.replace(f'sha256 = "{font["sha256"]}"', f'sha256 = "{digest}"'), encoding="utf-8")
    sys.stdout.write(f"{(FOLDER / font['to']).stat().st_size // 1000:,} kB\n")
    return 0


def cut(source: Path, target: Path) -> None:
    """A font with only the characters that we keep."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern", "locl", "ccmp", "mark"]
    options.hinting = False  # for screens of coarse pixels; a PDF is drawn without
    options.glyph_names = False
    options.name_IDs = ["*"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(_kept(BEYOND, *PLAIN)) | set(map(ord, RARE)) | set(_gbk()))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 4, 16}:
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
    font.save(target)


def _kept(*spans: tuple[int, int]) -> Iterator[int]:
    for start, end in spans:
        yield from range(start, end)


def _gbk() -> Iterator[int]:
    """Every character that GBK writes with two bytes."""
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            yield from map(ord, bytes([lead, trail]).decode("gbk", errors="ignore"))


if __name__ == "__main__":
    sys.exit(main())
