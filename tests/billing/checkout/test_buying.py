"""From cart to released money, over two shops, with the real provider's protocol."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from billing.checkout.contracts import CartOwner, PurchaseState, QuoteProblem
from billing.checkout.models import Purchase
from billing.checkout.selectors import count_buyer_tabs, get_cart, get_purchase, list_buyer_shares
from billing.checkout.services import (
    AlreadyPaid,
    NothingToPlace,
    QuoteChanged,
    add_line,
    cancel_share_as_buyer,
    cancel_unpaid_purchase,
    check_payment,
    close_due_purchases,
    confirm_due_receipts,
    confirm_receipt,
    merge_guest_cart,
    quote_cart,
    refund_share_as_shop,
    ship_share,
    start_paying,
)
from billing.checkout.tasks import send_refunds
from billing.ledger.selectors import prove_ledger, trial_balance
from billing.ledger.tasks import post_requests
from billing.settlement.contracts import ReleaseState
from billing.settlement.selectors import find_release, sum_unreleased_minor
from billing.settlement.selectors.guarding import read_shop_money
from billing.settlement.services import record_cash_remitted, record_provider_settled
from billing.settlement.tasks import on_share_final, release_shares
from market.outbox.services import deliver_due, fan_out
from market.shops.services import suspend_shop
from market.shops.tenancy import enter_shop
from tenants.inventory.selectors import get_availability
from tenants.orders.contracts import OrderState, PaymentMethod
from tenants.orders.selectors import get_order
from tenants.orders.services import WrongState
from tests.billing.checkout.conftest import BUYER

SETTLE = "billing.settlement.tasks.on_share_final"


def _left(fair, shop):
    offer = fair.offers[shop]
    with transaction.atomic(), enter_shop(fair.shops[shop]):
        return get_availability([offer.variant_id])[offer.variant_id]


def _order(fair, shop, share_no):
    with transaction.atomic(), enter_shop(fair.shops[shop]):
        return get_order(share_no)


def _pay(fair, simulator, purchase):
    assert start_paying(payment_no=purchase.payment_no, now=fair.clock.now).qr_content
    assert simulator.pay(purchase.payment_no) == "paid"
    return check_payment(payment_no=purchase.payment_no, now=fair.clock.now)


def _finish(clock):
    """What relay and workers do: deliver, release, post."""
    fan_out(subscriptions={"share.completed": (SETTLE,), "share.cash_collected": (SETTLE,)}, now=clock.now)
    deliver_due(consumer=SETTLE, call=on_share_final, now=clock.now)
    for _ in range(3):
        release_shares(clock.move(seconds=60))
    while post_requests(clock.now):
        pass


def _balances():
    return {str(line.code.value): line.balance_minor for line in trial_balance().lines if line.balance_minor}


def test_the_whole_way_over_two_shops_leaves_every_fen_in_its_place(fair, wechat_settings, clock):
    fair.fill(2, 1)
    purchase = fair.place()
    assert purchase.total_minor == 11_000 and purchase.state is PurchaseState.WAITING
    assert [share.total_minor for share in purchase.shares] == [2_000, 9_000]
    assert (_left(fair, 0), _left(fair, 1)) == (8, 4)
    assert get_cart(fair.owner).lines == ()

    assert _pay(fair, wechat_settings, purchase)
    assert get_purchase(purchase_no=purchase.purchase_no, buyer_id=BUYER).state is PurchaseState.PAID
    for number, share in enumerate(purchase.shares):
        ship_share(
            shop_id=share.shop_id,
            share_no=share.share_no,
            carrier="顺丰速运",
            tracking_number=f"SF{number}",
            actor_id=900_001 + number,
            now=clock.now,
        )
        confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
        order = _order(fair, number, share.share_no)
        assert [event.kind for event in order.events] == ["submitted", "paid", "shipped", "delivered", "completed"]
    assert count_buyer_tabs(BUYER)["done"] == 2
    _finish(clock)
    for share in purchase.shares:
        release = find_release(share.share_no)
        assert release is not None and release.state is ReleaseState.RELEASED
    record_provider_settled(
        psp="wechatpay", reference="d1", amount_minor=550, bank_account="main", actor_id=1, now=clock.now
    )
    post_requests(clock.now)
    # 5 % of 20.00 and 90.00 is 5.50, of which 0.31 is VAT (0.06 + 0.25); all else went to the shops.
    proof = prove_ledger()
    assert proof.cleared, proof
    assert _balances() == {"1020": 550, "4010": 519, "2095": 31}


def test_a_repeat_with_the_same_key_is_the_first_purchase(fair):
    fair.fill(1, 1)
    request = fair.request()
    first = fair.place(digest=request.quote_digest)
    again = fair.place(digest=request.quote_digest)
    assert again == first and Purchase.objects.count() == 1 and _left(fair, 0) == 9


def test_eight_repeats_at_once_place_one_purchase(fair, clock):
    fair.fill(1, 1)
    request, numbers, errors = fair.request(), [], []
    start = threading.Barrier(8)

    def place():
        try:
            start.wait(10)
            numbers.append(fair.place(digest=request.quote_digest).purchase_no)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=place) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert not errors and len(numbers) == 8 and len(set(numbers)) == 1
    assert Purchase.objects.count() == 1 and (_left(fair, 0), _left(fair, 1)) == (9, 4)


def test_a_changed_price_is_shown_and_asked_again(fair):
    fair.fill(1, 1)
    request = fair.request()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{fair.shops[1].schema}".catalog_variant SET price_minor = 9500')
    with pytest.raises(QuoteChanged) as changed:
        fair.place(digest=request.quote_digest)
    (line,) = changed.value.quote.problems
    assert line.problem is QuoteProblem.PRICE_CHANGED and line.price_before_minor == 9_000
    assert Purchase.objects.count() == 0 and _left(fair, 0) == 10
    assert fair.place(digest=changed.value.quote.digest).total_minor == 10_500


def test_what_ran_short_in_one_shop_holds_nothing_in_the_other(fair):
    fair.fill(1, 6)
    quote = quote_cart(owner=fair.owner)
    assert [line.problem for line in quote.problems] == [QuoteProblem.SHORT] and not quote.can_be_placed
    with pytest.raises(QuoteChanged):
        fair.place(digest=quote.digest)
    assert (_left(fair, 0), _left(fair, 1)) == (10, 5) and Purchase.objects.count() == 0


def test_a_suspended_shop_sells_nothing(fair, clock):
    fair.fill(1, 1)
    digest = fair.request().quote_digest
    suspend_shop(shop_id=fair.shops[1].shop_id, actor_id=1, reason="", now=clock.now)
    with pytest.raises(QuoteChanged) as changed:
        fair.place(digest=digest)
    assert [line.problem for line in changed.value.quote.problems] == [QuoteProblem.SHOP_CLOSED]


def test_nothing_ticked_is_nothing_to_place(fair):
    with pytest.raises(NothingToPlace):
        fair.place(digest="x" * 64)


def test_an_unpaid_purchase_is_closed_at_the_provider_and_its_stock_is_free(fair, wechat_settings, clock):
    fair.fill(2, 1)
    purchase = fair.place()
    start_paying(payment_no=purchase.payment_no, now=clock.now)
    assert close_due_purchases(now=clock.now) == 0
    assert close_due_purchases(now=clock.move(seconds=901)) == 1
    assert (_left(fair, 0), _left(fair, 1)) == (10, 5)
    assert wechat_settings.pay(purchase.payment_no) != "paid"
    assert {share.state for _, share in list_buyer_shares(buyer_id=BUYER)} == {OrderState.CANCELLED}
    assert close_due_purchases(now=clock.now) == 0


def test_while_the_provider_is_away_the_stock_stays_held(fair, wechat_settings, clock):
    fair.fill(2, 0)
    purchase = fair.place()
    start_paying(payment_no=purchase.payment_no, now=clock.now)
    wechat_settings.switch(fail_next=50)
    assert close_due_purchases(now=clock.move(seconds=901)) == 0
    assert _left(fair, 0) == 8
    wechat_settings.switch(fail_next=0)
    assert close_due_purchases(now=clock.now) == 1 and _left(fair, 0) == 10


def test_money_that_came_before_the_close_is_booked(fair, wechat_settings, clock):
    fair.fill(1, 1)
    purchase = fair.place()
    start_paying(payment_no=purchase.payment_no, now=clock.now)
    wechat_settings.pay(purchase.payment_no)
    close_due_purchases(now=clock.move(seconds=901))
    assert get_purchase(purchase_no=purchase.purchase_no, buyer_id=BUYER).state is PurchaseState.PAID


def test_a_buyer_gives_an_unpaid_purchase_up_and_cannot_once_it_is_paid(fair, wechat_settings, clock):
    fair.fill(1, 0)
    purchase = fair.place()
    cancel_unpaid_purchase(purchase_no=purchase.purchase_no, buyer_id=BUYER, now=clock.now)
    assert _left(fair, 0) == 10
    fair.fill(1, 0)
    second = fair.place(key="key-2")
    start_paying(payment_no=second.payment_no, now=clock.now)
    wechat_settings.pay(second.payment_no)
    with pytest.raises(AlreadyPaid):
        cancel_unpaid_purchase(purchase_no=second.purchase_no, buyer_id=BUYER, now=clock.now)


def test_a_cancelled_share_gives_back_money_and_stock_and_the_other_goes_on(fair, wechat_settings, clock):
    fair.fill(2, 1)
    purchase = fair.place()
    _pay(fair, wechat_settings, purchase)
    mug, tea = purchase.shares
    cancel_share_as_buyer(share_no=mug.share_no, buyer_id=BUYER, reason="不想要了", now=clock.now)
    assert _left(fair, 0) == 10
    for _ in range(20):
        send_refunds(clock.move(seconds=10))
        if _order(fair, 0, mug.share_no).state is OrderState.REFUNDED:
            break
        threading.Event().wait(0.1)
    assert _order(fair, 0, mug.share_no).state is OrderState.REFUNDED
    assert _order(fair, 1, tea.share_no).state is OrderState.PAID
    _finish(clock)
    assert _balances() == {"1060": 8_946, "2015": 8_946} and prove_ledger().sound
    with pytest.raises(WrongState):
        cancel_share_as_buyer(share_no=mug.share_no, buyer_id=BUYER, reason="", now=clock.now)


@pytest.mark.parametrize("released", [False, True])
def test_a_shop_refunds_after_receipt_is_confirmed_and_every_fen_goes_back(fair, wechat_settings, clock, released):
    fair.fill(3, 0)
    purchase = fair.place()
    _pay(fair, wechat_settings, purchase)
    (share,) = purchase.shares
    where = {"shop_id": share.shop_id, "share_no": share.share_no}
    ship_share(carrier="SF", tracking_number="1", actor_id=1, now=clock.now, **where)
    confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    if released:
        _finish(clock)
        assert find_release(share.share_no).state is ReleaseState.RELEASED
        freed = read_shop_money(shop_id=share.shop_id, now=clock.now).at_provider.available_minor
        assert freed == 3_000 - 18 - 150
    refund_share_as_shop(actor_id=1, reason="坏了", now=clock.now, **where)
    for _ in range(40):
        send_refunds(clock.move(seconds=10))
        if _order(fair, 0, share.share_no).state is OrderState.REFUNDED:
            break
        threading.Event().wait(0.1)
    assert _order(fair, 0, share.share_no).state is OrderState.REFUNDED
    _finish(clock)
    _finish(clock)
    assert _balances() == {} and prove_ledger().cleared
    money = read_shop_money(shop_id=share.shop_id, now=clock.now)
    assert (money.at_provider.available_minor, money.at_provider.frozen_minor) == (0, 0)
    (account,) = [pots for pots in wechat_settings.read("balances").values() if any(pots.values())] or [{}]
    assert account == {}, "the provider says the same"
    release = find_release(share.share_no)
    assert released or (release.state is ReleaseState.WAITING and release.error == "refunded")
    assert sum_unreleased_minor(share.shop_id) == 0


def test_a_shop_refunds_after_sending_until_receipt_is_confirmed(fair, wechat_settings, clock):
    fair.fill(1, 0)
    purchase = fair.place()
    _pay(fair, wechat_settings, purchase)
    (share,) = purchase.shares
    ship = {"shop_id": share.shop_id, "share_no": share.share_no, "carrier": "SF", "actor_id": 1, "now": clock.now}
    ship_share(tracking_number="1", **ship)
    refund_share_as_shop(shop_id=share.shop_id, share_no=share.share_no, actor_id=1, reason="坏了", now=clock.now)
    assert _order(fair, 0, share.share_no).state is OrderState.REFUNDING
    with pytest.raises(WrongState):
        confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)


def test_cash_on_delivery_ends_in_the_shops_payable(fair, clock):
    fair.fill(5, 0)
    purchase = fair.place(method=PaymentMethod.COD)
    assert purchase.state is PurchaseState.AGREED
    share = purchase.shares[0]
    ship_share(
        shop_id=share.shop_id, share_no=share.share_no, carrier="中通", tracking_number="Z1", actor_id=1, now=clock.now
    )
    confirm_receipt(share_no=share.share_no, buyer_id=BUYER, now=clock.now)
    _finish(clock)
    assert _balances()["1030"] == 5_000
    record_cash_remitted(share_no=share.share_no, fee_minor=200, bank_account="main", actor_id=1, now=clock.now)
    _finish(clock)
    assert _balances() == {"1020": 4_800, "4010": 236, "2095": 14, "2020": 4_550} and prove_ledger().sound


def test_receipt_confirms_itself_after_its_days(fair, wechat_settings, clock):
    fair.fill(1, 0)
    purchase = fair.place()
    _pay(fair, wechat_settings, purchase)
    (share,) = purchase.shares
    ship_share(
        shop_id=share.shop_id, share_no=share.share_no, carrier="SF", tracking_number="1", actor_id=1, now=clock.now
    )
    assert confirm_due_receipts(now=clock.move(days=9)) == 0
    assert confirm_due_receipts(now=clock.move(days=1, seconds=1)) == 1
    assert _order(fair, 0, share.share_no).state is OrderState.COMPLETED


def test_the_database_refuses_shares_that_do_not_sum(fair):
    fair.fill(1, 1)
    fair.place()
    with pytest.raises(IntegrityError, match="charges"), transaction.atomic():
        Purchase.objects.update(total_minor=1)


def test_a_guests_cart_joins_the_members_once(fair, clock):
    guest = CartOwner(guest_key="g" * 43)
    add_line(owner=guest, offer=fair.offers[0], quantity=2, now=clock.now)
    fair.fill(1, 1)
    assert merge_guest_cart(guest_key="g" * 43, user_id=BUYER, now=clock.now) == 1
    assert get_cart(fair.owner).pieces == 4 and get_cart(guest).lines == ()
    assert merge_guest_cart(guest_key="g" * 43, user_id=BUYER, now=clock.now) == 0


def test_adding_costs_one_statement_and_placing_stays_within_its_bounds(fair):
    with CaptureQueriesContext(connection) as adding:
        fair.fill(1, 0)
    assert len(adding) == 1
    request = fair.request()
    with CaptureQueriesContext(connection) as one:
        fair.place(digest=request.quote_digest)
    fair.fill(1, 1)
    request = fair.request()
    with CaptureQueriesContext(connection) as two:
        fair.place(key="key-2", digest=request.quote_digest)
    counted = [_read_statements(run) for run in (one, two)]
    assert len(counted[0]) <= 19 and len(counted[1]) - len(counted[0]) <= 10, [len(run) for run in counted]
    for statements in counted:
        assert len(statements) == len(set(statements)), "no statement twice with the same arguments"


def _read_statements(run):
    """(search path, statement) without the transaction's own: the same words in another shop are another question."""
    statements, path = [], "public"
    for query in run:
        sql = query["sql"]
        if sql.startswith("SET LOCAL search_path"):
            path = sql
        if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            statements.append((path, sql))
    return statements
