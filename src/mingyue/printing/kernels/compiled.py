"""The hot loops as one shared library: opened in a millisecond, where numba needs half a second to wake up.

The loops are Python for numba (`loops/`). The first process on a machine compiles them, which takes seconds, and links
the object code with the C compiler; later processes open the file. Without a C compiler they run under numba itself.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import threading
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

_RUNS: Final = ("i8[:]", "i4[:]", "i4[:]", "u1[:]")
_SURFACE = ("f8[:,:]", "i8[:,:]", "f4[:,:]", "f8")
# Entry → its module in `loops`, and what it takes. Arrays are C-contiguous; each entry returns an int64.
ENTRIES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "edge_balance": ("closing", ("i8[:,:]", "i8[:,:]", "i4[:,:]")),
    "stl_corners": ("reading", ("u2[:,:]", "f4[:,:]")),
    "move": ("moving", ("f8[:,:]", "f8[:,:]", "f8[:]", "f8[:,:]")),
    "box_of": ("moving", (*_SURFACE, "f8[:,:]", "f8[:]", "f8[:]", "f8[:,:]")),
    "deal_count": (
        "portioning",
        (*_SURFACE, "f8[:,:]", "f8[:]", "f8[:]", "i8", "i8", "i4[:,:]", "i8[:]"),
    ),
    "deal_fill": ("portioning", ("i4[:,:]", "i8", "i8[:]", "i8[:]")),
    "gather": (
        "portioning",
        (*_SURFACE, "f8[:,:]", "f8[:]", "i8[:]", "f8", "f8", "f8", "f8[:,:]"),
    ),
    "cut_count": ("cutting", ("f8[:,:]", "f8[:]", "i8[:]")),
    "cut_fill": ("cutting", ("f8[:,:]", "f8[:]", "i8[:]", "f8[:,:]")),
    "count_pieces": ("covering", ("f8[:,:]", "i8", "i8", "i8[:]")),
    "fill_pieces": ("covering", ("f8[:,:]", "i8", "i8", "i8[:]", "f8[:,:]", "i4[:,:]")),
    "cover_rows": (
        "covering",
        ("f8[:,:]", "i4[:,:]", "i8[:]", "i8", "i8[:,:]", "f8[:,:]", "i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8[:]"),
    ),
    "light_of": ("byte_runs", ("i4[:]", "i4[:]", "u1[:]", "i8[:]")),
    "grey_bytes": ("byte_runs", ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8", "u1[:]", "i8[:]")),
    "binary_bytes": ("byte_runs", ("i8[:]", "i4[:]", "i4[:]", "i8", "u1[:]", "i8[:]")),
    "match_runs": ("matching", ("u1[:]", "i8[:]", "i8[:]", "i8[:]", "i8[:]")),
    "zlib_stream": ("deflating", ("i8[:]", "u1[:]", "i8[:]", "i8[:,:]", "u1[:]")),
    "inflate": ("inflating", ("u1[:]", "u1[:]", "i4[:,:]", "i4[:]", "i8[:]")),
    "field_count": ("fielding", ("i8[:]", "i4[:]", "i4[:]", "i8", "i8", "i8", "i8", "i8[:,:]")),
    "field_fill": (
        "fielding",
        (
            *("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8", "i8", "i8", "i8"),
            *("i8[:,:]", "i8[:]", "i8[:,:]", "i4[:]", "i4[:]", "u1[:]"),
        ),
    ),
    "feather": (
        "feathering",
        ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "f8[:]", "i8[:]", "f8[:]", "i8[:]", "i8[:]", "i4[:]", "i4[:]", "u1[:]"),
    ),
    "skin": ("skinning", ("f4[:,:]", "f4[:,:]", "f8[:]", "f8[:,:]", "f4[:,:]", "f4[:]", "f4[:]", "f8[:]")),
    "probe": ("probing", ("f4[:,:]", "f8[:,:]", "f8[:]", "f4[:]")),
    "closest": ("closest", ("f8[:,:]", "f8[:,:]", "i8[:,:]", "f8[:]")),
    "shine_columns": ("shining", ("f4[:,:,:]", "f4[:]", "f4[:]", "f4[:,:]", "f4[:,:,:]")),
    "return_columns": ("shining", ("f4[:,:,:]", "f4[:]", "f4[:]")),
    "look_at": ("shining", ("f4[:,:,:]", "i4[:,:]", "f4[:]", *["f4[:,:,:,:]"] * 3, "f4[:]", "f4[:]")),
    "look_back": ("shining", ("i4[:,:]", "f4[:]", "f4[:]", "f4[:,:,:,:]", "f4[:,:,:]", "f4[:,:,:]")),
    "go_down": ("shining", ("u1[:,:,:]", "f4[:]", "f4[:,:,:]")),
    "thin_columns": (
        "shining",
        ("u1[:,:,:]", "f4[:,:,:]", "f4[:]", "f4[:]", "f4[:,:]", "f8[:]", "f4[:,:,:]", "f4[:,:,:]"),
    ),
    "ask_columns": (
        "shining",
        (*["f4[:,:,:]"] * 3, "u1[:,:,:]", "f4[:,:,:]", "f4[:,:,:]", "f4[:]", "f4[:]", "u1[:,:,:]"),
    ),
    "settle_columns": (
        "shining",
        ("f4[:,:,:]", "u1[:,:,:]", "f4[:]", "f4[:]", "f4[:,:]", "f4[:,:,:]", "f4[:,:,:]"),
    ),
    "combine": (
        "combining",
        (*_RUNS, *_RUNS, "u1[:]", *_RUNS),
    ),
    "erode": ("combining", ("i8[:]", "i4[:]", "i4[:]", "i8[:]", "i4[:,:]", "i8[:]", "i4[:]", "i4[:]")),
    "shade": (
        "drawing",
        (*_SURFACE, "f8[:,:]", "f8[:]", "f8[:,:]", "f8[:,:]", "i8[:,:]", "u1[:,:]"),
    ),
    "draw": ("drawing", (*_SURFACE, "f8[:,:]", "f8[:]", "f8[:,:]", "i8[:,:]")),
    "slab_count": ("surfacing", ("f4[:,:]", "f4[:,:]", "f4[:]", "u1[:]", "i8[:]", "i8[:,:]", "i8[:]")),
    "slab_vertices": (
        "surfacing",
        (
            "f4[:,:]",
            "f4[:,:]",
            "f4[:]",
            "f8[:]",
            "i4[:,:]",
            "i4[:,:]",
            "i4[:,:]",
            "u1[:]",
            "i8[:]",
            "i8",
            "f4[:,:]",
        ),
    ),
    "slab_triangles": (
        "surfacing",
        (
            "f4[:,:]",
            "f4[:,:]",
            "f4[:]",
            "i4[:,:]",
            "i4[:,:]",
            "i4[:,:]",
            "u1[:]",
            "i8[:]",
            "i8[:,:]",
            "i4[:,:]",
        ),
    ),
    "solid_rows": ("solid_rows", ("f4[:,:]", "f4[:]", "u1[:]", "i8[:]", "i8[:]", "i4[:]", "i4[:]")),
    "add_shares": ("lighting", ("u1[:,:]", "i8", "i8", "f4[:]", "f4[:,:]", "i8", "i8", "i8", "i8")),
    "expose": (
        "exposing",
        ("f4[:,:]", "f4[:,:]", "i8", "f4[:]", "i8", "i8", "f4[:,:]", "f4[:,:]", "u1[:,:]", "f4[:,:]", "i8[:]"),
    ),
    "label_runs": ("components", ("i8[:]", "i4[:]", "i4[:]", "i4[:]", "i4[:]")),
    "join_pairs": ("components", ("i4[:,:]", "i4[:]")),
    "measure_runs": ("components", ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i4[:]", "i4[:,:]", "f8[:,:]")),
    "overlap_runs": (
        "components",
        ("i8[:]", "i4[:]", "i4[:]", "i4[:]", "i8[:]", "i4[:]", "i4[:]", "i4[:]", "i8[:]", "i4[:,:]", "i8[:]"),
    ),
    "invert_runs": (
        "components",
        ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8", "i8", "i8[:]", "i4[:]", "i4[:]", "u1[:]"),
    ),
    "beyond_reach": (
        "components",
        ("i8[:]", "i4[:]", "i4[:]", "i8[:]", "i4[:]", "i4[:]", "i8[:]", "i4[:,:]", "i8[:]", "i4[:]", "i4[:]"),
    ),
    "turn_count": ("turning", ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8[:]")),
    "turn_fill": ("turning", ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8[:]", "i4[:]", "u1[:]")),
    "turn_runs": ("turning", ("i8[:]", "i4[:]", "u1[:]", "i8[:]", "i4[:]", "i4[:]", "u1[:]")),
    "find_chords": ("chords", ("i8[:]", "i4[:]", "i4[:]", "u1[:]", "i8", "f8[:]", "i4[:,:]", "f8[:,:]")),
    "link_chords": ("chords", ("i4[:,:]", "i4[:]", "i4[:]")),
    "thin_stretches": ("chords", ("i4[:,:]", "f8[:,:]", "i4[:]", "i4[:]", "f8[:]", "f8[:,:]")),
    "meet_floor": ("floors", ("i4[:,:]", "i8[:]", "i4[:]", "i4[:]", "i4[:,:]", "i4[:,:]", "i8[:]")),
    "touching_boxes": ("floors", ("i4[:,:]", "i4[:]", "i8", "i4[:,:]")),
}
LOOPS: Final = Path(__file__).parent / "loops"

Entry = Callable[..., int]
_lock = threading.Lock()
_listeners: list[Callable[[], None]] = []


def before_compiling(listener: Callable[[], None]) -> None:
    """Call this before the loops are compiled, so that whoever waits some seconds can be told why."""
    _listeners.append(listener)


def entry(name: str) -> Entry:
    """The compiled loop of that name. Pass C-contiguous arrays of exactly the types in ENTRIES, and numbers."""
    return _entries()[name]


def is_compiled() -> bool:
    """Whether nothing has to be compiled any more."""
    return library_path().exists()


def runs_as() -> str:
    """`library`, or `numba` where no C compiler was there to link one. Compiles what is not compiled yet."""
    _entries()
    return "library" if is_compiled() else "numba"


def library_path() -> Path:
    """Where the library of exactly these loops, this compiler and this processor is, or will be."""
    digest = hashlib.sha256()
    for source in sorted([*LOOPS.glob("*.py"), Path(__file__)]):
        digest.update(source.read_bytes())
    for compiler in ("numba", "llvmlite"):
        digest.update(_version_file(compiler))
    digest.update(_processor().encode())
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "mingyue" / f"kernels-{digest.hexdigest()[:32]}.so"


def _version_file(package: str) -> bytes:
    """What says which version is installed, read without importing it: that takes half a second."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return b""  # a library that is there already runs without its compiler
    return (Path(found.origin).parent / "_version.py").read_bytes()


