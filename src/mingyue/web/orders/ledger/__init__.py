"""The books of a facility: entries that sum to zero, and what writes them."""
