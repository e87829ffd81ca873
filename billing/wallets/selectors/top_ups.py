"""Top-ups of a shop, and its wish to be topped up by itself."""

from datetime import date, datetime

from django.db.models import Sum

from billing.wallets.contracts import AutoTopUpView, TopUpSource, TopUpState, TopUpView
from billing.wallets.models import AutoTopUp, TopUp

MOST_LISTED = 200


class TopUpNotFound(LookupError):
    """The shop has no top-up of this number."""


def get_top_up(*, shop_id: int, number: str) -> TopUpView:
    """One top-up of a shop. Raises `TopUpNotFound`."""
    row = TopUp.objects.filter(shop_id=shop_id, number=number[:32]).first()
    if row is None:
        raise TopUpNotFound(number[:32])
    return to_top_up_view(row)


def list_top_ups(*, shop_id: int, before_id: int | None = None, limit: int = 20) -> list[TopUpView]:
    """A shop's top-ups, the latest first; `before_id` goes on after the last one seen."""
    rows = TopUp.objects.filter(shop_id=shop_id).order_by("-pk")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [to_top_up_view(row) for row in rows[: min(limit, MOST_LISTED)]]


def list_due_top_ups(*, now: datetime, limit: int = 20) -> list[str]:
    """Numbers of payments whose time is over."""
    rows = TopUp.objects.filter(state=TopUpState.OPEN.value, expires_at__lte=now).order_by("expires_at")
    return list(rows.values_list("payment_no", flat=True)[:limit])


def sum_automatic_minor(*, shop_id: int, day: date) -> int:
    """What was taken from sales by itself on a business day."""
    rows = TopUp.objects.filter(shop_id=shop_id, day=day, automatic=True, state=TopUpState.PAID.value)
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def find_auto_top_up(shop_id: int) -> AutoTopUpView | None:
    """A shop's wish to be topped up by itself."""
    row = AutoTopUp.objects.filter(shop_id=shop_id).first()
    if row is None:
        return None
    return AutoTopUpView(row.shop_id, row.is_on, row.below_minor, row.take_minor, row.daily_minor)


def list_auto_top_ups(*, after_shop_id: int = 0, limit: int = 500) -> list[int]:
    """Shops that are topped up by themselves, in the order of their ids."""
    rows = AutoTopUp.objects.filter(is_on=True, shop_id__gt=after_shop_id).order_by("shop_id")
    return list(rows.values_list("shop_id", flat=True)[:limit])


def to_top_up_view(row: TopUp) -> TopUpView:
    """A row as a contract."""
    return TopUpView(
        top_up_id=row.pk,
        number=row.number,
        shop_id=row.shop_id,
        source=TopUpSource(row.source),
        state=TopUpState(row.state),
        amount_minor=row.amount_minor,
        automatic=row.automatic,
        gateway=row.gateway,
        payment_no=row.payment_no,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        paid_at=row.paid_at,
    )
