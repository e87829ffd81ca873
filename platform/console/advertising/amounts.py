"""Amounts of advertising in yuan: micro-fen rounded for columns, exact where a view costs a part of a fen."""

from market.money import MICRO_PER_MINOR, format_minor, round_micro


def print_micro(amount_micro: int) -> str:
    """Two decimals, rounded half up."""
    return format_minor(round_micro(amount_micro))


def print_exact(amount_micro: int) -> str:
    """The same, with the parts of a fen where there are some: a view costs 0.0185."""
    if amount_micro % MICRO_PER_MINOR == 0:
        return print_micro(amount_micro)
    return f"{amount_micro / MICRO_PER_MINOR / 100:.8f}".rstrip("0")
