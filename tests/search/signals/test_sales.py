"""What is finally bought is told once, of buyers who are counted."""

from collections.abc import Callable
from datetime import timedelta

from billing.checkout.models import Purchase, PurchaseShare
from market.outbox.contracts import EventEnvelope
from search.signals.contracts import EventKind
from search.signals.selectors import list_events
from search.signals.services import name_person, record_reports
from search.signals.tasks import on_share_completed
from tests.conftest import Clock
from tests.search.signals.conftest import report

Listings = Callable[..., list[int]]


def complete(buyer_id: int, listing_ids: list[int], clock: Clock) -> EventEnvelope:
    """A share that is completed, and the event of it."""
    purchase = Purchase.objects.create(
        purchase_no=f"P{buyer_id}", buyer_id=buyer_id, place_key="k", quote_digest="d", state="paid",
        method="wechatpay", total_minor=100, currency="CNY", placed_at=clock.now,
    )  # fmt: skip
    lines = [{"listing_id": pk, "quantity": 2, "unit_price_minor": 5} for pk in listing_ids]
    summary = {"lines": lines, "shop_zh": "店", "shop_en": "Shop", "shop_slug": "shop", "pieces": 2}
    share = PurchaseShare.objects.create(
        purchase=purchase, share_no=f"P{buyer_id}-1", shop_id=7, buyer_id=buyer_id, state="completed",
        state_at=clock.now, method="wechatpay", goods_minor=100, freight_minor=0, total_minor=100, currency="CNY",
        commission_bps=0, commission_vat_bps=0, commission_minor=0, summary=summary, placed_at=clock.now,
    )  # fmt: skip
    later = clock.now + timedelta(days=3)
    return EventEnvelope(1, "share.completed", 7, share.share_no, {"share_no": share.share_no}, later)


def test_a_sale_comes_of_the_click_before_it_and_of_those_who_are_counted(
    make_listings: Listings, clock: Clock
) -> None:
    cup, bowl = make_listings(2)
    told = report(clock.now, name_person(user_id=41), (EventKind.CLICKED, cup, 4), query="杯")
    record_reports(reports=[told], now=clock.now)
    clock.move(minutes=5)
    events = [complete(41, [cup, cup, bowl], clock), complete(42, [cup], clock)]
    on_share_completed(events)
    on_share_completed(events)
    bought = [event for event in list_events() if event.kind is EventKind.BOUGHT]
    assert [(event.listing_id, event.query, event.position, event.at) for event in bought] == [
        (cup, "杯", 4, clock.now),
        (bowl, "", None, clock.now),
    ]
