"""Which ads take part in a page's auctions for its visitor, now. The arithmetic is `search.auction`'s."""

from dataclasses import dataclass, field
from itertools import chain

from search.auction.audiences import KNOWN_BUYER, NEW_BUYER
from search.auction.contracts import Refusal
from search.auction.contracts.units import PPM
from search.auction.eligibility import list_missed, list_unpaid
from search.auction.matching import is_excluded
from search.auction.pacing import draw
from search.campaigns.contracts import CampaignKind
from search.serving.contracts import AdAsk
from search.serving.rules.entering import list_entered
from search.serving.rules.index import AdIndex, Entered, HeldGroup, Offer
from search.serving.rules.scene import NO_BUDGET, Budget, Scene, TooSlow

LOOK_EVERY = 32
"""After so many groups the clock is looked at."""


@dataclass(slots=True)
class Found:
    """Who takes part. `asked` are campaigns that could have, pacing aside; `wanting` those that lack only money.

    `is_drawn`: some were in or out by the draw of this page, so that the next one has others.
    """

    offers: list[Offer] = field(default_factory=list)
    asked: set[int] = field(default_factory=set)
    wanting: set[int] = field(default_factory=set)
    is_drawn: bool = False


def find_offers(index: AdIndex, ask: AdAsk, scene: Scene) -> Found:
    """The ads for words or a category. Raises `TooSlow`."""
    return _admit(list_entered(index, CampaignKind.KEYWORD, ask, scene), ask, scene)


def find_display_offers(index: AdIndex, ask: AdAsk, scene: Scene) -> Found:
    """The ads for places on a page. Raises `TooSlow`."""
    return _admit(list_entered(index, CampaignKind.DISPLAY, ask, scene), ask, scene)


def _admit(entered: Entered, ask: AdAsk, scene: Scene) -> Found:
    """Those who take part, but for their frequency caps, which are asked for the few that could win.

    What is against an ad itself came before money and pacing: a group that is refused here is refused with all its ads.
    """
    found = Found()
    for looked_at, (group, offers) in enumerate(entered.groups):
        if looked_at % LOOK_EVERY == 0 and scene.is_late():
            raise TooSlow(f"{looked_at} groups were looked at")
        if ask.product is not None:
            offers = tuple(offer for offer in offers if not _is_own_page(offer, ask))
            if not offers:
                continue
        budget = scene.budgets.get(group.campaign.campaign_id, NO_BUDGET)
        found.is_drawn = found.is_drawn or budget.pass_rate_ppm < PPM
        refusal = _refuse(group, ask, scene, budget)
        if refusal is None:
            found.offers += offers
        if refusal is None or refusal is Refusal.PACED:
            found.asked.add(group.campaign.campaign_id)
        elif refusal is Refusal.BUDGET_USED_UP:
            found.wanting.add(group.campaign.campaign_id)
    return found


def _refuse(group: HeldGroup, ask: AdAsk, scene: Scene, budget: Budget) -> Refusal | None:
    """The first reason against a group here, whatever its ads are."""
    campaign = group.campaign
    if campaign.starts_on > scene.day or (campaign.ends_on is not None and scene.day > campaign.ends_on):
        return Refusal.PAUSED
    if group.negatives and is_excluded(group.negatives, ask.tokens):
        return Refusal.WORD_EXCLUDED
    audiences = ask.audiences | _find_buyer(ask, campaign.shop_id)
    missed = list_missed(campaign, hour_of_week=scene.hour_of_week, region=ask.region, audiences=audiences)
    draw_ppm = draw(scene.request, campaign.campaign_id) if budget.pass_rate_ppm < PPM else 0
    unpaid = list_unpaid(budget.lease_rest_micro, budget.pass_rate_ppm, draw_ppm)
    return next(chain(missed, unpaid), None)


def _is_own_page(offer: Offer, ask: AdAsk) -> bool:
    return offer.held.goods is not None and offer.held.goods.product == ask.product


def _find_buyer(ask: AdAsk, shop_id: int) -> int:
    if ask.bought_at is None:
        return 0
    return KNOWN_BUYER if shop_id in ask.bought_at else NEW_BUYER
