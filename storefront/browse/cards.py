"""Cards, each drawn once per version of its listing and kept by this process: lists of goods are joined of them."""

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString, mark_safe

from search.listings.contracts import ListingCard
from search.listings.keeping import Memory
from storefront.ads.marks import mark_cards

MOST_CHARACTERS = 3_000_000  # of all cards drawn, in each process: some 2,500
_drawn: Memory[str] = Memory(MOST_CHARACTERS, weigh=len)


def join_cards(
    cards: Sequence[ListingCard],
    *,
    eager: int,
    place: tuple[str, ...],
    draw: Callable[[ListingCard, bool], str],
    marked: bool = False,
) -> SafeString:
    """The cards one after the other, as they were drawn or as `draw(card, is_eager)` draws them now.

    The first `eager` have pictures that load at once. `place` names whatever else a card depends on, such as the
    language; all that it says of the listing depends on the listing's version. Where sponsored goods will stand among
    them, the cards are `marked`.
    """
    drawn = draw_cards(cards, eager=eager, place=place, draw=draw)
    if marked:
        return mark_safe(mark_cards([card.listing_id for card in cards], drawn))  # noqa: S308 - drawn by a template
    return mark_safe("\n".join(drawn))  # noqa: S308 - drawn by a template


def draw_cards(
    cards: Sequence[ListingCard],
    *,
    eager: int,
    place: tuple[str, ...],
    draw: Callable[[ListingCard, bool], str],
) -> list[str]:
    """Each card as it was drawn or as it is drawn now."""
    keys = [(card.listing_id, card.version, number < eager, place) for number, card in enumerate(cards)]
    drawn = _drawn.find_many(keys)
    for key, card in zip(keys, cards, strict=True):
        if key not in drawn:
            _, _, is_eager, _ = key
            drawn[key] = _drawn.keep(key, draw(card, is_eager))
    return [drawn[key] for key in keys]
