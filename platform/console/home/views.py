"""The first page: what needs a person now, and today's figures."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.checkout.selectors import list_purchases, sum_sales
from billing.ledger.selectors import get_poster_health
from billing.payments.selectors import count_refused_webhooks, list_merchant_accounts
from billing.settlement.contracts import ClearingState
from billing.settlement.selectors import count_clearing_items, find_clearing_proof, list_cash_to_come
from console.access import staff_page
from console.deeds import GATEWAY
from console.frame import Rail, render_page
from market.jobs.contracts import JobState
from market.jobs.selectors import count_jobs_by_state
from market.outbox.selectors import get_health
from market.shops.contracts import ShopStatus
from market.shops.selectors import count_shops_by_status, count_spare_schemas, list_open_shops

LATEST = 8


@staff_page()
@require_GET
def show_home(request: HttpRequest) -> HttpResponse:
    """What waits for somebody, what was sold today, the latest purchases."""
    now = timezone.now()
    today, tomorrow = find_business_day(now)
    shops, outbox, poster = count_shops_by_status(), get_health(now=now), get_poster_health(now)
    cash = list_cash_to_come()
    open_ids = [shop.shop_id for shop in list_open_shops()]
    enrolled = list_merchant_accounts(shop_ids=open_ids, gateway=GATEWAY)
    context = {
        "now": now,
        "to_review": shops[ShopStatus.APPLIED],
        "open_shops": shops[ShopStatus.OPEN],
        "without_account": len(open_ids) - len(enrolled),
        "outbox": outbox,
        "poster": poster,
        "failed_jobs": count_jobs_by_state()[JobState.FAILED],
        "unexplained": _count_unexplained(now),
        "cash_count": len(cash),
        "cash_minor": sum(release.total_minor for release in cash),
        "refused": count_refused_webhooks(since=today),
        "spare_schemas": count_spare_schemas(),
        "sales": sum_sales(since=today, until=tomorrow),
        "sales_before": sum_sales(since=today - timedelta(days=1), until=today),
        "purchases": [purchase for _, purchase in list_purchases(limit=LATEST)],
    }
    return render_page(request, "home.html", context, rail=Rail(shops=shops, outbox=outbox, poster=poster))


def _count_unexplained(now: datetime) -> int:
    proof = find_clearing_proof()
    return count_clearing_items(proof_id=proof.proof_id, now=now)[ClearingState.OVERDUE] if proof else 0


def find_business_day(now: datetime) -> tuple[datetime, datetime]:
    """Where the business day of an instant begins and ends."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    day = now.astimezone(zone).date()
    return (
        datetime.combine(day, time.min, zone),
        datetime.combine(day + timedelta(days=1), time.min, zone),
    )
