"""Whether an ad takes part in an auction, and each reason why it does not."""

from collections.abc import Iterator
from typing import Protocol

from search.auction.audiences import is_met
from search.auction.contracts import AdFacts, AuctionRules, Refusal, VisitFacts


class Aim(Protocol):
    """Whom something is for: hours, regions and audiences as `AdFacts` has them."""

    @property
    def hours(self) -> int: ...
    @property
    def regions(self) -> frozenset[str]: ...
    @property
    def audiences(self) -> int: ...


def list_missed(aim: Aim, *, hour_of_week: int, region: str, audiences: int) -> Iterator[Refusal]:
    """Each reason why something is not for a visitor now."""
    if not aim.hours >> hour_of_week & 1:
        yield Refusal.OUTSIDE_HOURS
    if aim.regions and region not in aim.regions:
        yield Refusal.OUTSIDE_REGION
    if not is_met(aim.audiences, audiences):
        yield Refusal.OUTSIDE_AUDIENCE


def list_unpaid(lease_rest_micro: int, pass_rate_ppm: int, draw_ppm: int) -> Iterator[Refusal]:
    """Each reason of money and pacing."""
    if lease_rest_micro <= 0:
        yield Refusal.BUDGET_USED_UP
    if draw_ppm >= pass_rate_ppm:
        yield Refusal.PACED


def find_refusal(ad: AdFacts, visit: VisitFacts, rules: AuctionRules) -> Refusal | None:
    """The first reason against an ad, None if it takes part. Serving, which asks it of many at once, is held to it."""
    return next(_refusals(ad, visit, rules), None)


def list_refusals(ad: AdFacts, visit: VisitFacts, rules: AuctionRules) -> list[Refusal]:
    """Every reason, for a merchant who asks why an ad does not show."""
    return list(_refusals(ad, visit, rules))


def _refusals(ad: AdFacts, visit: VisitFacts, rules: AuctionRules) -> Iterator[Refusal]:
    if not ad.running:
        yield Refusal.PAUSED
    if not ad.approved:
        yield Refusal.NOT_APPROVED
    if not ad.in_stock:
        yield Refusal.OUT_OF_STOCK
    if not visit.matched:
        yield Refusal.NO_MATCH
    if visit.excluded:
        yield Refusal.WORD_EXCLUDED
    yield from list_missed(ad, hour_of_week=visit.hour_of_week, region=visit.region, audiences=visit.audiences)
    yield from _ranking(ad, rules)
    if visit.seen_often_enough:
        yield Refusal.SEEN_OFTEN_ENOUGH
    yield from list_unpaid(ad.lease_rest_micro, ad.pass_rate_ppm, visit.draw_ppm)


def _ranking(ad: AdFacts, rules: AuctionRules) -> Iterator[Refusal]:
    if ad.relevance_ppm < rules.least_relevance_ppm:
        yield Refusal.NOT_RELEVANT
    if ad.quality < rules.least_quality:
        yield Refusal.QUALITY_TOO_LOW
    if ad.bid_minor <= 0 or ad.bid_minor < ad.reserve_minor:
        yield Refusal.BID_BELOW_RESERVE
