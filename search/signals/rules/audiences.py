"""To which audiences an event says that its visitor belongs, and how a week of them adds up."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from search.signals.contracts import EventKind
from search.signals.rules.visitors import find_week

EVERYBODY = "all"
LOOKED_AT = frozenset({EventKind.VIEWED, EventKind.CLICKED})
"""What shows an interest, as `storefront.ads.visitors` asks it of one person."""


@dataclass(frozen=True, slots=True)
class Sign:
    """An event as far as audiences go."""

    visitor: uuid.UUID
    day: date
    kind: EventKind
    category_id: int | None
    device: str
    region: str


Counted = Counter[tuple[date, str]]


def name_interest(trade_id: int) -> str:
    """The audience of an uppermost category."""
    return f"t:{trade_id}"


def name_device(device: str) -> str:
    """The audience of a device."""
    return f"d:{device}"


def name_region(region: str) -> str:
    """The audience of a province."""
    return f"r:{region}"


def list_names(sign: Sign, find_trade: Callable[[int], int | None]) -> list[str]:
    """The audiences that an event speaks of; everybody is one."""
    names = [EVERYBODY]
    if sign.kind in LOOKED_AT and sign.category_id is not None:
        trade_id = find_trade(sign.category_id)
        names += [name_interest(trade_id)] if trade_id is not None else []
    names += [name_device(sign.device)] if sign.device else []
    return names + ([name_region(sign.region)] if sign.region else [])


def add_up(batch: Iterable[Sign], *, before: Iterable[Sign], find_trade: Callable[[int], int | None]) -> Counted:
    """What a batch adds: each visitor once a week and audience. `before`: what they did in these weeks already."""
    known = {(sign.visitor, find_week(sign.day), name) for sign in before for name in list_names(sign, find_trade)}
    counted: Counted = Counter()
    for sign in batch:
        for name in list_names(sign, find_trade):
            member = (sign.visitor, find_week(sign.day), name)
            if member not in known:
                known.add(member)
                counted[(member[1], name)] += 1
    return counted
