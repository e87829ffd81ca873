"""Cards by id and of shops. A card is kept by this process and read again only when its listing has a new version."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from market.shops.contracts import Epochs
from market.shops.selectors import read_epochs
from search.listings.codec import decode_card
from search.listings.contracts import ListingCard, ListingState
from search.listings.keeping import Memory
from search.listings.selectors.reading import MOST_AT_ONCE, is_open, list_shown

MOST_KEPT = 2_000
_COLUMNS = (  # a card's fields of the same names; its id and lowest price are named otherwise
    "id",
    "price_minor",
    "version",
    "currency",
    "in_stock",
    "created_at",
    "sold_30d",
    "rating_hundredths",
    "rating_count",
)
_FIELDS = ("listing_id", "price_from_minor", *_COLUMNS[2:])
_READ_CHANGED = """
SELECT id, price_minor, listing.version, currency, in_stock, created_at, sold_30d, rating_hundredths, rating_count,
       CASE WHEN listing.version = known.version THEN NULL ELSE card END
FROM unnest(%s::bigint[], %s::bigint[]) AS known (listing_id, version)
JOIN listings_listing AS listing ON listing.id = known.listing_id AND state = %s
"""


@dataclass(slots=True)
class _Held:
    """A card, and the epoch of listings at which the table was last seen to hold it."""

    card: ListingCard
    epoch: int


_held: Memory[_Held] = Memory(MOST_KEPT)


def list_cards(listing_ids: Sequence[int], *, epochs: Epochs | None = None) -> list[ListingCard]:
    """Cards in the order of the ids, without those not shown: one statement; none while nothing was listed since."""
    wanted = listing_ids[:MOST_AT_ONCE]
    if not wanted:
        return []
    epochs = epochs or read_epochs()
    held = _held.find_many(wanted)
    cards = {pk: one.card for pk, one in held.items() if one.epoch == epochs.listings}
    if doubtful := [pk for pk in wanted if pk not in cards]:
        cards.update((card.listing_id, card) for card in _read_again(doubtful, held, epochs.listings))
    ordered = (cards[pk] for pk in wanted if pk in cards)
    return [card for card in ordered if is_open(card.shop.shop_id, epochs)]


def list_shop_cards(
    shop_ids: Iterable[int], *, each: int = 3, epochs: Epochs | None = None
) -> dict[int, tuple[ListingCard, ...]]:
    """A few cards of each shop, what sells most first: one statement."""
    epochs = epochs or read_epochs()
    wanted = [shop_id for shop_id in shop_ids if is_open(shop_id, epochs)]
    place = Window(RowNumber(), partition_by=F("shop_id"), order_by=[F("in_stock").desc(), F("sold_30d").desc(), "-pk"])
    rows = list_shown().filter(shop_id__in=wanted).annotate(place=place).filter(place__lte=each).order_by("place")
    cards: dict[int, list[ListingCard]] = {shop_id: [] for shop_id in wanted}
    for *columns, held in rows.values_list(*_COLUMNS, "card"):
        card = _make_card(columns, held)
        cards[card.shop.shop_id].append(card)
    return {shop_id: tuple(found) for shop_id, found in cards.items()}


def _read_again(listing_ids: Sequence[int], held: Mapping[int, _Held], epoch: int) -> Iterator[ListingCard]:
    """What the table shows of these: cards of unchanged versions as they are held, others anew."""
    versions = [held[pk].card.version if pk in held else 0 for pk in listing_ids]
    with connection.cursor() as cursor:
        cursor.execute(_READ_CHANGED, [list(listing_ids), versions, ListingState.SHOWN.value])
        rows = cursor.fetchall()
    for *columns, changed in rows:
        listing_id = columns[0]
        if changed is None:
            held[listing_id].epoch = epoch
            yield held[listing_id].card
        else:
            card = _make_card(columns, json.loads(changed))
            _held.keep(listing_id, _Held(card, epoch))
            yield card


def _make_card(columns: Sequence[Any], held: Mapping[str, Any]) -> ListingCard:  # Any: a row, and JSON
    return decode_card(held, columns=dict(zip(_FIELDS, columns, strict=True)))
