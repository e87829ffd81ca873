"""The rows below the search box: what may be meant by what is typed, or ways on while nothing is."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_safe

from billing.settlement.services.days import business_date
from market.shops.contracts import Epochs
from market.taxonomy.contracts import CategoryTree
from market.taxonomy.selectors import get_tree
from search.curation.contracts import HotWord
from search.curation.rules import make_query_key
from search.curation.selectors import get_curation
from search.listings.keeping import Memory
from search.signals.selectors import list_hot_words
from search.suggestions.contracts import MOST_SUGGESTIONS, MOST_TYPED_CHARACTERS, Kind, Suggestion
from search.suggestions.selectors import suggest
from storefront.seen.telling import OFF, OFF_COOKIE

MOST_HOT = 7
ASKED_KEPT_SECONDS = 300
KEPT_SECONDS = 30
_asked: Memory[tuple[str, ...]] = Memory(2)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `text` goes into the box, `begun` of it is typed already, `path` and `query` are where it leads."""

    text: str
    begun: str
    rest: str
    hint: str
    path: str
    query: str
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A word that leads on: to a category's page, or to a search."""

    text: str
    slug: str = ""
    query: str = ""


@require_safe
def show_suggestions(request: HttpRequest) -> HttpResponse:
    """The rows below the search box, for a script to put there. Browsers keep them for some seconds."""
    typed, limit = request.GET.get("q", "").strip(), request.GET.get("limit", "")
    epochs = request.epochs  # type: ignore[attr-defined]
    most = int(limit) if limit.isdecimal() and len(limit) < 3 else MOST_SUGGESTIONS
    rows = list_rows(typed, limit=most, epochs=epochs)
    context = {
        "rows": rows,
        "typed": typed,
        "hot": [] if typed else _list_ways(epochs),
        "is_off": request.COOKIES.get(OFF_COOKIE) == OFF,
    }
    response = render(request, "storefront/browse/suggestions.html", context)
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _list_ways(epochs: Epochs) -> list[Way]:
    """What staff offer, what people ask, and categories; each once."""
    now = timezone.now()
    ways = [*_list_offered(epochs, now), *_list_asked(epochs, now), *_list_categories()]
    return list({way.text.casefold(): way for way in reversed(ways)}.values())[::-1][:MOST_SUGGESTIONS]


def list_rows(typed: str, *, limit: int, epochs: Epochs) -> list[Row]:
    """The rows for what is typed, at most `MOST_SUGGESTIONS`."""
    typed = " ".join(typed[:MOST_TYPED_CHARACTERS].split())
    language = "en" if (get_language() or "").startswith("en") else "zh"
    tree = get_tree()
    found = suggest(typed, language=language, limit=min(limit, MOST_SUGGESTIONS), epochs=epochs)
    return [_make_row(suggestion, typed, tree) for suggestion in found if _still_leads(suggestion, tree)]


def list_hot(epochs: Epochs, *, now: datetime) -> list[Way]:
    """Ways on below the box, without a statement: what staff offer now, else the first categories of the trades."""
    return (_list_offered(epochs, now) or _list_categories())[:MOST_HOT]


def list_offered_ids(epochs: Epochs, *, now: datetime) -> tuple[int, ...]:
    """The hot words of staff whose time it is: what a kept page hangs on, since their time comes by itself."""
    return tuple(word.word_id for word in get_curation(epochs.curation).hot_words if word.is_offered(now))


def _list_offered(epochs: Epochs, now: datetime) -> list[Way]:
    language = get_language() or "zh-hans"
    words = get_curation(epochs.curation).hot_words
    return [
        Way(_name_word(word, language), query=urlencode({"q": word.query})) for word in words if word.is_offered(now)
    ]


def _list_categories() -> list[Way]:
    language, tree = get_language() or "zh-hans", get_tree()
    nodes = [tree.list_children(top.category_id)[0] for top in tree.list_tops() if top.children]
    return [Way(node.name(language), slug=node.slug) for node in nodes]


def _list_asked(epochs: Epochs, now: datetime) -> list[Way]:
    """What many different people ask these days, but for what staff blocked: one statement every few minutes."""
    today = business_date(now)
    slot = (today, int(now.timestamp()) // ASKED_KEPT_SECONDS)
    asked = _asked.find(slot)
    if asked is None:
        asked = _asked.keep(slot, tuple(word.query for word in list_hot_words(today=today)))
    blocked = get_curation(epochs.curation).blocked
    return [Way(query, query=urlencode({"q": query})) for query in asked if make_query_key(query) not in blocked]


def _name_word(word: HotWord, language: str) -> str:
    return (word.en or word.zh) if language.startswith("en") else (word.zh or word.en)


def _still_leads(suggestion: Suggestion, tree: CategoryTree) -> bool:
    """A category that was hidden a moment ago leads nowhere."""
    return suggestion.kind is not Kind.CATEGORY or tree.find(suggestion.category_id) is not None


def _make_row(suggestion: Suggestion, typed: str, tree: CategoryTree) -> Row:
    begins = suggestion.text.casefold().startswith(typed.casefold())
    cut = len(typed) if begins else 0
    path, query = _find_way(suggestion, tree)
    return Row(
        text=suggestion.text,
        begun=suggestion.text[:cut],
        rest=suggestion.text[cut:],
        hint=_write_hint(suggestion, tree),
        path=path,
        query=query,
        is_near=suggestion.is_near,
    )


def _find_way(suggestion: Suggestion, tree: CategoryTree) -> tuple[str, str]:
    """The category's page, the brand's goods, or a search: exactly the goods that the hint speaks of."""
    node = tree.find(suggestion.category_id)
    if suggestion.kind is Kind.CATEGORY and node is not None:
        return node.slug, ""
    if suggestion.kind is Kind.BRAND:
        return "", urlencode({"brand": suggestion.brand})
    return "", urlencode({"q": suggestion.text, **({"c": node.category_id} if node is not None else {})})


def _write_hint(suggestion: Suggestion, tree: CategoryTree) -> str:
    if suggestion.listings is not None:
        count = ngettext("%(total)s product", "%(total)s products", suggestion.listings)
        kind = gettext("Category") if suggestion.kind is Kind.CATEGORY else gettext("Brand")
        return f"{kind} · {count % {'total': suggestion.listings}}"
    node = tree.find(suggestion.category_id)
    return gettext("in %(category)s") % {"category": node.name(get_language() or "zh-hans")} if node else ""
