"""The words by which listings are called."""

from collections.abc import Sequence

from django.db.models import Q

from search.listings.contracts import KnownWord
from search.listings.models import KnownWordRow
from search.listings.rules.spelling import MOST_DOUBTFUL, list_asked_keys

MOST_SIMILAR = 400


class TableVocabulary:
    """The vocabulary out of its table: one statement a question."""

    def list_similar(self, words: Sequence[str]) -> Sequence[KnownWord]:
        """The words themselves where they are known, those a letter or two away, and those of the same sound."""
        keys = {key for word in words[:MOST_DOUBTFUL] for key in list_asked_keys(word)}
        if not keys:
            return []
        rows = KnownWordRow.objects.filter(Q(keys__overlap=sorted(keys)), documents__gt=0)
        found = rows.order_by("-documents").values_list("word", "documents", "pinyin", "initials")[:MOST_SIMILAR]
        return [KnownWord(*row) for row in found]
