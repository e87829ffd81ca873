"""Out of custody: our commission is split off a share (分账), then the rest is released to its shop (完结)."""

from datetime import datetime

from django.db import transaction

from billing.payments.contracts import RefundState, ReleaseStep, SplitOrder
from billing.payments.gateways.registry import get_custody_gateway
from billing.payments.models import PaymentShare
from billing.payments.rules import split_no, unfreeze_no
from billing.payments.selectors import ShareNotFound
from billing.payments.services.guards import demand_no_transaction
from billing.payments.services.refunding import NotPaid

_SPLIT_NOTE = "平台服务费"  # stands on the shop's bill at the provider, which is Chinese
_FREE_NOTE = "交易完成"


class CommissionChanged(RuntimeError):
    """The split was asked with another commission before."""


class RefundUnderWay(RuntimeError):
    """A refund of this share is not finished, so its money stays where it is."""


class NothingLeft(RuntimeError):
    """The share was refunded wholly."""


class SplitUnfinished(RuntimeError):
    """What is left is released only after the split is finished."""


def split_share(*, share_no: str, commission_minor: int, now: datetime) -> bool:
    """Split the commission off. Returns True once it is done, False while the provider works on it: call again.

    Calls the provider. Raises `ShareNotFound`, `NotPaid`, `CommissionChanged`, `RefundUnderWay`, `NothingLeft`,
    `NoCustody`, `ProviderError`.
    """
    demand_no_transaction()
    share = _begin_split(share_no, commission_minor)
    if share.step in (ReleaseStep.SPLIT.value, ReleaseStep.UNFROZEN.value):
        return True
    order = _to_order(share, split_no(share_no), _SPLIT_NOTE)
    if not get_custody_gateway(share.payment.gateway).split(order):
        return False
    _note(share_no, ReleaseStep.SPLIT, now)
    return True


def unfreeze_share(*, share_no: str, now: datetime) -> bool:
    """Release what is left of a share to its shop, after its split or without one. True once it is done.

    Calls the provider. Raises as `split_share`, and `SplitUnfinished`.
    """
    demand_no_transaction()
    share = _begin_unfreeze(share_no)
    if share.step == ReleaseStep.UNFROZEN.value:
        return True
    order = _to_order(share, unfreeze_no(share_no), _FREE_NOTE)
    if not get_custody_gateway(share.payment.gateway).unfreeze(order):
        return False
    _note(share_no, ReleaseStep.UNFROZEN, now)
    return True


@transaction.atomic(durable=True)
def _begin_split(share_no: str, commission_minor: int) -> PaymentShare:
    """Fix the commission before the first call, so that every repeat asks for the same."""
    share = _lock(share_no)
    if share.step != ReleaseStep.NONE.value:
        if share.commission_minor != commission_minor:
            raise CommissionChanged(share_no)
        return share
    _check_releasable(share)
    share.step, share.commission_minor = ReleaseStep.SPLIT_ASKED.value, commission_minor
    share.save(update_fields=["step", "commission_minor"])
    return share


@transaction.atomic(durable=True)
def _begin_unfreeze(share_no: str) -> PaymentShare:
    share = _lock(share_no)
    if share.step == ReleaseStep.SPLIT_ASKED.value:
        raise SplitUnfinished(share_no)
    if share.step == ReleaseStep.SPLIT.value:
        _check_releasable(share)  # a refund may have been asked for since the split: it takes what is here
    if share.step == ReleaseStep.NONE.value:
        # Without a commission nothing is split, but from here on the shop's own money pays a refund.
        _check_releasable(share)
        share.step = ReleaseStep.SPLIT.value
        share.save(update_fields=["step"])
    return share


@transaction.atomic(durable=True)
def _note(share_no: str, step: ReleaseStep, now: datetime) -> None:
    share = _lock(share_no)
    if step is ReleaseStep.SPLIT and share.step == ReleaseStep.SPLIT_ASKED.value:
        share.step, share.split_at = step.value, now
    elif step is ReleaseStep.UNFROZEN and share.step == ReleaseStep.SPLIT.value:
        share.step, share.unfrozen_at = step.value, now
    share.save(update_fields=["step", "split_at", "unfrozen_at"])


def _lock(share_no: str) -> PaymentShare:
    share = (
        PaymentShare.objects.select_for_update(no_key=True, of=("self",))
        .select_related("payment")
        .filter(share_no=share_no)
        .first()
    )
    if share is None:
        raise ShareNotFound(share_no)
    return share


def _check_releasable(share: PaymentShare) -> None:
    if share.paid_at is None:
        raise NotPaid(share.share_no)
    if share.refunded_minor >= share.amount_minor:
        raise NothingLeft(share.share_no)
    if share.refunds.filter(state__in=[RefundState.ASKED.value, RefundState.SENT.value]).exists():
        raise RefundUnderWay(share.share_no)


def _to_order(share: PaymentShare, number: str, note: str) -> SplitOrder:
    return SplitOrder(
        split_no=number,
        transaction_id=share.transaction_id,
        merchant_account=share.merchant_account,
        commission_minor=share.commission_minor,
        currency=share.payment.currency,
        description=note,
    )
