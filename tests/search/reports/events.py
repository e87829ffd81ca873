"""Random events, corrections and sales of a small advertising market, and what brute force counts of them."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from search.auction.contracts import InvalidReason, TokenKind, TouchKind
from search.reports.contracts import (
    BoughtLine,
    Cell,
    Correction,
    CountedEvent,
    SoldShare,
    TouchedAd,
)
from search.spending.contracts import CorrectionKind

DAY = date(2026, 11, 20)
PAGES = ("search", "category", "product", "home")
TERMS = ("", "马克杯", "mug", "陶瓷 马克杯")
REGIONS = ("", "330000", "440000")
REASONS = ("", "", "", InvalidReason.TOO_FAST.value, InvalidReason.ROBOT.value)


def make_cell(chance: random.Random, *, shops: int = 3, days: int = 3) -> Cell:
    """One of not too many cells, so that events meet in them."""
    ad = chance.randint(1, 6)
    return Cell(
        day=DAY + timedelta(days=chance.randrange(days)),
        hour=chance.randrange(24),
        shop_id=ad % shops + 1,
        campaign_id=ad % 4 + 1,
        group_id=ad % 5 + 1,
        ad_id=ad,
        keyword_id=chance.choice((0, 7, 8)),
        place=chance.randint(1, 3),
        page=chance.choice(PAGES),
        region=chance.choice(REGIONS),
        term=chance.choice(TERMS),
    )


def make_event(chance: random.Random) -> CountedEvent:
    """A view or a click, billed, borne in part, or filtered."""
    reason = chance.choice(REASONS)
    kind = chance.choice(list(TokenKind))
    price = chance.choice((0, 18_500, 370_000, 37_000_000))
    billed = 0 if reason else chance.choice((price, price, price, price // 3))
    return CountedEvent(
        cell=make_cell(chance),
        kind=kind,
        billed_micro=billed,
        borne_micro=0 if reason else price - billed,
        reason=reason,
    )


def correct(chance: random.Random, events: Sequence[CountedEvent]) -> list[Correction]:
    """Of some valid events their price is taken back, all of it."""
    return [
        Correction(
            cell=event.cell,
            event=event.kind,
            kind=chance.choice(list(CorrectionKind)),
            amount_micro=event.billed_micro,
        )
        for event in events
        if not event.reason and chance.random() < 0.1
    ]


def make_touch(chance: random.Random, number: int, ordered_at: datetime) -> TouchedAd:
    """A click or view within nine days before an order, now and then after it."""
    return TouchedAd(
        number=number,
        kind=chance.choice(list(TouchKind)),
        at=ordered_at - timedelta(minutes=chance.randint(-60, 9 * 24 * 60)),
        product_id=chance.randint(1, 4),
        cell=make_cell(chance, shops=2),
    )


def make_share(chance: random.Random, number: int) -> SoldShare:
    """An order of one to three lines; one in three goes back, early or late."""
    ordered_at = datetime(2026, 11, 22, 3, tzinfo=UTC) + timedelta(minutes=chance.randrange(3_000))
    lines = tuple(
        BoughtLine(number=line, product_id=chance.randint(1, 4), revenue_minor=chance.randrange(20_000))
        for line in range(1, chance.randint(2, 4))
    )
    back = ordered_at + timedelta(hours=chance.randint(1, 150)) if chance.random() < 1 / 3 else None
    return SoldShare(
        share_no=f"S{number}", shop_id=chance.randint(1, 2), ordered_at=ordered_at, lines=lines,
        refunded_at=back,
    )  # fmt: skip
