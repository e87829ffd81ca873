"""Orders as they are told of: whose ads the buyer touched before, by the names that each day knew the buyer under."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from billing.checkout.contracts import ShareSummary
from billing.checkout.selectors import get_shop_share
from billing.payments.selectors import list_refunds
from billing.settlement.services.days import business_date
from search.auction.attribution import WINDOW_US
from search.auction.contracts import TokenKind, TouchKind
from search.reports.contracts import BoughtLine, SoldShare, TouchedAd
from search.reports.models import JoinedVisitor
from search.reports.rules.crediting import LONGEST_WINDOW
from search.reports.rules.placing import find_cell
from search.reports.services.crediting import credit_sale
from search.serving.services import note_lift_sale
from search.signals.services import name_person
from search.spending.contracts import AdEventView
from search.spending.selectors import list_touches, name_person_on
from tenants.orders.contracts import OrderState

NAMES_KEPT = timedelta(days=8)
"""As long as spending keeps the salts of days: then a day's names mean nobody any more."""


def count_sale(*, share_no: str, shop_id: int) -> int:
    """Credit a shop's order to the ads before it. Told again, it is worked out anew. Returns how many credits."""
    share = get_shop_share(share_no=share_no, shop_id=shop_id)
    _note_lift(share)
    return credit_sale(share=_to_sold(share), touches=[_to_touch(event) for event in _list_touched(share)])


def find_last_click(share: ShareSummary) -> AdEventView | None:
    """The last valid click on an ad of the shop in the seven days before an order, of whatever kind the ad is."""
    since = share.placed_at - timedelta(microseconds=WINDOW_US[TouchKind.CLICK])
    clicks = [event for event in _list_touched(share) if event.kind is not TokenKind.VIEW and since < event.at]
    return clicks[-1] if clicks else None


def _list_touched(share: ShareSummary) -> list[AdEventView]:
    """Valid views and clicks before an order, the oldest first."""
    since = share.placed_at - LONGEST_WINDOW
    return list_touches(persons=_list_names(share), shop_id=share.shop_id, since=since, until=share.placed_at)


@transaction.atomic(durable=True)
def join_visitor(*, guest: str, member: str, now: datetime) -> int:
    """What a guest did this week is the member's from now on: both are signals' digests. Returns of how many days."""
    days = _list_days(now)
    guests, members = name_person_on(guest, days), name_person_on(member, days)
    rows = [
        JoinedVisitor(day=day, guest=guests[day], member=members[day])
        for day in days
        if day in guests and day in members
    ]
    return len(JoinedVisitor.objects.bulk_create(rows, ignore_conflicts=True))


def purge_joined(*, now: datetime) -> int:
    """Drop what was joined on days whose names mean nobody any more. Returns how many rows."""
    gone, _ = JoinedVisitor.objects.filter(day__lt=business_date(now) - NAMES_KEPT).delete()
    return gone


def _note_lift(share: ShareSummary) -> None:
    """For the comparison with those who see no ads; an order that is gone already is none."""
    if share.state in (OrderState.CANCELLED, OrderState.REFUNDED):
        return
    note_lift_sale(
        share_no=share.share_no,
        shop_id=share.shop_id,
        buyer_id=share.buyer_id,
        revenue_minor=share.total_minor - share.freight_minor,
        ordered_at=share.placed_at,
    )


def _list_names(share: ShareSummary) -> list[tuple[date, UUID]]:
    """The buyer's names of the days before an order, as a member and as the guest that became one."""
    days = _list_days(share.placed_at)
    members: Mapping[date, UUID] = name_person_on(name_person(user_id=share.buyer_id), days)
    joined = JoinedVisitor.objects.filter(day__in=days, member__in=members.values()).values_list("day", "guest")
    return [*members.items(), *joined]


def _list_days(until: datetime) -> list[date]:
    """The business days that a touch in time can be of: an event may be of the day before it came."""
    last = business_date(until)
    return [last - timedelta(days=back) for back in range(LONGEST_WINDOW.days + 2)]


def _to_sold(share: ShareSummary) -> SoldShare:
    return SoldShare(
        share_no=share.share_no,
        shop_id=share.shop_id,
        ordered_at=share.placed_at,
        lines=tuple(_to_line(number, line) for number, line in enumerate(share.lines, start=1)),
        refunded_at=_find_refund(share),
    )


def _to_line(number: int, line: Mapping[str, object]) -> BoughtLine:
    pieces, price, product = (int(str(line.get(name) or 0)) for name in ("quantity", "unit_price_minor", "product_id"))
    return BoughtLine(number=number, product_id=product, revenue_minor=pieces * price)


def _find_refund(share: ShareSummary) -> datetime | None:
    """When an order that is gone already went: one that was called off brought nothing from the start."""
    if share.state is OrderState.CANCELLED:
        return share.placed_at
    if share.state is not OrderState.REFUNDED:
        return None
    ended = [refund.succeeded_at for refund in list_refunds(share_no=share.share_no) if refund.succeeded_at]
    return max(ended, default=share.placed_at)


def _to_touch(event: AdEventView) -> TouchedAd:
    return TouchedAd(
        number=event.number,
        kind=TouchKind.VIEW if event.kind is TokenKind.VIEW else TouchKind.CLICK,
        at=event.at,
        product_id=event.product_id or 0,
        cell=find_cell(event, ZoneInfo(settings.BUSINESS_TIME_ZONE)),
    )
