"""A shop's money: balance, movements with filters, postings in words, statements, files, orders' earnings."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from billing.checkout.contracts import CartOwner
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from billing.ledger.rules import (
    CodDelivered,
    CodRemitted,
    CustodyFeeTaken,
    CustodySharePaid,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PayoutAsked,
    RefundAfterRelease,
)
from billing.settlement.contracts import Span
from billing.settlement.exporting import files
from billing.settlement.rules.statements import period_at
from billing.settlement.services.statements import make_statement
from market.jobs.services import run_job
from market.shops.contracts import Role
from market.shops.models import Membership
from merchant_portal.money import exports, views
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.billing.settlement.books import post_all
from tests.fixtures.goods import stock_product
from tests.merchant_portal.conftest import count_statements, enter, make_person

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, tzinfo=ZONE)
HOME = ShipTo("沈小禾", "+8613812346021", "浙江省 杭州市 西湖区", "文三路1号", "310000")


def sell(shop_id: int, share_no: str, now: datetime, total: int = 12_000) -> None:
    """Paid by card, released at once."""
    post_all(
        PaymentCaptured(
            psp="stripe", reference=f"PAY-{share_no}", cash_minor=total, shares=(EscrowShare(shop_id, share_no, total),)
        ),
        EscrowReleased(
            shop_id=shop_id, share_no=share_no, amount_minor=total, commission_minor=600, commission_vat_minor=34
        ),
        now=now,
    )


@pytest.fixture
def rich(merchant):
    """A shop with money everywhere."""
    shop_id = merchant.shop.shop_id
    sell(shop_id, "S-1", NOW - timedelta(days=40))
    sell(shop_id, "S-2", NOW - timedelta(days=2), 8_600)
    custody = {"psp": "wechatpay", "shop_id": shop_id, "share_no": "W-1"}
    post_all(
        CustodySharePaid(**custody, amount_minor=10_000),
        CustodyFeeTaken(**custody, amount_minor=60),
        CodDelivered(shop_id=shop_id, share_no="C-1", carrier="sf", amount_minor=5_000),
        CodRemitted(
            shop_id=shop_id, share_no="C-1", carrier="sf", bank_account="main", amount_minor=5_000, fee_minor=200
        ),
        PayoutAsked(shop_id=shop_id, reference="OUT-1", amount_minor=4_000),
        now=NOW,
    )
    return merchant


def test_the_balance_says_what_is_available_held_on_its_way_and_owed(rich):
    page = rich.browser.get("/money/balance/")
    balances = page.context["balances"]
    assert (balances.available_minor, balances.custody_minor, balances.escrow_minor) == (15_400, 9_940, 4_800)
    assert (balances.in_transit_minor, balances.owed_minor, balances.held_minor) == (4_000, 0, 14_740)
    assert balances.total_minor == 15_400 + 14_740 + 4_000
    body = page.content.decode()
    assert "154.00" in body
    assert "Held by us for the order" in body
    assert "C-1" in body


def test_a_shop_without_any_movement_is_told_what_comes(merchant):
    for path in ("/money/balance/", "/money/movements/", "/money/statements/", "/money/orders/"):
        assert b'class="empty"' in merchant.browser.get(path).content, path


def test_movements_are_filtered_by_kind_days_and_number(rich):
    def names(**query):
        page = rich.browser.get("/money/movements/", query)
        assert page.status_code == 200
        return [(row.entry.kind, row.entry.subject) for row in page.context["movements"]]

    assert names(kind="payouts") == [("payout_asked", "OUT-1"), ("payout_asked", "OUT-1")]
    assert names(number="S-1") == [("escrow_released", "S-1")]
    assert names(account="2015") == [("custody_fee_taken", "W-1"), ("custody_share_paid", "W-1")]
    assert names(**{"from": "2026-11-20", "to": "2026-11-20"}) == [("escrow_released", "S-2")]
    assert names(**{"to": "2026-11-19"}) == [("escrow_released", "S-1")]
    assert names(kind="refunds") == []
    assert len(names()) == 6


def test_a_day_that_is_none_is_said_at_its_field(rich):
    page = rich.browser.get("/money/movements/", {"from": "22.11.2026"})
    assert page.status_code == 422
    assert b'href="#from"' in page.content
    assert rich.browser.get("/money/movements/", {"from": "2026-11-22", "to": "2026-11-01"}).status_code == 422
    for wrong in ({"account": "9999x"}, {"kind": "nonsense"}, {"currency": "XXX"}, {"statement": "ST0-CNY-202611"}):
        assert rich.browser.get("/money/movements/", wrong).status_code == 404, wrong


def test_movements_are_paged_by_a_cursor_of_their_own_list(rich, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 4)
    first = rich.browser.get("/money/movements/")
    seen = [row.entry.entry_id for row in first.context["movements"]]
    cursor = first.context["next_cursor"]
    second = rich.browser.get("/money/movements/", {"after": cursor})
    seen += [row.entry.entry_id for row in second.context["movements"]]
    assert len(seen) == len(set(seen)) == 6
    assert second.context["next_cursor"] is None
    assert rich.browser.get("/money/movements/", {"after": cursor, "kind": "sales"}).status_code == 404
    assert rich.browser.get("/money/movements/", {"after": "nonsense"}).status_code == 404


def test_every_movement_leads_to_its_posting_in_words(rich):
    page = rich.browser.get("/money/movements/")
    for href in set(re.findall(r'href="(/money/postings/\d+/)"', page.content.decode())):
        posting = rich.browser.get(href)
        assert posting.status_code == 200
        assert posting.context["legs"]
    released = next(row for row in page.context["movements"] if row.entry.subject == "S-1")
    body = rich.browser.get(f"/money/postings/{released.entry.transaction_id}/").content.decode()
    assert "Order released, less commission" in body
    assert "VAT inside the commission" in body
    assert "114.00" in body


def test_nothing_of_another_shop_can_be_seen(rich, make_merchant):
    other = make_merchant("beta")
    shop_id, other_id = rich.shop.shop_id, other.shop.shop_id
    both = PaymentCaptured(
        psp="stripe",
        reference="PAY-both",
        cash_minor=90_000,
        shares=(EscrowShare(shop_id, "B-1", 40_000), EscrowShare(other_id, "B-2", 50_000)),
    )
    (number,) = post_all(both, now=NOW)
    mine = rich.browser.get(f"/money/postings/{number}/").content.decode()
    assert "400.00" in mine
    for foreign in ("500.00", "900.00", "PAY-both/", "B-2"):
        assert foreign not in mine
    own = next(row for row in rich.browser.get("/money/movements/").context["movements"] if row.entry.subject == "S-1")
    assert other.browser.get(f"/money/postings/{own.entry.transaction_id}/").status_code == 404
    assert other.browser.get("/money/movements/").context["movements"] == []
    assert other.browser.get("/money/movements/", {"number": "S-1"}).context["movements"] == []
    assert other.browser.get("/money/orders/S-1/").status_code == 404
    assert other.browser.get("/money/balance/").context["balances"].total_minor == 50_000


@pytest.mark.parametrize("path", ["balance/", "movements/", "statements/", "orders/", "movements/file/?format=csv"])
def test_only_owners_and_managers_see_money(rich, path):
    for role in Role:
        person = make_person(f"member-{role.value}")
        Membership.objects.create(shop_id=rich.shop.shop_id, user_id=person.user_id, role=role.value, since=NOW)
        allowed = role in (Role.OWNER, Role.MANAGER)
        assert enter(person).get(f"/money/{path}").status_code == (200 if allowed else 403), role


def read(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "pdf"])
def test_the_filtered_movements_come_as_a_file(rich, file_format):
    response = rich.browser.get("/money/movements/file/", {"format": file_format, "number": "S-1"})
    assert response.status_code == 200
    assert response["Content-Disposition"].endswith(f'.{file_format}"')
    assert response["Cache-Control"] == "no-store, private"
    if file_format == "csv":
        rows = read(response)
        assert [row[2] for row in rows[1:]] == ["S-1"]
    else:
        start = {"xlsx": b"PK", "pdf": b"%PDF"}[file_format]
        assert b"".join(response.streaming_content).startswith(start)
    assert rich.browser.get("/money/movements/file/", {"format": "exe"}).status_code == 404


def test_a_long_file_is_made_behind_the_page_and_fetched(make_merchant, committed_db, monkeypatch):
    for place in (exports, views):
        monkeypatch.setattr(place, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(files, "CHUNK", 2)
    rich = make_merchant("alpha")
    for number in range(5):
        sell(rich.shop.shop_id, f"S-{number}", NOW + timedelta(hours=number))
    page = rich.browser.get("/money/movements/")
    assert 'name="format" value="xlsx"' in page.content.decode()
    assert rich.browser.get("/money/movements/file/", {"format": "csv"}).status_code == 302
    answer = rich.browser.post("/money/movements/file/make/", {"format": "csv"})
    job_path = answer["Location"]
    job_id = int(job_path.strip("/").split("/")[-1])
    assert b"hx-get" in rich.browser.get(job_path).content
    assert rich.browser.get(f"{job_path}download/").status_code == 404
    while not run_job(job_id=job_id, clock=lambda: datetime.now(UTC), seconds=0):
        part = rich.browser.get(job_path, headers={"hx-request": "true"}).content.decode()
        assert part.startswith('<div id="progress"')
    assert b"with 5 movements" in rich.browser.get(job_path).content
    content = rich.browser.get(f"{job_path}download/").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(content)))) == 6
    stranger = make_merchant("beta")
    assert stranger.browser.get(job_path).status_code == 404
    assert stranger.browser.get(f"{job_path}download/").status_code == 404
    assert b"CSV" in rich.browser.get("/money/movements/").content


def test_more_movements_than_a_file_holds_are_refused_with_the_way_on(make_merchant, committed_db, monkeypatch):
    rich = make_merchant("alpha")
    monkeypatch.setattr(files, "MOST_ROWS", dict.fromkeys(files.FileFormat, 1))
    for number in range(2):
        sell(rich.shop.shop_id, f"S-{number}", NOW)
    answer = rich.browser.post("/money/movements/file/make/", {"format": "pdf"}, follow=True)
    assert "choose nearer dates" in answer.content.decode()


def test_a_statement_is_listed_opened_and_printed(rich, make_merchant):
    period = period_at(Span.MONTH, NOW - timedelta(days=40), ZONE)
    statement = make_statement(shop_id=rich.shop.shop_id, currency="CNY", period=period, now=NOW)
    assert statement.number in rich.browser.get("/money/statements/").content.decode()
    page = rich.browser.get(f"/money/statements/{statement.number}/")
    assert "2026-10-01 to 2026-10-31" in page.content.decode()
    links = re.findall(r'href="(/money/movements/\?statement=[^"]+kind=[^"]+)"', page.content.decode())
    assert links
    for link in links:
        movements = rich.browser.get(link.replace("&amp;", "&")).context["movements"]
        assert [row.entry.subject for row in movements] == ["S-1"]
    whole = rich.browser.get("/money/movements/", {"statement": statement.number}).context["movements"]
    assert [row.entry.subject for row in whole] == ["S-1"]
    paper = rich.browser.get(f"/money/statements/{statement.number}/pdf/")
    assert paper.content.startswith(b"%PDF")
    stranger = make_merchant("beta")
    for path in ("", "pdf/"):
        assert stranger.browser.get(f"/money/statements/{statement.number}/{path}").status_code == 404
    assert stranger.browser.get("/money/movements/", {"statement": statement.number}).status_code == 404


@pytest.fixture
def order(merchant):
    """An order paid on delivery."""
    offer = stock_product(merchant.shop, pieces=100, price_minor=6_000)
    now, owner = datetime.now(UTC), CartOwner(user_id=77)
    add_line(owner=owner, offer=offer, quantity=2, now=now)
    request = PlaceRequest(77, "key-1", quote_cart(owner=owner).digest, PaymentMethod.COD, HOME, {})
    return place_purchase(request=request, now=now).shares[0]


def test_an_order_is_followed_from_nothing_to_a_refund(merchant, order):
    shop_id, path = merchant.shop.shop_id, f"/money/orders/{order.share_no}/"
    assert "Nothing is posted about this order yet" in merchant.browser.get(path).content.decode()
    assert "agreed, nothing posted yet" in merchant.browser.get("/money/orders/").content.decode()
    parts = {"shop_id": shop_id, "share_no": order.share_no}
    post_all(
        CodDelivered(**parts, carrier="sf", amount_minor=12_000),
        CodRemitted(**parts, carrier="sf", bank_account="main", amount_minor=12_000, fee_minor=200),
        now=NOW,
    )
    held = merchant.browser.get(path)
    assert held.context["place"] == "Held by us for the order"
    post_all(
        EscrowReleased(**parts, amount_minor=11_800, commission_minor=600, commission_vat_minor=34),
        now=NOW + timedelta(hours=1),
    )
    released = merchant.browser.get(path)
    assert [(row.label, row.amount_minor) for row in released.context["sums"] if not row.text] == [
        ("Paid for the order", 12_000),
        ("Commission", -600),
        ("Carrier's fee for the cash", -200),
        ("Earned", 11_200),
    ]
    assert "VAT of ¥0.34 inside" in released.content.decode()
    assert "5% of the goods" in released.content.decode()
    post_all(PayoutAsked(shop_id=shop_id, reference="OUT-7", amount_minor=11_200), now=NOW + timedelta(hours=2))
    assert "Paid out with OUT-7" in merchant.browser.get(path).content.decode()
    post_all(
        RefundAfterRelease(
            **parts, psp="stripe", refund_no="R-1", cash_minor=12_000, commission_minor=600, commission_vat_minor=34
        ),
        now=NOW + timedelta(hours=3),
    )
    back = merchant.browser.get(path)
    assert back.context["earned"].net_minor == -200
    row = merchant.browser.get("/money/orders/").context["rows"][0]
    assert (row["parts"]["refund"], row["earned"].net_minor) == (-12_000, -200)


def test_more_orders_and_movements_ask_no_more_statements(merchant, order):
    shop_id = merchant.shop.shop_id
    sell(shop_id, order.share_no, NOW)
    before = [count_statements(merchant.browser, path) for path in ("/money/orders/", "/money/movements/")]
    for number in range(8):
        sell(shop_id, f"S-{number}", NOW + timedelta(hours=number))
    after = [count_statements(merchant.browser, path) for path in ("/money/orders/", "/money/movements/")]
    assert after == before
    assert max(after) <= 16
