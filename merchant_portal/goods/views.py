"""Views of the table of goods."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import read_number, render_page
from merchant_portal.goods.bulk import BadChange, read_change
from merchant_portal.goods.filters import SOLD_OUT, GoodsQuery, read_query
from merchant_portal.goods.words import list_categories, name_status, tone_of
from search.moderation.selectors import list_shop_bans
from tenants.catalog.contracts import ProductFilter, ProductPage, ProductStatus
from tenants.catalog.selectors import BadCursor, count_by_status, list_products, list_tags
from tenants.catalog.services import NothingToUndo, TooManyProducts, bulk_change, undo_bulk_change
from tenants.inventory.contracts import ProductStock
from tenants.inventory.imports import export_products
from tenants.inventory.selectors import count_low_stock, list_product_stock, list_sold_out_products
from web.links import absolute_url
from web.shapes import Tab
from web.toasts import add_toast

PAGE = 30
LOW = 10


@require_GET
@shop_required("goods")
def show_goods(request: HttpRequest) -> HttpResponse:
    """The table of goods behind one tab."""
    tree = get_tree()
    query = read_query(request.GET, tree)
    try:
        with transaction.atomic(), enter_shop(visit_of(request).shop):
            sold_out = list_sold_out_products()
            page = _read_page(query, sold_out)
            counts = count_by_status(query.where)
            tags = list_tags()
            stock = list_product_stock(row.product_id for row in page.rows)
            low_stock = count_low_stock()
    except BadCursor as error:
        raise Http404 from error
    bans = list_shop_bans(visit_of(request).shop.shop_id)
    context = {
        "tabs": _list_tabs(request, query, counts, len(sold_out)),
        "query": query,
        "rows": [
            {
                "row": row,
                "status": name_status(row.status),
                "tone": tone_of(row.status),
                "ban": bans.get(row.product_id),
                "stock": (held := stock.get(row.product_id)) and held.available,
                "stock_tone": _tone_of_stock(held),
            }
            for row in page.rows
        ],
        "next_cursor": page.next_cursor,
        "categories": list_categories(tree),
        "tags": tags,
        "low_stock": low_stock,
        "total": sum(counts.values()),
        "here": request.get_full_path(),
    }
    return render_page(request, "portal/goods/list.html", context)


@require_POST
@shop_required("goods")
def change_many(request: HttpRequest) -> HttpResponse:
    """One change for all ticked goods, with an undo."""
    visit, back = visit_of(request), _find_way_back(request)
    product_ids = [number for text in request.POST.getlist("tick") if (number := read_number(text))]
    if not product_ids:
        add_toast(request, gettext("Tick the goods you want to change first."), bad=True)
        return redirect(back)
    try:
        change = read_change(request.POST)
        with transaction.atomic(), enter_shop(visit.shop):
            result = bulk_change(change=change, product_ids=product_ids, actor_id=visit.user_id, now=timezone.now())
    except BadChange as error:
        add_toast(request, str(error), bad=True)
    except TooManyProducts:
        add_toast(request, gettext("At most 500 goods can be changed at once."), bad=True)
    else:
        if result.changed:
            text = ngettext("%(number)s product changed.", "%(number)s products changed.", result.changed)
            undo = reverse("portal:undo-change", args=[result.edit_id])
            add_toast(request, text % {"number": result.changed}, undo_url=undo)
        if result.refused:
            text = ngettext(
                "%(number)s product cannot go on sale or get this price. Open it to see what is missing.",
                "%(number)s products cannot go on sale or get this price. Open one to see what is missing.",
                len(result.refused),
            )
            add_toast(request, text % {"number": len(result.refused)}, bad=True)
        if not result.changed and not result.refused:
            add_toast(request, gettext("They were like that already. Nothing changed."))
    return redirect(back)


@require_POST
@shop_required("goods")
def undo_change(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Take a change to many goods back."""
    try:
        with transaction.atomic(), enter_shop(visit_of(request).shop):
            number = undo_bulk_change(edit_id=edit_id, now=timezone.now())
    except NothingToUndo:
        add_toast(request, gettext("There is nothing left to undo."), bad=True)
    else:
        text = ngettext("%(number)s product is as before.", "%(number)s products are as before.", number)
        add_toast(request, text % {"number": number})
    return redirect("portal:products")


@require_GET
@shop_required("goods")  # type: ignore[arg-type]  # a stream passes wherever a response does
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """All goods as a CSV that can be imported again."""
    visit = visit_of(request)
    pieces: Iterator[str] = export_products(shop=visit.shop, base_url=absolute_url("").rstrip("/"))
    response = StreamingHttpResponse((piece.encode() for piece in pieces), content_type="text/csv; charset=utf-8")
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="{visit.shop.slug}-{day}.csv"'
    return response


def _read_page(query: GoodsQuery, sold_out: list[int]) -> ProductPage:
    where: ProductFilter = query.where
    if query.tab == SOLD_OUT:
        return _list_sold_out(query, sold_out)
    return list_products(where=where, sort=query.sort, cursor=query.cursor, limit=PAGE)


def _list_sold_out(query: GoodsQuery, sold_out: list[int]) -> ProductPage:
    where = ProductFilter(
        words=query.where.words,
        category_ids=query.where.category_ids,
        tag=query.where.tag,
        price_from_minor=query.where.price_from_minor,
        price_to_minor=query.where.price_to_minor,
        product_ids=tuple(sold_out),
    )
    return list_products(where=where, sort=query.sort, cursor=query.cursor, limit=PAGE)


def _tone_of_stock(stock: ProductStock | None) -> str:
    if stock is None or stock.available <= 0:
        return "bad"
    return "warn" if stock.available < LOW else ""


def _list_tabs(request: HttpRequest, query: GoodsQuery, counts: dict[ProductStatus, int], sold_out: int) -> list[Tab]:
    kept = {name: request.GET[name] for name in ("q", "category", "tag", "from", "to", "sort") if request.GET.get(name)}
    address = reverse("portal:products")

    def make(tab: str, label: str, count: int) -> Tab:
        full = {**kept, "status": tab} if tab else kept
        return Tab(label, f"{address}?{urlencode(full)}" if full else address, query.tab == tab, count)

    statuses = [make(status.value, name_status(status), counts[status]) for status in _ORDER]
    return [make("", gettext("All"), sum(counts.values())), *statuses, make(SOLD_OUT, gettext("None left"), sold_out)]


_ORDER = (ProductStatus.ACTIVE, ProductStatus.DRAFT, ProductStatus.ARCHIVED)


def _find_way_back(request: HttpRequest) -> str:
    back = request.POST.get("back", "")[:2000]
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return back
    return reverse("portal:products")
