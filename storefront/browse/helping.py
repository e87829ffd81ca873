"""What helps where nothing, or not quite the thing, was found: words to leave out, words near, goods that sell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils import timezone

from market.shops.contracts import Epochs
from search.listings.contracts import ListingCard, SearchPage, SearchQuery, Sort
from search.listings.selectors import list_shelf, search
from search.tokens.chinese import read_query
from storefront.browse.query import with_words
from storefront.browse.suggesting import Row, Way, list_hot, list_rows

MOST_DROPPED = 4
MOST_NEAR = 5
MOST_GOODS = 6


@dataclass(frozen=True, slots=True)
class Fewer:
    """The question without one of its words, and how much that finds."""

    words: str
    dropped: str
    total: int
    href: str


@dataclass(frozen=True, slots=True)
class Help:
    """`understood` are the words as they were looked for. The rest is empty where some goods were found."""

    understood: tuple[str, ...] = ()
    fewer: tuple[Fewer, ...] = ()
    near: tuple[Row, ...] = ()
    ways: tuple[Way, ...] = ()
    goods: tuple[ListingCard, ...] = ()


NO_HELP = Help()


def find_help(request: HttpRequest, query: SearchQuery, page: SearchPage) -> Help:
    """The help for an answer: none for one that holds all that was asked."""
    if page.hits and not page.did_relax:
        return NO_HELP
    epochs: Epochs = request.epochs  # type: ignore[attr-defined]
    meant = page.corrected_words or query.words
    words = [word.written for word in read_query(meant)]
    fewer = tuple(_list_fewer(request, query, words, epochs))
    if page.hits:
        return Help(tuple(words), fewer)
    return Help(
        understood=tuple(words),
        fewer=fewer,
        near=tuple(list_rows(meant, limit=MOST_NEAR, epochs=epochs)) if words else (),
        ways=tuple(list_hot(epochs, now=timezone.now())),
        goods=list_shelf(sort=Sort.SALES, size=MOST_GOODS, epochs=epochs),
    )


def _list_fewer(request: HttpRequest, query: SearchQuery, words: Sequence[str], epochs: Epochs) -> Iterator[Fewer]:
    """Without each of its words in turn, where all the others have goods; nothing is asked of one word alone."""
    if len(words) < 2:
        return
    for dropped in words[:MOST_DROPPED]:
        left = " ".join(word for word in words if word != dropped)
        counted = replace(query, words=left, as_written=True, size=1, page=1, with_facets=False)
        found = search(counted, epochs=epochs)
        if found.total and not found.did_relax and not found.did_fall_back:
            yield Fewer(left, dropped, found.total, with_words(request.GET, left, path=request.path))
