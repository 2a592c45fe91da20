"""How a hot loop is compiled: without the interpreter lock, and kept on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])

if TYPE_CHECKING:

    def jit(kernel: _Kernel) -> _Kernel:
        """numba hides a function's type; this keeps it."""

    def jit_sums(kernel: _Kernel) -> _Kernel:
        """For loops that add up many products: they may be added in another order, so that they fit the processor."""

else:
    import numba

    # boundscheck stays off: the law suite runs every kernel on hostile input through the reference too.
    jit = numba.njit(nogil=True, cache=True, error_model="numpy")
    # Infinities and NaN keep their meaning; a product and a sum may become one instruction.
    jit_sums = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
