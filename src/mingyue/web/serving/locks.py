"""Locks on files of the home folder. A process holds one as long as it lives: the kernel takes it back, after kill -9 too."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

_LOOK_AGAIN_S = 0.05


class HomeLock:
    """One lock on one file. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def taken(self, *, shared: bool = False, within_s: float = 0.0) -> bool:
        """Whether the lock is ours now; `shared` with others who say so too. Waits no longer than `within_s`."""
        until = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(self._file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(_LOOK_AGAIN_S)
            else:
                return True

    def close(self) -> None:
        """Let go."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
