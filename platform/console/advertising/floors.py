"""Floors of clicks and views: what each page takes at least, who said so, and what another amount would do."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from console.access import REVIEWERS, me, staff_page
from console.advertisers.views import describe_trail
from console.advertising.forms import FloorForm
from console.frame import render_page
from console.trail.page import TrailRow
from market.audit.selectors import list_entries
from market.money import format_minor
from search.campaigns.contracts import BadInput, Charge, FloorEffect, PageKind
from search.campaigns.contracts import limits as most
from search.campaigns.selectors import get_floors, measure_floors
from search.campaigns.services import set_floor
from search.campaigns.words import name_page
from search.slots.selectors import list_slots
from web.toasts import add_toast

LOOKED_BACK = 200
MOST_LINES = 20
SOLD = (
    (PageKind.SEARCH, Charge.CLICK),
    (PageKind.CATEGORY, Charge.CLICK),
    (PageKind.CATEGORY, Charge.MILLE),
    (PageKind.HOME, Charge.MILLE),
    (PageKind.PRODUCT, Charge.MILLE),
)
"""What is auctioned: clicks by words, and places by a thousand views."""


@dataclass(frozen=True, slots=True)
class FloorRow:
    """One floor with who set it last; nobody did where it is the usual one."""

    page: PageKind
    charge: Charge
    name: str
    effect: FloorEffect
    changed: TrailRow | None

    @property
    def at(self) -> datetime | None:
        return self.changed.line.at if self.changed else None


@staff_page()
@require_GET
def show_floors(request: HttpRequest) -> HttpResponse:
    """Every floor, the floors of fixed places beside them."""
    changes = describe_trail(list_entries(action="floor.set", limit=LOOKED_BACK))
    last = {change.line.target_id: change for change in reversed(changes)}
    effects = measure_floors([(page, charge, 0) for page, charge in SOLD])
    rows = [
        FloorRow(page, charge, name_page(page.value), effect, last.get(_name(page, charge)))
        for (page, charge), effect in zip(SOLD, effects, strict=True)
    ]
    return render_page(request, "advertising/floors.html", {"rows": rows, "places": list_slots()})


@staff_page()
@require_http_methods(["GET", "POST"])
def edit_floor(request: HttpRequest, page: str, charge: str) -> HttpResponse:
    """One floor and its history; another amount is tried first, and set once its effect was seen."""
    kind, paid = _read(page, charge)
    if request.method == "POST":
        return _change(request, kind, paid)
    amount_minor = get_floors().find(kind, paid)
    return _render(request, kind, paid, FloorForm(initial={"amount": format_minor(amount_minor)}))


@staff_page(*REVIEWERS)
def _change(request: HttpRequest, page: PageKind, charge: Charge) -> HttpResponse:
    form = FloorForm(request.POST)
    if not form.is_valid():
        return _render(request, page, charge, form, status=422)
    amount_minor, floor_minor = form.cleaned_data["amount"], get_floors().find(page, charge)
    largest = most.LARGEST_CLICK_BID_MINOR if charge is Charge.CLICK else most.LARGEST_MILLE_BID_MINOR
    if not 1 <= amount_minor <= largest:
        said = gettext("Enter ¥0.01 to ¥%(most)s.") % {"most": format_minor(largest)}
        form.add_error("amount", said)
        return _render(request, page, charge, form, status=422)
    if request.POST.get("seen") != f"{floor_minor}:{amount_minor}":
        return _render(request, page, charge, form, tried_minor=amount_minor)
    try:
        set_floor(page=page, charge=charge, amount_minor=amount_minor, actor_id=me(request), now=timezone.now())
    except BadInput as error:
        raise Http404 from error
    add_toast(request, gettext("Set. Auctions keep to it within a minute."))
    return redirect("console:ads-floors")


def _render(
    request: HttpRequest,
    page: PageKind,
    charge: Charge,
    form: FloorForm,
    *,
    tried_minor: int | None = None,
    status: int = 200,
) -> HttpResponse:
    floor_minor = get_floors().find(page, charge)
    (effect,) = measure_floors([(page, charge, floor_minor if tried_minor is None else tried_minor)])
    context = {
        "page_kind": page,
        "charge": charge,
        "name": name_page(page.value),
        "floor_minor": floor_minor,
        "form": form,
        "tried_minor": tried_minor,
        "effect": effect,
        "seen": f"{floor_minor}:{tried_minor}" if tried_minor is not None else "",
        "trail": describe_trail(list_entries(target=("floor", _name(page, charge)), limit=MOST_LINES)),
    }
    return render_page(request, "advertising/floor.html", context, status=status)


def _read(page: str, charge: str) -> tuple[PageKind, Charge]:
    found = next((pair for pair in SOLD if (pair[0].value, pair[1].value) == (page, charge)), None)
    if found is None:
        raise Http404
    return found


def _name(page: PageKind, charge: Charge) -> str:
    return f"{page.value}/{charge.value}"
