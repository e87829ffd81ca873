"""Writes of settlement: a sold share's money goes to its shop, commission to us (money.md rows L4, L5, L7, G2, G3)."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from billing.ledger.rules.agent import EscrowReleased, ProviderSettled
from billing.ledger.rules.custody import CustodyCommissionSplit, CustodyReleased
from billing.ledger.rules.delivery import CodKeptByShop, CodRemitted
from billing.ledger.services import request_posting
from billing.payments.contracts import ProviderError
from billing.payments.rules import provider_fee_minor
from billing.payments.services import NothingLeft, RefundUnderWay, SplitUnfinished, split_share, unfreeze_share
from billing.settlement.contracts.releases import ReleaseState
from billing.settlement.models.releases import Release
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.money import included_portion
from tenants.orders.contracts import SELF_DELIVERY, PaymentMethod, ShareCompleted

log = structlog.get_logger(__name__)

MAX_BACK_OFF_SECONDS = 3_600


class NoCashExpected(ValueError):
    """No carrier holds cash of this share, or it was remitted already."""


class BadAmount(ValueError):
    """A sum that cannot be right: negative, or a fee above the cash."""


@transaction.atomic(durable=True)
def note_share(*, share: ShareCompleted, completed: bool, now: datetime) -> None:
    """Remember a share whose cash a carrier collected, or whose sale is final. A repeat changes nothing."""
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
            "due_at": now,
        },
    )
    if completed and release.completed_at is None:
        release.completed_at = now
        release.save(update_fields=["completed_at"])
        if release.method == PaymentMethod.COD.value:
            _release_cash(release, now)


def _vat_of(share: ShareCompleted) -> int:
    if share.commission_vat_minor is not None:
        return share.commission_vat_minor
    return included_portion(share.commission_minor, share.commission_vat_bps)


@transaction.atomic(durable=True)
def record_cash_remitted(*, share_no: str, fee_minor: int, bank_account: str, actor_id: int, now: datetime) -> None:
    """Staff note that a carrier paid a share's cash to our bank, less its fee (row G2); released when final.

    Raises `NoCashExpected`, `BadAmount`.
    """
    release = Release.objects.select_for_update(no_key=True).filter(share_no=share_no, method="cod").first()
    if release is None or release.cash_at is not None or release.carrier == SELF_DELIVERY:
        raise NoCashExpected(share_no)
    if not 0 <= fee_minor <= release.total_minor:
        raise BadAmount(fee_minor)
    release.cash_at, release.cash_fee_minor = now, fee_minor
    release.save(update_fields=["cash_at", "cash_fee_minor"])
    remitted = CodRemitted(
        shop_id=release.shop_id,
        share_no=share_no,
        carrier=release.carrier,
        bank_account=bank_account,
        amount_minor=release.total_minor,
        fee_minor=fee_minor,
        currency=release.currency,
    )
    request_posting(key=f"cod-remitted:{share_no}", event=remitted, now=now)
    write_audit(
        action="cash.remitted",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=release.shop_id,
        target_kind="share",
        target_id=share_no,
        detail={"amount_minor": release.total_minor, "fee_minor": fee_minor, "bank_account": bank_account},
        now=now,
    )
    _release_cash(release, now)


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
    """Split and release the provider's shares whose sale is final; what fails is tried again later."""
    rows = (
        Release.objects.filter(completed_at__isnull=False, due_at__lte=now)
        .exclude(state=ReleaseState.RELEASED.value)
        .exclude(method=PaymentMethod.COD.value)
        .order_by("due_at")
    )
    return sum(_release_at_provider(share_no, now) for share_no in rows.values_list("share_no", flat=True)[:limit])


def _release_at_provider(share_no: str, now: datetime) -> bool:
    release = Release.objects.get(share_no=share_no)
    try:
        if release.commission_minor and release.split_at is None:
            finished = split_share(share_no=share_no, commission_minor=release.commission_minor, now=now)
            if not finished:
                _try_later(share_no, "", now)
                return False
            _book_split(share_no, now)
        if not unfreeze_share(share_no=share_no, now=now):
            _try_later(share_no, "", now)
            return False
        _book_released(share_no, now)
    except (ProviderError, RefundUnderWay, NothingLeft, SplitUnfinished) as error:
        log.warning("release.failed", share_no=share_no, error=str(error)[:200])
        _try_later(share_no, str(error), now)
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
    _mark_released(release, now)
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


def _release_cash(release: Release, now: datetime) -> None:
    """Rows G3 and G': inside the caller's transaction, once both the sale is final and the cash is where it ends."""
    if release.completed_at is None or release.released_at is not None:
        return
    kept = release.carrier == SELF_DELIVERY
    if not kept and release.cash_at is None:
        return
    _mark_released(release, now)
    if kept and release.commission_minor:
        commission = CodKeptByShop(
            shop_id=release.shop_id,
            share_no=release.share_no,
            commission_minor=release.commission_minor,
            commission_vat_minor=release.commission_vat_minor,
            currency=release.currency,
        )
        request_posting(key=f"cod-kept:{release.share_no}", event=commission, now=now)
    if not kept and release.total_minor > release.cash_fee_minor:
        escrow = EscrowReleased(
            shop_id=release.shop_id,
            share_no=release.share_no,
            amount_minor=release.total_minor - release.cash_fee_minor,
            commission_minor=min(release.commission_minor, release.total_minor - release.cash_fee_minor),
            commission_vat_minor=min(release.commission_vat_minor, release.total_minor - release.cash_fee_minor),
            currency=release.currency,
        )
        request_posting(key=f"cod-released:{release.share_no}", event=escrow, now=now)


def _mark_released(release: Release, now: datetime) -> None:
    release.state, release.released_at, release.error = ReleaseState.RELEASED.value, now, ""
    release.save(update_fields=["state", "released_at", "error"])


@transaction.atomic
def _try_later(share_no: str, error: str, now: datetime) -> None:
    release = Release.objects.select_for_update(no_key=True).get(share_no=share_no)
    release.attempts += 1
    release.error = error[:300]
    release.due_at = now + timedelta(seconds=min(2**release.attempts, MAX_BACK_OFF_SECONDS))
    release.save(update_fields=["attempts", "error", "due_at"])


def bank_account() -> str:
    """The platform's own account, as the ledger names it."""
    return str(settings.PLATFORM_BANK_ACCOUNT)
