"""Cash on delivery: noted when a carrier remits it, released when the sale is final (money.md rows G2, G3, G')."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.ledger.rules.agent import EscrowReleased
from billing.ledger.rules.delivery import CodKeptByShop, CodRemitted
from billing.ledger.services import request_posting
from billing.settlement.contracts.releases import ReleaseState
from billing.settlement.models.releases import Release
from billing.settlement.selectors.terms import get_shop_terms
from billing.settlement.services.reserve import note_reserve
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.outbox.services import record_event
from tenants.orders.contracts import SELF_DELIVERY


class NoCashExpected(ValueError):
    """No carrier holds cash of this share, or it was remitted already."""


class BadAmount(ValueError):
    """A sum that cannot be right: negative, or a fee above the cash."""


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
    schedule_cash(release, now)


def schedule_cash(release: Release, now: datetime) -> None:
    """Once the sale is final and its cash is where it ends, its days begin to count from the final sale."""
    kept = release.carrier == SELF_DELIVERY
    if release.completed_at is None or release.released_at is not None or (not kept and release.cash_at is None):
        return
    # Commission on cash that the shop has itself is owed at once: there is nothing to wait with.
    days = 0 if kept else get_shop_terms(release.shop_id).release_days
    release.due_at = release.completed_at + timedelta(days=days)
    release.save(update_fields=["due_at"])
    if release.due_at <= now:
        _release_cash(release, now)


@transaction.atomic(durable=True)
def release_cash_due(share_no: str, now: datetime) -> bool:
    """Release one share's cash whose days are over. Returns whether this call did it."""
    release = Release.objects.select_for_update(no_key=True).get(share_no=share_no)
    if release.released_at is not None or release.due_at is None or release.due_at > now:
        return False
    if release.completed_at is None or (release.carrier != SELF_DELIVERY and release.cash_at is None):
        release.due_at = None  # it waits for somebody, who will say so
        release.save(update_fields=["due_at"])
        return False
    _release_cash(release, now)
    return True


def _release_cash(release: Release, now: datetime) -> None:
    """Rows G3 and G', inside the caller's transaction: out of escrow, less our commission and a reserve of the rest."""
    mark_released(release, now)
    if release.carrier == SELF_DELIVERY:
        if release.commission_minor:
            commission = CodKeptByShop(
                shop_id=release.shop_id,
                share_no=release.share_no,
                commission_minor=release.commission_minor,
                commission_vat_minor=release.commission_vat_minor,
                currency=release.currency,
            )
            request_posting(key=f"cod-kept:{release.share_no}", event=commission, now=now)
        return
    held_minor = release.total_minor - release.cash_fee_minor
    if not held_minor:
        return
    escrow = EscrowReleased(
        shop_id=release.shop_id,
        share_no=release.share_no,
        amount_minor=held_minor,
        commission_minor=min(release.commission_minor, held_minor),
        commission_vat_minor=min(release.commission_vat_minor, held_minor),
        currency=release.currency,
    )
    key = f"cod-released:{release.share_no}"
    request_posting(key=key, event=escrow, now=now)
    note_reserve(
        release=release,
        net_minor=held_minor - escrow.commission_minor,
        terms=get_shop_terms(release.shop_id),
        posting_key=key,
        now=now,
    )


def mark_released(release: Release, now: datetime) -> None:
    """Step: a locked release is done, and told of."""
    release.state, release.released_at, release.error = ReleaseState.RELEASED.value, now, ""
    release.save(update_fields=["state", "released_at", "error"])
    payload = {"share_no": release.share_no}
    key = f"share.released:{release.share_no}"
    record_event(kind="share.released", shop_id=release.shop_id, key=key, payload=payload, now=now)
