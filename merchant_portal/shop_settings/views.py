"""Views of the shop's settings: profile, freight, team."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from market.accounts.selectors import list_people_by_ids
from market.money import format_minor
from market.shops.contracts import Role
from market.shops.selectors import list_team
from market.shops.services import BadShopName, update_shop_profile
from market.shops.tenancy import enter_shop
from merchant_portal.access import Visit, shop_required, visit_of
from merchant_portal.frame import render_page
from merchant_portal.shop_settings.forms import FreightForm, ProfileForm
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.selectors import get_terms
from tenants.shipping.services import BadTerms, set_terms
from web.toasts import add_toast


@require_http_methods(["GET", "POST"])
@shop_required("settings")
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Names and introduction; the address is shown and stays."""
    visit = visit_of(request)
    shop = visit.shop
    initial = {
        "name_zh": shop.name.zh,
        "name_en": shop.name.en,
        "intro_zh": shop.intro.zh,
        "intro_en": shop.intro.en,
    }
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            update_shop_profile(shop_id=shop.shop_id, actor_id=visit.user_id, now=timezone.now(), **form.cleaned_data)
        except BadShopName:
            form.add_error("name_zh", gettext("Enter a name, in Chinese, in English or in both."))
        else:
            add_toast(request, gettext("Saved. Shoppers see it at once."))
            return redirect("portal:profile")
    return render_page(request, "portal/settings/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@shop_required("settings")
def edit_freight(request: HttpRequest) -> HttpResponse:
    """What freight costs from now on."""
    visit = visit_of(request)
    with transaction.atomic(), enter_shop(visit.shop):
        terms = get_terms()
    form = FreightForm(request.POST or None, initial=_to_initial(terms))
    if request.method == "POST" and form.is_valid() and _save_freight(visit, form):
        add_toast(request, gettext("Saved. New orders are charged this freight."))
        return redirect("portal:freight")
    context = {"form": form, "terms": terms}
    return render_page(request, "portal/settings/freight.html", context, status=422 if form.errors else 200)


@require_GET
@shop_required("settings")
def show_team(request: HttpRequest) -> HttpResponse:
    """Who works in the shop, and what they may do."""
    members = list_team(visit_of(request).shop.shop_id)
    people = list_people_by_ids(member.user_id for member in members)
    rows = [
        {"name": people[member.user_id].display_name if member.user_id in people else "—", "role": _name(member.role)}
        for member in members
    ]
    return render_page(request, "portal/settings/team.html", {"rows": rows, "roles": [_name(role) for role in Role]})


def _save_freight(visit: Visit, form: FreightForm) -> bool:
    try:
        with transaction.atomic(), enter_shop(visit.shop):
            set_terms(shop_id=visit.shop.shop_id, terms=FreightTerms(**form.cleaned_data), now=timezone.now())
    except BadTerms as error:
        sentences = {
            "flat_minor": gettext("Freight costs from ¥0 to ¥1,000."),
            "free_from_minor": gettext("Enter a sum above 0, or leave it empty."),
            "handling_hours": gettext("Enter 1 to 720 hours."),
        }
        form.add_error(error.field, sentences[error.field])
        return False
    return True


def _to_initial(terms: FreightTerms) -> dict[str, object]:
    free_from = terms.free_from_minor
    return {
        "flat_minor": format_minor(terms.flat_minor),
        "free_from_minor": "" if free_from is None else format_minor(free_from),
        "ships_from": terms.ships_from,
        "handling_hours": terms.handling_hours,
    }


def _name(role: Role) -> tuple[str, str]:
    return {
        Role.OWNER: (gettext("Owner"), gettext("All of it")),
        Role.MANAGER: (gettext("Manager"), gettext("Goods, orders, settings and money")),
        Role.GOODS: (gettext("Goods"), gettext("Goods and stock")),
        Role.FULFILMENT: (gettext("Dispatch"), gettext("Orders and sending")),
    }[role]
