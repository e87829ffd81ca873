"""From those who take part to winners: the auctions of a page, kept as they are stored.

The same offers for the same places have the same winners at the same prices: such an auction is held once and
remembered. What differs from page to page is its name, its time and what the page was.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
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
from search.spending.contracts import DecisionLine

KEEP_ALL_PPM = 10_000
"""One decision in a hundred keeps all its candidates."""

MOST_CAPPED = 40
"""Ads with frequency caps that are asked about for one page: the best of them. Others with caps take no part."""

MOST_BYTES_REMEMBERED = 8 * 1024 * 1024
"""Of remembered auctions: some 2,000 of a few ads, or as many hundred of head words."""

_SAMPLE = 0  # no campaign: the draw that says which decisions keep everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A place, what is billed for it (`price_micro` for each `billed`), and the price with its inputs."""

    place: int
    offer: Offer
    billed: TokenKind
    price_micro: int
    price: Price | DisplayPrice


@dataclass(slots=True)
class _Auction:
    """An auction that has no name yet: its winners, it as it is stored, and it with all its candidates."""

    winners: tuple[Winner, ...]
    decision: Decision | DisplayDecision
    whole: Decision | DisplayDecision
    _rest: str = ""
    _lines: tuple[DecisionLine, ...] = ()

    def write_rest(self) -> str:
        """Its record but for what differs from page to page; written when it is first stored."""
        self._rest = self._rest or cut_record(self.decision)
        return self._rest

    def note_lines(self) -> tuple[DecisionLine, ...]:
        """A line for each winner; made when they are first stored."""
        self._lines = self._lines or tuple(map(_note_winner, self.winners))
        return self._lines

    def weigh(self) -> int:
        """Bytes, roughly, with the record."""
        return 4_000 + 16 * len(self.whole.candidates)


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

    def again(self, request: str) -> "Chosen":
        """The same for another page."""
        return Chosen(self.kind, request, self.auction)

    def note_lines(self, places: Collection[int]) -> tuple[DecisionLine, ...]:
        """What is stored of those who won these places."""
        return tuple(line for line in self.auction.note_lines() if line.place in places)

    def write_record(self, *, context: str, decided_us: int) -> str:
        """The auction as it is stored; of one in a hundred with all its candidates."""
        is_whole = is_admitted(self.request, _SAMPLE, KEEP_ALL_PPM)
        rest = cut_record(self.auction.whole) if is_whole else self.auction.write_rest()
        return name_record(rest, id=self.request, decided_us=decided_us, context=context)


_auctions: Memory[_Auction] = Memory(MOST_BYTES_REMEMBERED, weigh=_Auction.weigh)


def list_capped(offers: Sequence[Offer]) -> list[Offer]:
    """The best offers of campaigns with frequency caps: of these it has to be known what the visitor saw."""
    capped = [offer for offer in offers if offer.campaign.frequency_caps]
    return sorted(capped, key=_worth, reverse=True)[:MOST_CAPPED]


def choose_for_words(offers: Sequence[Offer], places: int, scene: Scene, *, is_usual: bool = True) -> Chosen:
    """The keyword auction of a page. One that is not `is_usual` will not be held again, and is not remembered."""
    weights, quality_version = get_weights(), scene.scores.version

    def hold() -> _Auction:
        terms = Terms(places=places, rules=scene.rules, weights=weights, quality_version=quality_version)
        return _hold_for_words(offers, terms)

    key = (places, scene.rules.version, weights.version, quality_version, tuple(offers)) if is_usual else None
    return Chosen(CampaignKind.KEYWORD, scene.request, _remember(key, hold))


def choose_for_places(
    offers: Sequence[Offer], places: int, scene: Scene, *, floor_minor: int, is_usual: bool = True
) -> Chosen:
    """The display auction of a page: billed is a view, or a click where the bid was for one."""
    key = (places, floor_minor, tuple(offers)) if is_usual else None
    auction = _remember(key, lambda: _hold_for_places(offers, places, floor_minor))
    return Chosen(CampaignKind.DISPLAY, scene.request, auction)


def _remember(key: Hashable | None, hold: Callable[[], _Auction]) -> _Auction:
    if key is None:
        return hold()
    return _auctions.find(key) or _auctions.keep(key, hold())


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
        )
        for award in decision.awards
    )
    return _Auction(winners, decision, replace(decision, candidates=tuple(candidates)))


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
            )
        )
    return _Auction(tuple(winners), decision, replace(decision, candidates=tuple(candidates)))


def _note_winner(winner: Winner) -> DecisionLine:
    held, campaign, keyword = winner.offer.held, winner.offer.campaign, winner.offer.keyword
    return DecisionLine(
        ad_id=held.ad.ad_id,
        campaign_id=campaign.campaign_id,
        group_id=held.ad.group_id,
        keyword_id=keyword.keyword_id if keyword else None,
        shop_id=held.ad.shop_id,
        product_id=held.ad.product_id,
        place=winner.place,
        kind=winner.billed,
        price_micro=winner.price_micro,
        inputs=write_record(winner.price),
    )


def _worth(offer: Offer) -> int:
    candidate = offer.candidate
    return candidate.score if isinstance(candidate, Candidate) else candidate.ecpm_minor
