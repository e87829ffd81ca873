"""Views of the shop's own pictures for ads, with what staff said of them."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from market.media.pictures import BadPicture
from merchant_portal.access import shop_required, visit_of
from merchant_portal.ads.sentences import describe, name_creative_state, tone_of
from merchant_portal.frame import render_page
from search.campaigns.contracts import BadInput
from search.campaigns.contracts import limits as most
from search.campaigns.selectors import list_creatives
from search.campaigns.services import CreativeNotFound, remove_creative, upload_creative
from web.toasts import add_toast


class CreativeForm(forms.Form):
    """A picture, the line under it, and where a click leads."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=_("1200 × 400, 1200 × 200 or 600 × 600 pixels, at most 1 MB."),
        error_messages={"required": _("Choose a picture.")},
    )
    title = forms.CharField(
        label=_("Line under it"),
        max_length=most.LONGEST_TITLE,
        error_messages={"required": _("Enter the line under the picture.")},
    )
    landing = forms.CharField(
        label=_("A click leads to"),
        max_length=most.LONGEST_ADDRESS,
        help_text=_("Your shop or one of your products as shoppers see it: /shop/… or /item/…/, or its whole address."),
        error_messages={"required": _("Say where a click leads.")},
    )


@require_http_methods(["GET", "POST"])
@shop_required("money")
def show_creatives(request: HttpRequest) -> HttpResponse:
    """The shop's pictures, and a form for one more."""
    visit = visit_of(request)
    first = {"landing": f"/shop/{visit.shop.slug}/"}
    form = CreativeForm(request.POST or None, request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid() and _upload(request, form):
        return redirect("portal:creatives")
    rows = [
        {"creative": one, "state": name_creative_state(one.state), "tone": tone_of(one.state)}
        for one in list_creatives(shop_id=visit.shop.shop_id)
    ]
    context = {"form": form, "rows": rows}
    return render_page(request, "portal/ads/creatives.html", context, status=422 if form.errors else 200)


@require_POST
@shop_required("money")
def remove(request: HttpRequest, creative_id: int) -> HttpResponse:
    """Take a picture away; its ads end."""
    visit = visit_of(request)
    try:
        remove_creative(shop_id=visit.shop.shop_id, creative_id=creative_id, actor_id=visit.user_id, now=timezone.now())
    except CreativeNotFound as error:
        raise Http404 from error
    add_toast(request, gettext("Removed. It shows nowhere any more."))
    return redirect("portal:creatives")


def _upload(request: HttpRequest, form: CreativeForm) -> bool:
    visit, typed = visit_of(request), form.cleaned_data
    try:
        upload_creative(
            shop=visit.shop,
            title=typed["title"],
            content=typed["picture"].read(most.MOST_CREATIVE_BYTES + 1),
            file_name=typed["picture"].name,
            landing=typed["landing"],
            actor_id=visit.user_id,
            now=timezone.now(),
        )
    except BadInput as error:
        form.add_error(error.field if error.field in form.fields else None, describe(error))
    except BadPicture:
        form.add_error("picture", gettext("This file is no picture. Save it as JPEG, PNG or WebP."))
    else:
        add_toast(request, gettext("Sent for review. It shows as soon as it is approved."))
        return True
    return False
