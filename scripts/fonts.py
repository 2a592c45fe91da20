"""The fonts of our documents: fetched from the npm registry by the versions in FONTS.toml, cut to what people write here.

To renew one, change its version in the table and run `make vendor`; the same version gives the same bytes.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from vendor import copy, fetch

FOLDER = Path(__file__).parents[1] / "src" / "mingyue" / "web" / "orders" / "papers" / "fonts"
TABLE = FOLDER / "FONTS.toml"
# Of extension A, those of the Table of General Standard Chinese Characters (2013): people are called so.
RARE = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹"
    "䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def main() -> int:
    told = TABLE.read_text(encoding="utf-8")
    for font in tomllib.loads(told)["font"]:
        with tempfile.TemporaryDirectory() as scratch:
            fetched = fetch(font["name"], font["version"], Path(scratch))
            made = cut(fetched / font["file"], font)
            copy(fetched / "LICENSE_FONT", made.with_name(f"{made.stem}.LICENSE"))
        digest = hashlib.sha256(made.read_bytes()).hexdigest()
        told = told.replace(f'sha256 = "{font["sha256"]}"', f'sha256 = "{digest}"')
        sys.stdout.write(f"{made.name}: {made.stat().st_size // 1000:,} kB\n")
    TABLE.write_text(told, encoding="utf-8")
    return 0


def cut(source: Path, told: dict[str, Any]) -> Path:
    """A font with only the characters that we keep, under our name."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern", "locl", "ccmp", "mark", "mkmk"]
    options.hinting = False  # for screens of coarse pixels; a PDF is drawn without
    options.glyph_names = False
    options.name_IDs = ["*"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set().union(*(GROUPS[name]() for name in told["keeps"])))
    cutter.subset(font)
    for record in font["name"].names:
        if record.nameID in {1, 4, 16}:
            record.string = told["family"]
        elif record.nameID == 6:
            record.string = told["family"].replace(" ", "")
    target = FOLDER / told["to"]
    font.save(target)
    return target


def chinese() -> set[int]:
    """GBK, and the rest of the table above: of what lies beyond the basic plane, Noto Sans SC has nothing else."""
    return set(range(0x20000, 0x33000)) | set(map(ord, RARE)) | gbk()


def gbk() -> set[int]:
    """Every character that GBK writes with two bytes."""
    pairs = (bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    return {ord(letter) for pair in pairs for letter in pair.decode("gbk", errors="ignore")}


def latin() -> set[int]:
    """Latin with all accents, Greek, Cyrillic."""
    return {*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000)}


def accents() -> set[int]:
    """By themselves; only of a font that can put them in their place. Of another Š would be made of S and a stray hook."""
    return set(range(0x300, 0x370))


def signs() -> set[int]:
    """Punctuation, raised figures, currencies, letterlike, arrows, mathematics, full widths."""
    return {*range(0x2000, 0x20C1), *range(0x2100, 0x2300), *range(0xFF00, 0xFFF0)}


GROUPS = {"chinese": chinese, "latin": latin, "accents": accents, "signs": signs}

if __name__ == "__main__":
    sys.exit(main())
