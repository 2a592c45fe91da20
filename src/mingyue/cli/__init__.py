"""The engines without a browser: `mingyue COMMAND`."""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NoReturn

# Of malloc.h: when the top of the heap is given back, and what is asked for as pages of its own.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_NEVER_BYTES: Final = (1 << 30, 32 << 20)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line. Without arguments that of this process, which ends with it."""
    # What is imported stays, so nothing is gained by looking through it for garbage; `app.command` turns that on again.
    gc.disable()
    # numpy would start a thread a processor for large products, of which there are none here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Threads that come back from a compiled loop wait no longer than this for one that runs Python.
    sys.setswitchinterval(0.001)
    _keep_memory()
    from mingyue.cli.app import run

    if arguments is not None:
        run(arguments)
    try:
        run(None)
    except SystemExit as ended:
        # Everything said has left, see `streams.leave`. Taking the interpreter apart would take as long as a small part.
        atexit._run_exitfuncs()
        os._exit(ended.code if isinstance(ended.code, int) else int(ended.code is not None))


def _keep_memory() -> None:
    """Let glibc keep what is freed until the process ends: every block of layers asks for as much as the last one.

    Given back and asked for again, each page costs a fault; that is a tenth of the time of a large part. Elsewhere than on
    glibc nothing is done.
    """
    with suppress(AttributeError, OSError):
        for option, count in zip((_TRIM_THRESHOLD, _MMAP_THRESHOLD), _NEVER_BYTES, strict=True):
            ctypes.CDLL(None).mallopt(option, count)
