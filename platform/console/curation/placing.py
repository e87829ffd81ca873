"""Views of pinned and buried products: the queries decided about, and one query with what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from console.access import REVIEWERS, me, staff_page
from console.curation.frame import list_tabs, read_listing_id
from console.curation.words import say_word
from console.frame import render_page
from console.lists import read_number, read_text
from search.curation.contracts import LONGEST_PHRASE, MOST_BURIED, MOST_PINNED, Placements
from search.curation.rules import make_query_key
from search.curation.selectors import list_placements
from search.curation.services import BadWord, TooMuch, set_placements
from search.listings.contracts import ListingCard, SearchQuery
from search.listings.selectors import list_cards, search
from web.links import absolute_url
from web.toasts import add_toast

SHOWN_HITS = 24
_BURIED = "x"


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A product on the page of a query. `card` is None when it is not on the market now."""

    listing_id: int
    card: ListingCard | None
    place: int = 0
    is_buried: bool = False


@staff_page()
@require_GET
def show_placements(request: HttpRequest) -> HttpResponse:
    """Every query about which something was decided."""
    placements = list_placements()
    shown = _map_cards([pk for one in placements.values() for pk in one.pinned])
    context = {
        "tabs": list_tabs("placements"),
        "rows": [(key, one, [pk for pk in one.pinned if pk not in shown]) for key, one in placements.items()],
        "longest": LONGEST_PHRASE,
    }
    return render_page(request, "curation/placements.html", context)


@staff_page()
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """One query: what it finds now, and which products come first or not at all."""
    words = read_text(request, "q", LONGEST_PHRASE)
    if not make_query_key(words):
        add_toast(request, say_word("no_word"), bad=True)
        return redirect("console:placements")
    return _decide(request, words) if request.method == "POST" else _render(request, words)


@staff_page(*REVIEWERS)
def _decide(request: HttpRequest, words: str) -> HttpResponse:
    here = f"{reverse('console:place')}?{urlencode({'q': words})}"
    placements, wrong = _read_placements(request)
    if wrong:
        return _render(request, words, wrong=wrong, status=422)
    try:
        set_placements(words=words, placements=placements, actor_id=me(request), now=timezone.now())
    except BadWord as error:
        return _render(request, words, wrong=[("#q", say_word(error.args[0]))], status=422)
    except TooMuch:
        said = gettext("At most %(pinned)s products can be pinned and %(buried)s buried for a query.")
        values = {"pinned": MOST_PINNED, "buried": MOST_BURIED}
        return _render(request, words, wrong=[("#hits", said % values)], status=422)
    add_toast(request, gettext("Saved. Search shows it so within a second."))
    return redirect(here)


def _read_placements(request: HttpRequest) -> tuple[Placements, list[tuple[str, str]]]:
    """Places are typed as numbers, or x to bury; one product more by its number or address."""
    places: list[tuple[int, int]] = []
    buried: set[int] = set()
    wrong: list[tuple[str, str]] = []
    for name, typed in request.POST.items():
        listing_id = read_number(name.removeprefix("place-")) if name.startswith("place-") else None
        written = str(typed).strip().lower()
        if listing_id is None or not written:
            continue
        if written == _BURIED:
            buried.add(listing_id)
        elif (number := read_number(written)) and number <= 99:
            places.append((number, listing_id))
        else:
            wrong.append((f"#place-{listing_id}", gettext("A place is a number from 1, or x to bury the product.")))
    added = request.POST.get("add", "").strip()
    if added:
        listing_id = read_listing_id(added)
        if listing_id is None or not _map_cards([listing_id]):
            wrong.append(("#add", gettext("No product on the market has this number or address.")))
        else:
            places.append((max((number for number, _ in places), default=0) + 1, listing_id))
    return Placements(tuple(pk for _, pk in sorted(places)), frozenset(buried)), wrong


def _render(
    request: HttpRequest, words: str, *, wrong: Sequence[tuple[str, str]] = (), status: int = 200
) -> HttpResponse:
    placements = list_placements().get(make_query_key(words), Placements())
    page = search(SearchQuery(words=words, size=SHOWN_HITS, with_facets=False))
    found = [card.listing_id for card in page.hits]
    cards = {card.listing_id: card for card in page.hits} | _map_cards([*placements.pinned, *placements.buried])
    order = dict.fromkeys([*placements.pinned, *found, *sorted(placements.buried)])
    rows = [
        PlacedRow(
            pk,
            cards.get(pk),
            placements.pinned.index(pk) + 1 if pk in placements.pinned else 0,
            pk in placements.buried,
        )
        for pk in order
    ]
    context = {
        "tabs": list_tabs("placements"),
        "words": words,
        "rows": rows,
        "total": page.total,
        "wrong": list(wrong),
        "market_search": absolute_url(f"/search?{urlencode({'q': words})}"),
        "has_any": bool(placements.pinned or placements.buried),
    }
    return render_page(request, "curation/place.html", context, status=status)


def _map_cards(listing_ids: Sequence[int]) -> dict[int, ListingCard]:
    return {card.listing_id: card for card in list_cards(list(dict.fromkeys(listing_ids))[:500])}
