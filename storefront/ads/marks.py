"""Marks in kept pages: where a list's cards begin and end, and where sponsored goods go.

A page is kept once for all its visitors; ads are one visitor's at one moment. So a list is kept with a mark before each
card, and put together with its ads when it is shown: once for the same ads, but for what is new each time (`slots`).
Marks have a secret of the process, so that no text of a shop can be one.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search.results.rules.merging import count_ad_places, merge

_SECRET = secrets.token_hex(16)
VIEW_TOKEN, CLICK_TOKEN, WHY = f"view-{_SECRET}", f"click-{_SECRET}", f"why-{_SECRET}"
"""In kept cards of sponsored goods: where the tokens of one showing go, and the name of the sheet that explains it."""

_CARD, _END, _SLOT = f"card-{_SECRET}-", f"card-{_SECRET}-0;", f"slot-{_SECRET}-"
_CARDS = re.compile(rf"{_CARD}(\d+);".encode())
_SLOTS = re.compile(rf"{_SLOT}(\d+);".encode())
_FIRST_CARD, _NO_CARD = _CARD.encode(), _END.encode()
SHELF = f"{_SLOT}0;"


@dataclass(frozen=True, slots=True)
class Arranged:
    """A page put together with its ads. Between its `parts` there are slots: 0 for the shelf; 1 and 2 for the first
    ad's tokens of a view and of a click, 3 and 4 for the second's."""

    ads: int
    parts: tuple[bytes, ...]
    slots: tuple[int, ...]

    def fill(self, shelf: str, tokens: Sequence[tuple[str, str]]) -> bytes:
        """The page as it is shown, with the tokens (view, click) of each of its ads."""
        values = [shelf.encode(), *(token.encode() for pair in tokens for token in pair)]
        pieces = [self.parts[0]]
        for slot, part in zip(self.slots, self.parts[1:], strict=True):
            pieces += (values[slot], part)
        return b"".join(pieces)

    def weigh(self) -> int:
        """Bytes, with those of the page that it was made of."""
        return 2 * sum(map(len, self.parts))


def mark_cards(listing_ids: Sequence[int], drawn: Sequence[str]) -> str:
    """Cards one after the other, each behind its mark."""
    marked = [f"{_CARD}{listing_id};{card}\n" for listing_id, card in zip(listing_ids, drawn, strict=True)]
    return "".join(marked) + _END


def has_cards(body: bytes) -> bool:
    """Whether the page has a list of goods that ads may stand in."""
    at = body.find(_FIRST_CARD)
    return at >= 0 and not body.startswith(_NO_CARD, at)


def arrange(body: bytes, sponsored: Mapping[int, str]) -> Arranged:
    """The page with sponsored goods (their cards by listing, from the first place down) among the goods of its list,
    as many as it bears; what is advertised leaves its organic place."""
    head, *rest = _CARDS.split(body)
    if not rest:
        return _cut_slots(body, 0)
    *pairs, _, tail = rest
    organic = {int(listing_id): card for listing_id, card in zip(pairs[::2], pairs[1::2], strict=True)}
    cards = []
    for place in merge(list(organic), list(sponsored)):
        if place.ad is None:
            cards.append(organic[place.listing_id])
        else:
            view, click = (f"{_SLOT}{2 * place.ad + number};" for number in (1, 2))
            card = sponsored[place.listing_id].replace(VIEW_TOKEN, view).replace(CLICK_TOKEN, click)
            cards.append(card.encode())
    return _cut_slots(b"".join((head, *cards, tail)), min(len(sponsored), count_ad_places(len(organic))))


def _cut_slots(body: bytes, ads: int) -> Arranged:
    pieces = _SLOTS.split(body)
    return Arranged(ads, tuple(pieces[::2]), tuple(map(int, pieces[1::2])))


def put_shelf(body: bytes, shelf: str) -> bytes:
    """The page with sponsored goods where they go, or with nothing there."""
    return body.replace(SHELF.encode(), shelf.encode())
