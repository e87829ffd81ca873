"""Views of the stock: the table, changes to it, its log, the warehouses."""

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from market.accounts.selectors import list_people_by_ids
from market.shops.tenancy import enter_shop
from merchant_portal.access import shop_required, visit_of
from merchant_portal.frame import read_number, render_page
from merchant_portal.stock.forms import BadEntry, WarehouseForm, keep_typed, read_entries
from merchant_portal.stock.page import name_lines, name_log
from tenants.inventory.contracts import StockPage, StockRow
from tenants.inventory.selectors import count_low_stock, list_movements, list_stock, list_stock_of, list_warehouses
from tenants.inventory.services import (
    CountBelowHeld,
    add_warehouse,
    count_stock,
    ensure_default_warehouse,
    receive_stock,
    set_low_mark,
)
from web.paging import BadCursor, cut_page, decode_cursor
from web.toasts import add_toast

PAGE = 50
MOST_LINES = 100
MOST_LOW = 1_000_000
MOST_WAREHOUSES = 50


@require_GET
@shop_required("goods")
def show_stock(request: HttpRequest) -> HttpResponse:
    """What lies where, what is held for buyers, what can be sold."""
    return _show(request, {})


@require_POST
@shop_required("goods")
def change_stock(request: HttpRequest) -> HttpResponse:
    """The table's one form: counts and pieces received, or a low mark for the ticked lines."""
    visit = visit_of(request)
    if "set_low" in request.POST:
        return _set_low(request)
    reference = request.POST.get("reference", "").strip()[:80]
    variant_ids = [number for text in request.POST.getlist("variant") if (number := read_number(text))][:MOST_LINES]
    rows: dict[int, StockRow] = {}
    try:
        with transaction.atomic(), enter_shop(visit.shop):
            rows = {row.level_id: row for row in list_stock_of(variant_ids)}
            counts, received, typed = read_entries(request.POST, rows)
            now = timezone.now()
            count_stock(counts=counts, actor_id=visit.user_id, reference=reference, now=now)
            for warehouse_id, wanted in received.items():
                receive_stock(
                    received=wanted,
                    warehouse_id=warehouse_id,
                    actor_id=visit.user_id,
                    reference=reference,
                    now=now,
                )
    except BadEntry as error:
        return _show(request, error.wrongs, status=422)
    except CountBelowHeld as error:
        sentence = gettext("%(held)s of it are taken by buyers, so fewer than that cannot lie there.")
        wrongs = {
            row.level_id: sentence % {"held": error.held}
            for row in rows.values()
            if row.variant_id == error.variant_id and request.POST.get(f"count-{row.level_id}")
        }
        return _show(request, wrongs, status=422)
    if typed:
        text = ngettext("%(number)s line of stock is saved.", "%(number)s lines of stock are saved.", len(typed))
        add_toast(request, text % {"number": len(typed)})
    else:
        add_toast(request, gettext("Nothing was typed, so nothing changed."), bad=True)
    return redirect(_find_place(request))


@require_GET
@shop_required("goods")
def show_log(request: HttpRequest) -> HttpResponse:
    """Every change of stock, newest first."""
    visit, scope = visit_of(request), f"stock-log:{visit_of(request).shop.shop_id}"
    try:
        after = request.GET.get("after")
        before_id = decode_cursor(after, scope=scope, length=1)[0] if after else None
    except BadCursor as error:
        raise Http404 from error
    variant_id = read_number(request.GET.get("variant", "")) or None
    with transaction.atomic(), enter_shop(visit.shop):
        found = list_movements(variant_id=variant_id, before_id=before_id, limit=PAGE + 1)  # type: ignore[arg-type]
        page = cut_page(found, size=PAGE, scope=scope, position=lambda row: [row.movement_id])
        people = list_people_by_ids({row.actor_id for row in page.items if row.actor_id})
        names = {person_id: person.display_name for person_id, person in people.items()}
        rows = name_log(page.items, list_warehouses(), names)
        low_stock = count_low_stock()
    context = {"rows": rows, "next_cursor": page.next_cursor, "variant_id": variant_id, "low_stock": low_stock}
    return render_page(request, "portal/stock/log.html", context)


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def show_warehouses(request: HttpRequest) -> HttpResponse:
    """Where stock lies, and a form for one place more."""
    visit = visit_of(request)
    form = WarehouseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _add_warehouse(request, form):
        add_toast(request, gettext("The warehouse is there. Receive goods into it from the stock table."))
        return redirect("portal:warehouses")
    with transaction.atomic(), enter_shop(visit.shop):
        ensure_default_warehouse()
        warehouses = list_warehouses()
    context = {"warehouses": warehouses, "form": form}
    return render_page(request, "portal/stock/warehouses.html", context, status=422 if form.errors else 200)


def _add_warehouse(request: HttpRequest, form: WarehouseForm) -> bool:
    said = form.cleaned_data
    try:
        with transaction.atomic(), enter_shop(visit_of(request).shop):
            if len(list_warehouses()) >= MOST_WAREHOUSES:
                form.add_error(None, gettext("A shop has at most 50 warehouses."))
                return False
            add_warehouse(code=said["code"], name=said["name"])
    except IntegrityError:
        form.add_error("code", gettext("Another warehouse has this code. Choose another one."))
        return False
    return True


def _set_low(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("low_at", "").strip()
    low_at = read_number(text, 7)
    ids = [number for value in request.POST.getlist("tick") if (number := read_number(value))][:500]
    if not ids or not text.isdigit() or low_at > MOST_LOW:
        add_toast(request, gettext("Tick lines and enter from how many pieces on they count as low."), bad=True)
        return redirect(_find_place(request))
    with transaction.atomic(), enter_shop(visit_of(request).shop):
        set_low_mark(variant_ids=ids, low_at=low_at)
    add_toast(request, gettext("From %(number)s pieces on they count as low.") % {"number": low_at})
    return redirect(_find_place(request))


def _read_page(request: HttpRequest, after: int) -> StockPage:
    data = request.POST if request.method == "POST" else request.GET
    warehouse_id = read_number(data.get("warehouse", "")) or None
    return list_stock(after=after, limit=PAGE, low_only=data.get("low") == "1", warehouse_id=warehouse_id)


def _show(request: HttpRequest, wrongs: dict[int, str], *, status: int = 200) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    after = read_number(data.get("after", "0"))
    with transaction.atomic(), enter_shop(visit_of(request).shop):
        warehouses = list_warehouses()
        page = _read_page(request, after)
        lines = name_lines(page.rows, warehouses)
        low_stock = count_low_stock()
    if request.method == "POST":
        lines = keep_typed(lines, request.POST, wrongs)
    context = {
        "lines": lines,
        "wrongs_list": [
            (f"#{line.field}", f"{line.sku or line.title.best('zh')}: {line.wrong}") for line in lines if line.wrong
        ],
        "next_cursor": page.next_after,
        "warehouses": warehouses,
        "warehouse_id": read_number(data.get("warehouse", "")),
        "low_only": data.get("low") == "1",
        "after": after,
        "low_stock": low_stock,
        "reference": request.POST.get("reference", "")[:80],
    }
    return render_page(request, "portal/stock/table.html", context, status=status)


def _find_place(request: HttpRequest) -> str:
    data = request.POST
    query = {
        "low": "1" if data.get("low") == "1" else "",
        "warehouse": str(read_number(data.get("warehouse", "")) or ""),
        "after": str(read_number(data.get("after", "")) or ""),
    }
    kept = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return f"/stock/?{kept}" if kept else "/stock/"
