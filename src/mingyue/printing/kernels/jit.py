"""How a hot loop is compiled: without the interpreter lock, and kept on disk for the next process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

_Kernel = TypeVar("_Kernel", bound=Callable[..., object])

if TYPE_CHECKING:

    def jit(kernel: _Kernel) -> _Kernel:
        """numba hides a function's type; this keeps it."""

    def jit_fused(kernel: _Kernel) -> _Kernel:
        """For sums of products: a product and a sum may become one instruction, in the order in which they stand."""

    def jit_sums(kernel: _Kernel) -> _Kernel:
        """For long sums whose last digits do not matter: they are added in the order that fits the processor."""

else:
    import numba

    # boundscheck stays off: the law suite runs every kernel on hostile input through the reference too.
    jit = numba.njit(nogil=True, cache=True, error_model="numpy")
    jit_fused = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})
    # Infinities and NaN keep their meaning.
    jit_sums = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz"})
