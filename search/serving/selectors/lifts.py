"""What ads really add, from those who were held out of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Sum

from search.serving.contracts import Arm
from search.serving.models import LiftSum
from search.signals.rules.visitors import find_week

_SUMS = ("visitors", "buyers", "orders", "order_squares", "revenue_minor", "revenue_squares")


def get_arms(*, since: date, until: date, shop_id: int | None = None) -> tuple[Arm, Arm]:
    """Who was shown ads, and who was held out, in the weeks that these days reach into: one statement.

    Of one shop, or of all: then whoever several shops' ads won for counts once for each.
    """
    rows = LiftSum.objects.filter(week__gte=find_week(since), week__lte=until)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    found = rows.values("held_out").annotate(**{f"sum_{name}": Sum(name) for name in _SUMS}).order_by()
    arms = {row["held_out"]: _to_arm(row) for row in found}
    return arms.get(False, Arm()), arms.get(True, Arm())


def _to_arm(row: Mapping[str, Any]) -> Arm:  # Any: annotated rows have no type of their own
    return Arm(**{name: int(row[f"sum_{name}"]) for name in _SUMS})
