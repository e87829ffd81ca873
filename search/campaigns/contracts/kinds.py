"""The words of campaigns: kinds, states, pages, and why something is refused."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CampaignKind(StrEnum):
    """What is sold: words by the click (直通车), places on pages (钻展), or sales for a commission (淘宝客).

    Those of sales are plans: they bid nothing and have no budget; `search.per_sale` knows their rates.
    """

    KEYWORD = "keyword"
    DISPLAY = "display"
    SALE = "sale"


class CampaignState(StrEnum):
    """A draft never ran; an ended one never runs again."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class PartState(StrEnum):
    """Of a group, an ad or a word. What was removed stays in reports, and can be added again."""

    RUNNING = "running"
    PAUSED = "paused"
    REMOVED = "removed"


class Charge(StrEnum):
    """What is paid for: a click, or a thousand views."""

    CLICK = "click"
    MILLE = "mille"


class PageKind(StrEnum):
    """Where ads stand."""

    SEARCH = "search"
    CATEGORY = "category"
    PRODUCT = "product"
    HOME = "home"


PAGES_OF_KIND: Mapping[CampaignKind, tuple[PageKind, ...]] = MappingProxyType(
    {
        CampaignKind.KEYWORD: (PageKind.SEARCH, PageKind.CATEGORY),
        CampaignKind.DISPLAY: (PageKind.CATEGORY, PageKind.PRODUCT, PageKind.HOME),
        CampaignKind.SALE: (PageKind.CATEGORY, PageKind.PRODUCT, PageKind.HOME),
    }
)
"""Where ads of a kind are shown."""


class CreativeState(StrEnum):
    """A picture and title of a merchant's own are shown only once staff have approved them."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class BadInput(ValueError):
    """Something that was typed is beyond what may be.

    `field` says of what, `code` why (`required`, `too_long`, `too_many`, `out_of_range`, `unknown`, `twice`,
    `personal`, `forbidden`, `address`, `not_a_sum`, `before_start`, `past`, `too_heavy`, `wrong_size`,
    `too_small`, `above_budget`, `below_bid`); `least` and `most` are the
    limits, `word` is what is not allowed, if there are some.
    """

    def __init__(
        self, field: str, code: str, *, least: int | None = None, most: int | None = None, word: str = ""
    ) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.least, self.most, self.word = field, code, least, most, word
