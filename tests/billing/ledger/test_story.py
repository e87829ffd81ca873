"""The story of the posting rules in a real database, and every way in which it can go otherwise, to the last fen."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import pytest

from billing.ledger.contracts import Book, Code, Owner
from billing.ledger.models import Account
from billing.ledger.rules import (
    CLEARING_CODES,
    AdClicksCharged,
    AdTopUpFromSales,
    CodDelivered,
    CodKeptByShop,
    CodRemitted,
    CustodyCommissionReturned,
    CustodyCommissionSplit,
    CustodyFeeReturned,
    CustodyFeeTaken,
    CustodyRefunded,
    CustodyReleased,
    CustodySharePaid,
    DebtNetted,
    DebtWrittenOff,
    DisputeOpened,
    DisputeTaken,
    DisputeWon,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PayoutAsked,
    PayoutConfirmed,
    PlanMonthEarned,
    PointsEarned,
    PostingEvent,
    ProviderSettled,
    RefundAdvanced,
    RefundBeforeRelease,
    RefundConfirmed,
    SlotDayCancelled,
    SlotDayDelivered,
    SuspenseCleared,
    SuspenseExit,
    SuspenseRaised,
    account_of,
    plan_month_minor,
)
from billing.ledger.selectors import balance_at, list_accounts, prove_ledger, trial_balance
from billing.ledger.services import hold, post, post_hold, post_pending, request_posting, reverse, void_hold
from market.money import MICRO_PER_MINOR, included_portion, portion, split
from tests.billing.ledger.books import BANK, CARRIER, M1, M2, M3, ROWS, STORY, STRIPE, WECHAT
from tests.conftest import Clock

pytestmark = pytest.mark.django_db

COMMISSION_BPS, VAT_BPS, FEE_BPS = 500, 600, 60
CLEARED = (*CLEARING_CODES, Code.CUSTODY_AT_PSP, Code.CUSTODY_OWED, Code.DISPUTE_HOLD)

END_OF_THE_STORY = {
    "1020:main": -1124,
    "1040:3": 934,
    "2020:1": 1700,
    "2095": 97,
    "4010": 1603,
    "5010": 90,
    "5020": 3000,
    "5030": 500,
}
"""What is left on any account, in its normal direction; it was added up by hand from the table."""


def post_all(clock: Clock, *steps: str | PostingEvent) -> None:
    """Rows of the table by their name, or events, each a second after the one before."""
    for step in steps:
        event = ROWS[step][0] if isinstance(step, str) else step
        now = clock.move(seconds=1)
        post(key=f"{event.kind}/{event.subject}/{now.timestamp()}", event=event, now=now)


def list_left() -> dict[str, int]:
    """Every account that is not at zero, as `code:owner`, in its normal direction."""
    found = {}
    for account in Account.objects.order_by("code", "owner_id"):
        minor = account.posted_debits_minor - account.posted_credits_minor
        if minor:
            owner = f":{account.owner_id}" if account.owner_id else ""
            found[f"{account.code}{owner}"] = minor if account.normal == "D" else -minor
    return found


def list_uncleared(codes: Sequence[Code] = CLEARED) -> dict[str, int]:
    return {name: minor for name, minor in list_left().items() if name[:4] in codes}


def test_the_basket_is_split_and_charged_as_the_table_says() -> None:
    prices = (12000, 10000 - 1000, 8000)  # the second shop's own coupon lowers its price and is posted nowhere
    coupon, points = split(3000, prices), split(500, prices)
    cash = [price - less - used for price, less, used in zip(prices, coupon, points, strict=True)]
    assert (coupon, points, cash) == ([1241, 931, 828], [207, 155, 138], [10552, 7914, 7034])
    assert cash == split(25500, prices)
    captured = ROWS["A1"][0]
    assert isinstance(captured, PaymentCaptured)
    assert (captured.cash_minor, captured.coupon_minor, captured.points_minor) == (sum(cash), 3000, 500)
    assert tuple(share.amount_minor for share in captured.shares) == prices
    for row, price in (("B", prices[0]), ("B3", prices[2]), ("L4", prices[0])):
        charged = ROWS[row][0]
        assert isinstance(charged, EscrowReleased | CustodyCommissionSplit)
        assert charged.commission_minor == portion(price, COMMISSION_BPS)
        assert charged.commission_vat_minor == included_portion(charged.commission_minor, VAT_BPS)
    assert [portion(25500, FEE_BPS), portion(7914, FEE_BPS), portion(2638, FEE_BPS)] == [153, 47, 16]
    assert portion(10552, FEE_BPS) == 63
    quarter = ROWS["E1"][0].to_payload()
    whole = {"cash_minor": 10552, "coupon_minor": 1241, "points_minor": 207, "commission_minor": 600}
    assert {name: quarter[name] for name in whole} == {name: portion(minor, 2500) for name, minor in whole.items()}
    assert quarter["commission_vat_minor"] == included_portion(quarter["commission_minor"], VAT_BPS)


def test_after_the_story_every_clearing_account_is_at_zero_and_the_rest_is_as_added_up_by_hand(clock: Clock) -> None:
    post_all(clock, *STORY)
    assert list_left() == END_OF_THE_STORY
    assert list_uncleared() == {}
    touched = {code for code in CLEARED if list_accounts(code=code)}
    assert touched == set(CLEARED) - {Code.SUSPENSE}
    proof = prove_ledger()
    assert proof.sound
    assert proof.cleared
    assert {book: minor for (book, _), minor in trial_balance().differences.items()} == {Book.MAIN: 0, Book.CUSTODY: 0}


def test_the_story_through_posting_requests_in_any_batches_ends_the_same(clock: Clock) -> None:
    for row in STORY:
        request_posting(key=f"asked/{row}", event=ROWS[row][0], now=clock.now)
    while post_pending(clock.move(seconds=1), 7):
        pass
    assert list_left() == END_OF_THE_STORY
    assert prove_ledger().cleared


def test_each_stage_of_the_story_leaves_open_what_is_on_its_way(clock: Clock) -> None:
    expected = [
        (("A0", "A1"), {"1010:stripe": 25500, "2010:1/S-1": 12000, "2010:2/S-2": 9000, "2010:3/S-3": 8000}),
        (("A2", "A3"), {"2010:1/S-1": 12000, "2010:2/S-2": 9000, "2010:3/S-3": 8000}),
        (("B", "B3", "C1"), {"2010:2/S-2": 9000, "2030:1": 11400}),
        (("C2", "D1"), {"2040:stripe": 7914}),
        (("D2", "D3", "E1"), {"1010:stripe": -7867, "2040:stripe": 2638}),
        (("E1b", "E1b fee", "E2", "F1"), {"1010:stripe": -10489, "2110:3": 7034}),
        (("F2",), {"1010:stripe": -19023, "1055:stripe": 7034, "2110:3": 7034}),
        (("F3", "F4"), {"1010:stripe": -19023}),
        (("F5", "G1"), {"1030:sf": 5000, "2010:1/S-9": 5000}),
        (("G2",), {"2010:1/S-9": 4800}),
        (("G3", "G4", "L1"), {"1060:1/wechatpay": 10552, "2015:1": 10552}),
        (("L2", "L3"), {"1060:1/wechatpay": 11937, "2015:1": 11937}),
        (("L4",), {"1010:wechatpay": 600, "1060:1/wechatpay": 11337, "2015:1": 11337}),
        (("L5",), {"1010:wechatpay": 600}),
        (("L7",), {}),
    ]
    assert [row for rows, _ in expected for row in rows] == STORY
    for rows, left in expected:
        post_all(clock, *rows)
        assert list_uncleared() == left, rows


def test_a_coupon_that_the_shop_bears_lowers_what_it_is_owed_and_nothing_else(clock: Clock) -> None:
    price = 10000 - 1000
    share = EscrowShare(M2, "S-30", price)
    commission = portion(price, COMMISSION_BPS)
    vat = included_portion(commission, VAT_BPS)
    post_all(
        clock,
        PaymentCaptured(psp=STRIPE, reference="PAY-30", cash_minor=price, shares=(share,)),
        EscrowReleased(
            shop_id=M2, share_no="S-30", amount_minor=price, commission_minor=commission, commission_vat_minor=vat
        ),
    )
    assert list_left() == {"1010:stripe": 9000, "2020:2": 8550, "2095": 25, "4010": 425}


def test_an_order_paid_with_coupon_and_points_alone_needs_no_provider(clock: Clock) -> None:
    share = EscrowShare(M1, "S-31", 800)
    free = PaymentCaptured(
        psp=STRIPE, reference="PAY-31", cash_minor=0, coupon_minor=500, points_minor=300, shares=(share,)
    )
    post_all(clock, PointsEarned(reference="P-31", amount_minor=300), free)
    assert list_left() == {"2010:1/S-31": 800, "5020": 500, "5030": 300}


def test_two_orders_of_one_shop_in_one_payment_are_kept_apart(clock: Clock) -> None:
    shares = (EscrowShare(M1, "S-32", 300), EscrowShare(M1, "S-33", 200), EscrowShare(M2, "S-34", 100))
    post_all(
        clock,
        PaymentCaptured(psp=STRIPE, reference="PAY-32", cash_minor=600, shares=shares),
        RefundBeforeRelease(shop_id=M1, share_no="S-33", psp=STRIPE, refund_no="R-33", cash_minor=200),
        RefundConfirmed(psp=STRIPE, reference="R-33", amount_minor=200),
    )
    assert list_left() == {"1010:stripe": 400, "2010:1/S-32": 300, "2010:2/S-34": 100}


def test_a_dispute_that_is_won_gives_the_shop_back_what_was_put_aside(clock: Clock) -> None:
    post_all(
        clock,
        *("A0", "A1", "A2", "A3", "B3"),
        DisputeOpened(shop_id=M3, reference="DP-2", psp=STRIPE, amount_minor=7034),
        DisputeTaken(shop_id=M3, reference="DP-2", psp=STRIPE, amount_minor=7034, fee_minor=1500),
        DisputeWon(shop_id=M3, reference="DP-2", psp=STRIPE, amount_minor=7034),
    )
    assert list_uncleared() == {"1010:stripe": -1500, "2010:1/S-1": 12000, "2010:2/S-2": 9000}
    assert list_left()["2020:3"] == 7600
    assert list_left()["5040"] == 1500


def test_a_dispute_of_money_that_is_paid_out_makes_the_shop_owe_it_first(clock: Clock) -> None:
    post_all(
        clock,
        *("A0", "A1", "B3"),
        PayoutAsked(shop_id=M3, reference="OUT-3", amount_minor=7600),
        *("F1", "F2", "F3", "F4"),
    )
    assert list_left()["2020:3"] == -7034
    assert list_left()["1040:3"] == 1500


def test_a_payout_that_fails_goes_back_and_can_be_asked_for_again(clock: Clock) -> None:
    post_all(clock, "A0", "A1", "B")
    asked = post(key="out/1", event=ROWS["C1"][0], now=clock.move(seconds=1))
    assert list_left()["2030:1"] == 11400
    reverse(key="out/1/failed", transaction_id=asked.transaction_id, now=clock.move(days=1))
    assert list_left()["2020:1"] == 11400
    assert "2030:1" not in list_left()
    again = PayoutAsked(shop_id=M1, reference="OUT-2", amount_minor=11400)
    confirmed = PayoutConfirmed(shop_id=M1, reference="OUT-2", bank_account=BANK, amount_minor=11400)
    post_all(clock, again, confirmed)
    assert list_uncleared([Code.PAYABLE, Code.PAYOUT_IN_TRANSIT]) == {}
    assert list_left()["1020:main"] == -11400


def test_cash_that_the_shop_keeps_costs_it_the_commission_now_or_as_a_debt(clock: Clock) -> None:
    post_all(clock, "G1", "G2", "G3", "G'")
    assert list_left()["2020:1"] == 4550 - 250
    late = CodKeptByShop(shop_id=M1, share_no="S-11", commission_minor=5000, commission_vat_minor=283)
    post_all(clock, late)
    assert "2020:1" not in list_left()
    assert list_left()["1040:1"] == 5000 - 4300
    assert list_uncleared() == {}


def test_cash_on_delivery_without_the_carriers_fee(clock: Clock) -> None:
    cash = 5000
    post_all(
        clock,
        CodDelivered(shop_id=M1, share_no="S-12", carrier=CARRIER, amount_minor=cash),
        CodRemitted(shop_id=M1, share_no="S-12", carrier=CARRIER, bank_account=BANK, amount_minor=cash),
        EscrowReleased(shop_id=M1, share_no="S-12", amount_minor=cash, commission_minor=250, commission_vat_minor=14),
    )
    assert list_left() == {"1020:main": 5000, "2020:1": 4750, "2095": 14, "4010": 236}


def test_a_custody_order_refunded_before_the_split_leaves_nothing(clock: Clock) -> None:
    paid = CustodySharePaid(shop_id=M1, share_no="S-21", psp=WECHAT, amount_minor=10552)
    fee = CustodyFeeTaken(shop_id=M1, share_no="S-21", psp=WECHAT, amount_minor=63)
    post_all(clock, paid, fee, "LR1 fee", "LR1")
    assert list_left() == {}


def test_a_custody_order_refunded_after_the_split_takes_our_commission_back_first(clock: Clock) -> None:
    post_all(clock, "L1", "L2", "L3", "L4")
    cash, subsidy, fee = 10552, 1448, 63
    post_all(
        clock,
        "LR2",
        CustodyRefunded(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-20", amount_minor=cash + subsidy),
        CustodyFeeReturned(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-20", amount_minor=fee),
    )
    assert list_uncleared() == {}
    assert "4010" not in list_left()
    assert "2095" not in list_left()


def test_a_custody_order_refunded_after_its_release_is_paid_by_the_shops_own_money(clock: Clock) -> None:
    fee_returned = CustodyFeeReturned(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-20", amount_minor=63)
    given = 10552 - 63 - 600
    released = CustodyReleased(shop_id=M1, share_no="S-20", psp=WECHAT, amount_minor=given)
    refunded = CustodyRefunded(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-20", amount_minor=10552)
    post_all(clock, "L1", "L3", "L4", released, "L7")
    assert list_uncleared() == {}
    post_all(clock, "LR2", "LR2 taken back")
    assert list_uncleared() == {"1010:wechatpay": -600, "1060:1/wechatpay": 600 + given, "2015:1": 600 + given}
    post_all(clock, fee_returned, refunded)
    assert list_left() == {"1010:wechatpay": -600, "1020:main": 600}


def test_a_part_of_a_split_custody_order_is_refunded_in_proportion(clock: Clock) -> None:
    post_all(clock, "L1", "L3", "L4")
    commission = portion(600, 2500)
    post_all(
        clock,
        CustodyCommissionReturned(
            shop_id=M1,
            share_no="S-20",
            psp=WECHAT,
            refund_no="R-23",
            commission_minor=commission,
            commission_vat_minor=included_portion(commission, VAT_BPS),
        ),
        CustodyRefunded(shop_id=M1, share_no="S-20", psp=WECHAT, refund_no="R-23", amount_minor=2638),
        CustodyReleased(shop_id=M1, share_no="S-20", psp=WECHAT, amount_minor=10552 - 63 - 450 - 2638),
        ProviderSettled(psp=WECHAT, reference="SET-23", bank_account=BANK, amount_minor=450),
    )
    assert list_left() == {"1020:main": 450, "2095": 26, "4010": 424}


def test_a_refund_that_we_advanced_is_repaid_netted_or_lost(clock: Clock) -> None:
    advanced = post(key="adv/1", event=ROWS["L6"][0], now=clock.now)
    assert list_left() == {"1020:main": -2850, "1040:1": 2850}
    reverse(key="adv/1/repaid", transaction_id=advanced.transaction_id, amount_minor=850, now=clock.move(days=1))
    assert list_left() == {"1020:main": -2000, "1040:1": 2000}
    post_all(clock, "G1", "G2", "G3", DebtNetted(shop_id=M1, reference="DAY-9", amount_minor=1500))
    assert list_left()["1040:1"] == 500
    clock.move(days=90)
    post_all(clock, DebtWrittenOff(shop_id=M1, reference="R-22", amount_minor=500))
    assert list_left() == {"1020:main": 2800, "2020:1": 3050, "2095": 14, "4010": 236, "5050": 500}


def test_several_advances_of_one_shop_add_up(clock: Clock) -> None:
    second = RefundAdvanced(shop_id=M1, reference="R-24", bank_account=BANK, amount_minor=150)
    post_all(clock, "L6", second)
    assert list_left() == {"1020:main": -3000, "1040:1": 3000}


def test_a_month_of_advertising_ends_with_the_wallet_that_the_table_adds_up_to(clock: Clock) -> None:
    post_all(clock, "G1", "G2", "G3", "H1", "H2", AdTopUpFromSales(shop_id=M1, reference="TU-2", amount_minor=1000))
    post_all(clock, "H4", "H5", "H6", "H7 granted", "H7 used", "H7 expired")
    left = list_left()
    assert left["2050:1"] == 50000 + 1000 - 4127 - 22838 + 322
    assert left["1010:wechatpay_own"] == 49700
    assert left["2020:1"] == 3550
    assert (left["4020"], left["4021"], left["4029"]) == (3893 - 304 + 1500, 21545, 1500)
    assert left["2095"] == 14 + 234 + 1293 - 18
    assert "2051:1" not in left


def test_views_by_the_thousand_charge_whole_fen_and_carry_the_rest() -> None:
    micro = 12_345 * 1850 * MICRO_PER_MINOR // 1000
    whole, carried = divmod(micro, MICRO_PER_MINOR)
    assert (whole, carried) == (22838, 250_000)
    assert included_portion(whole, VAT_BPS) == 1293
    assert ROWS["H5"][0].to_payload()["amount_minor"] == whole


def test_a_slot_is_bid_for_with_holds_won_by_one_and_shown_day_by_day(clock: Clock) -> None:
    other = dataclasses.replace(ROWS["H1"][0], shop_id=M2)
    post_all(clock, "H1", other)
    wallets = {shop: account_of(Code.AD_WALLET_CASH, Owner.of_shop(shop)) for shop in (M1, M2)}
    before = list_left()
    for shop in wallets:
        hold(
            key=f"bid/{shop}",
            kind="slot_bid",
            account=wallets[shop],
            amount_minor=21000,
            expires_at=clock.now + timedelta(days=1),
            now=clock.now,
        )
    assert list_left() == before
    post_hold(hold_key="bid/1", key="lot/1", event=ROWS["I1"][0], now=clock.now)
    void_hold(key="bid/2", now=clock.now)
    shown = SlotDayDelivered(shop_id=M1, reference="LOT-1", amount_minor=7000, vat_minor=396)
    post_all(clock, shown, shown, SlotDayCancelled(shop_id=M1, reference="LOT-1", amount_minor=7000))
    left = list_left()
    assert (left["2050:1"], left["2050:2"]) == (50000 - 21000 + 7000, 50000)
    assert (left["4022"], left["2095"]) == (2 * 6604, 2 * 396)
    assert "2070:1" not in left
    assert prove_ledger().sound


def test_a_plan_is_earned_by_the_month_to_the_last_fen_of_the_year(clock: Clock) -> None:
    post_all(clock, "J1")
    for month in range(1, 13):
        earned = plan_month_minor(94245, month)
        assert earned in (7853, 7854)
        post_all(clock, PlanMonthEarned(shop_id=M1, reference=f"PLAN-1/{month}", amount_minor=earned))
    assert list_left() == {"1010:stripe": 99900, "2095": 5655, "4030": 94245}


def test_points_are_paid_by_who_funds_them_and_what_nobody_uses_is_ours(clock: Clock) -> None:
    post_all(clock, "G1", "G2", "G3", "K earned", "K funded by a shop", "K expired")
    left = list_left()
    assert (left["5030"], left["2090"], left["4090"]) == (70, 70, 70)
    assert left["2020:1"] == 4550 - 70


def test_what_nobody_can_explain_stands_in_suspense_until_it_is(clock: Clock) -> None:
    post_all(clock, "S raised", "S raised against us")
    assert list_uncleared() == {"1010:wechatpay": 885, "9020:wechatpay": -885}
    assert not prove_ledger().cleared
    post_all(clock, "S is a fee", "S reversed")
    assert list_left() == {"1010:wechatpay": -15, "5010": 15}
    cent = SuspenseRaised(psp=WECHAT, reference="BILL-1/9", reason="their rounding", amount_minor=1)
    rounding = SuspenseCleared(
        psp=WECHAT, reference="BILL-1/9", reason="rounding", amount_minor=1, exit=SuspenseExit.ROUNDING
    )
    post_all(clock, cent, rounding, ProviderSettled(psp=WECHAT, reference="S", bank_account=BANK, amount_minor=-14))
    assert list_left() == {"1020:main": -14, "5010": 15, "5070": -1}


def test_advertising_never_takes_more_than_is_in_the_wallet(clock: Clock) -> None:
    post_all(clock, "H1")
    everything = AdClicksCharged(shop_id=M1, reference="AD-9", amount_minor=50000, vat_minor=2830)
    post_all(clock, everything)
    assert "2050:1" not in list_left()


def test_a_balance_at_any_moment_of_the_story_is_the_one_that_was_seen_then(clock: Clock) -> None:
    seen = {}
    for row in STORY:
        post_all(clock, row)
        seen[clock.now] = list_left()
    shops = {code: Owner.of_shop(M1) for code in (Code.PAYABLE, Code.PAYOUT_IN_TRANSIT, Code.MERCHANT_RECEIVABLE)}
    for at, left in seen.items():
        for code, owner in shops.items():
            assert balance_at(code=code, at=at, owner=owner) == left.get(f"{code}:1", 0)
        lines = {line.code.value: line.balance_minor for line in trial_balance(at).lines if line.balance_minor}
        assert lines == _by_code(left)


def _by_code(left: dict[str, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, minor in left.items():
        sums[name[:4]] = sums.get(name[:4], 0) + minor
    return {code: minor for code, minor in sums.items() if minor}
