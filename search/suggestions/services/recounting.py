"""What the sums of phrases decide: how much each weighs, whether it is shown, and as what it may be typed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Min, Sum

from search.suggestions.contracts import Kind
from search.suggestions.models import Phrase, PhraseKey, PhraseShare, Sound
from search.suggestions.rules.keys import list_keys
from search.suggestions.rules.sounds import list_sounds
from search.suggestions.rules.weights import is_nearly_all, may_be_shown, weigh

_AT_ONCE = 1_000
_WRITTEN = ["listings", "sold", "shop_id", "category_id", "weight", "is_shown"]


@dataclass(frozen=True, slots=True)
class _Sums:
    listings: int = 0
    sold: int = 0
    shop_id: int | None = None
    category_id: int | None = None


def recount(phrase_ids: Collection[int]) -> None:
    """Bring phrases to what their shares say now (step). Phrases without any listing are deleted."""
    wanted = sorted(phrase_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        _recount_some(wanted[start : start + _AT_ONCE])


def _recount_some(phrase_ids: Sequence[int]) -> None:
    phrases = Phrase.objects.in_bulk(phrase_ids)
    sums = _sum_shares(phrases)
    Phrase.objects.filter(pk__in=[pk for pk in phrases if pk not in sums]).delete()
    changed, appeared, gone = [], [], []
    for pk, held in sums.items():
        phrase = phrases[pk]
        before = [getattr(phrase, name) for name in _WRITTEN]
        was_shown = phrase.is_shown
        _set(phrase, held)
        if before != [getattr(phrase, name) for name in _WRITTEN]:
            changed.append(phrase)
        if phrase.is_shown and not was_shown:
            appeared.append(phrase)
        elif was_shown and not phrase.is_shown:
            gone.append(pk)
    _write(changed)
    PhraseKey.objects.filter(phrase_id__in=gone).delete()
    weigh_keys([phrase.pk for phrase in changed if phrase.is_shown])
    make_keys(appeared)


def _write(phrases: Sequence[Phrase]) -> None:
    """One statement that joins the new values; bulk_update would have the server look through all of them for each."""
    columns = [[getattr(phrase, name) for phrase in phrases] for name in ("pk", *_WRITTEN)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE suggestions_phrase AS phrase SET listings = new.listings, sold = new.sold, shop_id = new.shop_id,"
            " category_id = new.category_id, weight = new.weight, is_shown = new.is_shown"
            " FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[],"
            " %s::boolean[]) AS new (id, listings, sold, shop_id, category_id, weight, is_shown)"
            " WHERE phrase.id = new.id",
            columns,
        )


def _set(phrase: Phrase, held: _Sums) -> None:
    kind = Kind(phrase.kind)
    phrase.listings, phrase.sold, phrase.shop_id = held.listings, held.sold, held.shop_id
    if kind is not Kind.CATEGORY:
        phrase.category_id = held.category_id
    phrase.weight = weigh(kind, listings=held.listings, sold=held.sold)
    phrase.is_shown = may_be_shown(kind, listings=held.listings)


def _sum_shares(phrases: Mapping[int, Phrase]) -> dict[int, _Sums]:
    shares = PhraseShare.objects.filter(phrase_id__in=list(phrases))
    all_ = Count("shop_id", distinct=True), Min("shop_id"), Sum("listings"), Sum("sold")
    rows = shares.values("phrase_id").annotate(*all_).values_list("phrase_id", *(one.default_alias for one in all_))
    words = [pk for pk, phrase in phrases.items() if phrase.kind == Kind.WORDS.value]
    homes = _find_homes(words)
    return {
        pk: _Sums(listings, sold, shop_id if shops == 1 else None, homes.get(pk))
        for pk, shops, shop_id, listings, sold in rows
    }


def _find_homes(phrase_ids: Sequence[int]) -> dict[int, int]:
    """The category in which nearly all listings of a phrase are; none where there is no such."""
    rows = PhraseShare.objects.filter(phrase_id__in=phrase_ids).values_list("phrase_id", "category_id")
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for phrase_id, category_id, listings in rows.annotate(total=Sum("listings")):
        counts[phrase_id][category_id] = listings
    homes = {}
    for phrase_id, by_category in counts.items():
        category_id = max(by_category, key=lambda pk: (by_category[pk], -pk))
        if category_id and is_nearly_all(by_category[category_id], sum(by_category.values())):
            homes[phrase_id] = category_id
    return homes


def make_keys(phrases: Iterable[Phrase]) -> None:
    """Write anew as what these may be typed, and how their characters sound (step)."""
    shown = list(phrases)
    PhraseKey.objects.filter(phrase_id__in=[phrase.pk for phrase in shown]).delete()
    PhraseKey.objects.bulk_create(
        [
            PhraseKey(phrase_id=phrase.pk, typed=typed, language=phrase.language, weight=phrase.weight)
            for phrase in shown
            for typed in list_keys(phrase.text)
        ],
        batch_size=2_000,
    )
    sounds = list_sounds(phrase.text for phrase in shown)
    Sound.objects.bulk_create(
        [Sound(character=character, syllable=syllable) for character, syllable in sounds.items()],
        ignore_conflicts=True,
    )


def weigh_keys(phrase_ids: Sequence[int]) -> None:
    """Let keys weigh what their phrases do (step)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE suggestions_phrasekey AS key SET weight = phrase.weight FROM suggestions_phrase AS phrase"
            " WHERE phrase.id = key.phrase_id AND phrase.id = ANY(%s) AND key.weight <> phrase.weight",
            [list(phrase_ids)],
        )
