"""`python -m mingyue.printing.kernels` compiles every kernel, so that the first print does not wait for it."""

from __future__ import annotations

from mingyue.printing.kernels.warm import warm

warm()
