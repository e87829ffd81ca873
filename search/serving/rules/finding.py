"""Which ads may take part in a page's auctions, and at what bid. The arithmetic is `search.auction`'s."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from market.money import WHOLE_BPS
from search.auction.audiences import KNOWN_BUYER, NEW_BUYER
from search.auction.contracts import (
    AdFacts,
    AuctionRules,
    Candidate,
    ClickBid,
    DisplayCandidate,
    MatchType,
    Refusal,
    VisitFacts,
)
from search.auction.contracts.units import BEST_QUALITY, PPM
from search.auction.display import compute_ecpm
from search.auction.eligibility import find_refusal
from search.auction.matching import compute_effective_bid, find_match, is_excluded
from search.auction.pacing import draw
from search.campaigns.contracts import Charge, Floors, LiveCampaign, LiveKeyword, PageKind
from search.serving.contracts import AdAsk
from search.serving.rules.index import AdIndex, HeldAd, HeldGroup, Offer
from search.serving.rules.relevance import compute_relevance
from search.serving.rules.scoring import Scores, find_trade

LOOK_EVERY = 32
"""After so many ads the clock is looked at."""


MOST_OFFERS_KEPT = 64
"""Of one ad: it has a handful of words, reserves and qualities at a time."""


class TooSlow(Exception):
    """The page waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a campaign may still show, and how much of the traffic: of this process, at this moment."""

    lease_rest_micro: int = 0
    pass_rate_ppm: int = PPM


NO_BUDGET = Budget()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a decision is made by beside the question. `request` names it; `is_late`: the page waits no longer."""

    request: str
    day: date
    hour_of_week: int
    rules: AuctionRules
    floors: Floors
    reserves: Mapping[tuple[str, ...], int]
    scores: Scores
    budgets: Mapping[int, Budget]
    is_late: Callable[[], bool]


@dataclass(slots=True)
class Found:
    """Who takes part. `asked` are campaigns that could have, pacing aside; `wanting` those that lack only money."""

    offers: list[Offer] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    wanting: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Bid:
    """What a group bids here: its best word's effective bid, and the reserve of that word."""

    bid_minor: int
    reserve_minor: int
    keyword: LiveKeyword | None

    def is_below(self, bid_minor: int, keyword_id: int) -> bool:
        """Whether another word of the group bids more, or as much and is older."""
        if bid_minor != self.bid_minor:
            return bid_minor > self.bid_minor
        return self.keyword is not None and keyword_id < self.keyword.keyword_id


def find_offers(index: AdIndex, ask: AdAsk, scene: Scene) -> Found:
    """The ads for words or a category. Raises `TooSlow`."""
    bids = _bid_for_words(index, ask, scene)
    if ask.page is PageKind.CATEGORY and ask.category_id is not None:
        for group in index.list_in_category(ask.category_id):
            if group.group_id not in bids:
                bids[group.group_id] = (group, _bid_without_word(group, ask, scene))
    finding = _Finding(ask, scene)
    for group, bid in bids.values():
        for held in group.ads:
            relevance_ppm = finding.look_at(held)
            if relevance_ppm < scene.rules.least_relevance_ppm:  # most of those that are refused
                continue
            quality = scene.scores.find(held.ad.ad_id, relevance_ppm, find_trade(held.goods)).value
            if finding.takes_part(group, held, (bid.bid_minor, bid.reserve_minor, relevance_ppm, quality)):
                finding.found.offers.append(_offer(group, held, bid, quality))
    return finding.found


def find_display_offers(index: AdIndex, ask: AdAsk, scene: Scene) -> Found:
    """The ads for places on a page. Raises `TooSlow`."""
    finding = _Finding(ask, scene)
    floor_minor = scene.floors.find(ask.page, Charge.MILLE)
    for group in index.list_display():
        for held in group.ads:
            relevance_ppm = finding.look_at(held)
            click_rate_ppm = scene.scores.find(held.ad.ad_id, relevance_ppm, find_trade(held.goods)).click_rate_ppm
            candidate = _make_display(group, held, ask, click_rate_ppm)
            if candidate is not None and finding.takes_part(
                group, held, (candidate.ecpm_minor, floor_minor, relevance_ppm, BEST_QUALITY)
            ):
                finding.found.offers.append(Offer(held, group.campaign, None, candidate))
    return finding.found


def _offer(group: HeldGroup, held: HeldAd, bid: _Bid, quality: int) -> Offer:
    """The offer of an ad at a bid; made once."""
    key = (bid.keyword.keyword_id if bid.keyword else 0, bid.bid_minor, bid.reserve_minor, quality)
    offer = held.offers.get(key)
    if offer is None:
        candidate = Candidate(
            ad=held.ad.ad_id,
            merchant=held.ad.shop_id,
            bid_minor=bid.bid_minor,
            quality=quality,
            reserve_minor=bid.reserve_minor,
            created_us=held.ad.created_us,
        )
        if len(held.offers) >= MOST_OFFERS_KEPT:
            held.offers.clear()
        offer = held.offers[key] = Offer(held, group.campaign, bid.keyword, candidate)
    return offer


