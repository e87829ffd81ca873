"""Merchants' pictures: those that wait for staff's word, and those that have it, which can be taken down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from console.access import REVIEWERS, me, staff_page
from console.frame import Rail, render_page
from console.lists import PAGE, cut, read_position
from console.shops.naming import AskedShop, read_shop
from console.words import CREATIVE_STATES
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops_by_ids
from search.campaigns.contracts import BadInput, CreativeState, CreativeView
from search.campaigns.contracts.limits import LONGEST_REASON
from search.campaigns.selectors import count_creatives, list_for_review
from search.campaigns.services import AlreadyDecided, CreativeNotFound, decide_creative
from search.slots.selectors import count_lots_of_creatives
from web.shapes import Tab
from web.toasts import add_toast

MOST_KEPT = 2 * LONGEST_REASON
"""Of a reason that was refused, so much is shown again."""


@dataclass(frozen=True, slots=True)
class BadReason:
    """A reason as it was typed, and what is wrong with it."""

    creative_id: int
    typed: str
    sentence: str

    @property
    def wrongs(self) -> list[tuple[str, str]]:
        """For the list above the pictures."""
        return [(f"#reason-{self.creative_id}", self.sentence)]


@dataclass(frozen=True, slots=True)
class CreativeRow:
    """A picture with its shop, at how many lots it stands, and the reason that could not be taken."""

    creative: CreativeView
    shop: ShopContext | None
    lots: int
    bad: BadReason | None


@staff_page()
@require_GET
def show_creatives(request: HttpRequest) -> HttpResponse:
    """Pictures behind one tab, with how many lots hang on each; of one shop where that is asked for."""
    return _render(request)


@staff_page(*REVIEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, creative_id: int) -> HttpResponse:
    """Approve, or refuse with a reason that the merchant reads; what was approved before is taken down.

    A reason that is sent back stands at this address: who asks for it again, as after choosing a language, is led to
    the list.
    """
    if request.method != "POST":
        return _lead_to_list(request)
    approved, reason = request.POST.get("word") == "approve", request.POST.get("reason", "")
    try:
        decide_creative(
            creative_id=creative_id, approved=approved, reason=reason, actor_id=me(request), now=timezone.now()
        )
    except BadInput as error:
        return _render(request, BadReason(creative_id, reason[:MOST_KEPT], _say_what_is_bad(error)))
    except (AlreadyDecided, CreativeNotFound):
        add_toast(request, gettext("Somebody decided this picture meanwhile."), bad=True)
    else:
        add_toast(request, gettext("Approved.") if approved else gettext("Refused. The merchant reads why."))
    return _lead_to_list(request)


def _lead_to_list(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('console:ads-creatives')}?{request.GET.urlencode()}")


def _say_what_is_bad(error: BadInput) -> str:
    if error.code == "too_long":
        return gettext("A reason has at most 200 characters. Shorten it.")
    return gettext("Write a reason of one line: the merchant reads it.")


def _render(request: HttpRequest, bad: BadReason | None = None) -> HttpResponse:
    state, asked_shop = _read_state(request.GET.get("tab", CreativeState.WAITING)), read_shop(request.GET)
    scope = f"creatives:{state.value}:{asked_shop.typed}"
    counts = count_creatives()
    found = list_for_review(state, shop_id=asked_shop.shop_id, position=read_position(request, scope), limit=PAGE + 1)
    page = cut(found, scope, lambda one: one.creative_id)
    context = {
        "state": state.value,
        "tabs": _list_tabs(state, asked_shop, counts),
        "asked_shop": asked_shop,
        "rows": _describe(page.items, bad),
        "query": request.GET.urlencode(),
        "wrongs": bad.wrongs if bad else [],
        "next_cursor": None if bad else page.next_cursor,
    }
    rail = Rail(pictures_to_review=counts[CreativeState.WAITING])
    return render_page(request, "advertising/creatives.html", context, rail=rail, status=422 if bad else 200)


def _describe(found: Sequence[CreativeView], bad: BadReason | None) -> list[CreativeRow]:
    shops = list_shops_by_ids({one.shop_id for one in found})
    lots = count_lots_of_creatives([one.creative_id for one in found], now=timezone.now())
    return [
        CreativeRow(
            creative=one,
            shop=shops.get(one.shop_id),
            lots=lots.get(one.creative_id, 0),
            bad=bad if bad and bad.creative_id == one.creative_id else None,
        )
        for one in found
    ]


def _read_state(tab: str) -> CreativeState:
    try:
        return CreativeState(tab)
    except ValueError as error:
        raise Http404 from error


def _list_tabs(current: CreativeState, asked_shop: AskedShop, counts: Mapping[CreativeState, int]) -> list[Tab]:
    address = reverse("console:ads-creatives")
    shop = f"&{urlencode({'shop': asked_shop.typed})}" if asked_shop.typed else ""
    return [
        Tab(str(CREATIVE_STATES[state]), f"{address}?tab={state.value}{shop}", state is current, counts[state])
        for state in CreativeState
    ]
