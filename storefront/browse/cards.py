"""Cards, each drawn once per version of its listing and kept by this process: lists of goods are joined of them."""

from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString, mark_safe

from search.listings.contracts import ListingCard
from search.listings.keeping import Memory

MOST_CHARACTERS = 3_000_000  # of all cards drawn, in each process: some 2,500
_drawn: Memory[str] = Memory(MOST_CHARACTERS, weigh=len)


def join_cards(
    cards: Sequence[ListingCard],
    *,
    eager: int,
    place: tuple[str, ...],
    draw: Callable[[ListingCard, bool], str],
) -> SafeString:
    """The cards one after the other, as they were drawn or as `draw(card, is_eager)` draws them now.

    The first `eager` have pictures that load at once. `place` names whatever else a card depends on, such as the
    language; all that it says of the listing depends on the listing's version.
    """
    keys = [(card.listing_id, card.version, number < eager, place) for number, card in enumerate(cards)]
    drawn = _drawn.find_many(keys)
    for key, card in zip(keys, cards, strict=True):
        if key not in drawn:
            _, _, is_eager, _ = key
            drawn[key] = _drawn.keep(key, draw(card, is_eager))
    return mark_safe("\n".join([drawn[key] for key in keys]))  # noqa: S308 - drawn by a template
