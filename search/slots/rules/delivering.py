"""Which parts of a lot were delivered."""

SERVABLE_BPS = 9_000
"""A part is delivered when its place could be served in nine tenths of its minutes; less is given back whole."""

WHOLE_BPS = 10_000


def is_delivered(*, servable_minutes: int, minutes: int) -> bool:
    """Minutes that nobody looked at count as not served: doubt is for the merchant."""
    return servable_minutes * WHOLE_BPS >= minutes * SERVABLE_BPS
