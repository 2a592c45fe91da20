"""`python -m mingyue.printing.kernels` compiles the hot loops, so that the first print does not wait for them."""

from __future__ import annotations

import sys

from mingyue.printing.kernels.compiled import runs_as

sys.stdout.write(f"kernels: {runs_as()}\n")
