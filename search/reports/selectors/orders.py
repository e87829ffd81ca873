"""Orders that clicks on ads led to."""

from datetime import date

from django.db.models import Sum

from search.auction.contracts import Model, TouchKind
from search.reports.models import SaleCredit

_WHOLE_PPM = 1_000_000


def count_orders_of_ads(*, since: date) -> dict[int, int]:
    """How many orders each ad's clicks of these business days led to, by the last click before them: one statement.

    What went back within 72 hours is none.
    """
    rows = SaleCredit.objects.filter(
        model=Model.LAST.value,
        line=1,
        revenue_minor__gt=0,
        touch__kind=TouchKind.CLICK.value,
        touch__is_valid=True,
        touch__day__gte=since,
    )
    shares = rows.values("touch__ad_id").annotate(share=Sum("share_ppm")).order_by()
    return {row["touch__ad_id"]: int(row["share"]) // _WHOLE_PPM for row in shares}
