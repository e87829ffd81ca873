"""What an order earned is what its entries say, for any order in any mode."""

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import (
    CustodyFeeTaken,
    CustodyReleased,
    CustodySharePaid,
    CustodySubsidised,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PayoutAsked,
    PayoutConfirmed,
)
from billing.ledger.selectors import list_balances
from billing.ledger.selectors.shop_transactions import NotOfShop, get_shop_transaction
from billing.ledger.services import reverse
from billing.settlement.contracts.earnings import EarningPart, MoneyPlace
from billing.settlement.selectors.earnings import find_order_way_out, list_earnings, read_earnings
from tests.billing.settlement.books import post_all
from tests.billing.settlement.orders import draw_order

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 18, tzinfo=ZONE)
SHOP = 71

# Independent of the code under test: everything about an order on the shop's accounts, but what left the books.
_OF_ORDER = """
SELECT coalesce(sum(CASE e.side WHEN 'C' THEN e.amount_minor ELSE -e.amount_minor END), 0)
FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id JOIN ledger_transaction t ON t.id = e.transaction_id
WHERE a.shop_id = %(shop)s AND a.code <> '1060' AND t.kind NOT IN ('custody_released', 'refund_custody_taken_back')
  AND (t.subject = %(no)s OR a.owner_id = %(escrow)s)
"""


def read_sum(share_no: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OF_ORDER, {"shop": SHOP, "no": share_no, "escrow": f"{SHOP}/{share_no}"})
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_orders_earned_is_what_their_entries_say(db, seed):
    random = Random(seed)
    orders = [draw_order(random, number, SHOP) for number in range(120)]
    post_all(*(event for order in orders for event in order.events), now=NOW)
    found = list_earnings(shop_id=SHOP, share_nos=[order.share_no for order in orders])
    for order in orders:
        earned = found[order.share_no]
        assert earned.net_minor == order.earned_minor == read_sum(order.share_no), order
        assert -earned.part(EarningPart.COMMISSION) == order.commission_minor, order
        assert -earned.part(EarningPart.REFUND) == order.refunded_minor, order
        assert earned.part(EarningPart.OTHER) == 0
        left = earned.custody_minor + earned.escrow_minor + earned.balance_minor
        assert earned.net_minor == left + earned.handed_over_minor
    books = {code: balance.posted_minor for code, balance in list_balances(owner=Owner.of_shop(SHOP)).items()}
    assert sum(one.custody_minor for one in found.values()) == books.get(Code.CUSTODY_OWED, 0)
    ours = books.get(Code.PAYABLE, 0) - books.get(Code.MERCHANT_RECEIVABLE, 0)
    assert sum(one.balance_minor for one in found.values()) == ours


def test_who_paid_which_discount_and_what_was_taken(db):
    parts = {"psp": "wechatpay", "shop_id": SHOP, "share_no": "W-1"}
    post_all(
        CustodySharePaid(**parts, amount_minor=10_552),
        CustodySubsidised(**parts, bank_account="main", coupon_minor=1_241, points_minor=207),
        CustodyFeeTaken(**parts, amount_minor=63),
        now=NOW,
    )
    earned = list_earnings(shop_id=SHOP, share_nos=["W-1"])["W-1"]
    assert earned.parts == {
        EarningPart.PAID: 10_552,
        EarningPart.COUPON: 1_241,
        EarningPart.POINTS: 207,
        EarningPart.PROVIDER_FEE: -63,
    }
    assert (earned.net_minor, earned.place) == (11_937, MoneyPlace.CUSTODY)
    assert list(earned.parts) == [EarningPart.PAID, EarningPart.COUPON, EarningPart.POINTS, EarningPart.PROVIDER_FEE]