class _Finding:
    """One question on its way through the ads. What a campaign and a group are for it is worked out once."""

    def __init__(self, ask: AdAsk, scene: Scene) -> None:
        self.found = Found()
        self._ask, self._scene = ask, scene
        self._looked_at = 0
        self._refusals: dict[int, Refusal | None] = {}

    def look_at(self, held: HeldAd) -> int:
        """The relevance of the next ad. Raises `TooSlow`."""
        if self._looked_at % LOOK_EVERY == 0 and self._scene.is_late():
            raise TooSlow(f"{self._looked_at} ads were looked at")
        self._looked_at += 1
        return compute_relevance(self._ask, held.goods)

    def takes_part(self, group: HeldGroup, held: HeldAd, figures: tuple[int, int, int, int]) -> bool:
        """Whether an ad passes everything but its frequency caps, which are asked for the few that could win.

        `figures` are bid, reserve, relevance and quality. What is against an ad itself comes before money and pacing,
        so that the group's refusal is the ad's where the ad has none of its own.
        """
        goods, rules = held.goods, self._scene.rules
        if goods is not None and (not goods.in_stock or goods.product == self._ask.product):
            return False  # sold out, or its own page
        bid_minor, reserve_minor, relevance_ppm, quality = figures
        if relevance_ppm < rules.least_relevance_ppm or quality < rules.least_quality:
            return False
        if bid_minor <= 0 or bid_minor < reserve_minor:
            return False
        refusal = self._refuse(group)
        if refusal is None or refusal is Refusal.PACED:
            self.found.asked.add(group.campaign.campaign_id)
        elif refusal is Refusal.BUDGET_USED_UP:
            self.found.wanting.add(group.campaign.campaign_id)
        return refusal is None

    def _refuse(self, group: HeldGroup) -> Refusal | None:
        if group.group_id not in self._refusals:
            self._refusals[group.group_id] = _refuse_group(group, self._ask, self._scene)
        return self._refusals[group.group_id]


def _refuse_group(group: HeldGroup, ask: AdAsk, scene: Scene) -> Refusal | None:
    """What is against a group here, whatever its ads are."""
    campaign = group.campaign
    budget = scene.budgets.get(campaign.campaign_id, NO_BUDGET)
    best = AdFacts(
        running=campaign.starts_on <= scene.day and (campaign.ends_on is None or scene.day <= campaign.ends_on),
        approved=True,
        in_stock=True,
        hours=campaign.hours,
        regions=campaign.regions,
        audiences=campaign.audiences,
        relevance_ppm=PPM,
        quality=BEST_QUALITY,
        bid_minor=1,
        reserve_minor=0,
        lease_rest_micro=budget.lease_rest_micro,
        pass_rate_ppm=budget.pass_rate_ppm,
    )
    visit = VisitFacts(
        matched=True,
        excluded=bool(group.negatives) and is_excluded(group.negatives, ask.tokens),
        hour_of_week=scene.hour_of_week,
        region=ask.region,
        audiences=ask.audiences | _find_buyer(ask, campaign.shop_id),
        seen_often_enough=False,
        draw_ppm=draw(scene.request, campaign.campaign_id) if budget.pass_rate_ppm < PPM else 0,
    )
    return find_refusal(best, visit, scene.rules)


def _find_buyer(ask: AdAsk, shop_id: int) -> int:
    if ask.bought_at is None:
        return 0
    return KNOWN_BUYER if shop_id in ask.bought_at else NEW_BUYER


def _bid_for_words(index: AdIndex, ask: AdAsk, scene: Scene) -> dict[int, tuple[HeldGroup, _Bid]]:
    """The best bid of each group with a word that matches: the highest, of equal ones that of the oldest word."""
    best: dict[int, tuple[HeldGroup, _Bid]] = {}
    floor_minor = scene.floors.find(ask.page, Charge.CLICK)
    for phrase, words in index.find_words(ask.tokens):
        if scene.is_late():
            raise TooSlow("words were looked for")
        match = find_match(phrase, ask.tokens)
        if match is None:
            continue
        reserve_minor = max(floor_minor, scene.reserves.get(phrase.tokens, 0))
        for word in words:
            group = word.group
            bid_minor = compute_effective_bid(word.keyword.bid_minor, match, _page_bps(group.campaign, ask.page))
            before = best.get(group.group_id)
            if before is None or before[1].is_below(bid_minor, word.keyword.keyword_id):
                best[group.group_id] = (group, _Bid(bid_minor, reserve_minor, word.keyword))
    return best


def _bid_without_word(group: HeldGroup, ask: AdAsk, scene: Scene) -> _Bid:
    """On a category's page a group takes part as by a broad match."""
    bid_minor = compute_effective_bid(group.bid_minor, MatchType.BROAD, _page_bps(group.campaign, ask.page))
    return _Bid(bid_minor, scene.floors.find(ask.page, Charge.CLICK), None)


def _make_display(group: HeldGroup, held: HeldAd, ask: AdAsk, click_rate_ppm: int) -> DisplayCandidate | None:
    """None for a bid that comes to less than a fen for a thousand views."""
    bid_minor = compute_effective_bid(held.ad.bid_minor, MatchType.EXACT, _page_bps(group.campaign, ask.page))
    click = None
    if held.ad.charge is Charge.CLICK:
        if not bid_minor or not click_rate_ppm:
            return None
        click = ClickBid(bid_minor, click_rate_ppm)
    ecpm_minor = bid_minor if click is None else compute_ecpm(click)
    if not ecpm_minor:
        return None
    return DisplayCandidate(
        ad=held.ad.ad_id,
        merchant=held.ad.shop_id,
        ecpm_minor=ecpm_minor,
        created_us=held.ad.created_us,
        click=click,
    )


def _page_bps(campaign: LiveCampaign, page: PageKind) -> int:
    return campaign.page_bps.get(page, WHOLE_BPS)
