"""What ads are worth to those who see them: reports know which clicks were followed by an order, serving the rest."""

from datetime import datetime

from billing.settlement.services.days import business_date
from search.reports.selectors import count_orders_of_ads
from search.serving.services import count_qualities as count_in_serving
from search.serving.services.qualities import LOOKED_BACK


def count_qualities(*, now: datetime) -> int:
    """Count the qualities of all ads anew. Returns how many there are."""
    orders = count_orders_of_ads(since=business_date(now - LOOKED_BACK))
    return count_in_serving(now, orders=orders)
