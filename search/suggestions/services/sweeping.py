"""Proving the counts, a slice at a time: every listing counted as it is, every sum that of its listings.

A sweep looks at the next few thousand listings and phrases, so that it never reads everything at once; it goes round
for ever. What is wrong is mended in the same transaction.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from search.listings.selectors.changing import list_names, list_shown_versions, list_waiting
from search.suggestions.contracts import SweepOutcome
from search.suggestions.models import CountedListing, FeedPosition, Phrase, PhraseShare
from search.suggestions.services.counting import count_listings, lock_position
from search.suggestions.services.recounting import recount

LISTINGS = 2_000
PHRASES = 200


@transaction.atomic(durable=True)
def sweep(*, listings: int = LISTINGS, phrases: int = PHRASES) -> SweepOutcome:
    """Look at the next listings and phrases and mend what is wrong. Nothing while another process counts."""
    position = lock_position()
    if position is None:
        return SweepOutcome()
    checked, wrong_listings = _sweep_listings(position, listings)
    wrong_sums = _sweep_phrases(position, phrases)
    position.save(update_fields=["swept_listing_id", "swept_phrase_id"])
    done = position.swept_listing_id == 0, position.swept_phrase_id == 0
    return SweepOutcome(checked, wrong_listings, wrong_sums, *done)


def _sweep_listings(position: FeedPosition, limit: int) -> tuple[int, int]:
    """How many were looked at, and how many were wrong: not counted, counted as an old version, or counted and gone."""
    start = position.swept_listing_id
    shown = dict(list_shown_versions(after=start, limit=limit))
    end = max(shown) if len(shown) == limit else 0
    counted = CountedListing.objects.filter(pk__gt=start, **({"pk__lte": end} if end else {}))
    versions = dict(counted.values_list("listing_id", "version"))
    wrong = {pk for pk in shown.keys() | versions.keys() if shown.get(pk) != versions.get(pk)}
    wrong -= list_waiting(wrong, position=position.change_no)
    names = list_names(wrong)
    if wrong:
        count_listings({pk: names.get(pk) for pk in wrong})
    position.swept_listing_id = end
    return len(shown), len(wrong)


def _sweep_phrases(position: FeedPosition, limit: int) -> int:
    """How many phrases had other shares than their listings make."""
    rows = Phrase.objects.filter(pk__gt=position.swept_phrase_id).order_by("pk").values_list("pk", flat=True)
    phrase_ids = list(rows[:limit])
    position.swept_phrase_id = phrase_ids[-1] if len(phrase_ids) == limit else 0
    wrong = _list_wrong(phrase_ids)
    if wrong:
        PhraseShare.objects.filter(phrase_id__in=wrong).delete()
        _make_shares(wrong)
        recount(wrong)
    return len(wrong)


_COUNTED = (
    "SELECT phrase_id, shop_id, category_id, count(*) AS listings, sum(sold)::bigint AS sold"
    " FROM suggestions_countedlisting, unnest(phrase_ids) AS phrase_id"
    " WHERE phrase_ids && %(ids)s::bigint[] AND phrase_id = ANY(%(ids)s::bigint[]) GROUP BY 1, 2, 3"
)


def _list_wrong(phrase_ids: Sequence[int]) -> list[int]:
    """Phrases of which any share is not what the listings make of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH counted AS ({_COUNTED}), held AS (SELECT phrase_id, shop_id, category_id, listings, sold"  # noqa: S608
            " FROM suggestions_phraseshare WHERE phrase_id = ANY(%(ids)s::bigint[]))"
            " SELECT DISTINCT phrase_id FROM ((TABLE counted EXCEPT TABLE held)"
            " UNION ALL (TABLE held EXCEPT TABLE counted)) AS different ORDER BY 1",
            {"ids": list(phrase_ids)},
        )
        return [phrase_id for (phrase_id,) in cursor.fetchall()]


def _make_shares(phrase_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO suggestions_phraseshare (phrase_id, shop_id, category_id, listings, sold) " + _COUNTED,
            {"ids": list(phrase_ids)},
        )
