"""Every row of the posting rules with its numbers, and the story in which all clearing accounts end at zero."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.contracts import AccountRef, Book, Code, Owner, OwnerKind, Side
from billing.ledger.rules import (
    CHART,
    CLEARING_CODES,
    EVENT_KINDS,
    BadEvent,
    CodKeptByShop,
    CodRemitted,
    CustodySharePaid,
    EscrowReleased,
    EscrowShare,
    FloorReached,
    PaymentCaptured,
    PayoutAsked,
    PostingEvent,
    ProviderSettled,
    SuspenseCleared,
    SuspenseExit,
    SuspenseRaised,
    UnreadableEvent,
    WrongOwner,
    hash_payload,
    may_overdraw,
    plan_month_minor,
    read_event,
)
from market.money import included_portion, portion, split
from tests.billing.ledger.books import M1, M3, ROWS, STORY, PlainBooks, write_legs

SPILLING = {"F4"}


@pytest.mark.parametrize("row", [name for name in ROWS if name not in SPILLING])
def test_each_row_posts_its_numbers(row: str) -> None:
    event, debited, credited = ROWS[row]
    legs = event.legs()
    assert write_legs(legs, Side.DEBIT) == debited
    assert write_legs(legs, Side.CREDIT) == credited


def test_a_fee_that_the_payable_cannot_bear_becomes_a_debt_for_the_rest() -> None:
    books = PlainBooks()
    for row in STORY[: STORY.index("F4")]:
        books.post(ROWS[row][0])
    assert books.balance(Code.PAYABLE, Owner.of_shop(M3)) == 566
    books.post(ROWS["F4"][0])
    assert books.balance(Code.PAYABLE, Owner.of_shop(M3)) == 0
    assert books.balance(Code.MERCHANT_RECEIVABLE, Owner.of_shop(M3)) == 934


def test_the_story_in_order_leaves_every_clearing_account_at_zero() -> None:
    books = PlainBooks()
    for row in STORY:
        books.post(ROWS[row][0])
        assert not any(books.sums().values()), row
    cleared = [*CLEARING_CODES, Code.CUSTODY_AT_PSP, Code.CUSTODY_OWED, Code.DISPUTE_HOLD]
    left = {ref: state.balance_minor for ref, state in books.states.items() if ref.code in cleared}
    assert left
    assert not {ref: balance for ref, balance in left.items() if balance}
    assert books.balance(Code.PAYABLE, Owner.of_shop(M1)) == 1700
    assert books.balance(Code.MERCHANT_RECEIVABLE, Owner.of_shop(M1)) == 0


def test_after_the_capture_is_settled_the_provider_owes_nothing() -> None:
    books = PlainBooks()
    for row in ("A0", "A1", "A2", "A3"):
        books.post(ROWS[row][0])
    assert books.balance(Code.PSP_RECEIVABLE, Owner.of_psp("stripe")) == 0
    assert books.balance(Code.POINTS_LIABILITY) == 0


def test_every_kind_of_event_has_a_golden_row() -> None:
    assert {event.kind for event, _, _ in ROWS.values()} == set(EVENT_KINDS)


@pytest.mark.parametrize("row", list(ROWS))
def test_an_event_survives_its_json(row: str) -> None:
    event = ROWS[row][0]
    again = read_event(event.kind, event.to_payload())
    assert again == event
    assert again.legs() == event.legs()
    assert event.subject


@pytest.mark.parametrize("row", list(ROWS))
def test_every_row_balances_within_each_book(row: str) -> None:
    sums: dict[Book, int] = {}
    for leg in ROWS[row][0].legs():
        signed = leg.amount_minor if leg.side is Side.DEBIT else -leg.amount_minor
        sums[leg.account.book] = sums.get(leg.account.book, 0) + signed
    assert not any(sums.values())


def test_stored_json_that_is_no_event_is_refused() -> None:
    payload = ROWS["L1"][0].to_payload()
    wrong = [
        ("nobody_knows", payload),
        ("custody_share_paid", {**payload, "amount_minor": "10552"}),
        ("custody_share_paid", {**payload, "amount_minor": True}),
        ("custody_share_paid", {**payload, "extra": 1}),
        ("custody_share_paid", {key: value for key, value in payload.items() if key != "psp"}),
        ("payment_captured", {**ROWS["A1"][0].to_payload(), "shares": [{"shop_id": 1}]}),
        ("payment_captured", {**ROWS["A1"][0].to_payload(), "shares": 7}),
        ("suspense_cleared", {**ROWS["S is a fee"][0].to_payload(), "exit": "profit"}),
    ]
    for kind, bad in wrong:
        with pytest.raises(UnreadableEvent):
            read_event(kind, bad)


def test_amounts_that_cannot_be_posted_are_refused() -> None:
    share = ROWS["L1"][0]
    for amount in (0, -1, 10**16):
        with pytest.raises(BadEvent):
            dataclasses.replace(share, amount_minor=amount).legs()
    with pytest.raises(BadEvent):
        dataclasses.replace(ROWS["B"][0], commission_minor=12001).legs()
    with pytest.raises(BadEvent):
        dataclasses.replace(ROWS["A1"][0], cash_minor=25501).legs()
    with pytest.raises(ValueError, match="XAU"):
        dataclasses.replace(share, currency="XAU").legs()


def test_an_account_cannot_belong_to_the_wrong_kind_of_owner() -> None:
    with pytest.raises(WrongOwner):
        ROWS["A0"][0].owned(Code.PAYABLE, Owner.of_psp("stripe"))


@pytest.mark.parametrize("exit_", list(SuspenseExit))
@pytest.mark.parametrize("amount_minor", [900, -900])
def test_what_is_raised_into_suspense_leaves_it_whole(exit_: SuspenseExit, amount_minor: int) -> None:
    books = PlainBooks()
    books.post(SuspenseRaised(psp="stripe", reference="L-7", reason="unknown", amount_minor=amount_minor))
    provider = Owner.of_psp("stripe")
    assert books.balance(Code.PSP_RECEIVABLE, provider) == amount_minor
    assert books.balance(Code.SUSPENSE, provider) == -amount_minor
    books.post(SuspenseCleared(psp="stripe", reference="L-7", reason="found", amount_minor=amount_minor, exit=exit_))
    assert books.balance(Code.SUSPENSE, provider) == 0
    kept = books.balance(Code.PSP_RECEIVABLE, provider)
    assert kept == (0 if exit_ is SuspenseExit.REVERSAL else amount_minor)
    assert books.balance(Code.ROUNDING) + books.balance(Code.PSP_FEE) == -kept
    assert not any(books.sums().values())


def test_suspense_without_a_reason_or_an_amount_is_refused() -> None:
    for reason, amount_minor in ((" ", 5), ("unknown", 0)):
        with pytest.raises(BadEvent):
            SuspenseRaised(psp="stripe", reference="L-7", reason=reason, amount_minor=amount_minor).legs()


def test_a_settlement_of_nothing_is_refused() -> None:
    with pytest.raises(BadEvent):
        ProviderSettled(psp="stripe", reference="S", bank_account="main", amount_minor=0).legs()


def test_the_first_key_of_a_shops_accounts_is_the_shop() -> None:
    owners = [Owner.of_shop(7), Owner.of_order(7, "S-1"), Owner.of_shop_at_psp(7, "wechatpay")]
    assert [owner.shop_id for owner in owners] == [7, 7, 7]
    assert Owner.of_user(7).shop_id is None


def test_only_refunds_and_disputes_may_overdraw_a_payable() -> None:
    overdrawing = {kind for kind in EVENT_KINDS if may_overdraw(kind)}
    assert overdrawing == {
        "refund_before_release",
        "refund_after_release",
        "refund_confirmed",
        "refund_custody",
        "refund_custody_commission",
        "refund_custody_taken_back",
        "refund_advanced",
        "dispute_opened",
        "dispute_taken",
        "dispute_lost",
        "dispute_won",
        "dispute_fee_passed_on",
    }
    books = PlainBooks()
    with pytest.raises(FloorReached):
        books.post(PayoutAsked(shop_id=M1, reference="OUT", amount_minor=1))
    books.post(ROWS["E1"][0])
    assert books.balance(Code.PAYABLE, Owner.of_shop(M1)) == -2850


def test_cash_kept_by_a_shop_without_sales_makes_it_owe_the_commission() -> None:
    books = PlainBooks()
    books.post(CodKeptByShop(shop_id=M1, share_no="S-1", commission_minor=250, commission_vat_minor=14))
    assert books.balance(Code.PAYABLE, Owner.of_shop(M1)) == 0
    assert books.balance(Code.MERCHANT_RECEIVABLE, Owner.of_shop(M1)) == 250


def test_the_months_of_a_plan_make_the_year() -> None:
    months = [plan_month_minor(94245, month) for month in range(1, 13)]
    assert sum(months) == 94245
    assert set(months) == {7853, 7854}


def test_the_payload_hash_tells_events_apart() -> None:
    event = ROWS["L1"][0]
    assert hash_payload(event.kind, event.to_payload()) == hash_payload(
        event.kind, dict(reversed(event.to_payload().items()))
    )
    other = dataclasses.replace(event, amount_minor=1)
    assert hash_payload(event.kind, event.to_payload()) != hash_payload(other.kind, other.to_payload())
    assert hash_payload("a", event.to_payload()) != hash_payload("b", event.to_payload())


def test_the_chart_names_every_code_once() -> None:
    assert set(CHART) == set(Code)
    assert len({line.name for line in CHART.values()}) == len(CHART)
    assert {line.code for line in CHART.values() if line.book is Book.CUSTODY} == {
        Code.CUSTODY_AT_PSP,
        Code.CUSTODY_OWED,
    }
    assert CHART[Code.ESCROW].owner_kind is OwnerKind.ORDER


shares = st.lists(st.integers(1, 10**9), min_size=1, max_size=50)


@given(shares, st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 5000), st.integers(0, 2000))
def test_any_basket_balances_from_capture_to_release(
    prices: list[int], coupon: int, points: int, rate_bps: int, vat_bps: int
) -> None:
    total = sum(prices)
    coupon = min(coupon, total)
    points = min(points, total - coupon)
    books = PlainBooks()
    lines = tuple(EscrowShare(number, f"S-{number}", price) for number, price in enumerate(prices))
    cash = total - coupon - points
    books.post(
        PaymentCaptured(
            psp="stripe", reference="P", cash_minor=cash, coupon_minor=coupon, points_minor=points, shares=lines
        )
    )
    assert sum(split(cash, prices)) == cash
    for line in lines:
        commission = portion(line.amount_minor, rate_bps)
        books.post(
            EscrowReleased(
                shop_id=line.shop_id,
                share_no=line.share_no,
                amount_minor=line.amount_minor,
                commission_minor=commission,
                commission_vat_minor=included_portion(commission, vat_bps),
            )
        )
        assert books.balance(Code.PAYABLE, Owner.of_shop(line.shop_id)) == line.amount_minor - commission
        assert books.balance(Code.ESCROW, Owner.of_order(line.shop_id, line.share_no)) == 0
    assert not any(books.sums().values())


def _events() -> st.SearchStrategy[PostingEvent]:
    amount = st.integers(1, 10**9)
    paid = st.builds(
        CustodySharePaid, shop_id=st.integers(1, 9), share_no=st.just("S"), psp=st.just("w"), amount_minor=amount
    )
    remitted = amount.flatmap(
        lambda cash: st.builds(
            CodRemitted,
            shop_id=st.integers(1, 9),
            share_no=st.just("S"),
            carrier=st.just("c"),
            bank_account=st.just("b"),
            amount_minor=st.just(cash),
            fee_minor=st.integers(0, cash),
        )
    )
    return paid | remitted


@given(_events())
def test_what_is_read_back_posts_the_same(event: PostingEvent) -> None:
    assert read_event(event.kind, event.to_payload()).legs() == event.legs()


def test_a_ref_is_its_own_key() -> None:
    ref = AccountRef(Book.MAIN, "CNY", Code.PAYABLE, Owner.of_shop(1))
    assert {ref: 1}[AccountRef(Book.MAIN, "CNY", Code.PAYABLE, Owner.of_shop(1))] == 1
