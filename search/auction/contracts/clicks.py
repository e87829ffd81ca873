"""Invalid clicks: what is known of a click or of a group of them, and the reason why it is not billed."""

from dataclasses import dataclass
from enum import StrEnum


class InvalidReason(StrEnum):
    """Why a click is not billed, or given back. In line first, in the order in which they are looked at; then late."""

    TOKEN_BAD = "token_bad"  # noqa: S105 - a reason, no secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105
    TOKEN_USED = "token_used"  # noqa: S105
    NOT_RENDERED = "not_rendered"
    TOO_FAST = "too_fast"
    ROBOT = "robot"
    DATA_CENTRE = "data_centre"
    PREFETCH = "prefetch"
    STAFF = "staff"
    OWN_SHOP = "own_shop"
    SAME_MERCHANT = "same_merchant"
    DOUBLE_CLICK = "double_click"
    BILLED_TODAY = "billed_today"
    NETWORK_RATE = "network_rate"
    UNUSUAL_CLICK_RATE = "unusual_click_rate"
    REGULAR_GAPS = "regular_gaps"
    NO_DWELL = "no_dwell"
    ENDLESS_VIEWS = "endless_views"
    RIVAL_DEVICE = "rival_device"


class TokenState(StrEnum):
    """What a click's token turned out to be."""

    VALID = "valid"
    BAD = "bad"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickFacts:
    """A click at the moment it comes in.

    `rendered_us` is when the ad was seen to be rendered, None if never; `last_click_us` the same person's last click on
    this ad. `network_clicks_us` are the earlier clicks of the network on this merchant's ads that passed, of a day.
    """

    token: TokenState
    clicked_us: int
    rendered_us: int | None
    robot: bool = False
    data_centre: bool = False
    prefetch: bool = False
    staff: bool = False
    own_shop: bool = False
    same_merchant: bool = False
    last_click_us: int | None = None
    billed_today: int = 0
    network_clicks_us: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickGroup:
    """Clicks of one network or one device, looked at later: when, and how long the page that followed was looked at.

    `devices` is one for a device. `rival` is set for a group whose every device signs in for a rival of the same words:
    colleagues on a shared network are not accused of one of them.
    """

    clicks_us: tuple[int, ...]
    views: int
    dwells_ms: tuple[int, ...]
    usual_click_rate_ppm: int
    devices: int = 1
    rival: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidRules:
    """The numbers of the late rules, by version."""

    version: int
    fewest_clicks: int
    unusual_factor: int
    unusual_deviations: int
    regular_bps: int
    short_dwell_ms: int
    short_share_bps: int
    most_views_a_day: int
    rival_clicks: int
