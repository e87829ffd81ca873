"""Giving money back: asked in rows, sent to the provider, recorded once."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from billing.payments.contracts import (
    ProviderError,
    RefundOrder,
    RefundOutcome,
    RefundReport,
    RefundState,
    ReleaseStep,
    ReturnOrder,
)
from billing.payments.gateways.registry import get_custody_gateway, get_gateway
from billing.payments.models import PaymentShare, Refund
from billing.payments.rules import MOST_REFUNDS, commission_to_return, pause_after, split_no
from billing.payments.selectors import RefundNotFound, ShareNotFound
from billing.payments.services.guards import demand_no_transaction, demand_transaction

_RETURN_NOTE = "用户退款"  # stands on the bill at the provider, which is Chinese
_OPEN = (RefundState.ASKED.value, RefundState.SENT.value)
_FINAL = frozenset({RefundState.SUCCEEDED.value, RefundState.FAILED.value})


class NotPaid(RuntimeError):
    """A share that was not paid cannot be refunded or released."""


class RefundTooLarge(ValueError):
    """More than is left of what was paid, nothing at all, or more parts than the provider allows."""


class KeyReused(RuntimeError):
    """The key was used for another refund."""


def ask_refund(*, share_no: str, amount_minor: int, reason: str, key: str, now: datetime) -> str:
    """Step: promise part or all of a paid share back. Returns the refund's number, the same for the same key.

    After the split our commission goes back first, in proportion. Raises `ShareNotFound`, `NotPaid`, `RefundTooLarge`,
    `KeyReused`.
    """
    demand_transaction()
    share = PaymentShare.objects.select_for_update(no_key=True).filter(share_no=share_no).first()
    if share is None:
        raise ShareNotFound(share_no)
    known = Refund.objects.filter(key=key).first()
    if known is not None:
        if known.share_id != share.pk or known.amount_minor != amount_minor:
            raise KeyReused(key)
        return known.refund_no
    _check_refundable(share, amount_minor)
    share.refunded_minor += amount_minor
    refund = Refund.objects.create(
        share=share,
        commission_minor=_find_commission(share),
        released=share.step == ReleaseStep.UNFROZEN.value,
        refund_no=f"RF{now:%y%m%d%H%M%S}{secrets.token_hex(6).upper()}",
        key=key,
        amount_minor=amount_minor,
        reason=reason[:200],
        asked_at=now,
        due_at=now,
    )
    share.save(update_fields=["refunded_minor"])
    return refund.refund_no


def send_refund(*, refund_no: str, now: datetime) -> RefundReport:
    """Send the refund, or ask how a sent one stands. Follow with `record_refund`.

    Calls the provider; sending again is harmless, the number is the same. A split commission is returned first: the
    report then says `returned`, and the refund itself is sent the next time. Raises `RefundNotFound`, `ProviderError`,
    which is kept with the refund; it becomes due again with growing pauses.
    """
    demand_no_transaction()
    refund = Refund.objects.select_related("share__payment").filter(refund_no=refund_no).first()
    if refund is None:
        raise RefundNotFound(refund_no)
    if refund.state in _FINAL:
        return RefundReport(refund_no, RefundState(refund.state), refund.amount_minor, refund.trouble)
    _note_attempt(refund, "", now)
    gateway, order = get_gateway(refund.share.payment.gateway), _to_order(refund)
    try:
        if refund.commission_minor and refund.returned_at is None:
            return RefundReport(refund_no, RefundState.ASKED, refund.amount_minor, returned=_return_split(refund))
        return gateway.refund(order) if refund.state == RefundState.ASKED.value else gateway.query_refund(order)
    except ProviderError as error:
        _note_attempt(refund, str(error), now)
        raise


def record_refund(*, report: RefundReport, now: datetime) -> RefundOutcome | None:
    """Step: write down what the provider says of a refund. None when it changes nothing.

    A failed refund gives its amount free for another one. Raises `RefundNotFound`.
    """
    demand_transaction()
    refund = Refund.objects.select_for_update(no_key=True).filter(refund_no=report.refund_no).first()
    if refund is None:
        raise RefundNotFound(report.refund_no)
    if report.returned:
        return _record_return(refund, now)
    if refund.state in _FINAL or report.state is RefundState.ASKED:
        return None
    changed = refund.state != report.state.value
    refund.state, refund.trouble = report.state.value, report.reason[:300]
    if report.state is RefundState.SUCCEEDED:
        refund.succeeded_at = now
    if report.state is RefundState.FAILED:
        freed = F("refunded_minor") - refund.amount_minor
        PaymentShare.objects.filter(pk=refund.share_id).update(refunded_minor=freed)
    refund.save(update_fields=["state", "trouble", "succeeded_at"])
    if not changed:
        return None
    return _to_outcome(refund)


def _check_refundable(share: PaymentShare, amount_minor: int) -> None:
    if share.paid_at is None:
        raise NotPaid(share.share_no)
    if not 0 < amount_minor <= share.amount_minor - share.refunded_minor:
        raise RefundTooLarge(f"{share.share_no}: {amount_minor} of {share.amount_minor - share.refunded_minor} left")
    if share.refunds.count() >= MOST_REFUNDS:
        raise RefundTooLarge(f"{share.share_no}: {MOST_REFUNDS} parts already")


def _find_commission(share: PaymentShare) -> int:
    """What of our commission goes back with a refund that `refunded_minor` counts already."""
    if share.step == ReleaseStep.NONE.value or not share.commission_minor:
        return 0
    waiting = share.refunds.filter(state__in=_OPEN, returned_at=None).aggregate(total=Sum("commission_minor"))
    return commission_to_return(
        commission_minor=share.commission_minor,
        amount_minor=share.amount_minor,
        refunded_minor=share.refunded_minor,
        promised_minor=share.commission_returned_minor + int(waiting["total"] or 0),
    )


def _return_split(refund: Refund) -> bool:
    share = refund.share
    if share.step == ReleaseStep.SPLIT_ASKED.value:
        return False  # it is being split off: once it is, it can be returned
    order = ReturnOrder(
        return_no=refund.refund_no,
        split_no=split_no(share.share_no),
        merchant_account=share.merchant_account,
        amount_minor=refund.commission_minor,
        currency=share.payment.currency,
        description=_RETURN_NOTE,
    )
    return get_custody_gateway(share.payment.gateway).return_split(order)


def _record_return(refund: Refund, now: datetime) -> RefundOutcome | None:
    """Our commission is back with the share; the refund can be sent at once."""
    if refund.returned_at is not None:
        return None
    refund.returned_at, refund.due_at = now, now
    refund.save(update_fields=["returned_at", "due_at"])
    returned = F("commission_returned_minor") + refund.commission_minor
    PaymentShare.objects.filter(pk=refund.share_id).update(commission_returned_minor=returned)
    return _to_outcome(refund, returned_now=True)


def _to_outcome(refund: Refund, *, returned_now: bool = False) -> RefundOutcome:
    share_no = PaymentShare.objects.values_list("share_no", flat=True).get(pk=refund.share_id)
    return RefundOutcome(
        refund_no=refund.refund_no,
        share_no=share_no,
        state=RefundState(refund.state),
        commission_minor=refund.commission_minor,
        returned_now=returned_now,
        released=refund.released,
    )


@transaction.atomic(durable=True)
def _note_attempt(refund: Refund, trouble: str, now: datetime) -> None:
    """Before the call it is a lease, so that two workers seldom send the same; after a failure it keeps the reason."""
    due_at = now + pause_after(refund.attempts)
    attempts = F("attempts") if trouble else F("attempts") + 1
    Refund.objects.filter(pk=refund.pk).update(attempts=attempts, trouble=trouble[:300], due_at=due_at)


def _to_order(refund: Refund) -> RefundOrder:
    share = refund.share
    return RefundOrder(
        refund_no=refund.refund_no,
        share_no=share.share_no,
        transaction_id=share.transaction_id,
        merchant_account=share.merchant_account,
        amount_minor=refund.amount_minor,
        share_total_minor=share.amount_minor,
        currency=share.payment.currency,
        reason=refund.reason,
    )
