"""The pages of a shop's money in a real browser: they fit both widths and break no rule."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connections

from billing.checkout.contracts import CartOwner
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from billing.ledger.contracts.shop_books import EntryFilter
from billing.ledger.rules import (
    CodDelivered,
    CodKeptByShop,
    CodRemitted,
    CustodyCommissionSplit,
    CustodyFeeTaken,
    CustodyReleased,
    CustodySharePaid,
    CustodySubsidised,
    EscrowReleased,
    PayoutAsked,
    PayoutConfirmed,
    RefundAfterRelease,
)
from billing.settlement.contracts import Span
from billing.settlement.exporting.files import EntryExport, start_entry_export
from billing.settlement.exporting.sheets import FileFormat
from billing.settlement.rules.statements import period_at
from billing.settlement.services.statements import make_statement
from market.jobs.services import run_job
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.billing.settlement.books import post_all
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.goods import stock_product
from tests.fixtures.served import served

pytestmark = pytest.mark.browser

HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")
BUYER = 77


@pytest.fixture
def site(committed_db) -> Iterator[str]:
    """The portal host, served from threads of this process."""
    try:
        with served() as port:
            yield f"http://{settings.PORTAL_HOST}:{port}"
    finally:
        connections.close_all()


def place(offer, key: str, pieces: int, now: datetime) -> str:
    owner = CartOwner(user_id=BUYER)
    add_line(owner=owner, offer=offer, quantity=pieces, now=now)
    request = PlaceRequest(BUYER, key, quote_cart(owner=owner).digest, PaymentMethod.COD, HOME, {})
    return place_purchase(request=request, now=now).shares[0].share_no


def trade(shop_id: int, numbers: list[str], now: datetime) -> int:
    """Forty days of orders in every mode; the number of a posting that has several legs."""
    first, second, third, fourth, fifth = numbers
    early = now - timedelta(days=40)
    fees = {"commission_minor": 600, "commission_vat_minor": 34}
    card = {"shop_id": shop_id, "share_no": first}
    post_all(
        CodDelivered(**card, carrier="顺丰速运", amount_minor=12_000),
        CodRemitted(**card, carrier="顺丰速运", bank_account="main", amount_minor=12_000, fee_minor=200),
        EscrowReleased(**card, **fees, amount_minor=11_800),
        now=early,
    )
    custody = {"psp": "wechatpay", "shop_id": shop_id, "share_no": second}
    post_all(
        CustodySharePaid(**custody, amount_minor=10_552),
        CustodySubsidised(**custody, bank_account="main", coupon_minor=1_241, points_minor=207),
        CustodyFeeTaken(**custody, amount_minor=63),
        now=early + timedelta(days=1),
    )
    _, number, *_ = post_all(
        CustodyCommissionSplit(**custody, **fees),
        CustodyReleased(**custody, amount_minor=11_337),
        PayoutAsked(shop_id=shop_id, reference="PO-26101900001", amount_minor=11_200),
        PayoutConfirmed(shop_id=shop_id, reference="PO-26101900001", bank_account="main", amount_minor=11_200),
        now=early + timedelta(days=9),
    )
    post_all(
        CustodySharePaid(psp="wechatpay", shop_id=shop_id, share_no=third, amount_minor=39_900),
        CodDelivered(shop_id=shop_id, share_no=fourth, carrier="顺丰速运", amount_minor=23_300),
        CodKeptByShop(shop_id=shop_id, share_no=fifth, commission_minor=600, commission_vat_minor=34),
        RefundAfterRelease(**card, **fees, psp="stripe", refund_no="R-1", cash_minor=12_000),
        now=now - timedelta(hours=2),
    )
    return number - 1


def test_every_page_of_money_fits_both_widths_and_breaks_no_rule(site, make_merchant) -> None:
    now, merchant = datetime.now(UTC), make_merchant("qinghe")
    shop_id = merchant.shop.shop_id
    offer = stock_product(merchant.shop, pieces=900, price_minor=6_000, title="青釉拼色马克杯")
    numbers = [place(offer, f"key-{number}", number % 3 + 1, now) for number in range(6)]
    posting = trade(shop_id, numbers[:5], now)
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    early = period_at(Span.MONTH, now - timedelta(days=40), zone)
    statement = make_statement(shop_id=shop_id, currency="CNY", period=early, now=now)
    export = EntryExport(shop_id, "青禾窑", "CNY", EntryFilter(), FileFormat.XLSX, "zh-hans")
    made, waiting = (start_entry_export(export=export, created_by=None, now=now) for _ in range(2))
    assert run_job(job_id=made, clock=lambda: datetime.now(UTC))
    pages = {
        "balance": "/money/balance/",
        "movements": "/money/movements/",
        "movements-wrong": "/money/movements/?from=soon&kind=fees",
        "movements-none": "/money/movements/?number=nothing",
        "posting": f"/money/postings/{posting}/",
        "statements": "/money/statements/",
        "statement": f"/money/statements/{statement.number}/",
        "orders": "/money/orders/",
        "order": f"/money/orders/{numbers[1]}/",
        "order-paid-out": f"/money/orders/{numbers[0]}/",
        "order-nothing": f"/money/orders/{numbers[5]}/",
        "file": f"/money/files/{made}/",
        "file-waiting": f"/money/files/{waiting}/",
    }
    cookie = merchant.browser.cookies[settings.SESSION_COOKIE_NAME]
    with open_browser() as browser, new_context(browser) as context:
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        page = context.new_page()
        problems = watch(page)
        for name, path in pages.items():
            answer = page.goto(f"{site}{path}")
            assert answer is not None and answer.status in (200, 422), (name, answer)
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, (name, width)
            screenshot(page, f"portal-money-{name}")
        assert [text for text in problems if "422" not in text] == []  # a refused form is one on purpose
