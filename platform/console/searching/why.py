"""The page that says why hits are where they are."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from console.access import staff_page
from console.curation.frame import list_tabs, read_listing_id
from console.frame import render_page
from console.lists import read_text
from search.listings.contracts import MOST_WORDS_CHARACTERS, EngineDown
from search.listings.selectors.explaining import explain_search

LONGEST_ADDRESS = 300


@staff_page()
@require_GET
def show_why(request: HttpRequest) -> HttpResponse:
    """What a query was taken for, its best hits in their order, and any listing that is asked about."""
    words = read_text(request, "q", MOST_WORDS_CHARACTERS)
    typed = read_text(request, "listing", LONGEST_ADDRESS)
    listing_id = read_listing_id(typed) if typed else None
    context = {"tabs": list_tabs("why"), "words": words, "typed": typed, "listing_id": listing_id}
    if not words:
        return render_page(request, "searching/why.html", context)
    try:
        explained = explain_search(words, listing_id=listing_id)
    except EngineDown:
        return render_page(request, "searching/why.html", {**context, "is_down": True})
    return render_page(request, "searching/why.html", {**context, "explained": explained})
