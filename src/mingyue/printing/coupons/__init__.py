"""Test pieces made for one machine and resin: printed, measured, and read back. Each kind has a file of its own."""
