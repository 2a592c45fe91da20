"""Can it be made? Layers, a machine and a resin come in; what will fail or may fail, where, and what to do goes out."""

from __future__ import annotations

from mingyue.printing.findings.finding import KINDS, Finding, Severity
from mingyue.printing.findings.limits import Limit, Limits, read_limits

__all__ = ["KINDS", "Finding", "Limit", "Limits", "Severity", "read_limits"]
