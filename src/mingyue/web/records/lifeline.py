"""A child process that ends when the process that started it ends, however that ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # of linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def ends_with_us(how: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """What `subprocess` is to call in the child (its `preexec_fn`): the kernel sends `how` when our thread ends.

    So it is to be started from a thread that lives as long as the process. Linux only; elsewhere None.
    """
    parent = os.getpid()
    return None if _libc is None else lambda: end_with(parent, how)


def end_with(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """The same, said by the child itself once it runs: where `preexec_fn` is unsafe, as among threads. Linux only."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(how))
    if os.getppid() != parent:  # it ended before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)
