"""Where a sold share's money is, and what carriers still hold."""

from collections.abc import Sequence

from django.db.models import F, Q, Sum

from billing.settlement.contracts.releases import ReleaseState, ReleaseView
from billing.settlement.models.releases import Release
from tenants.orders.contracts import SELF_DELIVERY


def list_releases(
    *, shop_id: int | None = None, before_id: int | None = None, limit: int = 50
) -> list[tuple[int, ReleaseView]]:
    """Releases, newest first, with the id to go on from."""
    rows = Release.objects.order_by("-id")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [(row.pk, to_release(row)) for row in rows[:limit]]


def list_cash_to_come(limit: int = 200) -> Sequence[ReleaseView]:
    """Shares whose cash a carrier still holds, oldest first."""
    rows = (
        Release.objects.filter(method="cod", cash_at__isnull=True).exclude(carrier=SELF_DELIVERY).order_by("noted_at")
    )
    return [to_release(row) for row in rows[:limit]]


def list_releases_of(share_nos: Sequence[str]) -> dict[str, ReleaseView]:
    """Where the money of these shares is, one statement; a share that was never noted is left out."""
    return {row.share_no: to_release(row) for row in Release.objects.filter(share_no__in=share_nos)}


def find_release(share_no: str) -> ReleaseView | None:
    """Where a share's money is."""
    row = Release.objects.filter(share_no=share_no).first()
    return to_release(row) if row else None


def sum_unreleased_minor(shop_id: int) -> int:
    """What final sales bring a shop that has not reached it yet, in minor units; one statement."""
    rows = Release.objects.filter(shop_id=shop_id, completed_at__isnull=False)
    rows = rows.exclude(state=ReleaseState.RELEASED.value).exclude(carrier=SELF_DELIVERY)
    rows = rows.filter(Q(due_at__isnull=False) | Q(method="cod"))  # the others were refunded instead
    net = Sum(F("total_minor") - F("commission_minor") - F("cash_fee_minor"))
    return int(rows.aggregate(net=net)["net"] or 0)


def to_release(row: Release) -> ReleaseView:
    """A release as others know it."""
    return ReleaseView(
        share_no=row.share_no,
        shop_id=row.shop_id,
        method=row.method,
        carrier=row.carrier,
        state=ReleaseState(row.state),
        total_minor=row.total_minor,
        commission_minor=row.commission_minor,
        commission_vat_minor=row.commission_vat_minor,
        cash_fee_minor=row.cash_fee_minor,
        currency=row.currency,
        completed_at=row.completed_at,
        cash_at=row.cash_at,
        released_at=row.released_at,
        error=row.error,
    )
