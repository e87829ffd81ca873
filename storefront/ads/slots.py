"""Fixed places on pages: what stands in them, and where a click leads."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from django.db.utils import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import map_shops
from search.campaigns.contracts import PageKind
from search.signals.rules.robots import is_robot
from search.slots.contracts import RunningSlot, SlotKind
from search.slots.selectors import find_landing, list_running
from search.slots.services import count_click

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as a page draws it: sold, with the shop whose it is, or with the marketplace's own picture."""

    slot: RunningSlot
    shop: ShopContext | None

    @property
    def fact(self) -> Hashable:
        """Equal as long as the same is to be drawn."""
        return self.slot.key, self.slot.lot_id, self.slot.creative.creative_id if self.slot.creative else None


def list_places(page: PageKind, epochs: Epochs) -> list[ShownPlace]:
    """The fixed places of a page, out of memory."""
    shops = map_shops(epochs)
    running = list_running(page=page, epochs=epochs, now=timezone.now())
    return [ShownPlace(slot, shops.get(slot.shop_id) if slot.shop_id else None) for slot in running]


def sort_places(places: Sequence[ShownPlace]) -> dict[str, list[ShownPlace]]:
    """Places as templates ask for them: `carousel` and `banners`."""
    return {
        "carousel": [place for place in places if place.slot.kind is SlotKind.CAROUSEL],
        "banners": [place for place in places if place.slot.kind is SlotKind.BANNER],
    }


@never_cache
@require_GET
def follow(request: HttpRequest, lot_id: int) -> HttpResponse:
    """Count the click and lead on. The target is the lot's own, never the address's; a click costs nobody anything."""
    landing = find_landing(lot_id)
    if landing is None:
        raise Http404
    if _is_click(request):
        try:
            count_click(lot_id=lot_id, now=timezone.now())
        except (DatabaseError, InterfaceError) as error:  # the visitor is led on all the same
            log.warning("ads.lot_click_lost", error=type(error).__name__)
    return HttpResponseRedirect(landing, status=HTTPStatus.SEE_OTHER)


def _is_click(request: HttpRequest) -> bool:
    """No program, and nothing that a browser fetches before anybody clicked."""
    purposes = "".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return "prefetch" not in purposes and not is_robot(request.headers.get("User-Agent", ""))
