"""Views of the product editor. One form; a button says whether to save or only to bring the table up to date."""

from dataclasses import replace

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree, list_brands
from merchant_portal.access import shop_required, visit_of
from merchant_portal.editor.completeness import list_points
from merchant_portal.editor.drafting import Wrong
from merchant_portal.editor.entries import (
    BLANK_PARAMETERS,
    BLANK_VALUES,
    Both,
    OptionEntry,
    ParameterEntry,
    ProductEntry,
)
from merchant_portal.editor.pictures import find_addresses, take_uploads
from merchant_portal.editor.reading import read_entry
from merchant_portal.editor.saving import save_product
from merchant_portal.editor.starting import add_category_parameters, start_blank, start_from
from merchant_portal.frame import read_number, render_page
from merchant_portal.goods.words import list_categories, name_status, tone_of
from search.moderation.selectors import find_ban
from tenants.catalog.contracts import EditedProduct, ProductStatus, Text
from tenants.catalog.rules import LIMITS
from tenants.catalog.selectors import NoSuchProduct, get_product_draft
from tenants.catalog.services import ProductChanged, create_product
from tenants.inventory.contracts import StockRow
from tenants.inventory.selectors import count_low_stock, list_stock_of, list_warehouses
from web.toasts import add_toast


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def new_product(request: HttpRequest) -> HttpResponse:
    """A product that is not there yet."""
    if request.method == "POST":
        return _take(request, None)
    return _show(request, start_blank(), None)


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def edit_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """A product as it stands."""
    product, levels = _read(request, product_id)
    if request.method == "POST":
        return _take(request, product)
    return _show(request, start_from(product, levels), product)


@require_POST
@shop_required("goods")
def copy_product(request: HttpRequest, product_id: int) -> HttpResponse:
    """The same again as a draft, without what may exist only once."""
    product, _ = _read(request, product_id)
    title = product.draft.title
    draft = replace(
        product.draft,
        title=Text(
            f"{title.zh[: LIMITS.title - 4]}（副本）" if title.zh else "",
            f"{title.en[: LIMITS.title_en - 7]} (copy)" if title.en else "",
        ),
        handle="",
        status=ProductStatus.DRAFT,
        variants=tuple(replace(row, variant_id=None, sku="", barcode="") for row in product.draft.variants),
    )
    with transaction.atomic(durable=True), enter_shop(visit_of(request).shop):
        copied_id = create_product(draft=draft, now=timezone.now())
    add_toast(request, gettext("Copied as a draft, without SKUs and stock."))
    return redirect("portal:edit-product", copied_id)


def _take(request: HttpRequest, product: EditedProduct | None) -> HttpResponse:
    visit, now = visit_of(request), timezone.now()
    entry = read_entry(request.POST)
    shop_id = visit.shop.shop_id
    wrongs = take_uploads(shop_id=shop_id, entry=entry, uploads=request.FILES.getlist("uploads"), now=now)
    sources = {picture.media_id: picture.source_url for picture in product.draft.pictures} if product else {}
    find_addresses(shop_id=shop_id, entry=entry, sources=sources)
    if wrongs or not {"save", "overwrite"} & set(request.POST):
        return _show(request, entry, product, wrongs=wrongs, status=422 if wrongs else 200)
    expected = read_number(request.POST.get("overwrite", "")) or entry.version or None
    product_id = product.product_id if product else None
    try:
        saved = save_product(visit=visit, product_id=product_id, entry=entry, expected_version=expected, now=now)
    except ProductChanged as error:
        return _show(request, entry, product, found_version=error.found, status=409)
    except NoSuchProduct as error:
        raise Http404 from error
    if saved.wrongs:
        return _show(request, entry, product, wrongs=list(saved.wrongs), status=422)
    is_seen = entry.status == ProductStatus.ACTIVE and visit.shop.is_open
    add_toast(request, gettext("Saved. Shoppers see it within seconds.") if is_seen else gettext("Saved."))
    return redirect("portal:edit-product", saved.product_id)


def _show(
    request: HttpRequest,
    entry: ProductEntry,
    product: EditedProduct | None,
    *,
    wrongs: list[Wrong] | None = None,
    found_version: int = 0,
    status: int = 200,
) -> HttpResponse:
    tree = get_tree()
    add_category_parameters(entry, tree)
    with transaction.atomic(), enter_shop(visit_of(request).shop):
        low_stock, warehouses = count_low_stock(), list_warehouses()
    points = list_points(entry)
    state = ProductStatus(entry.status) if product is None else product.draft.status
    context: dict[str, object] = {
        "entry": entry,
        "product": product,
        "state": name_status(state),
        "tone": tone_of(state),
        "wrongs_list": wrongs or [],
        "found_version": found_version,
        "categories": list_categories(tree),
        "brands": list_brands(limit=200),
        "options": _with_blanks(entry.options),
        "parameters": [*entry.parameters, *(ParameterEntry(Both(), Both()) for _ in range(BLANK_PARAMETERS))],
        "statuses": [
            (value.value, name_status(value))
            for value in (ProductStatus.ACTIVE, ProductStatus.DRAFT, ProductStatus.ARCHIVED)
        ],
        "points": points,
        "points_done": sum(point.done for point in points),
        "many_warehouses": len(warehouses) > 1,
        "low_stock": low_stock,
        "limits": LIMITS,
        "ban": find_ban(shop_id=visit_of(request).shop.shop_id, product_id=product.product_id) if product else None,
    }
    return render_page(request, "portal/editor/edit.html", context, status=status)


def _with_blanks(options: list[OptionEntry]) -> list[OptionEntry]:
    """Each option with room for more values, and one more option while there may be one."""
    shown = [
        OptionEntry(option.name, [*option.values, *(Both() for _ in range(BLANK_VALUES))][: LIMITS.option_values])
        for option in options
    ]
    if len(shown) < LIMITS.options and all(not option.is_blank for option in options):
        shown.append(OptionEntry(Both(), [Both() for _ in range(BLANK_VALUES)]))
    return shown


def _read(request: HttpRequest, product_id: int) -> tuple[EditedProduct, list[StockRow]]:
    try:
        with transaction.atomic(), enter_shop(visit_of(request).shop):
            product = get_product_draft(product_id)
            ids = [row.variant_id for row in product.draft.variants if row.variant_id is not None]
            return product, list_stock_of(ids)
    except NoSuchProduct as error:
        raise Http404 from error
