"""Which ads could take part in a question, whoever asks it and when, and at what bid.

Most questions are asked again, and the answer changes only with a campaign or its goods, a floor, a reserve or a
quality: it is remembered until then.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from market.money import WHOLE_BPS
from search.auction.contracts import Candidate, ClickBid, DisplayCandidate, MatchType
from search.auction.display import compute_ecpm
from search.auction.matching import compute_effective_bid, find_match
from search.campaigns.contracts import CampaignKind, Charge, LiveCampaign, LiveKeyword, PageKind
from search.serving.contracts import AdAsk
from search.serving.rules.index import AdIndex, Entered, HeldAd, HeldGroup, Offer
from search.serving.rules.relevance import compute_relevance
from search.serving.rules.scene import Scene, TooSlow
from search.serving.rules.scoring import find_trade

LOOK_EVERY = 32
"""After so many ads the clock is looked at."""

MOST_OFFERS_KEPT = 64
"""Of one ad: it has a handful of words, reserves and qualities at a time."""


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


def list_entered(index: AdIndex, kind: CampaignKind, ask: AdAsk, scene: Scene) -> Entered:
    """The groups of a kind with their ads that could take part, a page's own product too. Raises `TooSlow`."""
    is_by_words = kind is CampaignKind.KEYWORD or ask.page is PageKind.SEARCH
    tokens = ask.tokens if is_by_words else ()
    key = (ask.page, tokens, ask.category_id, ask.trade_id)
    remembered = index.entered[kind]
    made_by = (scene.floors, scene.reserves, scene.scores, scene.rules)
    version = index.version
    known = remembered.find(key)
    if known and known.version == version and all(map(_is, known.made_by, made_by)):
        return known
    enter = _enter_words if kind is CampaignKind.KEYWORD else _enter_places
    entered = Entered(version, made_by, tuple(enter(index, ask, scene)))
    return entered if version % 2 else remembered.keep(key, entered)


def _is(one: object, other: object) -> bool:
    return one is other


def _enter_words(index: AdIndex, ask: AdAsk, scene: Scene) -> Iterator[tuple[HeldGroup, tuple[Offer, ...]]]:
    """Ads for words or a category."""
    bids = _bid_for_words(index, ask, scene)
    if ask.page is PageKind.CATEGORY and ask.category_id is not None:
        for group in index.list_in_category(ask.category_id):
            if group.group_id not in bids:
                bids[group.group_id] = (group, _bid_without_word(group, ask, scene))
    looking = _Looking(ask, scene)
    for group, bid in bids.values():
        if bid.bid_minor <= 0 or bid.bid_minor < bid.reserve_minor:
            continue
        offers = []
        for held in group.ads:
            relevance_ppm = looking.look_at(held)
            if relevance_ppm is None:
                continue
            quality = scene.scores.find(held.ad.ad_id, relevance_ppm, find_trade(held.goods)).value
            if quality >= scene.rules.least_quality:
                offers.append(_offer(group, held, bid, quality))
        if offers:
            yield group, tuple(offers)


def _enter_places(index: AdIndex, ask: AdAsk, scene: Scene) -> Iterator[tuple[HeldGroup, tuple[Offer, ...]]]:
    """Ads for places on a page. A quality is not asked of them."""
    looking = _Looking(ask, scene)
    floor_minor = scene.floors.find(ask.page, Charge.MILLE)
    for group in index.list_display():
        offers = []
        for held in group.ads:
            relevance_ppm = looking.look_at(held)
            if relevance_ppm is None:
                continue
            click_rate_ppm = scene.scores.find(held.ad.ad_id, relevance_ppm, find_trade(held.goods)).click_rate_ppm
            candidate = _make_display(group, held, ask, click_rate_ppm)
            if candidate is not None and candidate.ecpm_minor >= floor_minor:
                offers.append(_offer_place(group, held, candidate))
        if offers:
            yield group, tuple(offers)


class _Looking:
    """One question on its way through the ads."""

    def __init__(self, ask: AdAsk, scene: Scene) -> None:
        self._ask, self._scene = ask, scene
        self._looked_at = 0

    def look_at(self, held: HeldAd) -> int | None:
        """The relevance of the next ad; None for one that is sold out or fits too little."""
        if self._looked_at % LOOK_EVERY == 0 and self._scene.is_late():
            raise TooSlow(f"{self._looked_at} ads were looked at")
        self._looked_at += 1
        relevance_ppm = compute_relevance(self._ask, held.goods)
        is_out = held.goods is not None and not held.goods.in_stock
        return None if is_out or relevance_ppm < self._scene.rules.least_relevance_ppm else relevance_ppm


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
        offer = _keep(key, Offer(held, group.campaign, bid.keyword, candidate))
    return offer


def _offer_place(group: HeldGroup, held: HeldAd, candidate: DisplayCandidate) -> Offer:
    click = candidate.click
    key = (0, candidate.ecpm_minor, click.bid_minor if click else 0, click.click_rate_ppm if click else 0)
    return held.offers.get(key) or _keep(key, Offer(held, group.campaign, None, candidate))


def _keep(key: tuple[int, int, int, int], offer: Offer) -> Offer:
    kept = offer.held.offers
    if len(kept) >= MOST_OFFERS_KEPT:
        kept.clear()
    return kept.setdefault(key, offer)


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
