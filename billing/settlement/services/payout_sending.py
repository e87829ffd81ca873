"""What the clock does with payouts: send what is approved, ask about what is sent, finish what was cut short.

The row says "sent" before the provider is called, so that a crash is followed by a question, never by a second payout.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from billing.payments.contracts import ProviderError
from billing.payments.services import NoMerchantAccount
from billing.settlement.channels.wechatpay import WechatPayChannel
from billing.settlement.contracts.payouts import CarryReport, CarryState, ChannelName, PayoutState
from billing.settlement.models.payouts import Payout
from billing.settlement.rules.payouts import pause_after
from billing.settlement.selectors.payouts import to_order
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_answers import carry_out_answer, finish_return, record_carried
from billing.settlement.services.payout_steps import lock_payout, move_payout

LEASE = timedelta(seconds=60)
# The provider says no although it could be asked again: what is short stays short until somebody does something.
_FINAL_CODES = frozenset({"NOT_ENOUGH"})

log = structlog.get_logger(__name__)


def carry_due_payouts(*, now: datetime, limit: int = 20) -> int:
    """Take the next step of every payout that is due. Several clocks may run: each takes payouts that no other holds.

    Returns how many were taken.
    """
    leased = _lease(now, limit)
    for number, attempts in leased:
        try:
            _carry(number, attempts, now)
        except (ProviderError, PayoutRefused, NoMerchantAccount) as error:
            _try_later(number, str(error), attempts, now)
    return len(leased)


@transaction.atomic(durable=True)
def _lease(now: datetime, limit: int) -> list[tuple[str, int]]:
    rows = list(
        Payout.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(due_at__lte=now)
        .order_by("due_at")
        .defer("account_number", "holder")[:limit]
    )
    for row in rows:
        row.due_at, row.attempts = now + LEASE, row.attempts + 1
        row.save(update_fields=["due_at", "attempts"])
    return [(row.number, row.attempts) for row in rows]


def _carry(number: str, attempts: int, now: datetime) -> None:
    row = Payout.objects.get(number=number)
    if row.channel == ChannelName.BANK.value:
        if not carry_out_answer(number=number, now=now) and not finish_return(number=number, now=now):
            Payout.objects.filter(pk=row.pk, state=row.state).update(due_at=None)
        return
    if row.state == PayoutState.APPROVED.value:
        row = _send(row, now)
    if row.state not in (PayoutState.SENT.value, PayoutState.CONFIRMED.value):
        Payout.objects.filter(pk=row.pk, state=row.state).update(due_at=None)  # it ended: nothing is due
        return
    record_carried(report=_ask(row), due_at=now + pause_after(attempts), now=now)


def _send(row: Payout, now: datetime) -> Payout:
    """The guard's last look, then the row; the call comes after. Raises `PayoutRefused`."""
    verdict = judge_shop(shop_id=row.shop_id, channel=ChannelName(row.channel), now=now, amount_minor=row.amount_minor)
    if not verdict.allows:
        raise PayoutRefused(verdict)
    with transaction.atomic(durable=True):
        locked = lock_payout(row.number)
        if locked.state == PayoutState.APPROVED.value:  # or staff stopped it a moment ago
            move_payout(locked, PayoutState.SENT, now=now)
    return locked


def _ask(row: Payout) -> CarryReport:
    """How it stands at the provider; what the provider does not know is submitted, under the same number for ever.

    What it took or paid before is never submitted again, whatever it has forgotten since: that needs a person.
    """
    channel, order = WechatPayChannel(), to_order(row)
    report = channel.query(order)
    if report.state not in (CarryState.UNKNOWN, CarryState.BEGUN):
        return report
    if row.state == PayoutState.CONFIRMED.value or (report.state is CarryState.UNKNOWN and row.reference):
        raise ProviderError("the provider does not know any more what it took", code="FORGOTTEN")
    try:
        return channel.submit(order)
    except ProviderError as error:
        if error.retry and error.code not in _FINAL_CODES:
            raise
        return _make_sure(channel.query(order), error)


def _make_sure(report: CarryReport, refused: ProviderError) -> CarryReport:
    """A refusal is final only when the provider really has nothing under the number."""
    if report.state is not CarryState.UNKNOWN:
        return report
    return CarryReport(report.number, CarryState.FAILED, "", str(refused)[:200])


@transaction.atomic(durable=True)
def _try_later(number: str, error: str, attempts: int, now: datetime) -> None:
    log.warning("payout.stuck", number=number, error=error[:200])
    row = lock_payout(number)
    if row.ended_at is None:
        row.error, row.due_at = error[:300], now + pause_after(attempts)
        row.save(update_fields=["error", "due_at"])
