"""Stripe's report against the books in agent mode: fees beside amounts, disputes, payouts to our bank."""

from datetime import UTC, datetime

from django.db import transaction

from billing.ledger.rules import (
    DisputeTaken,
    EscrowShare,
    PaymentCaptured,
    ProviderFeeCharged,
    ProviderSettled,
    RefundConfirmed,
)
from billing.ledger.rules.events import PostingEvent
from billing.ledger.services import post
from billing.settlement.contracts.reconciling import StatementKind
from billing.settlement.selectors.reconciling import find_run_of, list_findings
from billing.settlement.services.reconciling_files import receive_statement
from tests.billing.settlement.reconciling.conftest import DAY, MORNING_AFTER

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
HEAD = "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id\n"


def book(key: str, event: PostingEvent) -> None:
    with transaction.atomic():
        post(key=key, event=event, now=AT)


def test_the_story_of_money_md_matches_and_a_changed_line_does_not(db) -> None:
    shares = (EscrowShare(1, "M1", 12_000), EscrowShare(2, "M2", 9_000), EscrowShare(3, "M3", 4_500))
    book("a1", PaymentCaptured(psp="stripe", reference="ch_1", cash_minor=25_500, shares=shares, currency="USD"))
    book("a2", ProviderFeeCharged(psp="stripe", reference="ch_1", amount_minor=153, currency="USD"))
    book("d2", RefundConfirmed(psp="stripe", reference="re_1", amount_minor=7_914, currency="USD"))
    book(
        "f2",
        DisputeTaken(psp="stripe", shop_id=3, reference="dp_1", amount_minor=7_034, fee_minor=1_500, currency="USD"),
    )
    settled = ProviderSettled(psp="stripe", reference="bank-1", bank_account="main", amount_minor=8_899, currency="USD")
    book("a3", settled)
    rows = [
        "txn_1,2026-11-21 04:00:00,usd,255.00,1.53,253.47,charge,ch_1",
        "txn_2,2026-11-21 05:00:00,usd,-79.14,0.00,-79.14,refund,re_1",
        "txn_3,2026-11-21 06:00:00,usd,-70.34,15.00,-85.34,dispute,dp_1",
        "txn_4,2026-11-21 07:00:00,usd,-88.99,0.00,-88.99,payout,po_1",
    ]
    options = {"psp": "stripe", "kind": StatementKind.BALANCE, "day": DAY, "now": MORNING_AFTER}
    run = find_run_of(receive_statement(content=(HEAD + "\n".join(rows) + "\n").encode(), **options))
    assert (run.lines, run.matched, run.findings) == (4, 4, 0)
    rows[2] = "txn_3,2026-11-21 06:00:00,usd,-70.34,20.00,-90.34,dispute,dp_1"
    receive_statement(content=(HEAD + "\n".join(rows) + "\n").encode(), **options)
    (finding,) = list_findings()
    assert (finding.number, finding.difference_minor, finding.shop_id) == ("dp_1", -500, 3)
    assert finding.may_be_suspended and finding.currency == "USD"
