"""Topping up through a provider: opened, paid once however often it is told, closed when its time is over.

The money comes to the platform's own account there (money.md rows H1 and H2), never into a shop's custody.
"""

from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from django.conf import settings
from django.db import transaction

from billing.ledger.rules import AdTopUpCaptured, ProviderFeeCharged
from billing.ledger.services import request_posting
from billing.payments.contracts import ProviderError, ProviderReport, Started
from billing.payments.rules import name_own_psp, provider_fee_minor
from billing.payments.services import (
    AmountMismatch,
    ask_provider,
    close_payment,
    mark_closed,
    open_own_payment,
    record_report,
    start_payment,
)
from billing.wallets.contracts import TopUpSource, TopUpState, TopUpView
from billing.wallets.models import TopUp
from billing.wallets.selectors.top_ups import list_due_top_ups, to_top_up_view
from billing.wallets.services.days import business_date
from billing.wallets.services.locking import BadAmount, KeyReused, lock_wallet
from market.shops.selectors import get_shop

log = structlog.get_logger(__name__)

LEAST_MINOR, MOST_MINOR = 10_00, 200_000_00
MOST_OPEN = 10
PREFIX = "TU"
DESCRIPTION = "推广余额充值"


class TooManyOpen(RuntimeError):
    """So many top-ups of the shop wait for their money that no other is opened."""


@transaction.atomic(durable=True)
def open_top_up(*, shop_id: int, amount_minor: int, gateway: str, key: str, actor_id: int, now: datetime) -> TopUpView:
    """Write down what is to be paid; a repeat of the key is the same top-up. Nothing is asked of the provider yet.

    Raises `BadAmount` (10.00 to 200,000.00), `TooManyOpen`, `KeyReused`, `NoOwnAccount`, `UnknownGateway`,
    `ShopNotFound`.
    """
    check_top_up(amount_minor)
    get_shop(shop_id)
    lock_wallet(shop_id, now)
    known = find_same(shop_id, key, TopUpSource.PAYMENT, amount_minor)
    if known is not None:
        return to_top_up_view(known)
    if TopUp.objects.filter(shop_id=shop_id, state=TopUpState.OPEN.value, expires_at__gt=now).count() >= MOST_OPEN:
        raise TooManyOpen(shop_id)
    number, expires_at = make_number(now), now + timedelta(seconds=settings.HOLD_SECONDS)
    payment_no = open_own_payment(
        number=number,
        shop_id=shop_id,
        gateway=gateway,
        amount_minor=amount_minor,
        description=DESCRIPTION,
        expires_at=expires_at,
        now=now,
    )
    row = TopUp.objects.create(
        number=number,
        shop_id=shop_id,
        key=key,
        source=TopUpSource.PAYMENT.value,
        amount_minor=amount_minor,
        state=TopUpState.OPEN.value,
        gateway=gateway,
        payment_no=payment_no,
        asked_by=actor_id,
        day=business_date(now),
        opened_at=now,
        expires_at=expires_at,
    )
    return to_top_up_view(row)


def start_top_up(*, payment_no: str, now: datetime) -> Started:
    """What the cashier shows. Raises `PaymentClosed`, `PaymentExpired`, `ProviderError`."""
    return start_payment(payment_no=payment_no, now=now)


def is_top_up(purchase_no: str) -> bool:
    """Whether what a payment pays for is a top-up: a purchase's number begins with its day."""
    return purchase_no.startswith(PREFIX)


@transaction.atomic(durable=True)
def settle_top_up(*, report: ProviderReport, now: datetime) -> bool:
    """Credit what a provider says was paid, once; late money too. Returns whether this call did it.

    Raises `AmountMismatch`.
    """
    outcome = record_report(report=report, now=now)
    if outcome.captured_now:
        credit_top_up(number=outcome.purchase_no, now=now)
    return outcome.captured_now


def credit_top_up(*, number: str, now: datetime) -> None:
    """Step: the payment of this top-up was captured just now."""
    row = TopUp.objects.select_for_update(no_key=True).get(number=number)
    row.state, row.paid_at = TopUpState.PAID.value, now
    row.save(update_fields=["state", "paid_at"])
    psp, fee = name_own_psp(row.gateway), provider_fee_minor(row.gateway, row.amount_minor)
    captured = AdTopUpCaptured(shop_id=row.shop_id, reference=number, psp=psp, amount_minor=row.amount_minor)
    request_posting(key=f"top-up:{number}", event=captured, now=now)
    if fee:
        charged = ProviderFeeCharged(psp=psp, reference=number, amount_minor=fee)
        request_posting(key=f"top-up-fee:{number}", event=charged, now=now)


def check_top_up_paid(*, payment_no: str, now: datetime) -> bool:
    """Ask the provider whether the money came, for a callback that was lost. Raises `ProviderError`."""
    report = ask_provider(payment_no=payment_no, now=now)
    if report.paid:
        settle_top_up(report=report, now=now)
    return report.paid


def close_due_top_ups(*, now: datetime) -> int:
    """Close payments whose time is over, at the provider first; who paid at the last moment has topped up."""
    closed = 0
    for payment_no in list_due_top_ups(now=now):
        try:
            report = close_payment(payment_no=payment_no, now=now)
            if report.paid:
                settle_top_up(report=report, now=now)
            else:
                closed += _close(payment_no, now)
        except (ProviderError, AmountMismatch) as error:
            log.warning("top_up.close_failed", payment_no=payment_no, error=str(error)[:200])
    return closed


@transaction.atomic(durable=True)
def _close(payment_no: str, now: datetime) -> bool:
    if not mark_closed(payment_no=payment_no, now=now):
        return False
    row = TopUp.objects.select_for_update(no_key=True).get(payment_no=payment_no)
    if row.state != TopUpState.OPEN:
        return False
    row.state, row.closed_at = TopUpState.CLOSED.value, now
    row.save(update_fields=["state", "closed_at"])
    return True


def check_top_up(amount_minor: int) -> None:
    """Raises `BadAmount` unless an amount can be topped up."""
    if not LEAST_MINOR <= amount_minor <= MOST_MINOR:
        raise BadAmount(f"{amount_minor} minor units")


def find_same(shop_id: int, key: str, source: TopUpSource, amount_minor: int) -> TopUp | None:
    """What was done under this key before. Raises `KeyReused`."""
    known = TopUp.objects.filter(shop_id=shop_id, key=key).first()
    if known is not None and (known.source, known.amount_minor) != (source.value, amount_minor):
        raise KeyReused(key)
    return known


def make_number(now: datetime) -> str:
    """Such as `TU261128-4F09A1C7D2`: readable on the telephone, not to be guessed."""
    return f"{PREFIX}{business_date(now):%y%m%d}-{token_hex(5).upper()}"
