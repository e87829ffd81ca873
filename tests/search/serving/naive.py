"""Serving as one would first write it: every campaign, ad and word is looked at for every page. The oracle."""

from collections.abc import Iterable, Mapping

from search.auction.contracts import (
    AdFacts,
    Award,
    Candidate,
    ClickBid,
    DisplayAward,
    DisplayCandidate,
    Keyword,
    MatchType,
    Terms,
    VisitFacts,
)
from search.auction.display import compute_ecpm, hold_display_auction
from search.auction.eligibility import find_refusal
from search.auction.keyword import hold_auction
from search.auction.matching import compute_effective_bid, find_match, is_excluded
from search.auction.pacing import draw
from search.auction.versions import get_weights
from search.campaigns.contracts import CampaignKind, Charge, LiveAd, LiveCampaign, PageKind
from search.serving.contracts import AdAsk, Goods, Product
from search.serving.rules.scene import Scene


def choose_for_words(
    campaigns: Iterable[LiveCampaign], goods: Mapping[Product, Goods], ask: AdAsk, scene: Scene, places: int
) -> list[Award]:
    candidates = []
    for campaign in campaigns:
        for ad in campaign.ads:
            if ad.kind is not CampaignKind.KEYWORD:
                continue
            found = goods.get((ad.shop_id, ad.product_id or 0))
            bid = _find_best_bid(campaign, ad, ask, scene, found)
            if bid is None or found is None:
                continue
            relevance = _judge(ask, found)
            quality = scene.scores.find(ad.ad_id, relevance).value
            if _passes(campaign, ad, found, ask, scene, bid, relevance, quality):
                candidates.append(
                    Candidate(
                        ad=ad.ad_id,
                        merchant=ad.shop_id,
                        bid_minor=bid[0],
                        quality=quality,
                        reserve_minor=bid[1],
                        created_us=ad.created_us,
                    )
                )
    terms = Terms(places=places, rules=scene.rules, weights=get_weights(), quality_version=scene.scores.version)
    return hold_auction(candidates, terms)


def choose_for_places(
    campaigns: Iterable[LiveCampaign], goods: Mapping[Product, Goods], ask: AdAsk, scene: Scene, places: int
) -> list[DisplayAward]:
    floor = scene.floors.mille_minor[ask.page]
    candidates = []
    for campaign in campaigns:
        for ad in campaign.ads:
            found = goods.get((ad.shop_id, ad.product_id or 0))
            if ad.kind is not CampaignKind.DISPLAY or found is None:
                continue
            bid = compute_effective_bid(ad.bid_minor, MatchType.EXACT, campaign.page_bps[ask.page])
            relevance = _judge(ask, found)
            score = scene.scores.find(ad.ad_id, relevance)
            click = ClickBid(bid, score.click_rate_ppm) if ad.charge is Charge.CLICK else None
            ecpm = compute_ecpm(click) if click else bid
            if ecpm and _passes(campaign, ad, found, ask, scene, (ecpm, floor), relevance, 1_000):
                candidates.append(
                    DisplayCandidate(
                        ad=ad.ad_id, merchant=ad.shop_id, ecpm_minor=ecpm, created_us=ad.created_us, click=click
                    )
                )
    return hold_display_auction(candidates, places, floor_minor=floor)


def _find_best_bid(
    campaign: LiveCampaign, ad: LiveAd, ask: AdAsk, scene: Scene, goods: Goods | None
) -> tuple[int, int] | None:
    """The highest effective bid of a word that matches, the older word of equal ones; with its reserve."""
    bps, floor = campaign.page_bps[ask.page], scene.floors.click_minor[ask.page]
    bids = []
    for word in ad.keywords:
        match = find_match(Keyword(word.tokens, word.match), ask.tokens)
        if match is not None:
            bid = compute_effective_bid(word.bid_minor, match, bps)
            bids.append((-bid, word.keyword_id, max(floor, scene.reserves.get(word.tokens, 0))))
    if bids:
        best = min(bids)
        return -best[0], best[2]
    group = [other for other in campaign.ads if other.group_id == ad.group_id]
    if ask.page is PageKind.CATEGORY and goods and group:
        return compute_effective_bid(group[0].bid_minor, MatchType.BROAD, bps), floor
    return None


def _judge(ask: AdAsk, goods: Goods) -> int:
    if ask.page is PageKind.SEARCH:
        return 1_000_000 * len([token for token in ask.tokens if token in goods.text]) // len(ask.tokens)
    if ask.page is PageKind.HOME:
        return 1_000_000
    if ask.category_id in goods.category_ids:
        return 1_000_000
    if ask.page is PageKind.CATEGORY:
        return 0
    return 600_000 if ask.trade_id in goods.category_ids else 300_000


def _passes(
    campaign: LiveCampaign,
    ad: LiveAd,
    goods: Goods,
    ask: AdAsk,
    scene: Scene,
    bid: tuple[int, int],
    relevance: int,
    quality: int,
) -> bool:
    budget = scene.budgets.get(campaign.campaign_id)
    facts = AdFacts(
        running=campaign.starts_on <= scene.day <= (campaign.ends_on or scene.day),
        approved=True,
        in_stock=goods.in_stock,
        hours=campaign.hours,
        regions=campaign.regions,
        audiences=campaign.audiences,
        relevance_ppm=relevance,
        quality=quality,
        bid_minor=bid[0],
        reserve_minor=bid[1],
        lease_rest_micro=budget.lease_rest_micro if budget else 0,
        pass_rate_ppm=budget.pass_rate_ppm if budget else 1_000_000,
    )
    visit = VisitFacts(
        matched=goods.product != ask.product,
        excluded=is_excluded(ad.negatives, ask.tokens),
        hour_of_week=scene.hour_of_week,
        region=ask.region,
        audiences=ask.audiences,
        seen_often_enough=False,
        draw_ppm=draw(scene.request, campaign.campaign_id),
    )
    return find_refusal(facts, visit, scene.rules) is None
