"""Invalid clicks found later, up to 72 hours, by rules over all clicks of a network or device: they are credited.

Integers only: a deviation is compared by its square.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from market.money import WHOLE_BPS
from search.auction.contracts import ClickGroup, InvalidReason, InvalidRules
from search.auction.contracts.units import DAY_US, PPM

FINAL_AFTER_US = 3 * DAY_US

INVALID_RULES: Mapping[int, InvalidRules] = MappingProxyType(
    {
        1: InvalidRules(
            version=1,
            fewest_clicks=6,
            unusual_factor=3,
            unusual_deviations=4,
            regular_bps=1_000,
            short_dwell_ms=1_000,
            short_share_bps=8_000,
            most_views_a_day=3_000,
            rival_clicks=2,
        )
    }
)


def list_late_invalid(group: ClickGroup, rules: InvalidRules) -> list[InvalidReason]:
    """Every reason why the clicks of a group are given back."""
    return [reason for reason, applies in LATE_RULES if applies(group, rules)]


def is_final(clicked_us: int, now_us: int) -> bool:
    """Whether a click can no longer be found invalid."""
    return now_us - clicked_us >= FINAL_AFTER_US


def has_unusual_click_rate(group: ClickGroup, rules: InvalidRules) -> bool:
    """Several times the usual rate, and by more deviations than chance explains (variance of rare events: its mean)."""
    clicks_ppm = len(group.clicks_us) * PPM
    usual_ppm = group.views * group.usual_click_rate_ppm
    excess_ppm = clicks_ppm - usual_ppm
    return (
        len(group.clicks_us) >= rules.fewest_clicks
        and clicks_ppm > rules.unusual_factor * usual_ppm
        and excess_ppm**2 > rules.unusual_deviations**2 * usual_ppm * PPM
    )


def has_regular_gaps(group: ClickGroup, rules: InvalidRules) -> bool:
    """The gaps between clicks differ by less than a tenth of their mean: no person is a clock."""
    gaps = [later - earlier for earlier, later in pairwise(sorted(group.clicks_us))]
    if len(gaps) + 1 < rules.fewest_clicks:
        return False
    total = sum(gaps)
    spread = len(gaps) * sum(gap * gap for gap in gaps) - total * total
    return spread * WHOLE_BPS**2 < rules.regular_bps**2 * total * total or not total


def has_no_dwell(group: ClickGroup, rules: InvalidRules) -> bool:
    """Most pages that followed were left at once."""
    short = sum(dwell < rules.short_dwell_ms for dwell in group.dwells_ms)
    enough = len(group.dwells_ms) >= rules.fewest_clicks
    return enough and short * WHOLE_BPS >= rules.short_share_bps * len(group.dwells_ms)


def has_endless_views(group: ClickGroup, rules: InvalidRules) -> bool:
    """More views in a day than so many people can have."""
    return group.views > rules.most_views_a_day * group.devices


def is_rival(group: ClickGroup, rules: InvalidRules) -> bool:
    """A device that is known to sign in for a rival of the same words, and clicks again."""
    return group.rival and len(group.clicks_us) >= rules.rival_clicks


LATE_RULES: Sequence[tuple[InvalidReason, Callable[[ClickGroup, InvalidRules], bool]]] = (
    (InvalidReason.UNUSUAL_CLICK_RATE, has_unusual_click_rate),
    (InvalidReason.REGULAR_GAPS, has_regular_gaps),
    (InvalidReason.NO_DWELL, has_no_dwell),
    (InvalidReason.ENDLESS_VIEWS, has_endless_views),
    (InvalidReason.RIVAL_DEVICE, is_rival),
)
