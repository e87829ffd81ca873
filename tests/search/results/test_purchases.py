"""Bought together: one purchase over all shops, once what was bought is received and kept."""

from datetime import datetime

import pytest

from billing.checkout.models import Purchase, PurchaseShare
from market.outbox.contracts import EventEnvelope
from search.results.contracts import Bond
from search.results.models import Pair, Tally
from search.results.services import count_purchases
from search.results.tasks import on_share_completed

pytestmark = pytest.mark.django_db

SHOP = {"shop_zh": "店", "shop_en": "Shop", "shop_slug": "shop"}


def buy(now: datetime, number: str, *shares: tuple[int, str, list[int]], buyer_id: int = 7) -> list[str]:
    """A purchase of (shop, state, listing ids) shares. Returns the shares' numbers."""
    purchase = Purchase.objects.create(
        purchase_no=number, buyer_id=buyer_id, place_key=number, quote_digest="", state="agreed", method="cod",
        total_minor=0, currency="CNY", placed_at=now,
    )  # fmt: skip
    numbers = []
    for shop_id, state, listing_ids in shares:
        numbers.append(f"{number}-{shop_id}")
        PurchaseShare.objects.create(
            purchase=purchase, share_no=numbers[-1], shop_id=shop_id, buyer_id=buyer_id, state=state, state_at=now,
            method="cod", goods_minor=0, freight_minor=0, total_minor=0, currency="CNY", commission_bps=0,
            commission_vat_bps=0, commission_minor=0, placed_at=now,
            summary={**SHOP, "pieces": 1, "lines": [{"listing_id": pk, "quantity": 1} for pk in listing_ids]},
        )  # fmt: skip
    return numbers


def complete(share_no: str, now: datetime) -> None:
    PurchaseShare.objects.filter(share_no=share_no).update(state="completed")
    on_share_completed([EventEnvelope(1, "share.completed", 1, share_no, {"share_no": share_no}, now)])


def read_pairs() -> dict[tuple[int, int], int]:
    rows = Pair.objects.filter(bond=Bond.BOUGHT.value).values_list("listing_id", "partner_id", "times")
    return {(one, other): times for one, other, times in rows if one < other}


def test_goods_of_several_shops_meet_when_the_last_share_is_completed(now: datetime) -> None:
    first, second = buy(now, "P1", (1, "shipped", [10, 11]), (2, "shipped", [20]))
    complete(first, now)
    assert read_pairs() == {(10, 11): 1}
    complete(second, now)
    assert read_pairs() == {(10, 11): 1, (10, 20): 1, (11, 20): 1}
    assert dict(Tally.objects.values_list("listing_id", "times")) == {10: 1, 11: 1, 20: 1}


def test_events_told_again_or_together_count_once(now: datetime) -> None:
    numbers = buy(now, "P1", (1, "completed", [10]), (2, "completed", [20, 10]))
    assert count_purchases(share_nos=[*numbers, *numbers], now=now) == 2
    assert count_purchases(share_nos=numbers, now=now) == 0
    assert read_pairs() == {(10, 20): 1}


def test_what_was_given_back_is_not_counted(now: datetime) -> None:
    numbers = buy(now, "P1", (1, "completed", [10]), (2, "refunded", [20]), (3, "cancelled", [30]))
    count_purchases(share_nos=numbers, now=now)
    assert read_pairs() == {}


def test_each_purchase_counts_for_itself(now: datetime) -> None:
    for number in ("P1", "P2", "P3"):
        count_purchases(share_nos=buy(now, number, (1, "completed", [10, 11])), now=now)
    assert read_pairs() == {(10, 11): 3}
