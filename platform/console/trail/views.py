"""The audit trail with its filters."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from console.access import staff_page
from console.frame import render_page
from console.lists import PAGE, cut, read_position
from console.shops.naming import read_shop
from console.trail.naming import read_person
from console.trail.page import describe_lines
from console.words import DEEDS
from market.accounts.selectors import list_people_by_ids
from market.audit.selectors import list_entries


@staff_page()
@require_GET
def show_trail(request: HttpRequest) -> HttpResponse:
    """Deeds, newest first: of a shop, of a person, of a kind. Raises `Http404` for a kind that is none."""
    asked_shop, asked_person = read_shop(request.GET), read_person(request.GET)
    action = request.GET.get("action", "")
    if action and action not in DEEDS:
        raise Http404
    scope = f"trail:{asked_shop.typed}:{asked_person.typed}:{action}"
    rows = list_entries(
        shop_id=asked_shop.shop_id,
        actor_id=asked_person.user_id,
        action=action,
        before=read_position(request, scope),
        limit=PAGE + 1,
    )
    page = cut(rows, scope, lambda line: line.entry_id)
    people = list_people_by_ids(line.actor_id for line in page.items if line.actor_id)
    context = {
        "asked_shop": asked_shop,
        "asked_person": asked_person,
        "action": action,
        "deeds": [(name, str(words)) for name, words in DEEDS.items()],
        "filtered": bool(asked_shop.typed or asked_person.typed or action),
        "rows": describe_lines(page.items, people),
        "next_cursor": page.next_cursor,
    }
    return render_page(request, "trail.html", context)
