"""Which groups of clicks are invalid, and which of their events are given back for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from search.auction.contracts import ClickGroup, InvalidReason, InvalidRules
from search.auction.contracts.units import PPM
from search.auction.late_clicks import list_late_invalid
from search.spending.rules.days import to_us

USUAL_RATE_PPM = 50_000
"""The click rate that is taken for usual on a day with too few views to tell."""

ENOUGH_VIEWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one network or person did on a day, all shops together; valid events only."""

    who: UUID
    clicked_at: Sequence[datetime]
    views: int
    dwells_ms: Sequence[int]
    devices: int
    rival_devices: int


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a group's clicks (and views, if `with_views`) are given back, and the numbers that say so."""

    reasons: tuple[InvalidReason, ...]
    with_views: bool
    evidence: Mapping[str, int]


def find_usual_rate(*, clicks: int, views: int) -> int:
    """The day's click rate in millionths, where there were enough views."""
    return max(1, clicks * PPM // views) if views >= ENOUGH_VIEWS else USUAL_RATE_PPM


def suspect(group: Group, *, usual_click_rate_ppm: int, rules: InvalidRules) -> Suspicion | None:
    """What is wrong with a group, None for nothing."""
    facts = ClickGroup(
        clicks_us=tuple(map(to_us, group.clicked_at)),
        views=group.views,
        dwells_ms=tuple(group.dwells_ms),
        usual_click_rate_ppm=usual_click_rate_ppm,
        devices=max(1, group.devices),
        rival=0 < group.devices == group.rival_devices,
    )
    reasons = tuple(list_late_invalid(facts, rules))
    if not reasons:
        return None
    evidence = {
        "clicks": len(group.clicked_at),
        "views": group.views,
        "devices": group.devices,
        "usual_click_rate_ppm": usual_click_rate_ppm,
        "dwells": len(group.dwells_ms),
        "short_dwells": sum(dwell < rules.short_dwell_ms for dwell in group.dwells_ms),
    }
    return Suspicion(reasons, InvalidReason.ENDLESS_VIEWS in reasons, evidence)
