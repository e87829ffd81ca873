"""Where an order's money is, in words, for every state it can be in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import translation

from billing.checkout.contracts import ShareTerms
from billing.settlement.contracts import CommissionGroup, ReleaseState, ReleaseView
from merchant_portal.orders.page import list_commission, list_log, name_state, say_where_money_is, sum_earnings, tone_of
from tenants.orders.contracts import OrderEvent, OrderSheet, OrderState, PaymentMethod, ShipTo

NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
ORDER = OrderSheet(
    order_id=1,
    share_no="261122K7Q2M9T4XA-1",
    purchase_no="261122K7Q2M9T4XA",
    buyer_id=77,
    state=OrderState.PAID,
    method=PaymentMethod.WECHATPAY,
    ship_to=ShipTo("沈小禾", "+8613812346021", "浙江省", "文三路1号"),
    lines=(),
    parcels=(),
    events=(),
    goods_minor=10_000,
    freight_minor=800,
    total_minor=10_800,
    currency="CNY",
    note="",
    version=1,
    submitted_at=NOW,
    paid_at=NOW,
)
TERMS = ShareTerms(10_000, 800, 10_800, 500, 500, "CNY", 28, ())
TEA = CommissionGroup(3, 2, "tea-food", 1_000, 0, None, 600, 6_000, 600, 34)
REST = CommissionGroup(0, 1, "", 500, 0, None, 600, 4_000, 200, 11)
RELEASE = ReleaseView(
    ORDER.share_no, 1, "cod", "顺丰", ReleaseState.WAITING, 10_800, 500, 28, 30, "CNY", NOW, NOW, None, ""
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_the_rows_add_up_to_what_the_shop_gets() -> None:
    rows = sum_earnings(TERMS, PaymentMethod.WECHATPAY, None)
    assert [row.amount_minor for row in rows] == [10_800, -500, -65, 10_235], "0.6 % of 108.00 is the provider's"
    rows = sum_earnings(TERMS, PaymentMethod.COD, RELEASE)
    assert rows[-1].amount_minor == sum(row.amount_minor for row in rows[:-1]) == 10_270
    assert rows[1].note == "5% of the goods"


def test_every_rule_that_was_agreed_has_a_row_of_its_own() -> None:
    terms = replace(TERMS, commission_bps=0, commission_minor=800, commission_groups=(TEA, REST))
    rows = sum_earnings(terms, PaymentMethod.WECHATPAY, None)
    assert [(row.amount_minor, row.note) for row in rows[1:3]] == [
        (-600, "10% of goods for ¥60.00"),
        (-200, "5% of goods for ¥40.00"),
    ]
    assert rows[-1].amount_minor == sum(row.amount_minor for row in rows[:-1])


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"floor_minor": 700, "commission_minor": 700}, "10% of the goods, at least ¥7.00"),
        ({"cap_minor": 500, "commission_minor": 500}, "10% of the goods, at most ¥5.00"),
        ({"commission_minor": 100, "limited": True}, "10% of the goods, at most what WeChat Pay lets us take"),
        ({"floor_minor": 600, "cap_minor": 900}, "10% of the goods"),
    ],
)
def test_what_bounds_a_commission_is_said(bounds, words) -> None:
    group = replace(TEA, **bounds)
    (row,) = list_commission(replace(TERMS, commission_groups=(group,)))
    assert (row.note, row.amount_minor) == (words, -group.commission_minor)


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("state", OrderState)
def test_every_state_has_a_name_a_tone_and_a_sentence(state, method) -> None:
    order = replace(ORDER, state=state, method=method)
    assert name_state(state, method)
    assert tone_of(state, method) in ("", "good", "warn", "bad", "choice")
    assert say_where_money_is(order, None).endswith(".")


def test_money_is_said_to_be_paid_out_only_when_it_is() -> None:
    order = replace(ORDER, state=OrderState.COMPLETED)
    assert say_where_money_is(order, replace(RELEASE, state=ReleaseState.SPLITTING)) != "Paid out to the shop."
    assert say_where_money_is(order, replace(RELEASE, state=ReleaseState.RELEASED)) == "Paid out to the shop."


def test_the_log_tells_the_newest_first_with_who_and_why() -> None:
    events = (
        OrderEvent("submitted", NOW, "buyer", {}),
        OrderEvent("shipped", NOW, "shop", {"carrier": "self", "tracking_number": "self"}),
        OrderEvent("cancelled", NOW, "system", {"why": "expired"}),
    )
    lines = list_log(replace(ORDER, events=events))
    assert [(line.text, line.by) for line in lines] == [
        ("Order cancelled", "Jishi"),
        ("Parcel sent", "Shop"),
        ("Order placed", "Buyer"),
    ]
    assert lines[0].note == "It was not paid in time."
    assert lines[1].note == "Own delivery"
