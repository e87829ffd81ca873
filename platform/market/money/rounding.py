"""The only places where money is divided. Integers throughout."""

from collections.abc import Sequence

WHOLE_BPS = 10_000
"""Basis points of the whole: 100 %."""

MICRO_PER_MINOR = 1_000_000
"""Advertising prices are counted in millionths of a minor unit (micro-fen) and carried until whole."""


class BadRate(ValueError):
    """A rate in basis points that is negative."""


class BadWeights(ValueError):
    """Weights by which nothing can be split: none, a negative one, or all zero."""


def portion(amount_minor: int, bps: int) -> int:
    """`bps` basis points of an amount, halves rounded away from zero, so that a refund mirrors its sale."""
    return _divide_half_up(amount_minor * _checked(bps), WHOLE_BPS)


def included_portion(gross_minor: int, bps: int) -> int:
    """What a rate that is already *inside* an amount makes of it, as a tax inside its price.

    The net part is rounded half up, the included part is what is left, so that both always make the gross.
    """
    return gross_minor - _divide_half_up(gross_minor * WHOLE_BPS, WHOLE_BPS + _checked(bps))


def round_micro(amount_micro: int) -> int:
    """Micro-fen as whole fen to be shown, halves rounded away from zero. What is charged carries them instead."""
    return _divide_half_up(amount_micro, MICRO_PER_MINOR)


def split(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Parts of a total in proportion to weights, by largest remainder; the parts sum to the total.

    Equal remainders go to the earlier part first. A negative total gives the mirror of the positive one.
    Raises `BadWeights`.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise BadWeights("at least one weight is needed, none negative, not all zero")
    whole = sum(weights)
    size = abs(total_minor)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(size * weights[index] % whole), index))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return parts if total_minor >= 0 else [-part for part in parts]


def _checked(bps: int) -> int:
    if bps < 0:
        raise BadRate(f"a rate of {bps} basis points")
    return bps


def _divide_half_up(numerator: int, denominator: int) -> int:
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size
