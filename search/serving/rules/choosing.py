"""From those who take part to winners: the auctions of a page, kept as they are stored.

The same offers for the same places have the same winners at the same prices: such an auction is held once and
remembered. What differs from page to page is its name, its time and what the page was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from search.auction.records import cut_record, name_record, write_record
from search.auction.versions import get_weights
from search.campaigns.contracts import CampaignKind
from search.listings.keeping import Memory
from search.serving.rules.index import Offer
from search.serving.rules.scene import Scene

KEEP_ALL_PPM = 10_000
"""One decision in a hundred keeps all its candidates."""

MOST_CAPPED = 40
"""Ads with frequency caps that are asked about for one page: the best of them. Others with caps take no part."""

MOST_REMEMBERED = 100_000
"""Offers in auctions that are remembered."""

_SAMPLE = 0  # no campaign: the draw that says which decisions keep everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A place, what is billed for it (`price_micro` for each `billed`), the price, and it with its inputs as stored."""

    place: int
    offer: Offer
    billed: TokenKind
    price_micro: int
    price: Price | DisplayPrice
    record: str


@dataclass(frozen=True, slots=True)
class _Auction:
    """An auction that has no name yet: its winners, the rest of its record, and it with all its candidates."""

    winners: tuple[Winner, ...]
    record: str
    whole: Decision | DisplayDecision

    def weigh(self) -> int:
        return 1 + len(self.whole.candidates)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The auction of one page."""

    kind: CampaignKind
    request: str
    auction: _Auction

    @property
    def winners(self) -> tuple[Winner, ...]:
        """From the first place down."""
        return self.auction.winners

    def write_record(self, *, context: str, decided_us: int) -> str:
        """The auction as it is stored; of one in a hundred with all its candidates."""
        is_whole = is_admitted(self.request, _SAMPLE, KEEP_ALL_PPM)
        rest = cut_record(self.auction.whole) if is_whole else self.auction.record
        return name_record(rest, id=self.request, decided_us=decided_us, context=context)


_auctions: Memory[_Auction] = Memory(MOST_REMEMBERED, weigh=_Auction.weigh)


def list_capped(offers: Sequence[Offer]) -> list[Offer]:
    """The best offers of campaigns with frequency caps: of these it has to be known what the visitor saw."""
    capped = [offer for offer in offers if offer.campaign.frequency_caps]
    return sorted(capped, key=_worth, reverse=True)[:MOST_CAPPED]


def choose_for_words(offers: Sequence[Offer], places: int, scene: Scene) -> Chosen:
    """The keyword auction of a page."""
    weights = get_weights()
    key = (places, scene.rules.version, weights.version, scene.scores.version, tuple(offers))
    auction = _auctions.find(key)
    if auction is None:
        terms = Terms(places=places, rules=scene.rules, weights=weights, quality_version=scene.scores.version)
        auction = _auctions.keep(key, _hold_for_words(offers, terms))
    return Chosen(CampaignKind.KEYWORD, scene.request, auction)


def choose_for_places(offers: Sequence[Offer], places: int, scene: Scene, *, floor_minor: int) -> Chosen:
    """The display auction of a page: billed is a view, or a click where the bid was for one."""
    key = (places, floor_minor, tuple(offers))
    auction = _auctions.find(key) or _auctions.keep(key, _hold_for_places(offers, places, floor_minor))
    return Chosen(CampaignKind.DISPLAY, scene.request, auction)


def _hold_for_words(offers: Sequence[Offer], terms: Terms) -> _Auction:
    candidates = [offer.candidate for offer in offers if isinstance(offer.candidate, Candidate)]
    decision = decide(candidates, terms, id="", decided_us=0, context="")
    of_ad = {offer.candidate.ad: offer for offer in offers}
    winners = tuple(
        Winner(
            place=award.place,
            offer=of_ad[award.ad],
            billed=TokenKind.CLICK,
            price_micro=award.price.amount_minor * MICRO_PER_MINOR,
            price=award.price,
            record=write_record(award.price),
        )
        for award in decision.awards
    )
    return _Auction(winners, cut_record(decision), replace(decision, candidates=tuple(candidates)))


def _hold_for_places(offers: Sequence[Offer], places: int, floor_minor: int) -> _Auction:
    candidates = [offer.candidate for offer in offers if isinstance(offer.candidate, DisplayCandidate)]
    decision = decide_display(candidates, places, floor_minor=floor_minor, id="", decided_us=0, context="")
    of_ad = {offer.candidate.ad: offer for offer in offers}
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
                record=write_record(award.price),
            )
        )
    return _Auction(tuple(winners), cut_record(decision), replace(decision, candidates=tuple(candidates)))


def _worth(offer: Offer) -> int:
    candidate = offer.candidate
    return candidate.score if isinstance(candidate, Candidate) else candidate.ecpm_minor
