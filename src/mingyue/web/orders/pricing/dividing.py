"""Whole fen: a fraction becomes a whole number once, and what is divided adds up again."""

from __future__ import annotations

from collections.abc import Sequence


def rounded(numerator: int, denominator: int) -> int:
    """The nearest whole number; a half goes up. It never falls where the numerator grows."""
    return (2 * numerator + denominator) // (2 * denominator)


def divided(total: int, weights: Sequence[int]) -> list[int]:
    """A total in proportion to weights, in whole fen that add up to it; each within one fen of its exact share.

    The fen that are left over go to the largest remainders, of equal ones to the first. No weight is negative; where all
    are nothing, all of it goes to the first.
    """
    whole = sum(weights)
    if total < 0 or any(weight < 0 for weight in weights) or not weights:
        raise ValueError(f"{total} cannot be divided by {weights}")
    if not whole:
        return [total] + [0] * (len(weights) - 1)
    return apportioned(total, [total * weight for weight in weights], whole)


def apportioned(total: int, numerators: Sequence[int], denominator: int) -> list[int]:
    """Each numerator/denominator as the whole number below it or the one above, so that they add up to the total.

    The total lies at most one from the exact sum. Numerators may be negative, as those of rebates are.
    """
    parts = [numerator // denominator for numerator in numerators]
    left = total - sum(parts)
    if not 0 <= left <= len(parts):
        raise ValueError(f"{total} is too far from the sum of its parts")
    by_remainder = sorted(range(len(parts)), key=lambda place: -(numerators[place] % denominator))
    for place in by_remainder[:left]:
        parts[place] += 1
    return parts
