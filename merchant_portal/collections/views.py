"""Views of the shop's lists: all of them, one with what it would hold, and putting one away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from merchant_portal.access import shop_required, visit_of
from merchant_portal.collections.forms import ShopListForm
from merchant_portal.frame import render_page
from search.collections.contracts import Collection, CollectionPage
from search.collections.forms import SORTS, show_collection
from search.collections.selectors import find_own, list_all, preview
from search.collections.services import (
    NoSuchList,
    TooManyLists,
    put_back_collection,
    remove_collection,
    save_collection,
)
from web.links import shop_url
from web.toasts import add_toast


@require_GET
@shop_required("goods")
def show_lists(request: HttpRequest) -> HttpResponse:
    """Every list of the shop with how much it holds now."""
    shop = visit_of(request).shop
    rows = [
        (
            one,
            preview(one.rule, shop_id=shop.shop_id, left_out=one.left_out).total,
            shop_url(shop.slug, f"/lists/{one.slug}/"),
        )
        for one in list_all(shop_id=shop.shop_id)
    ]
    return render_page(request, "portal/collections/lists.html", {"rows": rows, "sorts": dict(SORTS)})


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def add(request: HttpRequest) -> HttpResponse:
    """Define a list."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@shop_required("goods")
def edit(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Change a list."""
    collection = find_own(shop_id=visit_of(request).shop.shop_id, collection_id=collection_id)
    if collection is None:
        raise Http404
    return _edit(request, collection)


@require_POST
@shop_required("goods")
def remove(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Put a list away; it can be put back."""
    visit = visit_of(request)
    try:
        remove_collection(
            shop_id=visit.shop.shop_id, collection_id=collection_id, actor_id=visit.user_id, now=timezone.now()
        )
    except NoSuchList as error:
        raise Http404 from error
    undo = reverse("portal:put-back-list", args=[collection_id])
    add_toast(request, gettext("Removed: its page is gone."), undo_url=undo)
    return redirect("portal:lists")


@require_POST
@shop_required("goods")
def put_back(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Put a removed list back."""
    visit = visit_of(request)
    try:
        put_back_collection(
            shop_id=visit.shop.shop_id, collection_id=collection_id, actor_id=visit.user_id, now=timezone.now()
        )
    except NoSuchList as error:
        raise Http404 from error
    except TooManyLists as error:
        add_toast(request, gettext("There are %(most)s lists already. Remove one.") % {"most": error.args[0]}, bad=True)
    else:
        add_toast(request, gettext("It is back under its old address."))
    return redirect("portal:lists")


def _edit(request: HttpRequest, collection: Collection | None) -> HttpResponse:
    shop_id = visit_of(request).shop.shop_id
    form = ShopListForm(request.POST or None, initial=show_collection(collection) if collection else None)
    shown: CollectionPage | None = None
    if request.method == "POST" and form.is_valid():
        typed = form.to_collection(shop_id, collection.collection_id if collection else 0)
        if "preview" not in request.POST and _save(request, form, typed):
            return redirect("portal:lists")
        shown = preview(typed.rule, shop_id=shop_id, left_out=typed.left_out)
    elif collection and request.method == "GET":
        shown = preview(collection.rule, shop_id=shop_id, left_out=collection.left_out)
    context = {"form": form, "collection": collection, "shown": shown}
    return render_page(request, "portal/collections/list.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: ShopListForm, typed: Collection) -> bool:
    try:
        save_collection(collection=typed, actor_id=visit_of(request).user_id, now=timezone.now())
    except TooManyLists as error:
        form.add_error(None, gettext("There are %(most)s lists already. Remove one.") % {"most": error.args[0]})
    except NoSuchList as error:
        raise Http404 from error
    else:
        add_toast(request, gettext("Saved. Shoppers see it with the next page."))
        return True
    return False