def test_a_posting_that_was_taken_back_counts_nothing(committed_db):
    parts = {"psp": "wechatpay", "shop_id": SHOP, "share_no": "W-1"}
    paid, fee = post_all(
        CustodySharePaid(**parts, amount_minor=10_000), CustodyFeeTaken(**parts, amount_minor=60), now=NOW
    )
    from_fee = get_shop_transaction(shop_id=SHOP, transaction_id=fee)
    assert from_fee.whole
    with transaction.atomic():
        reverse(key="back", transaction_id=fee, now=NOW)
    earned, posted = read_earnings(shop_id=SHOP, share_no="W-1")
    assert earned.parts == {EarningPart.PAID: 10_000}
    assert [one.kind for one in posted][-1] == "reversal:custody_fee_taken"
    assert paid == posted[0].transaction_id


def test_where_the_money_is_moves_on(db):
    def place():
        return list_earnings(shop_id=SHOP, share_nos=["W-1"])["W-1"].place

    parts = {"psp": "wechatpay", "shop_id": SHOP, "share_no": "W-1"}
    assert place() is MoneyPlace.NOWHERE
    post_all(CustodySharePaid(**parts, amount_minor=10_000), now=NOW)
    assert place() is MoneyPlace.CUSTODY
    post_all(CustodyReleased(**parts, amount_minor=10_000), now=NOW + timedelta(days=9))
    assert place() is MoneyPlace.PROVIDER_WALLET
    earned = list_earnings(shop_id=SHOP, share_nos=["W-1"])["W-1"]
    assert (earned.sold_at, earned.released_at) == (NOW, NOW + timedelta(days=9))


def test_the_payout_that_took_an_orders_money_is_found_first_in_first_out(db):
    def release(share_no: str, amount: int, now: datetime) -> None:
        post_all(
            PaymentCaptured(
                psp="stripe",
                reference=f"PAY-{share_no}",
                cash_minor=amount,
                shares=(EscrowShare(SHOP, share_no, amount),),
            ),
            EscrowReleased(
                shop_id=SHOP, share_no=share_no, amount_minor=amount, commission_minor=0, commission_vat_minor=0
            ),
            now=now,
        )

    def way_out(share_no: str):
        return find_order_way_out(shop_id=SHOP, posted=read_earnings(shop_id=SHOP, share_no=share_no)[1])

    release("S-1", 1_000, NOW)
    release("S-2", 500, NOW + timedelta(hours=1))
    assert way_out("S-1") is None
    post_all(PayoutAsked(shop_id=SHOP, reference="OUT-1", amount_minor=1_200), now=NOW + timedelta(hours=2))
    post_all(
        PayoutConfirmed(shop_id=SHOP, reference="OUT-1", bank_account="main", amount_minor=1_200),
        now=NOW + timedelta(hours=3),
    )
    assert (way_out("S-1").subject, way_out("S-1").at) == ("OUT-1", NOW + timedelta(hours=2))
    assert way_out("S-2") is None  # 200 of its 500 have left
    release("S-3", 100, NOW + timedelta(hours=4))
    post_all(PayoutAsked(shop_id=SHOP, reference="OUT-2", amount_minor=300), now=NOW + timedelta(hours=5))
    assert way_out("S-2").subject == "OUT-2"
    assert way_out("S-3") is None


def test_a_shop_sees_nothing_of_another_shops_postings(db):
    (number,) = post_all(
        PaymentCaptured(
            psp="stripe",
            reference="PAY-1",
            cash_minor=900,
            shares=(EscrowShare(SHOP, "S-1", 400), EscrowShare(SHOP + 1, "S-2", 500)),
        ),
        now=NOW,
    )
    seen = get_shop_transaction(shop_id=SHOP, transaction_id=number)
    assert (seen.whole, seen.event) == (False, {})
    assert [(leg.account.owner.id, leg.amount_minor) for leg in seen.legs] == [(f"{SHOP}/S-1", 400)]
    with pytest.raises(NotOfShop):
        get_shop_transaction(shop_id=SHOP + 2, transaction_id=number)
    assert list_earnings(shop_id=SHOP + 1, share_nos=["S-1"])["S-1"].parts == {}
    assert list_earnings(shop_id=SHOP, share_nos=["S-1"])["S-1"].parts == {EarningPart.PAID: 400}
