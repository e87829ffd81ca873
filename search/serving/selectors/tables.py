"""The tables that every process serves by, whole."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from search.auction.contracts import PaceState, QualityFacts, Tally
from search.serving.contracts import QualityTable
from search.serving.models import AdCounts, CampaignPace, KeywordReserve, QualityRun
from search.serving.rules.scoring import UNKNOWN
from search.serving.rules.usual import unpack_usual

LEAST_PACES = 5


def get_quality_table() -> QualityTable:
    """The counts of all ads by the latest computation; version 0 before the first: two statements."""
    run = QualityRun.objects.order_by("-pk").first()
    if run is None:
        return QualityTable()
    facts = {row.ad_id: _to_facts(row) for row in AdCounts.objects.iterator()}
    return QualityTable(version=run.pk, rules_version=run.rules_version, facts=facts, usual=unpack_usual(run.usual))


def map_facts(ad_ids: Collection[int]) -> tuple[QualityTable, dict[int, QualityFacts]]:
    """The latest computation without its ads, and the counts of these: two statements."""
    run = QualityRun.objects.order_by("-pk").first()
    if run is None:
        return QualityTable(), {}
    facts = {row.ad_id: _to_facts(row) for row in AdCounts.objects.filter(pk__in=set(ad_ids))}
    return QualityTable(version=run.pk, rules_version=run.rules_version, usual=unpack_usual(run.usual)), facts


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


def _to_facts(row: AdCounts) -> QualityFacts:
    return replace(
        UNKNOWN,
        clicks=row.clicks,
        views_by_place=tuple(row.views_by_place),
        conversions=Tally(row.orders, row.clicks),
        refunds=Tally(row.refunded, row.sold),
        on_time=Tally(row.on_time, row.due),
    )
