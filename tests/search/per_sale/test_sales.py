"""From a click that costs nothing to commission at the release of the order, whatever happens in between."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError

from billing.checkout.services import add_line
from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger
from billing.wallets.models import SaleCharge, Wallet
from billing.wallets.selectors import get_owed_minor
from billing.wallets.services import collect_owed
from search.auction.contracts import InvalidReason, RateSource
from search.campaigns.contracts import CampaignState
from search.per_sale.contracts import PlanDraft, SaleState
from search.per_sale.models import AttributedLine, AttributedSale
from search.per_sale.selectors import get_per_sale_health, map_plan_sums
from search.per_sale.services import change_plan, follow_order, follow_sale, prove_sales, set_plan_state
from search.reports.models import SaleCredit
from search.reports.services import count_events, count_sale
from search.signals.services import name_person
from search.spending.models import AdEvent
from search.spending.services import record_click
from tenants.orders.contracts import PaymentMethod
from tests.billing.checkout.conftest import BUYER
from tests.billing.payments.steps import in_threads
from tests.fixtures.ads import fund, lend, make_ad, show, visitor
from tests.fixtures.goods import stock_product
from tests.fixtures.statements import captured_statements
from tests.search.per_sale.conftest import ACTOR, Street


def read_shop(street: Street) -> tuple[int, int]:
    """Cash in the wallet, and what it owes."""
    cash = get_balance(code=Code.AD_WALLET_CASH, owner=Owner.of_shop(street.shop_id))
    return cash.posted_minor, get_owed_minor(street.shop_id)


def test_a_click_costs_nothing_and_the_order_pays_its_commission_when_it_is_released(street: Street) -> None:
    fund(street.shop_id, 10_000, street.now)
    plan_id = street.plan(1_000)
    outcome = street.click()
    assert (outcome.billed, outcome.reason, outcome.target.product_id) == (False, "", street.product_id)
    event = AdEvent.objects.get()
    assert (event.kind, event.price_micro, event.billed_micro, event.lease_id) == ("sale", 0, 0, 0)
    street.fair.clock.move(days=6)
    share_no = street.buy(3)
    waiting = street.read(share_no)
    assert (waiting.state, waiting.commission_minor, waiting.charged_minor) == (SaleState.WAITING, 300, 0)
    assert (waiting.plan_id, waiting.version) == (plan_id, 1)
    assert read_shop(street) == (10_000, 0)
    street.receive(share_no)
    done = street.read(share_no)
    assert (done.state, done.charged_minor) == (SaleState.CHARGED, 300)
    (line,) = done.lines
    assert (line.rate.bps, line.rate.source, line.net_minor, line.commission_minor) == (
        1_000,
        RateSource.PLAN,
        3_000,
        300,
    )
    assert read_shop(street) == (9_700, 0)
    assert (get_balance(code=Code.ADS_SALE).posted_minor, prove_sales(street.now)) == (283, 1)
    assert get_per_sale_health().broken == () and prove_ledger().sound
    assert map_plan_sums(shop_id=street.shop_id)[plan_id].charged_minor == 300


def test_reports_count_the_click_and_credit_the_same_order(street: Street) -> None:
    plan_id = street.plan()
    street.click()
    share_no = street.buy(2)
    count_events(now=street.now)
    assert count_sale(share_no=share_no, shop_id=street.shop_id)
    credit = SaleCredit.objects.get(model="last")
    assert (credit.touch.campaign_id, credit.revenue_minor) == (plan_id, 2_000)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"user_agent_is_robot": True}, InvalidReason.ROBOT),
        ({"staff": True}, InvalidReason.STAFF),
        ({"data_centre": True}, InvalidReason.DATA_CENTRE),
    ],
)
def test_a_click_is_judged_like_any_other_and_an_invalid_one_brings_no_sale(street: Street, facts, reason) -> None:
    street.plan()
    assert street.click(**facts).reason == reason
    street.buy(1)
    assert not AttributedSale.objects.exists()


def test_the_eighth_day_and_orders_without_a_click_bring_no_sale(street: Street) -> None:
    street.plan()
    street.buy(1)
    street.click()
    street.fair.clock.move(days=7)
    street.buy(1, key="key-2")
    assert not AttributedSale.objects.exists()


def test_a_later_click_on_an_ad_that_bids_takes_the_order_so_that_nobody_pays_twice(street: Street) -> None:
    fund(street.shop_id, 10_000, street.now)
    street.plan()
    street.click()
    ad = make_ad(shop_id=street.shop_id, now=street.now)
    token = show(ad, lend(ad, street.now).lease_id, street.now)
    facts = visitor(person=name_person(user_id=BUYER))
    assert record_click(token=token, facts=facts, now=street.fair.clock.move(minutes=2)).billed
    street.fair.clock.move(minutes=1)
    street.buy(1)
    assert not AttributedSale.objects.exists()


def test_changes_and_stops_never_touch_what_was_clicked_before(street: Street) -> None:
    plan_id = street.plan(1_000)
    street.click()
    street.fair.clock.move(hours=1)
    goods = {street.product_id: 2_000}
    draft = PlanDraft(name="更高", default_bps=500, goods=goods)
    where = {"shop_id": street.shop_id, "plan_id": plan_id, "actor_id": ACTOR, "now": street.now}
    assert change_plan(draft=draft, **where) == 2
    assert change_plan(draft=draft, **where) == 2, "the same again is no new version"
    set_plan_state(state=CampaignState.PAUSED, **where)
    share_no = street.buy(1)
    assert (street.read(share_no).version, street.read(share_no).commission_minor) == (1, 100)
    assert street.show() == []


def test_a_click_after_the_stop_on_an_ad_shown_before_counts_no_more(street: Street) -> None:
    plan_id = street.plan()
    (line,) = street.show()
    set_plan_state(shop_id=street.shop_id, plan_id=plan_id, state=CampaignState.PAUSED, actor_id=ACTOR, now=street.now)
    facts = visitor(person=name_person(user_id=BUYER))
    assert not record_click(token=line.click_token, facts=facts, now=street.fair.clock.move(seconds=5)).reason
    street.fair.clock.move(minutes=1)
    street.buy(1)
    assert not AttributedSale.objects.exists()


def test_an_order_that_is_cancelled_before_its_release_costs_nothing(street: Street) -> None:
    street.plan()
    street.click()
    share_no = street.buy(2, method=PaymentMethod.WECHATPAY)
    assert street.read(share_no).commission_minor == 200
    street.refund(share_no)
    gone = street.read(share_no)
    assert (gone.state, gone.commission_minor, gone.refunded_minor) == (SaleState.GONE, 0, 2_000)
    street.deliver()
    assert get_balance(code=Code.ADS_SALE).posted_minor == 0


def test_a_refund_after_the_release_gives_the_commission_back_once(street: Street) -> None:
    fund(street.shop_id, 120, street.now)
    street.plan()
    street.click()
    share_no = street.buy(2, method=PaymentMethod.WECHATPAY)
    street.receive(share_no, carrier="SF")
    assert street.read(share_no).charged_minor == 200
    assert read_shop(street) == (0, 80), "80 fen were lacking"
    assert street.show() == [], "who owes commission is not shown"
    street.refund(share_no)
    street.deliver()
    collect_owed(now=street.now)
    back = street.read(share_no)
    assert (back.state, back.commission_minor, back.charged_minor) == (SaleState.CHARGED, 0, 0)
    assert read_shop(street) == (120, 0)
    assert (get_owed_minor(street.shop_id), prove_sales(street.now)) == (0, 1)
    assert get_per_sale_health().broken == () and prove_ledger().sound


def test_goods_outside_the_plan_cost_nothing(street: Street) -> None:
    street.plan(1_000, goods={street.product_id: 1_500})
    street.click()
    other = stock_product(street.fair.shops[0], sku="BOWL", price_minor=7_000, title="大碗")
    add_line(owner=street.fair.owner, offer=other, quantity=1, now=street.now)
    sale = street.read(street.buy(1))
    by_product = {line.product_id: (line.rate and line.rate.bps, line.commission_minor) for line in sale.lines}
    assert by_product == {street.product_id: (1_500, 150), other.product_id: (None, 0)}
    assert (sale.goods_minor, sale.commission_minor) == (8_000, 150)


def test_many_at_once_and_news_in_any_order_charge_once(street: Street) -> None:
    fund(street.shop_id, 10_000, street.now)
    street.plan()
    street.click()
    share_no = street.buy(3)
    AttributedSale.objects.all().delete()  # as if no news of it had come yet
    where = {"shop_id": street.shop_id, "share_no": share_no}
    street.receive(share_no)
    AttributedSale.objects.all().delete()
    sold = lambda: follow_sale(**where, now=street.now)  # noqa: E731
    moved = lambda: follow_order(share_no=share_no, now=street.now)  # noqa: E731
    results = in_threads(*[sold, moved] * 4)
    assert not [one for one in results if isinstance(one, Exception)], results
    follow_sale(**where, now=street.now)
    assert street.read(share_no).charged_minor == 300
    assert read_shop(street) == (9_700, 0)
    assert get_balance(code=Code.ADS_SALE).posted_minor == 283


def test_who_is_killed_while_charging_has_charged_nothing_and_the_next_one_charges_once(street: Street) -> None:
    """The charge waits for the wallet with its sale locked; there its connection is cut, as by a kill."""
    fund(street.shop_id, 10_000, street.now)
    street.plan()
    street.click()
    share_no = street.buy(3)
    where = {"shop_id": street.shop_id, "share_no": share_no}
    Wallet.objects.get_or_create(shop_id=street.shop_id, defaults={"opened_at": street.now})
    results = {}

    def charge() -> None:
        try:
            street.receive(share_no)
        except OperationalError as error:
            results["error"] = error
        finally:
            connections.close_all()

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT * FROM wallets_wallet WHERE shop_id = %s FOR UPDATE", [street.shop_id])
            for _ in range(600):
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT pg_terminate_backend(pid), pg_sleep(0.05) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    " AND query LIKE '%wallets_wallet%'"
                )
                if cursor.fetchall():
                    break
                cursor.execute("SELECT pg_sleep(0.05)")
            cursor.execute("ROLLBACK")

    assert in_threads(cut, charge) == [None, None]
    assert "error" in results
    assert street.read(share_no).charged_minor == 0
    assert get_balance(code=Code.ADS_SALE).posted_minor == 0
    for _ in range(2):
        follow_sale(**where, now=street.now + timedelta(seconds=1))
    assert street.read(share_no).charged_minor == 300
    assert read_shop(street) == (9_700, 0)
    assert prove_sales(street.now) == 1 and get_per_sale_health().broken == ()


def test_a_proof_finds_a_rate_and_a_sum_that_are_not_what_was_agreed(street: Street) -> None:
    street.plan()
    street.click()
    share_no = street.buy(3)
    street.receive(share_no)
    AttributedLine.objects.update(rate_bps=999)
    assert prove_sales(street.now) == 1
    assert get_per_sale_health().broken == (share_no,)
    assert "another rate" in AttributedSale.objects.get().finding


def test_a_proof_finds_a_sum_that_is_not_in_the_books(street: Street) -> None:
    street.plan()
    street.click()
    shares = [street.buy(pieces, key=f"key-{pieces}") for pieces in (1, 3)]
    for share_no in shares:
        street.receive(share_no)
    SaleCharge.objects.filter(sale_no=shares[1]).delete()
    assert prove_sales(street.now) == 2
    assert get_per_sale_health().broken == (shares[1],)
    assert AttributedSale.objects.get(pk=shares[1]).finding == "0 is posted, not 300"


def test_many_sales_are_proven_with_the_statements_of_one(street: Street, monkeypatch) -> None:
    street.plan()
    street.click()
    for number in range(3):
        street.receive(street.buy(1, key=f"key-{number}"))
    with captured_statements(monkeypatch) as statements:
        assert prove_sales(street.now) == 3
    assert len(statements) == 5, str(statements)
    assert get_per_sale_health().unproven == 0 and get_per_sale_health().broken == ()
