"""From those who take part to winners: the auctions of a page, kept as they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.money import MICRO_PER_MINOR
from search.auction.contracts import (
    Candidate,
    Decision,
    DisplayCandidate,
    DisplayDecision,
    DisplayPrice,
    Price,
    Terms,
    TokenKind,
)
from search.auction.display import decide_display
from search.auction.keyword import decide
from search.auction.pacing import is_admitted
from search.auction.records import write_record
from search.auction.versions import get_weights
from search.campaigns.contracts import CampaignKind
from search.serving.rules.finding import Scene
from search.serving.rules.index import Offer

KEEP_ALL_PPM = 10_000
"""One decision in a hundred keeps all its candidates."""

MOST_CAPPED = 40
"""Ads with frequency caps that are asked about for one page: the best of them. Others with caps take no part."""

_SAMPLE = 0  # no campaign: the draw that says which decisions keep everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A place, what is billed for it (`price_micro` for each `billed`), and the price with its inputs."""

    place: int
    offer: Offer
    billed: TokenKind
    price_micro: int
    price: Price | DisplayPrice


@dataclass(frozen=True, slots=True)
class Chosen:
    """The winners of one auction, and the auction as it is stored."""

    kind: CampaignKind
    winners: tuple[Winner, ...]
    record: str


def list_capped(offers: Sequence[Offer]) -> list[Offer]:
    """The best offers of campaigns with frequency caps: of these it has to be known what the visitor saw."""
    capped = [offer for offer in offers if offer.campaign.frequency_caps]
    return sorted(capped, key=_worth, reverse=True)[:MOST_CAPPED]


def choose_for_words(offers: Sequence[Offer], places: int, scene: Scene, *, context: str, decided_us: int) -> Chosen:
    """The keyword auction of a page."""
    decision: Decision = decide(
        [offer.candidate for offer in offers if isinstance(offer.candidate, Candidate)],
        Terms(places=places, rules=scene.rules, weights=get_weights(), quality_version=scene.scores.version),
        id=scene.request,
        decided_us=decided_us,
        context=context,
        keep_all=is_admitted(scene.request, _SAMPLE, KEEP_ALL_PPM),
    )
    of_ad = _by_ad(offers)
    winners = tuple(
        Winner(
            place=award.place,
            offer=of_ad[award.ad],
            billed=TokenKind.CLICK,
            price_micro=award.price.amount_minor * MICRO_PER_MINOR,
            price=award.price,
        )
        for award in decision.awards
    )
    return Chosen(CampaignKind.KEYWORD, winners, write_record(decision))


def choose_for_places(
    offers: Sequence[Offer], places: int, scene: Scene, *, floor_minor: int, context: str, decided_us: int
) -> Chosen:
    """The display auction of a page: billed is a view, or a click where the bid was for one."""
    decision: DisplayDecision = decide_display(
        [offer.candidate for offer in offers if isinstance(offer.candidate, DisplayCandidate)],
        places,
        floor_minor=floor_minor,
        id=scene.request,
        decided_us=decided_us,
        context=context,
        keep_all=is_admitted(scene.request, _SAMPLE, KEEP_ALL_PPM),
    )
    of_ad = _by_ad(offers)
    winners = []
    for award in decision.awards:
        by_click = award.price.inputs.click is not None
        winners.append(
            Winner(
                place=award.place,
                offer=of_ad[award.ad],
                billed=TokenKind.CLICK if by_click else TokenKind.VIEW,
                price_micro=award.price.click_minor * MICRO_PER_MINOR if by_click else award.price.view_micro,
                price=award.price,
            )
        )
    return Chosen(CampaignKind.DISPLAY, tuple(winners), write_record(decision))


def _by_ad(offers: Sequence[Offer]) -> Mapping[int, Offer]:
    return {offer.candidate.ad: offer for offer in offers}


def _worth(offer: Offer) -> int:
    candidate = offer.candidate
    return candidate.score if isinstance(candidate, Candidate) else candidate.ecpm_minor
