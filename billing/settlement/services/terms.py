"""Agreeing with one shop on when its money is free, and on what is kept back of it."""

from datetime import datetime

from django.db import transaction

from billing.settlement.contracts.reserve import ShopTermsView
from billing.settlement.models.terms import ShopTerms
from billing.settlement.selectors.terms import get_shop_terms
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.money import WHOLE_BPS

MOST_DAYS = 365


class BadTerms(ValueError):
    """Terms that cannot be: the field is named."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@transaction.atomic(durable=True)
def set_shop_terms(
    *,
    shop_id: int,
    release_days: int | None,
    reserve_bps: int,
    reserve_days: int,
    note: str,
    actor_id: int,
    now: datetime,
) -> ShopTermsView:
    """Agree with a shop. It holds for sales that are final from now on; the same terms again change nothing.

    Without `release_days` the platform's hold. Raises `BadTerms`.
    """
    _check(release_days, reserve_bps, reserve_days)
    row, made = ShopTerms.objects.select_for_update(no_key=True).get_or_create(
        shop_id=shop_id, defaults={"changed_by": actor_id, "changed_at": now}
    )
    before = {"release_days": row.release_days, "reserve_bps": row.reserve_bps, "reserve_days": row.reserve_days}
    wanted = {"release_days": release_days, "reserve_bps": reserve_bps, "reserve_days": reserve_days}
    if before == wanted and row.note == note and not made:
        return get_shop_terms(shop_id)
    row.release_days, row.reserve_bps, row.reserve_days = release_days, reserve_bps, reserve_days
    row.note, row.changed_by, row.changed_at = note, actor_id, now
    row.save()
    write_audit(
        action="shop.terms",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=shop_id,
        target_kind="shop",
        target_id=str(shop_id),
        detail={**wanted, "before": ", ".join(f"{name} {value}" for name, value in before.items()), "reason": note},
        now=now,
    )
    return get_shop_terms(shop_id)


def _check(release_days: int | None, reserve_bps: int, reserve_days: int) -> None:
    if release_days is not None and not 0 <= release_days <= MOST_DAYS:
        raise BadTerms("release_days")
    if not 0 <= reserve_bps <= WHOLE_BPS:
        raise BadTerms("reserve")
    if not 0 <= reserve_days <= MOST_DAYS or (reserve_bps > 0) != (reserve_days > 0):
        raise BadTerms("reserve_days")
