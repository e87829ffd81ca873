"""A shop that has something to be paid, and the people who pay it."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import CodDelivered, EscrowReleased, PostingEvent
from billing.ledger.rules.delivery import CodRemitted
from billing.ledger.selectors import get_balance
from billing.ledger.services import request_posting
from billing.ledger.tasks import post_requests
from billing.settlement.contracts.payouts import AccountKind, BankAccountDraft, ChannelName, PayoutView
from billing.settlement.models.releases import Release
from billing.settlement.services.bank_accounts import set_bank_account
from billing.settlement.services.payout_asking import ask_payout
from billing.settlement.services.payout_batches import make_batch
from billing.settlement.services.payout_deciding import approve_payout
from market.shops.contracts import ShopContext
from tests.conftest import Clock

CARD = "6222021234567890128"  # passes Luhn's check
OWNER, FIRST, SECOND, CLERK = 900_001, 800_001, 800_002, 800_003
DRAFT = BankAccountDraft(AccountKind.CARD, "陈小禾", "招商银行", "杭州分行", "", CARD)
_numbers = itertools.count(1)


@dataclass
class Till:
    """A shop, its clock, and what is done to it in tests."""

    shop: ShopContext
    clock: Clock
    keys: itertools.count = field(default_factory=lambda: itertools.count(1))

    @property
    def shop_id(self) -> int:
        return self.shop.shop_id

    @property
    def now(self) -> datetime:
        return self.clock.now

    def earn(self, *amounts: int, commission: int = 0) -> list[str]:
        """Sales on delivery: delivered, remitted and released (rows G1 to G3), wholly in the books."""
        return [self._sell(amount, commission) for amount in amounts]

    def deliver(self, amount: int) -> str:
        """A sale whose cash the carrier still has: in escrow, not released."""
        share_no = f"S{next(_numbers):08d}"
        self._note(share_no, amount, 0, state="waiting")
        self._request(f"cod-delivered:{share_no}", CodDelivered(carrier="顺丰", **self._about(share_no, amount)))
        self.post()
        return share_no

    def book(self, key: str, event: PostingEvent) -> None:
        """Anything else that happens to the books."""
        self._request(key, event)
        self.post()

    def name_account(self, draft: BankAccountDraft = DRAFT, *, old: bool = True) -> None:
        """Tell where the shop is paid to; `old`: long enough ago."""
        at = self.now - timedelta(days=2) if old else self.now
        set_bank_account(shop_id=self.shop_id, draft=draft, actor_id=OWNER, now=at)

    def ask(self, amount: int | None = None, *, key: str = "", channel: ChannelName = ChannelName.BANK) -> PayoutView:
        key = key or f"ask-{next(self.keys)}"
        return ask_payout(
            shop_id=self.shop_id, channel=channel, amount_minor=amount, actor_id=OWNER, key=key, now=self.now
        )

    def approve(self, payout: PayoutView) -> PayoutView:
        """Both people say yes."""
        for person in (FIRST, SECOND):
            payout = approve_payout(number=payout.number, actor_id=person, now=self.now)
        return payout

    def send(self, amount: int | None = None) -> PayoutView:
        """Asked, approved and in a file."""
        payout = self.approve(self.ask(amount))
        make_batch(actor_id=CLERK, key=f"batch-{next(self.keys)}", now=self.now)
        return payout

    def balance(self, code: Code) -> int:
        return get_balance(code=code, owner=Owner.of_shop(self.shop_id)).posted_minor

    def post(self) -> None:
        while post_requests(self.now):
            pass

    def _sell(self, amount: int, commission: int) -> str:
        share_no = f"S{next(_numbers):08d}"
        self._note(share_no, amount, commission, state="released")
        about = self._about(share_no, amount)
        released = EscrowReleased(commission_minor=commission, commission_vat_minor=0, **about)
        self._request(f"cod-delivered:{share_no}", CodDelivered(carrier="顺丰", **about))
        self._request(f"cod-remitted:{share_no}", CodRemitted(carrier="顺丰", bank_account="main", **about))
        self._request(f"cod-released:{share_no}", released)
        self.post()
        return share_no

    def _about(self, share_no: str, amount: int) -> dict[str, object]:
        return {"shop_id": self.shop_id, "share_no": share_no, "amount_minor": amount}

    def _request(self, key: str, event: PostingEvent) -> None:
        with transaction.atomic():
            request_posting(key=key, event=event, now=self.now)

    def _note(self, share_no: str, amount: int, commission: int, *, state: str) -> None:
        done = self.now if state == "released" else None
        Release.objects.create(
            share_no=share_no,
            shop_id=self.shop_id,
            method="cod",
            carrier="顺丰",
            state=state,
            total_minor=amount,
            commission_minor=commission,
            commission_vat_minor=0,
            currency="CNY",
            noted_at=self.now,
            completed_at=done,
            cash_at=done,
            released_at=done,
            due_at=self.now,
        )


@pytest.fixture
def till(any_db, make_shop, clock) -> Till:
    """A shop with 114.00 and a bank account that it named some days ago."""
    made = Till(make_shop("alpha", owner_id=OWNER), clock)
    made.earn(12_000, commission=600)
    made.name_account()
    return made
