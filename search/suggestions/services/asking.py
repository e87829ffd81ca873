"""What many people ask, as completions: by the log of searches, where the others are by listings.

Kept as words under keys of their own (`q:`), which no listing speaks for. Loads the dictionary of pinyin.
"""

from datetime import date, timedelta

from django.db import transaction

from search.signals.contracts import QueryFigures
from search.signals.selectors import list_queries
from search.signals.selectors.queries import HOT_VISITORS
from search.suggestions.contracts import Kind
from search.suggestions.models import Phrase
from search.suggestions.rules.phrases import LONGEST_PHRASE, tell_language
from search.suggestions.rules.weights import weigh
from search.suggestions.services.counting import lock_position
from search.suggestions.services.recounting import make_keys, weigh_keys

DAYS = 14
MOST_ASKED = 2_000
MARK = "q:"


@transaction.atomic(durable=True)
def count_asked(*, today: date) -> int:
    """Offer what is asked these days, and no longer what is not. Returns how many completions came, went or moved.

    Asked by `HOT_VISITORS` different people on one day, and mostly answered. Nothing while another process counts.
    """
    if lock_position() is None:
        return 0
    asked = list_queries(
        since=today - timedelta(days=DAYS - 1), until=today, visitors_on_a_day=HOT_VISITORS, limit=MOST_ASKED
    )
    weights = {MARK + row.query: _weigh(row) for row in asked if _may_be_offered(row)}
    held = {phrase.key: phrase for phrase in Phrase.objects.filter(key__startswith=MARK)}
    gone = [phrase.pk for key, phrase in held.items() if key not in weights]
    Phrase.objects.filter(pk__in=gone).delete()
    new = Phrase.objects.bulk_create(_make(key, weight) for key, weight in weights.items() if key not in held)
    make_keys(new)
    moved = [phrase for key, phrase in held.items() if weights.get(key, phrase.weight) != phrase.weight]
    for phrase in moved:
        phrase.weight = weights[phrase.key]
    Phrase.objects.bulk_update(moved, ["weight"])
    weigh_keys([phrase.pk for phrase in moved])
    return len(gone) + len(new) + len(moved)


def _make(key: str, weight: int) -> Phrase:
    text = key.removeprefix(MARK)
    return Phrase(key=key, kind=Kind.WORDS.value, text=text, language=tell_language(text), weight=weight, is_shown=True)


def _may_be_offered(row: QueryFigures) -> bool:
    return len(row.query) <= LONGEST_PHRASE and 2 * row.nothing_found <= row.searches


def _weigh(row: QueryFigures) -> int:
    return weigh(Kind.WORDS, listings=0, sold=row.visitors)
