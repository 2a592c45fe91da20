"""Mingyue opens a rare technology to everyone who needs it."""

__version__ = "0.1.0"
