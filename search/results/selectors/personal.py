"""One person's own shelf, out of what that person did of late. Never kept for anybody else to see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from billing.checkout.selectors import list_bought_listings
from market.shops.contracts import Epochs
from market.taxonomy.selectors import get_tree
from search.listings.contracts import ListingCard, Shelf, Sort
from search.listings.selectors import fill_shelves, list_cards
from search.results.contracts import Footprint, ForYou, Reason, ReasonKind, Recommendation, Step
from search.results.rules.choosing import (
    Candidate,
    choose,
    follow_categories,
    follow_partners,
    pick_seeds,
)
from search.results.selectors.partners import list_partners
from search.results.selectors.traits import list_places
from search.signals.contracts import EventKind
from search.signals.selectors import list_own_events
from tenants.catalog.contracts import Text

SHELF = 12
ALIKE = 12
CATEGORY_SEEDS = 4
COLD_EACH = 3
REMEMBERED = timedelta(days=35)
MOST_EVENTS = 200
_STEPS = {EventKind.VIEWED: Step.VIEWED, EventKind.CARTED: Step.CARTED, EventKind.BOUGHT: Step.BOUGHT}
BOUGHT_AGO = timedelta(days=1)
"""Where the log does not say when something was bought: after what was looked at today."""


def get_for_you(person: str, *, buyer_id: int | None, epochs: Epochs, now: datetime, size: int = SHELF) -> ForYou:
    """A shelf out of one's own history: what belongs to what was looked at and bought, then what is popular.

    `person` as signals know them (`name_person`). Without any history, and for "" and None, the popular alone
    (`is_cold`). At most ten statements. Nothing bought, nothing looked at, nothing that visitors may not see, nothing
    sold out; of a shop at most two, of a category three.
    """
    bought = list_bought_listings(buyer_id) if buyer_id is not None else []
    history = _join_history(_list_footprints(person, now), bought, now)
    seeds = pick_seeds(history)
    known = frozenset(one.listing_id for one in history)
    candidates = follow_partners(seeds, list_partners([seed.listing_id for seed, _ in seeds], now=now))
    candidates += follow_categories(seeds, _list_alike(seeds, epochs))
    chosen = choose(candidates, list_places(one.listing_id for one in candidates), size=size, without=known)
    is_cold = not chosen
    if len(chosen) < size:
        chosen = _list_popular(epochs, known, size, chosen)
    return ForYou(_recommend(chosen, epochs), is_cold=is_cold)


def _list_footprints(person: str, now: datetime) -> list[Footprint]:
    """The last thing done with each listing that was looked at, put into a cart or bought."""
    if not person:
        return []
    events = list_own_events(person=person, kinds=list(_STEPS), since=now - REMEMBERED, limit=MOST_EVENTS)
    found: dict[int, Footprint] = {}
    for event in events:  # newest first
        if event.listing_id is not None and event.listing_id not in found:
            found[event.listing_id] = Footprint(event.listing_id, _STEPS[event.kind], event.at)
    return list(found.values())


def _join_history(footprints: Iterable[Footprint], bought: Sequence[int], now: datetime) -> list[Footprint]:
    """What the log knows, and what was bought: that needs no log."""
    history = {one.listing_id: one for one in footprints}
    for listing_id in bought:
        at = history[listing_id].at if listing_id in history else now - BOUGHT_AGO
        history[listing_id] = Footprint(listing_id, Step.BOUGHT, at)
    return list(history.values())


def _list_alike(seeds: Sequence[tuple[Footprint, float]], epochs: Epochs) -> dict[int, list[int]]:
    """What sells best in the categories of the latest seeds."""
    latest = [seed.listing_id for seed, _ in seeds[:CATEGORY_SEEDS]]
    places = list_places(latest)
    shelves = {pk: Shelf(category_id=place.category_id, sort=Sort.SALES, size=ALIKE) for pk, place in places.items()}
    filled = fill_shelves(shelves.values(), epochs=epochs)
    return {pk: [card.listing_id for card in filled[shelf]] for pk, shelf in shelves.items()}


def _list_popular(epochs: Epochs, without: frozenset[int], size: int, chosen: Sequence[Candidate]) -> list[Candidate]:
    """What sells best in each trade, one trade after the other; what is new where nothing has been sold."""
    tops = get_tree().list_tops()
    shelves = {top.category_id: Shelf(category_id=top.category_id, sort=Sort.SALES, size=COLD_EACH) for top in tops}
    filled = fill_shelves(shelves.values(), epochs=epochs)
    candidates = []
    for top in tops:
        for place, card in enumerate(filled[shelves[top.category_id]]):
            kind = ReasonKind.POPULAR if card.sold_30d else ReasonKind.NEW
            reason = Reason(kind, about=Text(top.name_zh, top.name_en))
            candidates.append(Candidate(card.listing_id, 1 / (1 + place), reason))
    places = list_places(one.listing_id for one in (*candidates, *chosen))
    return choose(candidates, places, size=size, without=without, chosen=chosen)


def _recommend(chosen: Iterable[Candidate], epochs: Epochs) -> tuple[Recommendation, ...]:
    """Cards with reasons; of a listing that is not to be seen any more, nothing is told as a reason either."""
    wanted = list(chosen)
    named = [one.reason.listing_id for one in wanted if one.reason.listing_id is not None]
    listing_ids = list(dict.fromkeys([*(one.listing_id for one in wanted), *named]))
    cards = {card.listing_id: card for card in list_cards(listing_ids, epochs=epochs)}
    return tuple(
        Recommendation(cards[one.listing_id], _name(one.reason, cards)) for one in wanted if one.listing_id in cards
    )


def _name(reason: Reason, cards: Mapping[int, ListingCard]) -> Reason:
    if reason.listing_id is None:
        return reason
    card = cards.get(reason.listing_id)
    return replace(reason, about=card.title) if card else replace(reason, listing_id=None)
