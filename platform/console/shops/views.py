"""Views of shops: the list by state, and one shop with its team, hosts and trail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from billing.checkout.selectors import list_purchases
from billing.payments.selectors import list_merchant_accounts
from console.access import staff_page
from console.deeds import GATEWAY
from console.frame import Rail, render_page
from console.lists import PAGE, cut, read_position
from console.shops.forms import ReasonForm
from console.shops.naming import read_shop
from console.trail.page import describe_lines
from console.words import SHOP_STATES
from market.accounts.selectors import list_people_by_ids
from market.audit.selectors import list_entries
from market.shops.contracts import ShopContext, ShopStatus
from market.shops.rules import can_move
from market.shops.selectors import (
    ShopNotFound,
    count_shops_by_status,
    get_shop_file,
    list_shops,
    list_shops_by_ids,
    list_team,
)
from web.links import shop_url
from web.shapes import Tab

LATEST = 5
TRAIL = 20


@staff_page()
@require_GET
def show_shops(request: HttpRequest) -> HttpResponse:
    """Shops in one state, or the one with a number, a name in its address, or a name."""
    counts = count_shops_by_status()
    first = ShopStatus.APPLIED if counts[ShopStatus.APPLIED] else ShopStatus.OPEN
    status = _read_status(request.GET.get("tab", first.value))
    asked_shop = read_shop(request.GET)
    scope = f"shops:{status.value}"
    if asked_shop.shop_id is not None:
        page = cut(list(list_shops_by_ids([asked_shop.shop_id]).values()), scope, _id_of)
    else:
        after = read_position(request, scope) or 0
        page = cut(list_shops(status=status, after_id=after, limit=PAGE + 1), scope, _id_of)
    context = {
        "tabs": _list_tabs(counts, None if asked_shop.typed else status),
        "status": status,
        "asked_shop": asked_shop,
        "shops": page.items,
        "owners": list_people_by_ids(shop.owner_id for shop in page.items),
        "accounts": list_merchant_accounts(shop_ids=[shop.shop_id for shop in page.items], gateway=GATEWAY),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "shops/list.html", context, rail=Rail(shops=counts))


@staff_page()
@require_GET
def show_shop(request: HttpRequest, shop_id: int) -> HttpResponse:
    """One shop, and what may be decided about it."""
    return render_shop(request, shop_id)


def render_shop(
    request: HttpRequest, shop_id: int, *, form: ReasonForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    """The page of a shop; `form` with its faults when a decision was refused, `refused` names the decision."""
    try:
        file = get_shop_file(shop_id)
    except ShopNotFound as error:
        raise Http404 from error
    shop = file.shop
    team = list_team(shop_id)
    trail = list_entries(shop_id=shop_id, limit=TRAIL)
    people = list_people_by_ids(
        [member.user_id for member in team] + [line.actor_id for line in trail if line.actor_id]
    )
    account = list_merchant_accounts(shop_ids=[shop_id], gateway=GATEWAY).get(shop_id, "")
    context = {
        "file": file,
        "shop": shop,
        "team": [(people.get(member.user_id), member) for member in team],
        "trail": describe_lines(trail, people),
        "account": account,
        "lacks_account": shop.is_open and not account,
        "public_url": shop_url(shop.slug),
        "purchases": [purchase for _, purchase in list_purchases(shop_id=shop_id, limit=LATEST)],
        "form": form or ReasonForm(),
        "refused": refused,
        "can_open": can_move(shop.status, ShopStatus.OPEN),
        "can_suspend": can_move(shop.status, ShopStatus.SUSPENDED),
        "can_close": can_move(shop.status, ShopStatus.CLOSED),
        "now": timezone.now(),
    }
    return render_page(request, "shops/shop.html", context, status=status)


def _read_status(name: str) -> ShopStatus:
    try:
        return ShopStatus(name)
    except ValueError as error:
        raise Http404 from error


def _list_tabs(counts: dict[ShopStatus, int], current: ShopStatus | None) -> list[Tab]:
    address = reverse("console:shops")
    return [
        Tab(str(SHOP_STATES[status]), f"{address}?tab={status.value}", status is current, counts[status])
        for status in ShopStatus
    ]


def _id_of(shop: ShopContext) -> int:
    return shop.shop_id
