"""The tables that every process serves by, whole."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from search.auction.contracts import PaceState
from search.serving.contracts import QualityTable
from search.serving.models import AdCounts, CampaignPace, KeywordReserve, QualityRun
from search.serving.rules.scoring import UNKNOWN

LEAST_PACES = 5


def get_quality_table() -> QualityTable:
    """The counts of all ads by the latest computation; version 0 before the first: two statements."""
    version = QualityRun.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = AdCounts.objects.values_list("ad_id", "clicks", "views_by_place").iterator() if version else ()
    facts = {ad: replace(UNKNOWN, clicks=clicks, views_by_place=tuple(views)) for ad, clicks, views in rows}
    return QualityTable(version=version, facts=facts)


def map_reserves() -> dict[tuple[str, ...], int]:
    """The reserves of words by their tokens: one statement."""
    return {tuple(tokens): reserve for tokens, reserve in KeywordReserve.objects.values_list("tokens", "reserve_minor")}


def map_paces(campaign_ids: Collection[int]) -> dict[int, PaceState]:
    """What the throttles of campaigns had learnt when they were last kept: one statement."""
    rows = CampaignPace.objects.filter(pk__in=set(campaign_ids))
    return {
        row.campaign_id: PaceState(
            rate_ppm=row.rate_ppm, admitted_ppm=row.admitted_ppm, yielded_micro=row.yielded_micro
        )
        for row in rows
    }


def find_usual_rate(*, since: datetime) -> int | None:
    """The middle of the pass rates that throttles came to, in ppm; None where fewer than five did: one statement.

    In a quiet market hardly anything has to be held back, and a new campaign need not learn that alone.
    """
    rates = sorted(CampaignPace.objects.filter(kept_at__gte=since).values_list("rate_ppm", flat=True))
    return rates[(len(rates) - 1) // 2] if len(rates) >= LEAST_PACES else None
