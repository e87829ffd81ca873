"""Views of pinned and buried products: the queries decided about, and one query without and with what is decided."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from console.access import REVIEWERS, me, staff_page
from console.curation.frame import list_tabs
from console.curation.placed import Typed, compare, map_shown, read_typed
from console.curation.words import say_word
from console.frame import render_page
from console.lists import read_text
from search.curation.contracts import LONGEST_PHRASE, Placements
from search.curation.rules import make_query_key
from search.curation.selectors import list_placements
from search.curation.services import BadWord, TooMuch, set_placements
from web.links import absolute_url
from web.toasts import add_toast


@staff_page()
@require_GET
def show_placements(request: HttpRequest) -> HttpResponse:
    """Every query about which something was decided."""
    placements = list_placements()
    shown = map_shown([pk for one in placements.values() for pk in one.pinned])
    context = {
        "tabs": list_tabs("placements"),
        "rows": [(key, one, [pk for pk in one.pinned if pk not in shown]) for key, one in placements.items()],
        "longest": LONGEST_PHRASE,
    }
    return render_page(request, "curation/placements.html", context)


@staff_page()
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """One query: its first page without and with what is decided, and which products come first or not at all."""
    words = read_text(request, "q", LONGEST_PHRASE)
    if not make_query_key(words):
        add_toast(request, say_word("no_word"), bad=True)
        return redirect("console:placements")
    return _decide(request, words) if request.method == "POST" else _render(request, words, _read_decided(words))


@staff_page(*REVIEWERS)
def _decide(request: HttpRequest, words: str) -> HttpResponse:
    """Try what was typed, or keep it."""
    typed = read_typed(request)
    if "try" in request.POST or typed.wrong:
        return _render(request, words, typed, status=422 if typed.wrong else 200)
    if typed.found and not typed.has_placed_found:
        typed.wrong.append(("#add", gettext("Give one of these products a place, or empty this field.")))
        return _render(request, words, typed, status=422)
    try:
        set_placements(words=words, placements=typed.placements, actor_id=me(request), now=timezone.now())
    except BadWord as error:
        typed.wrong.append(("#hits", say_word(error.args[0])))
        return _render(request, words, typed, status=422)
    except TooMuch as error:
        said = gettext("Products are placed for %(most)s queries already. Empty one of them.")
        typed.wrong.append(("#hits", said % {"most": error.args[0]}))
        return _render(request, words, typed, status=422)
    add_toast(request, gettext("Saved. Search shows it so within a second."))
    return redirect(f"{reverse('console:place')}?{urlencode({'q': words})}")


def _read_decided(words: str) -> Typed:
    return Typed(placements=list_placements().get(make_query_key(words), Placements()))


def _render(request: HttpRequest, words: str, typed: Typed, *, status: int = 200) -> HttpResponse:
    context = {
        "tabs": list_tabs("placements"),
        "words": words,
        "typed": typed,
        "compared": compare(words, typed),
        "is_new": typed.placements != _read_decided(words).placements,
        "market_search": absolute_url(f"/search?{urlencode({'q': words})}"),
    }
    return render_page(request, "curation/place.html", context, status=status)
