"""A solid measured against its design, as a metrologist would: distances, widths, gaps, what hangs together."""
