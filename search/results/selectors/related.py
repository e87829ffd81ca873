"""The shelves beside a listing: the same for every visitor, so that pages may keep them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from market.shops.contracts import Epochs
from search.listings.contracts import ListingCard, ListingDocument
from search.listings.selectors import list_cards, list_listings
from search.results.contracts import Bond, Partner, Reason, ReasonKind, Recommendation, RelatedGoods
from search.results.selectors.partners import list_partners
from search.results.selectors.similar import list_similar

SHELF = 12
MOST_SEEDS = 20
_REASONS = {Bond.LOOKED: ReasonKind.LOOKED_TOGETHER, Bond.BOUGHT: ReasonKind.BOUGHT_TOGETHER}


def get_related(document: ListingDocument, *, epochs: Epochs, now: datetime, size: int = SHELF) -> RelatedGoods:
    """What is looked at and bought together with a listing, and what is like it without being among those.

    Three statements, fewer where cards and likeness are known. Only what visitors may see now, in stock first.
    """
    partners = list_partners([document.listing_id], now=now).get(document.listing_id, [])
    similar = list_similar(document, epochs=epochs, now=now, size=2 * size)
    wanted = [*(one.listing_id for one in partners), *similar]
    cards = {card.listing_id: card for card in list_cards(list(dict.fromkeys(wanted)), epochs=epochs)}
    looked, bought = (_fill(partners, bond, cards, document.listing_id, size) for bond in (Bond.LOOKED, Bond.BOUGHT))
    shown = {one.card.listing_id for one in (*looked, *bought)}
    like = [cards[pk] for pk in similar if pk in cards and pk not in shown]
    reason = Reason(ReasonKind.LIKE_THIS, document.listing_id, document.title)
    return RelatedGoods(looked, bought, tuple(Recommendation(card, reason) for card in _in_stock_first(like)[:size]))


def get_going_with(
    listing_ids: Sequence[int], *, epochs: Epochs, now: datetime, size: int = 6
) -> tuple[Recommendation, ...]:
    """What goes with the goods of a cart or an order: bought with them, then looked at with them. In stock only.

    Four statements. Where nothing is counted yet, what is like the first of them.
    """
    seeds = list(dict.fromkeys(listing_ids))[:MOST_SEEDS]
    by_seed = list_partners(seeds, now=now)
    partners = [one for pk in seeds for one in by_seed.get(pk, ()) if one.listing_id not in seeds]
    partners.sort(key=lambda one: (one.bond is not Bond.BOUGHT, -one.score, one.listing_id))
    reasons = {one.listing_id: _REASONS[one.bond] for one in reversed(partners)}
    order = list(dict.fromkeys(one.listing_id for one in partners))
    cards = [card for card in list_cards(order, epochs=epochs) if card.in_stock][:size]
    if len(cards) < size and seeds:
        cards += _list_like(seeds, cards, epochs, now)[: size - len(cards)]
    return tuple(Recommendation(card, Reason(reasons.get(card.listing_id, ReasonKind.LIKE_THIS))) for card in cards)


def _list_like(seeds: Sequence[int], chosen: Iterable[ListingCard], epochs: Epochs, now: datetime) -> list[ListingCard]:
    without = {*seeds, *(card.listing_id for card in chosen)}
    like = [pk for document in list_listings(seeds[:1], epochs=epochs) for pk in _similar_of(document, epochs, now)]
    wanted = [pk for pk in like if pk not in without]
    return [card for card in list_cards(wanted, epochs=epochs) if card.in_stock]


def _similar_of(document: ListingDocument, epochs: Epochs, now: datetime) -> tuple[int, ...]:
    return list_similar(document, epochs=epochs, now=now, size=2 * SHELF)


def _fill(
    partners: Iterable[Partner], bond: Bond, cards: Mapping[int, ListingCard], listing_id: int, size: int
) -> tuple[Recommendation, ...]:
    found = [cards[one.listing_id] for one in partners if one.bond is bond and one.listing_id in cards]
    reason = Reason(_REASONS[bond], listing_id)
    return tuple(Recommendation(card, reason) for card in _in_stock_first(found)[:size])


def _in_stock_first(cards: Iterable[ListingCard]) -> list[ListingCard]:
    return sorted(cards, key=lambda card: not card.in_stock)
