"""The dashboard's numbers: today, thirty days against the thirty before, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from market.money import format_minor
from market.shops.contracts import ShopContext, ShopStatus
from merchant_portal.access import Visit
from tenants.catalog.contracts import ProductStatus
from tenants.shipping.contracts import FreightTerms
from web.charts import Chart, draw_line
from web.figures import cut_price

DAYS = 30
Sale = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Task:
    """One line of what to do next. `done` shows a tick instead of the link."""

    icon: str
    text: str
    note: str
    href: str
    action: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class SalesDays:
    """Sales by business day: the last thirty days and the thirty before, oldest first."""

    days: tuple[date, ...]
    sums_minor: tuple[int, ...]
    before_minor: tuple[int, ...]
    orders: int
    orders_before: int
    today_orders: int

    @property
    def today_minor(self) -> int:
        return self.sums_minor[-1]

    @property
    def yesterday_minor(self) -> int:
        return self.sums_minor[-2]

    @property
    def total_minor(self) -> int:
        return sum(self.sums_minor)

    @property
    def total_before_minor(self) -> int:
        return sum(self.before_minor)


@dataclass(frozen=True, slots=True)
class ShopState:
    """What the dashboard reads inside the shop."""

    products: dict[ProductStatus, int]
    low_stock: int
    terms: FreightTerms


def first_day_needed(now: datetime) -> datetime:
    """The instant from which sales are read: the start of the day sixty days back."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    day = now.astimezone(zone).date() - timedelta(days=2 * DAYS - 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def sort_sales(sales: Sequence[Sale], now: datetime) -> SalesDays:
    """Sales into days."""
    zone = ZoneInfo(settings.BUSINESS_TIME_ZONE)
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(2 * DAYS - 1, -1, -1)]
    sums, counts = dict.fromkeys(days, 0), dict.fromkeys(days, 0)
    for placed_at, total_minor, _ in sales:
        day = placed_at.astimezone(zone).date()
        if day in sums:
            sums[day] += total_minor
            counts[day] += 1
    recent, before = days[DAYS:], days[:DAYS]
    return SalesDays(
        days=tuple(recent),
        sums_minor=tuple(sums[day] for day in recent),
        before_minor=tuple(sums[day] for day in before),
        orders=sum(counts[day] for day in recent),
        orders_before=sum(counts[day] for day in before),
        today_orders=counts[today],
    )


def draw_sales(sales: SalesDays) -> Chart:
    """The line of thirty days over the dashed one of the thirty before."""
    first = sales.days[0] - timedelta(days=DAYS)
    finding = gettext("Turnover of the last 30 days: %(total)s, of the 30 days before: %(before)s.") % {
        "total": cut_price(sales.total_minor, "CNY").whole,
        "before": cut_price(sales.total_before_minor, "CNY").whole,
    }
    return draw_line(
        finding=finding,
        labels=[day.strftime("%m-%d") for day in sales.days],
        values=[minor / 100 for minor in sales.sums_minor],
        before=[minor / 100 for minor in sales.before_minor],
        texts=[format_minor(minor) for minor in sales.sums_minor],
        before_texts=[format_minor(minor) for minor in sales.before_minor],
        names=(
            _name_span(sales.days[0], sales.days[-1]),
            _name_span(first, sales.days[0] - timedelta(days=1)),
        ),
    )


def compare(now_minor: int, before_minor: int) -> str:
    """How one number stands to the one before: `↑ 19.5%`. Empty when there is nothing to compare with."""
    if before_minor <= 0:
        return ""
    change = (now_minor - before_minor) * 100 / before_minor
    return f"{'↑' if change >= 0 else '↓'} {abs(change):.1f}%"


def list_first_tasks(shop: ShopContext, state: ShopState) -> list[Task]:
    """The way of a new shop, until all is done."""
    has_goods = sum(state.products.values()) > 0
    has_freight = bool(state.terms.ships_from or state.terms.flat_minor)
    is_open = shop.status is not ShopStatus.APPLIED
    steps = [
        Task(
            "box",
            gettext("Add goods"),
            gettext("One by one, or a whole file from Shopify or a table."),
            reverse("portal:new-product"),
            gettext("Add"),
            has_goods,
        ),
        Task(
            "truck",
            gettext("Say what freight costs"),
            gettext("One price for all parcels, free from a sum on if you like."),
            reverse("portal:freight"),
            gettext("Set freight"),
            has_freight,
        ),
        Task(
            "shield",
            gettext("Be approved"),
            gettext("We look at every new shop, usually within a working day. Nothing to do for you."),
            "",
            "",
            is_open,
        ),
    ]
    return [] if all(step.done for step in steps) else steps


def list_tasks(visit: Visit, state: ShopState, counts: dict[str, int]) -> list[Task]:
    """What waits for somebody of the shop now."""
    tasks = []
    if visit.may_orders and counts.get("to_ship"):
        tasks.append(_ship_task(counts["to_ship"], state.terms.handling_hours))
    if visit.may_goods and state.low_stock:
        text = ngettext("%(number)s variant is running low", "%(number)s variants are running low", state.low_stock)
        tasks.append(
            Task(
                "alert",
                text % {"number": state.low_stock},
                gettext("At or under its low mark"),
                f"{reverse('portal:stock')}?low=1",
                gettext("Restock"),
            )
        )
    if visit.may_orders and counts.get("after_sales"):
        text = ngettext("%(number)s refund", "%(number)s refunds", counts["after_sales"])
        tasks.append(
            Task(
                "return",
                text % {"number": counts["after_sales"]},
                gettext("Asked for or done"),
                f"{reverse('portal:orders')}?tab=after_sales",
                gettext("Look"),
            )
        )
    drafts = state.products.get(ProductStatus.DRAFT, 0)
    if visit.may_goods and drafts:
        text = ngettext("%(number)s draft not on sale yet", "%(number)s drafts not on sale yet", drafts)
        tasks.append(
            Task(
                "edit",
                text % {"number": drafts},
                gettext("Shoppers cannot see them"),
                f"{reverse('portal:products')}?status=draft",
                gettext("Finish"),
            )
        )
    return tasks


def _ship_task(number: int, hours: int) -> Task:
    text = ngettext("%(number)s order to send", "%(number)s orders to send", number) % {"number": number}
    note = gettext("You promise to send within %(hours)s hours") % {"hours": hours}
    return Task("truck", text, note, f"{reverse('portal:orders')}?tab=to_ship", gettext("Send"))


def _name_span(first: date, last: date) -> str:
    return gettext("%(first)s to %(last)s") % {"first": first.strftime("%m-%d"), "last": last.strftime("%m-%d")}
