"""The page of one query: what was typed of its products, and its first page without and with what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext

from console.curation.frame import read_listing_id
from console.lists import read_number
from market.shops.selectors import read_epochs
from search.curation.contracts import MOST_BURIED, MOST_PINNED, Placements
from search.listings.contracts import MOST_WORDS_CHARACTERS, ListingCard, SearchPage, SearchQuery
from search.listings.selectors import list_cards, search_placed

FIRST_PAGE = 30
"""As many as a shopper's first page holds."""

MOST_FOUND = 8
LONGEST_ADDRESS = 300
_BURIED = "x"
_NOTHING = Placements()


@dataclass(slots=True)
class Typed:
    """What was typed: places by listing, and a product that is looked for. `wrong` is (where, sentence)."""

    places: Mapping[int, str] = field(default_factory=dict)
    sought: str = ""
    placements: Placements = _NOTHING
    found: Sequence[ListingCard] = ()
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def has_placed_found(self) -> bool:
        """Whether one of those that were found has a place now."""
        return any(card.listing_id in self.places for card in self.found)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A product on one of the two sides. `card` is None when it is not on the market now.

    `number` is its place on this side, `other` that on the other side, 0 for none. `typed` is what its field says, if
    the row has one.
    """

    listing_id: int
    card: ListingCard | None
    number: int = 0
    other: int = 0
    is_pinned: bool = False
    is_buried: bool = False
    typed: str = ""
    has_field: bool = True


@dataclass(frozen=True, slots=True)
class Compared:
    """The first page of a query without anything decided, and with it; those that the second does not show."""

    without: SearchPage
    placed: SearchPage
    before: Sequence[PlacedRow]
    after: Sequence[PlacedRow]
    absent: Sequence[PlacedRow]
    found: Sequence[PlacedRow]

    @property
    def did_fall_back(self) -> bool:
        return self.without.did_fall_back or self.placed.did_fall_back


def read_typed(request: HttpRequest) -> Typed:
    """Places are numbers, or x to bury; one product more by its number or address, or looked for by its title."""
    names = {name: str(value).strip() for name, value in request.POST.items() if name.startswith("place-")}
    places = {pk: text for name, text in names.items() if (pk := read_number(name.removeprefix("place-"))) and text}
    typed = Typed(places, request.POST.get("add", "").strip()[:LONGEST_ADDRESS])
    pinned, buried = _read_places(typed)
    if typed.sought:
        pinned += _seek(typed)
    if len(pinned) > MOST_PINNED or len(buried) > MOST_BURIED:
        said = gettext("At most %(pinned)s products can be pinned and %(buried)s buried for a query.")
        typed.wrong.append(("#hits", said % {"pinned": MOST_PINNED, "buried": MOST_BURIED}))
        pinned, buried = pinned[:MOST_PINNED], buried[:MOST_BURIED]
    typed.placements = Placements(tuple(dict.fromkeys(pinned)), frozenset(buried))
    return typed


def compare(words: str, typed: Typed) -> Compared:
    """The two sides by one engine, each as a shopper would have it."""
    query = SearchQuery(words=words, size=FIRST_PAGE, with_facets=False)
    epochs = read_epochs()
    without, placed = (search_placed(query, one, epochs=epochs) for one in (_NOTHING, typed.placements))
    before = [card.listing_id for card in without.hits]
    after = [card.listing_id for card in placed.hits]
    sought = [card.listing_id for card in typed.found]
    decided = [*typed.placements.pinned, *sorted(typed.placements.buried), *typed.places]
    absent = [pk for pk in dict.fromkeys(decided) if pk not in after and pk not in sought]
    cards = _map_cards([*before, *after, *absent, *sought])

    def row(listing_id: int, own: Sequence[int], others: Sequence[int], *, has_field: bool = True) -> PlacedRow:
        return PlacedRow(
            listing_id=listing_id,
            card=cards.get(listing_id),
            number=_number(listing_id, own),
            other=_number(listing_id, others),
            is_pinned=listing_id in typed.placements.pinned,
            is_buried=listing_id in typed.placements.buried,
            typed=_show_place(listing_id, typed),
            has_field=has_field,
        )

    return Compared(
        without=without,
        placed=placed,
        before=[row(pk, before, after, has_field=False) for pk in before],
        after=[row(pk, after, before, has_field=pk not in sought) for pk in after],
        absent=[row(pk, after, before) for pk in absent],
        found=[row(pk, after, before) for pk in sought],
    )


def map_shown(listing_ids: Sequence[int]) -> frozenset[int]:
    """Those of these listings that are on the market."""
    return frozenset(_map_cards(listing_ids))


def _read_places(typed: Typed) -> tuple[list[int], list[int]]:
    places: list[tuple[int, int]] = []
    buried: list[int] = []
    for listing_id, text in typed.places.items():
        if text.lower() == _BURIED:
            buried.append(listing_id)
        elif (number := read_number(text)) and number <= 99:
            places.append((number, listing_id))
        else:
            said = gettext("A place is a number from 1, or x to bury the product.")
            typed.wrong.append((f"#place-{listing_id}", said))
    return [pk for _, pk in sorted(places)], buried


def _seek(typed: Typed) -> list[int]:
    """The product that was named; of a title, those that are called so are found instead."""
    listing_id = read_listing_id(typed.sought)
    if listing_id is not None and _map_cards([listing_id]):
        return [listing_id]
    if listing_id is None and len(typed.sought) <= MOST_WORDS_CHARACTERS:
        query = SearchQuery(words=typed.sought, size=MOST_FOUND, with_facets=False)
        typed.found = search_placed(query, _NOTHING).hits
    if not typed.found:
        typed.wrong.append(("#add", gettext("No product on the market has this title, number or address.")))
    return []


def _show_place(listing_id: int, typed: Typed) -> str:
    if typed.wrong and listing_id in typed.places:
        return typed.places[listing_id]
    if listing_id in typed.placements.buried:
        return _BURIED
    return str(_number(listing_id, typed.placements.pinned) or "")


def _number(listing_id: int, listing_ids: Sequence[int]) -> int:
    return listing_ids.index(listing_id) + 1 if listing_id in listing_ids else 0


def _map_cards(listing_ids: Sequence[int]) -> dict[int, ListingCard]:
    return {card.listing_id: card for card in list_cards(list(dict.fromkeys(listing_ids))[:500])}
