"""Customers' things: parts, immutable revisions of them, and whether they can be made."""