def _processor() -> str:
    """What tells processors apart: code made for one may not run on another that shares the home folder."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(("flags", "Features")):
                return line
    except OSError:
        pass
    return f"{sys.platform} {os.uname().machine}" if hasattr(os, "uname") else sys.platform


@cache
def _entries() -> dict[str, Entry]:
    with _lock:  # threads that start together must not compile together
        path = library_path()
        if not path.exists():
            for listener in _listeners:
                listener()
            from mingyue.printing.kernels import linking

            if not linking.link(path):
                return linking.under_numba()
        library = ctypes.CDLL(str(path))
        return {name: _bound(library[f"mingyue_{name}"], kinds) for name, (_, kinds) in ENTRIES.items()}


def _c_types(text: str) -> list[type[ctypes.c_void_p] | type[ctypes.c_int64] | type[ctypes.c_double]]:
    rank = text.count(":")
    if rank:
        return [ctypes.c_void_p, *[ctypes.c_int64] * rank]
    return [ctypes.c_double] if text == "f8" else [ctypes.c_int64]


def _bound(function: ctypes._NamedFuncPointer, kinds: tuple[str, ...]) -> Entry:
    """Arrays go in as pointer and shape. ctypes gives the interpreter lock away during the call."""
    function.restype = ctypes.c_int64
    function.argtypes = [kind for text in kinds for kind in _c_types(text)]

    def call(*arguments: np.ndarray | float) -> int:
        flat: list[float] = []
        for argument in arguments:
            if isinstance(argument, np.ndarray):
                if not argument.flags.c_contiguous:
                    raise TypeError("the loops take C-contiguous arrays only")  # others would be read askew, unnoticed
                flat.append(argument.ctypes.data)
                flat.extend(argument.shape)
            else:
                flat.append(argument)
        return int(function(*flat))

    return call
