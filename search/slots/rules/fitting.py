"""Which pictures have the shape of a place."""

from search.campaigns.contracts import CreativeView
from search.campaigns.contracts.limits import CREATIVE_SIZES

WHOLE_BPS = 10_000
TOLERANCE_BPS = 100
"""A picture may be a hundredth wider or narrower: sizes are whole pixels."""


def fits(creative: CreativeView, *, width: int, height: int) -> bool:
    """Whether the picture has the proportion of the place."""
    return _is_alike((creative.picture.width, creative.picture.height), (width, height))


def has_pictures(*, width: int, height: int) -> bool:
    """Whether merchants can upload a picture that fits a place of this size."""
    return any(_is_alike(size, (width, height)) for size in CREATIVE_SIZES)


def _is_alike(picture: tuple[int, int], place: tuple[int, int]) -> bool:
    have, want = picture[0] * place[1], picture[1] * place[0]
    return abs(have - want) * WHOLE_BPS <= want * TOLERANCE_BPS
