"""Writes of settlement: a sold share's money goes to its shop, commission to us (money.md rows L4, L5, L7, G2, G3)."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from billing.ledger.rules.agent import ProviderSettled
from billing.ledger.rules.custody import CustodyCommissionSplit, CustodyReleased
from billing.ledger.services import request_posting
from billing.payments.contracts import ProviderError
from billing.payments.gateways.registry import NoCustody
from billing.payments.rules import provider_fee_minor
from billing.payments.selectors import ShareNotFound
from billing.payments.services import (
    CommissionChanged,
    NothingLeft,
    NotPaid,
    RefundUnderWay,
    SplitUnfinished,
    split_share,
    unfreeze_share,
)
from billing.settlement.contracts.releases import ReleaseState
from billing.settlement.models.releases import Release
from billing.settlement.services.cash import BadAmount, mark_released, release_cash_due, schedule_cash
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.money import included_portion
from tenants.orders.contracts import PaymentMethod, ShareCompleted

log = structlog.get_logger(__name__)

MAX_BACK_OFF_SECONDS = 3_600
# What one share's provider or rows may answer; anything else rises, and the share is taken up again later all the same.
_TROUBLES = (
    ProviderError,
    RefundUnderWay,
    SplitUnfinished,
    CommissionChanged,
    NotPaid,
    NoCustody,
    ShareNotFound,
)


@transaction.atomic(durable=True)
def note_share(*, share: ShareCompleted, completed: bool, now: datetime) -> None:
    """Remember a share whose cash a carrier collected, or whose sale is final. A repeat changes nothing.

    What a provider holds is due at once; cash that is with us once the shop's days are over.
    """
    release, _ = Release.objects.select_for_update(no_key=True).get_or_create(
        share_no=share.share_no,
        defaults={
            "shop_id": share.shop_id,
            "method": share.method,
            "carrier": share.carrier,
            "total_minor": share.total_minor,
            "commission_minor": share.commission_minor,
            "commission_vat_minor": _vat_of(share),
            "currency": share.currency,
            "noted_at": now,
            "due_at": None,
        },
    )
    if completed and release.completed_at is None:
        release.completed_at = now
        if release.method != PaymentMethod.COD.value:
            release.due_at = now
        release.save(update_fields=["completed_at", "due_at"])
        if release.method == PaymentMethod.COD.value:
            schedule_cash(release, now)


def _vat_of(share: ShareCompleted) -> int:
    if share.commission_vat_minor is not None:
        return share.commission_vat_minor
    return included_portion(share.commission_minor, share.commission_vat_bps)


@transaction.atomic(durable=True)
def record_provider_settled(
    *, psp: str, reference: str, amount_minor: int, bank_account: str, actor_id: int, now: datetime
) -> None:
    """Staff note that a provider paid what it owed us into our bank (row L7). The same reference twice is one.

    Raises `BadAmount`, and the ledger's `KeyReused` when the reference was noted with another amount.
    """
    if amount_minor <= 0:
        raise BadAmount(amount_minor)
    settled = ProviderSettled(psp=psp, reference=reference, bank_account=bank_account, amount_minor=amount_minor)
    request_posting(key=f"settled:{psp}:{reference}", event=settled, now=now)
    write_audit(
        action="provider.settled",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind="provider",
        target_id=psp,
        detail={"amount_minor": amount_minor, "reference": reference, "bank_account": bank_account},
        now=now,
    )


def release_due(*, now: datetime, limit: int = 50) -> int:
    """Release what is due, at its provider or out of our escrow. What fails is tried again later."""
    rows = Release.objects.filter(due_at__lte=now).exclude(state=ReleaseState.RELEASED.value).order_by("due_at")
    released = 0
    for share_no, method in rows.values_list("share_no", "method")[:limit]:
        if method == PaymentMethod.COD.value:
            released += release_cash_due(share_no, now)
        else:
            released += _release_at_provider(share_no, now)
    return released


def _release_at_provider(share_no: str, now: datetime) -> bool:
    """Every step may be repeated: the provider knows it by number, the ledger by key; a dead worker's lease ends."""
    release = _begin_attempt(share_no, now)
    if release is None:
        return False
    try:
        if release.commission_minor and release.split_at is None:
            finished = split_share(share_no=share_no, commission_minor=release.commission_minor, now=now)
            if not finished:
                return False
            _book_split(share_no, now)
        if not unfreeze_share(share_no=share_no, now=now):
            return False
        _book_released(share_no, now)
    except NothingLeft:
        _give_up(share_no)
        return False
    except _TROUBLES as error:
        log.warning("release.failed", share_no=share_no, error=str(error)[:200])
        _note_trouble(share_no, f"{type(error).__name__}: {error}")
        return False
    return True


@transaction.atomic(durable=True)
def _book_split(share_no: str, now: datetime) -> None:
    release = Release.objects.select_for_update(no_key=True).get(share_no=share_no)
    if release.split_at is not None:
        return
    release.split_at, release.state = now, ReleaseState.SPLITTING.value
    release.save(update_fields=["split_at", "state"])
    split = CustodyCommissionSplit(
        psp=release.method,
        shop_id=release.shop_id,
        share_no=share_no,
        commission_minor=release.commission_minor,
        commission_vat_minor=release.commission_vat_minor,
        currency=release.currency,
    )
    request_posting(key=f"split:{share_no}", event=split, now=now)


@transaction.atomic(durable=True)
def _book_released(share_no: str, now: datetime) -> None:
    release = Release.objects.select_for_update(no_key=True).get(share_no=share_no)
    if release.released_at is not None:
        return
    mark_released(release, now)
    left = release.total_minor - provider_fee_minor(release.method, release.total_minor) - release.commission_minor
    if left:
        released = CustodyReleased(
            psp=release.method,
            shop_id=release.shop_id,
            share_no=share_no,
            amount_minor=left,
            currency=release.currency,
        )
        request_posting(key=f"released:{share_no}", event=released, now=now)


@transaction.atomic(durable=True)
def _begin_attempt(share_no: str, now: datetime) -> Release | None:
    """Take a due release for a while, growing with each attempt; None when somebody else has it, or it is done."""
    release = Release.objects.select_for_update(no_key=True).get(share_no=share_no)
    if release.released_at is not None or release.due_at is None or release.due_at > now:
        return None
    release.attempts += 1
    release.due_at = now + timedelta(seconds=min(2 ** min(release.attempts, 20), MAX_BACK_OFF_SECONDS))
    release.error = ""
    release.save(update_fields=["attempts", "due_at", "error"])
    return release


@transaction.atomic(durable=True)
def _note_trouble(share_no: str, error: str) -> None:
    Release.objects.filter(share_no=share_no, released_at__isnull=True).update(error=error[:300])


@transaction.atomic(durable=True)
def _give_up(share_no: str) -> None:
    """All of it went back to the buyer: nothing will ever be released."""
    release = Release.objects.filter(share_no=share_no, released_at__isnull=True)
    release.update(due_at=None, error="refunded")


def bank_account() -> str:
    """The platform's own account, as the ledger names it."""
    return str(settings.PLATFORM_BANK_ACCOUNT)
