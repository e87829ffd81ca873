"""Views of goods: the bans in force, one product, and deciding about it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from console.access import REVIEWERS, me, staff_page
from console.curation.frame import read_listing_id
from console.frame import render_page
from console.goods.forms import BanForm
from console.lists import PAGE, cut, read_position, read_text
from market.accounts.selectors import list_people_by_ids
from market.shops.selectors import ShopNotFound, get_shop, list_shops_by_ids
from search.listings.contracts import MOST_WORDS_CHARACTERS, ListingCard, SearchQuery
from search.listings.selectors import find_listing, find_listing_id, find_place, search
from search.moderation.contracts import BanReason
from search.moderation.selectors import find_ban, list_bans
from search.moderation.services import AlreadyBanned, NotBanned, ban_product, lift_ban
from tenants.catalog.contracts import Text
from web.links import absolute_url
from web.toasts import add_toast

MOST_FOUND = 20


@staff_page()
@require_GET
def show_goods(request: HttpRequest) -> HttpResponse:
    """The bans in force; a product's number or address leads to its page, a title to those that are called so."""
    typed = read_text(request, "q", 200)
    listing_id = read_listing_id(typed)
    place = find_place(listing_id) if listing_id else None
    if place:
        return redirect("console:product", *place)
    page = cut(list_bans(limit=PAGE + 1, before_id=read_position(request, "bans")), "bans", lambda ban: ban.ban_id)
    context = {
        "typed": typed,
        "found": _find_by_title(typed) if typed and listing_id is None else (),
        "bans": page.items,
        "shops": list_shops_by_ids({ban.shop_id for ban in page.items}),
        "people": list_people_by_ids({ban.banned_by for ban in page.items}),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "goods/list.html", context)


@staff_page()
@require_GET
def show_product(request: HttpRequest, shop_id: int, product_id: int) -> HttpResponse:
    """One product as the market knows it, and its ban."""
    return _render(request, shop_id, product_id, BanForm())


@staff_page(*REVIEWERS)
@require_POST
def ban(request: HttpRequest, shop_id: int, product_id: int) -> HttpResponse:
    """Take a product off the market."""
    form = BanForm(request.POST)
    title = _find_title(shop_id, product_id)
    if not form.is_valid():
        return _render(request, shop_id, product_id, form, status=422)
    try:
        ban_product(
            shop_id=shop_id,
            product_id=product_id,
            title=title,
            reason=BanReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            actor_id=me(request),
            now=timezone.now(),
        )
    except AlreadyBanned:
        add_toast(
            request, gettext("Somebody decided about this product meanwhile. This is how it stands now."), bad=True
        )
    else:
        undo = reverse("console:lift-ban", args=[shop_id, product_id])
        said = gettext("It is off the market within seconds. Its shop reads why.")
        add_toast(request, said, undo_url=undo)
    return redirect("console:product", shop_id, product_id)


@staff_page(*REVIEWERS)
@require_POST
def lift(request: HttpRequest, shop_id: int, product_id: int) -> HttpResponse:
    """Let a product back onto the market."""
    try:
        lift_ban(shop_id=shop_id, product_id=product_id, actor_id=me(request), now=timezone.now())
    except NotBanned:
        add_toast(
            request, gettext("Somebody decided about this product meanwhile. This is how it stands now."), bad=True
        )
    else:
        add_toast(request, gettext("The ban is lifted. Shoppers find it again if its shop still sells it."))
    return redirect("console:product", shop_id, product_id)


def _say_decided(request: HttpRequest) -> None:
    said = gettext("Somebody decided about this product meanwhile. This is how it stands now.")
    add_toast(request, said, bad=True)


def _render(request: HttpRequest, shop_id: int, product_id: int, form: BanForm, *, status: int = 200) -> HttpResponse:
    listing_id = find_listing_id(shop_id=shop_id, product_id=product_id)
    listing = find_listing(listing_id) if listing_id else None
    ban = find_ban(shop_id=shop_id, product_id=product_id)
    try:
        shop = get_shop(shop_id)
    except ShopNotFound as error:
        raise Http404 from error
    context = {
        "shop": shop,
        "product_id": product_id,
        "listing": listing,
        "title": ban.title if ban else listing.title if listing else None,
        "ban": ban,
        "people": list_people_by_ids([ban.banned_by]) if ban else {},
        "form": form,
        "product_url": absolute_url(f"/item/{listing_id}/") if listing_id else "",
    }
    return render_page(request, "goods/product.html", context, status=status)


def _find_by_title(typed: str) -> tuple[ListingCard, ...]:
    return search(SearchQuery(words=typed[:MOST_WORDS_CHARACTERS], size=MOST_FOUND, with_facets=False)).hits


def _find_title(shop_id: int, product_id: int) -> Text:
    """What the product is called. Only what is shown can be banned: of anything else nobody could say what it is."""
    listing_id = find_listing_id(shop_id=shop_id, product_id=product_id)
    listing = find_listing(listing_id) if listing_id else None
    if listing is None and find_ban(shop_id=shop_id, product_id=product_id) is None:
        raise Http404
    return listing.title if listing else Text("")
