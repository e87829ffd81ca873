"""The guard: every doubt alone stops the money, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from billing.ledger.contracts import Code
from billing.ledger.models import PostingRequest, ProofRun
from billing.ledger.rules import CodKeptByShop, DebtMoved, DisputeOpened, EscrowReleased, RefundAfterRelease
from billing.ledger.services import prove_and_store, request_posting
from billing.settlement.contracts.payouts import ChannelBalance, ChannelName
from billing.settlement.models.reconciling import Finding as Difference
from billing.settlement.models.reconciling import ProviderStatement, ReconciliationRun
from billing.settlement.models.releases import Release
from billing.settlement.rules.guard import (
    BooksProof,
    Custody,
    Doubt,
    Finding,
    GuardFigures,
    ShopBooks,
    judge_payout,
)
from billing.settlement.selectors.guarding import read_shop_money
from billing.settlement.selectors.payouts import get_payout
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_asking import ask_payout
from billing.settlement.services.payout_batches import NothingToSend, make_batch
from billing.settlement.services.payout_deciding import approve_payout
from market.shops.services import suspend_shop
from tests.billing.settlement.payouts import CLERK, DRAFT, FIRST, OWNER, till

__all__ = ["till"]

NOW = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
BOOKS = ShopBooks(
    payable_minor=11_400,
    receivable_minor=0,
    disputed_minor=0,
    released_posted_minor=11_400,
    released_due_minor=11_400,
    escrow_posted_minor=8_000,
    escrow_due_minor=8_000,
    transit_posted_minor=0,
    transit_due_minor=0,
)
BANK = GuardFigures(
    now=NOW,
    channel=ChannelName.BANK,
    shop_is_open=True,
    proof=BooksProof(True, NOW - timedelta(hours=36)),
    books=BOOKS,
    account_usable_at=NOW,
)
THERE = ChannelBalance(5_000, 2_000)
WECHAT = replace(
    BANK, channel=ChannelName.WECHATPAY, account_usable_at=None, custody=Custody(THERE, THERE), amount_minor=5_000
)


def books(**parts: int) -> GuardFigures:
    return replace(BANK, books=replace(BOOKS, **parts))


def at_wechat(**parts: object) -> GuardFigures:
    return replace(WECHAT, custody=replace(WECHAT.custody, **parts))


@pytest.mark.parametrize("figures", [BANK, WECHAT, at_wechat(told=ChannelBalance(5_000, 9_000))])
def test_when_everything_agrees_the_money_may_go(figures):
    assert judge_payout(figures).allows


@pytest.mark.parametrize(
    ("figures", "doubt"),
    [
        (replace(BANK, proof=None), Doubt.BOOKS_UNPROVEN),
        (replace(BANK, proof=BooksProof(True, NOW - timedelta(hours=36, seconds=1))), Doubt.BOOKS_UNPROVEN),
        (replace(BANK, proof=BooksProof(False, NOW)), Doubt.BOOKS_UNSOUND),
        (books(released_posted_minor=11_401), Doubt.PAYABLE_DIFFERS),
        (books(released_due_minor=11_401), Doubt.PAYABLE_DIFFERS),
        (books(escrow_posted_minor=7_999), Doubt.ESCROW_DIFFERS),
        (books(escrow_due_minor=7_999), Doubt.ESCROW_DIFFERS),
        (books(transit_posted_minor=1), Doubt.TRANSIT_DIFFERS),
        (books(transit_due_minor=1), Doubt.TRANSIT_DIFFERS),
        (replace(BANK, open_findings=1), Doubt.FINDINGS_OPEN),
        (replace(WECHAT, open_findings=1), Doubt.FINDINGS_OPEN),
        (replace(BANK, shop_is_open=False), Doubt.SHOP_NOT_OPEN),
        (books(payable_minor=-1), Doubt.PAYABLE_NEGATIVE),
        (books(receivable_minor=1), Doubt.SHOP_OWES),
        (books(disputed_minor=1), Doubt.DISPUTE_OPEN),
        (replace(BANK, account_usable_at=None), Doubt.ACCOUNT_MISSING),
        (replace(BANK, account_usable_at=NOW + timedelta(seconds=1)), Doubt.ACCOUNT_NEW),
        (replace(BANK, account_is_current=False), Doubt.ACCOUNT_CHANGED),
        (replace(WECHAT, custody=None), Doubt.PROVIDER_SILENT),
        (at_wechat(told=None), Doubt.PROVIDER_SILENT),
        (at_wechat(told=ChannelBalance(5_001, 2_000)), Doubt.PROVIDER_DIFFERS),
        (at_wechat(told=ChannelBalance(5_000, 1_999)), Doubt.PROVIDER_DIFFERS),
        (replace(WECHAT, amount_minor=5_001), Doubt.PROVIDER_SHORT),
    ],
)
def test_each_doubt_alone_stops_it(figures, doubt):
    verdict = judge_payout(figures)
    assert [finding.doubt for finding in verdict.findings] == [doubt]
    assert not verdict.allows and verdict.codes == doubt


def test_every_doubt_is_named_with_its_figures():
    verdict = judge_payout(replace(books(escrow_posted_minor=1, receivable_minor=2), shop_is_open=False))
    assert verdict.findings == (
        Finding(Doubt.ESCROW_DIFFERS, 1, 8_000),
        Finding(Doubt.SHOP_NOT_OPEN),
        Finding(Doubt.SHOP_OWES, 2, 0),
    )


def verdict_of(till) -> str:
    return judge_shop(shop_id=till.shop_id, channel=ChannelName.BANK, now=till.now).codes


def test_a_shop_whose_books_agree_may_be_paid(till):
    till.deliver(8_000)
    assert verdict_of(till) == ""
    money = read_shop_money(shop_id=till.shop_id, now=till.now)
    assert (money.free_minor, money.books.escrow_posted_minor) == (11_400, 8_000)


def test_what_is_only_requested_counts_as_posted_for_a_while(till):
    share_no = till.deliver(8_000)
    about = {"shop_id": till.shop_id, "share_no": share_no, "amount_minor": 8_000}
    with transaction.atomic():
        request_posting(
            key="r", event=EscrowReleased(commission_minor=400, commission_vat_minor=22, **about), now=till.now
        )
        Release.objects.filter(share_no=share_no).update(
            state="released", released_at=till.now, completed_at=till.now, commission_minor=400
        )
    assert verdict_of(till) == ""
    assert read_shop_money(shop_id=till.shop_id, now=till.now).free_minor == 11_400, "not before it is in the books"
    PostingRequest.objects.filter(key="r").update(parked=True)
    assert verdict_of(till) == "payable_differs, escrow_differs"
    PostingRequest.objects.filter(key="r").update(parked=False)
    till.clock.move(minutes=11)
    assert verdict_of(till) == "payable_differs, escrow_differs", "a request that old is no longer on its way"
    till.post()
    assert verdict_of(till) == ""


def test_a_delivery_that_settlement_has_not_heard_of_is_no_difference_yet(till):
    share_no = till.deliver(8_000)
    Release.objects.filter(share_no=share_no).delete()
    assert verdict_of(till) == ""
    till.clock.move(minutes=11)
    assert verdict_of(till) == "escrow_differs"


@pytest.mark.parametrize(
    ("table", "change", "doubt"),
    [
        ("settlement_release", "total_minor = total_minor + 1", "payable_differs"),
        ("settlement_release", "shop_id = 999", "payable_differs"),
    ],
)
def test_rows_that_do_not_fit_the_books_stop_it(till, table, change, doubt):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    assert verdict_of(till) == doubt


def test_commission_of_cash_that_the_shop_kept_is_recounted_too(till):
    Release.objects.filter(shop_id=till.shop_id).update(carrier="self", commission_minor=250)
    kept = CodKeptByShop(shop_id=till.shop_id, share_no="K1", commission_minor=250, commission_vat_minor=14)
    till.book("kept", kept)
    # 250 of commission are in the books, and 11,400 of a release that is none any more.
    findings = judge_shop(shop_id=till.shop_id, channel=ChannelName.BANK, now=till.now).findings
    assert findings == (Finding(Doubt.PAYABLE_DIFFERS, 11_150, -250),)


def test_disputes_debts_and_an_overdrawn_shop_stop_it(till):
    till.book("d", DisputeOpened(shop_id=till.shop_id, reference="D1", psp="stripe", amount_minor=1_000))
    assert verdict_of(till) == "dispute_open"
    refund = RefundAfterRelease(
        shop_id=till.shop_id,
        share_no="S1",
        psp="stripe",
        refund_no="R1",
        cash_minor=12_000,
        commission_minor=0,
        commission_vat_minor=0,
    )
    till.book("r", refund)
    assert till.balance(Code.PAYABLE) == -1_600
    assert verdict_of(till) == "payable_negative, dispute_open"
    till.book("m", DebtMoved(shop_id=till.shop_id, reference="E1", amount_minor=1_600))
    assert verdict_of(till) == "shop_owes, dispute_open"


def test_a_suspended_shop_is_not_paid(till):
    payout = till.ask(1_000)
    suspend_shop(shop_id=till.shop_id, reason="x", actor_id=1, now=till.now)
    with pytest.raises(PayoutRefused) as refused:
        till.ask(1_000)
    assert refused.value.verdict.codes == "shop_not_open"
    with pytest.raises(PayoutRefused):
        approve_payout(number=payout.number, actor_id=FIRST, now=till.now)


def test_a_new_account_waits_a_day_and_stops_what_went_to_the_old_one(till):
    payout = till.approve(till.ask(1_000))
    till.name_account(replace(DRAFT, number="4111111111111111"), old=False)
    with pytest.raises(PayoutRefused) as refused:
        till.ask(1_000)
    assert refused.value.verdict.codes == "account_new"
    till.clock.move(hours=24)
    prove_and_store(till.now)
    assert till.ask(1_000).last_four == "1111"
    with pytest.raises(NothingToSend):
        make_batch(actor_id=CLERK, key="b", now=till.now)
    assert get_payout(payout.number).error == "guard: account_changed"


def test_a_shop_without_an_account_is_asked_for_one(till, make_shop):
    other = make_shop("beta", owner_id=900_002)
    with pytest.raises(PayoutRefused) as refused:
        ask_payout(
            shop_id=other.shop_id, channel=ChannelName.BANK, amount_minor=None, actor_id=OWNER, key="k", now=till.now
        )
    assert refused.value.verdict.codes == "account_missing"


def test_the_guard_looks_again_before_the_file_is_made(till):
    till.approve(till.ask(1_000))
    till.book("d", DisputeOpened(shop_id=till.shop_id, reference="D1", psp="stripe", amount_minor=1_000))
    with pytest.raises(NothingToSend):
        make_batch(actor_id=CLERK, key="b", now=till.now)


def test_an_unsound_or_old_ledger_pays_nobody(till):
    till.ask(100)
    assert ProofRun.objects.count() == 1, "the first guard of all proves the books itself"
    till.clock.move(hours=37)
    assert verdict_of(till) == "books_unproven"
    prove_and_store(till.now)
    assert verdict_of(till) == ""
    row = ProofRun.objects.order_by("-pk").values().first()
    row |= {"id": None, "findings": {**row["findings"], "wrong_accounts": ["account 7"]}}
    ProofRun.objects.create(**row)
    assert verdict_of(till) == "books_unsound"


def test_a_difference_with_a_provider_stops_its_shop_until_it_is_decided(till, make_shop):
    statement = ProviderStatement.objects.create(
        psp="wechatpay", kind="trade", day=till.now.date(), sha256="0" * 64, size_bytes=1, received_at=till.now
    )
    run = ReconciliationRun.objects.create(statement=statement, ran_at=till.now, lines=1, matched=0, waiting=0)
    found = Difference.objects.create(
        run=run,
        psp="wechatpay",
        statement_kind="trade",
        day=till.now.date(),
        key="k",
        kind="extra",
        line_kind="payment",
        number="S1",
        shop_id=till.shop_id,
        theirs_minor=1,
        currency="CNY",
        ours_currency="CNY",
        found_at=till.now,
    )
    other = make_shop("beta", owner_id=900_002)
    shops = (till.shop_id, other.shop_id)
    verdicts = [judge_shop(shop_id=shop_id, channel=ChannelName.BANK, now=till.now) for shop_id in shops]
    assert [verdict.codes for verdict in verdicts] == ["findings_open", "account_missing"]
    Difference.objects.filter(pk=found.pk).update(state="explained", reason="x", decided_at=till.now)
    assert verdict_of(till) == ""
