"""Which pictures have the shape of a place."""

from search.campaigns.contracts import CreativeView

WHOLE_BPS = 10_000
TOLERANCE_BPS = 100
"""A picture may be a hundredth wider or narrower: sizes are whole pixels."""


def fits(creative: CreativeView, *, width: int, height: int) -> bool:
    """Whether the picture has the proportion of the place."""
    picture = creative.picture
    have, want = picture.width * height, picture.height * width
    return abs(have - want) * WHOLE_BPS <= want * TOLERANCE_BPS
