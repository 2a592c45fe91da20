"""Supports at the scale of pixels: where a layer hangs, a neck of a few pixels carries it, and branches carry the necks."""
