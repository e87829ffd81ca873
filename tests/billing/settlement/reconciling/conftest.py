"""A provider's day: what we posted, and files that say the same or something else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from billing.ledger.rules import (
    CustodyCommissionSplit,
    CustodyFeeReturned,
    CustodyFeeTaken,
    CustodyRefunded,
    CustodySharePaid,
    ProviderSettled,
)
from billing.ledger.rules.events import PostingEvent
from billing.ledger.services import post, post_pending
from billing.payments.models import MerchantAccount
from billing.settlement.contracts.reconciling import FindingState, StatementKind
from billing.settlement.selectors.reconciling import find_run_of, list_findings
from billing.settlement.services.reconciling_files import receive_statement
from tests.billing.settlement.reconciling.bills import MERCHANT

DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
MORNING_AFTER = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
TRADE, FLOW = StatementKind.TRADE, StatementKind.FUNDFLOW


@pytest.fixture(autouse=True)
def _private(settings, tmp_path: Path) -> Iterator[None]:
    settings.PRIVATE_ROOT = tmp_path
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": MERCHANT}
    yield


@dataclass
class Day:
    """What our side knows, and what the provider sends."""

    now: datetime = NOON

    def book(self, key: str, event: PostingEvent, at: datetime | None = None) -> int:
        with transaction.atomic():
            return post(key=key, event=event, now=at or self.now).transaction_id

    def pay(self, share_no: str, amount: int, fee: int = 0, *, shop_id: int = 7, at: datetime | None = None) -> int:
        paid = CustodySharePaid(psp="wechatpay", shop_id=shop_id, share_no=share_no, amount_minor=amount)
        number = self.book(f"paid:{share_no}", paid, at)
        if fee:
            taken = CustodyFeeTaken(psp="wechatpay", shop_id=shop_id, share_no=share_no, amount_minor=fee)
            self.book(f"fee:{share_no}", taken, at)
        return number

    def refund(self, share_no: str, refund_no: str, amount: int, fee: int, *, shop_id: int = 7) -> None:
        about = {"psp": "wechatpay", "shop_id": shop_id, "share_no": share_no, "refund_no": refund_no}
        self.book(f"fee-returned:{refund_no}", CustodyFeeReturned(**about, amount_minor=fee))
        self.book(f"refunded:{refund_no}", CustodyRefunded(**about, amount_minor=amount))

    def split(self, share_no: str, amount: int, *, shop_id: int = 7, at: datetime | None = None) -> int:
        split = CustodyCommissionSplit(
            psp="wechatpay", shop_id=shop_id, share_no=share_no, commission_minor=amount, commission_vat_minor=0
        )
        return self.book(f"split:{share_no}", split, at)

    def settle(self, reference: str, amount: int, at: datetime | None = None) -> int:
        settled = ProviderSettled(psp="wechatpay", reference=reference, bank_account="main", amount_minor=amount)
        return self.book(f"settled:wechatpay:{reference}", settled, at)

    def receive(
        self, content: bytes, kind: StatementKind = TRADE, *, day: date = DAY, now: datetime = MORNING_AFTER
    ) -> int:
        return receive_statement(
            psp="wechatpay", kind=kind, day=day, content=content, now=now, merchant=MERCHANT, file_name="bill.csv"
        )

    def compare(self, content: bytes, kind: StatementKind = TRADE, **options: object) -> list[tuple[str, str, str]]:
        """The findings of a file: kind, number, state."""
        run = find_run_of(self.receive(content, kind, **options))
        assert run is not None
        return [(f.kind.value, f.number, f.state.value) for f in list_findings(run_id=run.run_id)]

    def post_all(self) -> None:
        while post_pending(MORNING_AFTER + timedelta(days=30)):
            pass


@pytest.fixture
def day(db) -> Day:
    for shop_id in (7, 8):
        MerchantAccount.objects.create(
            shop_id=shop_id, gateway="wechatpay", account=f"160000000{shop_id}", enrolled_at=NOON
        )
    return Day()


@pytest.fixture
def states() -> Callable[[], list[tuple[str, str]]]:
    """Every finding with its state."""
    return lambda: [(f"{f.kind.value} {f.number}", f.state.value) for f in list_findings(limit=200)]


OPEN = FindingState.OPEN.value
