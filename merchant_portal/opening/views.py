"""Opening a shop, on the market host: the one page of the portal's that stands there."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from market.shops.contracts import ShopContext
from market.shops.services import BadShopName, NoSchemaReady, SlugTaken, TooManyShops, open_shop
from merchant_portal.opening.forms import OpenShopForm
from web.access import sign_in_required


@never_cache
@sign_in_required
@require_http_methods(["GET", "POST"])
def open_one(request: HttpRequest) -> HttpResponse:
    """Name a shop and be in its portal at once."""
    form = OpenShopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shop = _open(request, form)
        if shop is not None:
            query = urlencode({"next": f"/?shop={shop.slug}"})
            return redirect(f"{reverse('accounts:go-portal')}?{query}")
    context = {"form": form, "market_host": settings.MARKET_HOST}
    return render(request, "portal/open_shop.html", context, status=422 if form.errors else 200)


def _open(request: HttpRequest, form: OpenShopForm) -> ShopContext | None:
    assert request.user.is_authenticated
    said = form.cleaned_data
    try:
        return open_shop(
            owner_id=request.user.pk,
            name_zh=said["name_zh"],
            name_en=said["name_en"],
            slug=said["slug"],
            now=timezone.now(),
        )
    except BadShopName as error:
        if error.field == "slug":
            sentence = gettext("Use 3 to 40 small letters, digits and hyphens, beginning with a letter: moon-tea.")
            form.add_error("slug", sentence)
        else:
            form.add_error("name_zh", gettext("Enter a name, in Chinese, in English or in both."))
    except SlugTaken:
        form.add_error("slug", gettext("Another shop has this address. Choose another one."))
    except TooManyShops:
        form.add_error(None, gettext("You own 20 shops, and that is the most. Close one before you open another."))
    except NoSchemaReady:
        form.add_error(None, gettext("No room is ready this minute. Nothing is lost: press the button again shortly."))
    return None
