"""How charging of sales stands, for staff."""

from django.db.models import Count, Q, Sum

from billing.wallets.selectors import sum_owed
from search.per_sale.contracts import PerSaleHealth
from search.per_sale.models import AttributedSale

MOST_NAMED = 20


def get_per_sale_health() -> PerSaleHealth:
    """Four statements."""
    sums = AttributedSale.objects.aggregate(
        waiting=Count("pk", filter=Q(released_at__isnull=True, commission_minor__gt=0)),
        waiting_minor=Sum("commission_minor", filter=Q(released_at__isnull=True), default=0),
        charged_minor=Sum("charged_minor", default=0),
    )
    unproven = AttributedSale.objects.filter(steps__gt=0, proven_at__isnull=True).count()
    broken = AttributedSale.objects.exclude(finding="").order_by("pk").values_list("pk", flat=True)[:MOST_NAMED]
    shops, owed_minor = sum_owed()
    return PerSaleHealth(
        waiting=int(sums["waiting"]),
        waiting_minor=int(sums["waiting_minor"]),
        charged_minor=int(sums["charged_minor"]),
        unproven=unproven,
        broken=tuple(broken),
        owing_shops=shops,
        owed_minor=owed_minor,
    )
