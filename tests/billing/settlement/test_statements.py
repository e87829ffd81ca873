"""Statements: one for each period, out of the entries alone, never changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from billing.ledger.contracts import AccountRef, Book, Code, Owner, Side
from billing.ledger.contracts.shop_books import AccountCut, EntryFilter, EntrySum
from billing.ledger.rules import (
    AdTopUpFromSales,
    CodKeptByShop,
    CustodyCommissionSplit,
    CustodyFeeTaken,
    CustodyReleased,
    CustodySharePaid,
    EscrowReleased,
    EscrowShare,
    PaymentCaptured,
    PayoutAsked,
    PayoutConfirmed,
    RefundAfterRelease,
)
from billing.ledger.selectors import list_balances
from billing.ledger.selectors.shop_books import list_shop_entries
from billing.ledger.services import post_pending, request_posting
from billing.settlement.contracts import Span
from billing.settlement.models import Statement, StatementAccount
from billing.settlement.rules.statements import (
    StatementDoesNotAddUp,
    group_entries,
    list_ended_periods,
    number_of,
    period_at,
    state_account,
)
from billing.settlement.selectors.statements import StatementNotFound, get_statement, list_statements
from billing.settlement.services.statements import (
    NotAllPosted,
    PeriodLeftOut,
    PeriodNotOver,
    make_due_statements,
    make_statement,
)
from tests.billing.settlement.books import post_all

ZONE = ZoneInfo("Asia/Shanghai")
SHOP, OTHER = 71, 72
OCTOBER, NOVEMBER = (
    datetime(2026, 10, 12, 9, tzinfo=ZONE),
    datetime(2026, 11, 3, 9, tzinfo=ZONE),
)
DECEMBER_FIRST = datetime(2026, 12, 1, tzinfo=ZONE)


def sell(share_no: str, total: int, now: datetime, *, shop_id: int = SHOP) -> None:
    """An order paid by card, released at once: 5 % commission."""
    commission = total * 5 // 100
    post_all(
        PaymentCaptured(
            psp="stripe",
            reference=f"PAY-{share_no}",
            cash_minor=total,
            shares=(EscrowShare(shop_id, share_no, total),),
        ),
        EscrowReleased(
            shop_id=shop_id,
            share_no=share_no,
            amount_minor=total,
            commission_minor=commission,
            commission_vat_minor=commission * 6 // 106,
        ),
        now=now,
    )


def month(day: datetime):
    return period_at(Span.MONTH, day, ZONE)


def make(period, now=DECEMBER_FIRST + timedelta(days=40), shop_id=SHOP):
    return make_statement(shop_id=shop_id, currency="CNY", period=period, now=now)


def test_a_period_is_whole_business_days_in_shanghai():
    period = month(datetime(2026, 10, 31, 16, tzinfo=UTC))  # the first instant of November in Shanghai
    assert (period.starts_at, period.ends_at) == (
        datetime(2026, 10, 31, 16, tzinfo=UTC),
        datetime(2026, 11, 30, 16, tzinfo=UTC),
    )
    week = period_at(Span.WEEK, datetime(2026, 11, 22, 15, 59, tzinfo=UTC), ZONE)  # a Sunday, 23:59
    assert (week.starts_at, week.ends_at) == (
        datetime(2026, 11, 16, tzinfo=ZONE),
        datetime(2026, 11, 23, tzinfo=ZONE),
    )
    assert number_of(12, "CNY", week, ZONE) == "ST12-CNY-2026W47"
    assert number_of(12, "CNY", month(NOVEMBER), ZONE) == "ST12-CNY-202611"


def test_ended_periods_follow_each_other_without_a_gap():
    periods = list_ended_periods(Span.WEEK, datetime(2025, 12, 30, tzinfo=ZONE), DECEMBER_FIRST, ZONE)
    assert len(periods) == 48
    assert all(one.ends_at == next_one.starts_at for one, next_one in pairwise(periods))
    assert periods[-1].ends_at <= DECEMBER_FIRST
    assert list_ended_periods(Span.MONTH, NOVEMBER, DECEMBER_FIRST - timedelta(seconds=1), ZONE) == []
    assert len(list_ended_periods(Span.MONTH, NOVEMBER, DECEMBER_FIRST, ZONE)) == 1


def test_entries_become_one_line_for_each_kind():
    sums = [
        EntrySum("escrow_released", Side.CREDIT, 3, 900),
        EntrySum("payout_asked", Side.DEBIT, 1, 400),
        EntrySum("escrow_released", Side.DEBIT, 1, 50),
    ]
    lines = group_entries(sums, Side.CREDIT)
    assert [(line.kind, line.entries, line.change_minor) for line in lines] == [
        ("escrow_released", 4, 850),
        ("payout_asked", 1, -400),
    ]


def test_what_does_not_add_up_is_refused():
    ref = AccountRef(Book.MAIN, "CNY", Code.PAYABLE, Owner.of_shop(SHOP))
    sums = [EntrySum("escrow_released", Side.CREDIT, 2, 900)]
    assert state_account(before=None, cut=AccountCut(1, ref, Side.CREDIT, 2, 900), sums=sums).closing_minor == 900
    with pytest.raises(StatementDoesNotAddUp):
        state_account(before=None, cut=AccountCut(1, ref, Side.CREDIT, 2, 901), sums=sums)
    with pytest.raises(StatementDoesNotAddUp):
        state_account(before=None, cut=AccountCut(1, ref, Side.CREDIT, 3, 900), sums=sums)


def test_a_statement_says_every_account_and_goes_on_where_the_last_one_ended(db):
    sell("S-1", 12_000, OCTOBER)
    sell("S-2", 8_000, OCTOBER + timedelta(hours=1))
    post_all(PayoutAsked(shop_id=SHOP, reference="OUT-1", amount_minor=10_000), now=OCTOBER + timedelta(days=2))
    october = make(month(OCTOBER))
    assert (october.opening_minor, october.closing_minor) == (0, 19_000)  # on its way to the bank is still the shop's
    payable = next(account for account in october.accounts if account.code is Code.PAYABLE)
    assert [(line.kind, line.entries, line.change_minor) for line in payable.lines] == [
        ("escrow_released", 2, 19_000),
        ("payout_asked", 1, -10_000),
    ]
    post_all(PayoutConfirmed(shop_id=SHOP, reference="OUT-1", bank_account="main", amount_minor=10_000), now=NOVEMBER)
    post_all(
        RefundAfterRelease(
            shop_id=SHOP,
            share_no="S-1",
            psp="stripe",
            refund_no="R-1",
            cash_minor=12_000,
            commission_minor=600,
            commission_vat_minor=34,
        ),
        CodKeptByShop(shop_id=SHOP, share_no="S-9", commission_minor=250, commission_vat_minor=14),
        now=NOVEMBER,
    )
    november = make(month(NOVEMBER))
    assert november.opening_minor == october.closing_minor == 19_000
    assert november.closing_minor == 19_000 - 10_000 - 11_400 - 250 == -2_650
    by_code = {account.code: account for account in november.accounts}
    assert (by_code[Code.PAYABLE].opening_minor, by_code[Code.PAYABLE].closing_minor) == (9_000, -2_400)
    assert by_code[Code.MERCHANT_RECEIVABLE].owed_by_shop
    assert by_code[Code.MERCHANT_RECEIVABLE].closing_minor == 250
    now = {code: balance.posted_minor for code, balance in list_balances(owner=Owner.of_shop(SHOP)).items()}
    assert {account.code: account.closing_minor for account in november.accounts} == now


def test_every_line_opens_the_postings_it_was_made_of(db):
    for number in range(7):
        sell(f"S-{number}", 1_000 + number, OCTOBER + timedelta(hours=number))
    post_all(AdTopUpFromSales(shop_id=SHOP, reference="TOP-1", amount_minor=300), now=OCTOBER + timedelta(days=9))
    sell("S-later", 5_000, NOVEMBER)
    for account in make(month(OCTOBER)).accounts:
        for line in account.lines:
            wanted = EntryFilter(
                codes=(account.code,), kinds=(line.kind,), versions=(account.after_version, account.upto_version)
            )
            found = list_shop_entries(shop_id=SHOP, currency="CNY", wanted=wanted, limit=500)
            assert len(found) == line.entries
            changes = sum(e.amount_minor if e.side is e.normal else -e.amount_minor for e in found)
            assert changes == line.change_minor


def test_custody_is_stated_beside_what_we_owe_and_other_shops_are_left_out(db):
    parts = {"psp": "wechatpay", "shop_id": SHOP, "share_no": "W-1"}
    post_all(
        CustodySharePaid(**parts, amount_minor=10_000),
        CustodyFeeTaken(**parts, amount_minor=60),
        CustodyCommissionSplit(**parts, commission_minor=500, commission_vat_minor=28),
        now=OCTOBER,
    )
    sell("X-1", 7_000, OCTOBER, shop_id=OTHER)
    statement = make(month(OCTOBER))
    assert [(account.book, account.code, account.closing_minor) for account in statement.accounts] == [
        (Book.CUSTODY, Code.CUSTODY_OWED, 9_440)
    ]
    post_all(CustodyReleased(**parts, amount_minor=9_440), now=NOVEMBER)
    following = make(month(NOVEMBER))
    assert (following.opening_minor, following.closing_minor) == (9_440, 0)
    with pytest.raises(StatementNotFound):
        get_statement(shop_id=OTHER, number=statement.number)
    assert list_statements(shop_id=OTHER, currency="CNY") == []


def test_the_same_period_again_is_the_same_statement(db):
    sell("S-1", 12_000, OCTOBER)
    first = make(month(OCTOBER))
    assert make(month(OCTOBER), now=DECEMBER_FIRST + timedelta(days=90)) == first
    assert Statement.objects.count() == 1


def test_a_period_is_not_stated_before_its_end_nor_out_of_order(db):
    sell("S-1", 12_000, OCTOBER)
    with pytest.raises(PeriodNotOver):
        make(month(OCTOBER), now=month(OCTOBER).ends_at - timedelta(microseconds=1))
    make(month(OCTOBER), now=month(OCTOBER).ends_at)
    with pytest.raises(PeriodLeftOut):
        make(month(DECEMBER_FIRST))
    assert Statement.objects.count() == 1


def test_nothing_is_stated_while_something_of_the_period_waits_to_be_posted(db):
    sell("S-1", 12_000, OCTOBER)
    waiting = CustodySharePaid(psp="wechatpay", shop_id=SHOP, share_no="W-1", amount_minor=500)
    with transaction.atomic():
        request_posting(key="waits", event=waiting, now=month(OCTOBER).ends_at - timedelta(seconds=1))
    with pytest.raises(NotAllPosted):
        make(month(OCTOBER))
    assert make_due_statements(now=DECEMBER_FIRST) == 0
    assert Statement.objects.count() == 0


def test_what_waits_of_another_shop_holds_nobody_up(db):
    sell("S-1", 12_000, OCTOBER)
    waiting = CustodySharePaid(psp="wechatpay", shop_id=OTHER, share_no="W-1", amount_minor=500)
    with transaction.atomic():
        request_posting(key="waits", event=waiting, now=OCTOBER)
    assert make(month(OCTOBER)).closing_minor == 11_400


def test_the_timer_catches_up_over_all_shops_and_does_nothing_the_second_time(committed_db):
    sell("S-1", 12_000, OCTOBER)
    sell("X-1", 8_000, NOVEMBER, shop_id=OTHER)
    assert make_due_statements(now=DECEMBER_FIRST) == 3  # October and November of one, November of the other
    assert make_due_statements(now=DECEMBER_FIRST) == 0
    last = list_statements(shop_id=SHOP, currency="CNY")
    assert [view.number for _, view in last] == [f"ST{SHOP}-CNY-202611", f"ST{SHOP}-CNY-202610"]
    assert (last[0][1].opening_minor, last[0][1].closing_minor, last[0][1].entries) == (11_400, 11_400, 0)


def test_weeks_are_stated_too_where_the_setting_says_so(committed_db, settings):
    settings.STATEMENT_SPANS = ["month", "week"]
    sell("S-1", 12_000, NOVEMBER)
    assert make_due_statements(now=DECEMBER_FIRST) == 1 + 4
    weeks = list_statements(shop_id=SHOP, currency="CNY", span=Span.WEEK)
    assert [view.closing_minor for _, view in weeks] == [11_400] * 4


def test_what_was_committed_late_is_in_the_next_statement(db):
    """A posting that began before the end and was committed after the statement: nothing of it is lost."""
    sell("S-1", 12_000, OCTOBER)
    october = make(month(OCTOBER))
    post_all(PayoutAsked(shop_id=SHOP, reference="OUT-1", amount_minor=400), now=OCTOBER + timedelta(days=1))
    november = make(month(NOVEMBER))
    assert (november.opening_minor, november.entries) == (october.closing_minor, 2)
    assert {account.code: account.closing_minor for account in november.accounts} == {
        code: balance.posted_minor for code, balance in list_balances(owner=Owner.of_shop(SHOP)).items()
    }


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE settlement_statement SET closing_minor = 0",
        "DELETE FROM settlement_statementaccount",
        "UPDATE settlement_statementaccount SET lines = '[]'",
        "TRUNCATE settlement_statement CASCADE",
    ],
)
def test_a_statement_cannot_be_changed(db, change):
    sell("S-1", 12_000, OCTOBER)
    make(month(OCTOBER))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert Statement.objects.get().closing_minor == 11_400


def test_the_database_refuses_an_account_that_does_not_add_up(db):
    sell("S-1", 12_000, OCTOBER)
    make(month(OCTOBER))
    row = StatementAccount.objects.get(code=Code.PAYABLE)
    row.pk, row.code, row.closing_minor = None, "2050", row.closing_minor + 1
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_a_request_posted_in_time_is_stated(committed_db):
    paid = CustodySharePaid(psp="wechatpay", shop_id=SHOP, share_no="W-1", amount_minor=500)
    with transaction.atomic():
        request_posting(key="in-time", event=paid, now=OCTOBER)
    assert post_pending(OCTOBER) == 1
    assert make_due_statements(now=month(OCTOBER).ends_at) == 1
    assert list_statements(shop_id=SHOP, currency="CNY")[0][1].closing_minor == 500
