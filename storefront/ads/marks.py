"""Marks in kept pages: where a list's cards begin and end, and where sponsored goods go.

A page is kept once for all its visitors; ads are one visitor's at one moment. So a list is kept with a mark before each
card, and taken apart when it is shown. Marks have a secret of the process, so that no text of a shop can be one.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

_SECRET = secrets.token_hex(16)
SHELF = f"shelf-{_SECRET}"
VIEW_TOKEN, CLICK_TOKEN, WHY = f"view-{_SECRET}", f"click-{_SECRET}", f"why-{_SECRET}"
"""In kept cards of sponsored goods: where the tokens of one showing go, and the name of the sheet that explains it."""

_CARD, _END = f"card-{_SECRET}-", f"card-{_SECRET}-0;"
_CARDS = re.compile(rf"{_CARD}(\d+);".encode())


@dataclass(frozen=True, slots=True)
class Cut:
    """A page with one list, taken apart at its marks."""

    head: bytes
    cards: Sequence[tuple[int, bytes]]
    tail: bytes


def mark_cards(listing_ids: Sequence[int], drawn: Sequence[str]) -> str:
    """Cards one after the other, each behind its mark."""
    marked = [f"{_CARD}{listing_id};{card}\n" for listing_id, card in zip(listing_ids, drawn, strict=True)]
    return "".join(marked) + _END


def cut_page(body: bytes) -> Cut | None:
    """The page taken apart; None for one without such a list."""
    head, *rest = _CARDS.split(body)
    if not rest:
        return None
    *pairs, _, tail = rest
    cards = [(int(listing_id), card) for listing_id, card in zip(pairs[::2], pairs[1::2], strict=True)]
    return Cut(head, cards, tail)


def put_shelf(body: bytes, shelf: str) -> bytes:
    """The page with sponsored goods where they go, or with nothing there."""
    return body.replace(SHELF.encode(), shelf.encode())
