"""Views of the platform's lists: all of them, one with what it would hold, and putting one away."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.access import REVIEWERS, me, staff_page
from console.collections.forms import PlatformListForm
from console.frame import render_page
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
from web.links import absolute_url
from web.toasts import add_toast


@staff_page()
@require_GET
def show_lists(request: HttpRequest) -> HttpResponse:
    """Every list of the platform with how much it holds now."""
    lists = list_all(shop_id=None)
    rows = [
        (one, preview(one.rule, shop_id=None, left_out=one.left_out).total, absolute_url(f"/lists/{one.slug}/"))
        for one in lists
    ]
    return render_page(request, "collections/lists.html", {"rows": rows, "sorts": dict(SORTS)})


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Define a list."""
    return _edit(request, None)


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Change a list."""
    collection = find_own(shop_id=None, collection_id=collection_id)
    if collection is None:
        raise Http404
    return _edit(request, collection)


@staff_page(*REVIEWERS)
@require_POST
def remove(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Put a list away; it can be put back."""
    try:
        remove_collection(shop_id=None, collection_id=collection_id, actor_id=me(request), now=timezone.now())
    except NoSuchList:
        add_toast(request, gettext("Somebody removed this list meanwhile."), bad=True)
    else:
        undo = reverse("console:put-back-list", args=[collection_id])
        add_toast(request, gettext("Removed: its page is gone."), undo_url=undo)
    return redirect("console:lists")


@staff_page(*REVIEWERS)
@require_POST
def put_back(request: HttpRequest, collection_id: int) -> HttpResponse:
    """Put a removed list back."""
    try:
        put_back_collection(shop_id=None, collection_id=collection_id, actor_id=me(request), now=timezone.now())
    except NoSuchList:
        add_toast(request, gettext("This list cannot be put back any more. Define it anew."), bad=True)
    except TooManyLists as error:
        add_toast(request, gettext("There are %(most)s lists already. Remove one.") % {"most": error.args[0]}, bad=True)
    else:
        add_toast(request, gettext("It is back under its old address."))
    return redirect("console:lists")


def _edit(request: HttpRequest, collection: Collection | None) -> HttpResponse:
    form = PlatformListForm(request.POST or None, initial=show_collection(collection) if collection else None)
    shown: CollectionPage | None = None
    if request.method == "POST" and form.is_valid():
        typed = form.to_collection(None, collection.collection_id if collection else 0)
        if "preview" not in request.POST and _save(request, form, typed):
            return redirect("console:lists")
        shown = preview(typed.rule, shop_id=None, left_out=typed.left_out)
    elif collection and request.method == "GET":
        shown = preview(collection.rule, shop_id=None, left_out=collection.left_out)
    context = {"form": form, "collection": collection, "shown": shown}
    return render_page(request, "collections/list.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: PlatformListForm, typed: Collection) -> bool:
    try:
        save_collection(collection=typed, actor_id=me(request), now=timezone.now())
    except TooManyLists as error:
        form.add_error(None, gettext("There are %(most)s lists already. Remove one.") % {"most": error.args[0]})
    except NoSuchList as error:
        raise Http404 from error
    else:
        add_toast(request, gettext("Saved. Shoppers see it with the next page."))
        return True
    return False
