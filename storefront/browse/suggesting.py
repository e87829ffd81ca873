"""The rows below the search box: what may be meant by what is typed, or ways on while nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_safe

from market.shops.contracts import Epochs
from market.taxonomy.contracts import CategoryNode, CategoryTree
from market.taxonomy.selectors import get_tree
from search.suggestions.contracts import MOST_SUGGESTIONS, MOST_TYPED_CHARACTERS, Kind, Suggestion
from search.suggestions.selectors import suggest

HOT_CATEGORIES = 7
KEPT_SECONDS = 30


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


@require_safe
def show_suggestions(request: HttpRequest) -> HttpResponse:
    """The rows below the search box, for a script to put there. Browsers keep them for some seconds."""
    typed, limit = request.GET.get("q", "").strip(), request.GET.get("limit", "")
    epochs = request.epochs  # type: ignore[attr-defined]
    most = int(limit) if limit.isdecimal() and len(limit) < 3 else MOST_SUGGESTIONS
    rows = list_rows(typed, limit=most, epochs=epochs)
    hot = () if typed else list_hot_categories(get_tree())
    response = render(request, "storefront/browse/suggestions.html", {"rows": rows, "hot": hot, "typed": typed})
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def list_rows(typed: str, *, limit: int, epochs: Epochs) -> list[Row]:
    """The rows for what is typed, at most `MOST_SUGGESTIONS`."""
    typed = " ".join(typed[:MOST_TYPED_CHARACTERS].split())
    language = "en" if (get_language() or "").startswith("en") else "zh"
    tree = get_tree()
    found = suggest(typed, language=language, limit=min(limit, MOST_SUGGESTIONS), epochs=epochs)
    return [_make_row(suggestion, typed, tree) for suggestion in found if _still_leads(suggestion, tree)]


def list_hot_categories(tree: CategoryTree) -> Sequence[CategoryNode]:
    """Ways on where nothing is typed: the first narrower category of the first trades."""
    nodes = [tree.list_children(top.category_id)[0] for top in tree.list_tops() if top.children]
    return nodes[:HOT_CATEGORIES]


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
