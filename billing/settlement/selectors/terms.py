"""What is agreed with shops about when their money is free, and what is kept back of it."""

from datetime import datetime

from django.conf import settings
from django.db.models import Sum

from billing.settlement.contracts.reserve import ReserveState, ReserveView, ShopTermsView
from billing.settlement.models.terms import Reserve, ShopTerms
from market.money import DEFAULT_CURRENCY


def get_shop_terms(shop_id: int) -> ShopTermsView:
    """How a shop is settled: what was agreed with it, or the platform's own terms."""
    row = ShopTerms.objects.filter(shop_id=shop_id).first()
    if row is None:
        return ShopTermsView(shop_id, settings.RELEASE_DAYS, None, 0, 0, "", None, None)
    return _to_view(row)


def list_own_terms(*, after_shop: int = 0, limit: int = 50) -> list[ShopTermsView]:
    """Shops with terms of their own, by number."""
    rows = ShopTerms.objects.filter(shop_id__gt=after_shop).order_by("shop_id")
    return [_to_view(row) for row in rows[:limit]]


def list_reserves(*, shop_id: int, now: datetime, limit: int = 200) -> list[ReserveView]:
    """What is kept back of a shop's sales, and from when it is free; the next to be free first."""
    rows = Reserve.objects.filter(shop_id=shop_id, until__gt=now).exclude(state=ReserveState.NONE.value)
    return [_to_reserve(row) for row in rows.order_by("until", "id")[:limit]]


def sum_waiting_reserves_minor(shop_id: int, currency: str = DEFAULT_CURRENCY) -> int:
    """What is to be kept back of releases that are on their way into the books: not to be paid out, in minor units."""
    rows = Reserve.objects.filter(shop_id=shop_id, currency=currency, state=ReserveState.WAITING.value)
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _to_view(row: ShopTerms) -> ShopTermsView:
    return ShopTermsView(
        shop_id=row.shop_id,
        release_days=settings.RELEASE_DAYS if row.release_days is None else row.release_days,
        own_release_days=row.release_days,
        reserve_bps=row.reserve_bps,
        reserve_days=row.reserve_days,
        note=row.note,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
    )


def _to_reserve(row: Reserve) -> ReserveView:
    return ReserveView(
        share_no=row.share_no,
        shop_id=row.shop_id,
        amount_minor=row.amount_minor,
        held_minor=row.held_minor,
        rate_bps=row.rate_bps,
        currency=row.currency,
        state=ReserveState(row.state),
        until=row.until,
        held_at=row.held_at,
    )
