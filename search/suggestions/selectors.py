"""Completions for what is being typed: one statement, more only where nothing is found. For web processes: loads no
dictionary.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from django.db import connection

from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import map_shops, read_epochs
from search.curation.rules import make_query_key
from search.curation.selectors import get_curation
from search.suggestions.contracts import LONGEST_TYPED, MOST_SUGGESTIONS, Kind, Suggestion
from search.suggestions.models import Sound
from search.suggestions.rules.typing import compact, fold, has_chinese, list_near, list_probes

Parameter = str | list[str]

_READ = 30
_READ_NEAR = 3
_LEVELS = 3  # beginnings up to this long have an index of their own
_LAST = "\U0010ffff"
_COLUMNS = (
    "SELECT phrase.text, phrase.kind, phrase.language, phrase.listings, phrase.category_id, phrase.brand,"
    " phrase.shop_id, phrase.weight, phrase.id"
)
_JOIN = " JOIN suggestions_phrase AS phrase ON phrase.id = found.phrase_id AND phrase.is_shown"


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    kind: str
    language: str
    listings: int
    category_id: int | None
    brand: str
    shop_id: int | None
    weight: int
    phrase_id: int


def suggest(
    typed: str, *, language: str, limit: int = MOST_SUGGESTIONS, epochs: Epochs | None = None
) -> list[Suggestion]:
    """What may be meant, the most sought first: what is in the reader's language (`zh` or `en`) before the other.

    A beginning of any word counts, also in pinyin or by its initials. Where nothing begins so, what begins so but for
    one letter stands for it, and Chinese that sounds alike. Nothing of a shop that is not open, and no words
    that staff blocked.
    """
    epochs = epochs or read_epochs()
    limit = max(0, min(limit, MOST_SUGGESTIONS))
    probes = list_probes(typed)
    if not probes or not limit:
        return []
    found = _choose(_find_beginnings(probes), language, epochs)
    if not found:
        found = [replace(one, is_near=True) for one in _choose(_find_near(typed), language, epochs)]
    return found[:limit]


def _find_beginnings(probes: Sequence[str]) -> list[_Row]:
    """The heaviest phrases of each language that are typed so: one statement."""
    parts: list[str] = []
    parameters: list[Parameter] = []
    for probe in probes:
        condition, values = _begins(probe)
        for language in ("zh", "en", ""):
            parts.append(
                "(SELECT phrase_id FROM suggestions_phrasekey"  # noqa: S608 - no word of anybody's in it
                f" WHERE {condition} AND language = %s ORDER BY weight DESC LIMIT {_READ})"
            )
            parameters += [*values, language]
    found = " UNION ".join(parts)
    return _read(f"{_COLUMNS} FROM ({found}) AS found{_JOIN}", parameters)


def _begins(probe: str) -> tuple[str, list[Parameter]]:
    """The condition that a key begins so, as an index answers it."""
    if len(probe) <= _LEVELS:
        return f"LEFT(typed, {len(probe)}) = %s", [probe]
    return "typed >= %s AND typed < %s", [probe, probe + _LAST]


def _find_near(typed: str) -> list[_Row]:
    """What begins with one letter less, more or other, or sounds the same: one statement, two for Chinese."""
    probes = [_spell(typed)] if has_chinese(typed) else list_near(typed)
    probes = [probe for probe in probes if len(probe) > _LEVELS]
    if not probes:
        return []
    lateral = (
        "SELECT phrase_id FROM suggestions_phrasekey WHERE typed >= probe AND typed < probe || %s"  # noqa: S608
        f" ORDER BY weight DESC LIMIT {_READ_NEAR if len(probes) > 1 else _READ}"
    )
    found = f"SELECT DISTINCT one.phrase_id FROM unnest(%s::text[]) AS probe CROSS JOIN LATERAL ({lateral}) AS one"  # noqa: S608
    return _read(f"{_COLUMNS} FROM ({found}) AS found{_JOIN}", [probes, _LAST])


def _spell(typed: str) -> str:
    """What is typed in pinyin, by the characters that phrases have; nothing where one is not among them."""
    folded = compact(fold(typed))
    sounds = dict(Sound.objects.filter(character__in=set(folded)).values_list("character", "syllable"))
    if any(has_chinese(character) and character not in sounds for character in folded):
        return ""
    return "".join(sounds.get(character, character) for character in folded)[:LONGEST_TYPED]


def _read(statement: str, parameters: Sequence[Parameter]) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_Row(*row) for row in cursor.fetchall()]


def _choose(rows: Iterable[_Row], language: str, epochs: Epochs) -> list[Suggestion]:
    """The reader's language first, then by weight; each text once, the surest kind of it."""
    shops = map_shops(epochs)
    blocked = get_curation(epochs.curation).blocked
    shown = (row for row in rows if _is_of_open(row, shops) and not (blocked and _is_blocked(row, blocked)))
    ordered = sorted(
        shown, key=lambda row: (row.language not in (language, ""), -row.weight, len(row.text), row.phrase_id)
    )
    chosen: dict[str, _Row] = {}
    for row in ordered:
        text = row.text.casefold()
        held = chosen.get(text)
        if held is None or _tell_sureness(row) > _tell_sureness(held):
            chosen[text] = row
    return [_make_suggestion(row) for row in chosen.values()]


def _tell_sureness(row: _Row) -> tuple[bool, bool]:
    """Words that are asked are also those of goods, which say in which category."""
    return row.kind != Kind.WORDS, row.category_id is not None


def _is_of_open(row: _Row, shops: Mapping[int, ShopContext]) -> bool:
    if row.shop_id is None:
        return True
    shop = shops.get(row.shop_id)
    return shop is not None and shop.is_open


def _is_blocked(row: _Row, blocked: Set[str]) -> bool:
    """Words that staff do not want offered; categories and brands are not words of anybody's."""
    return row.kind == Kind.WORDS and make_query_key(row.text) in blocked


def _make_suggestion(row: _Row) -> Suggestion:
    kind = Kind(row.kind)
    return Suggestion(
        text=row.text,
        kind=kind,
        listings=None if kind is Kind.WORDS else row.listings,
        category_id=row.category_id if kind is not Kind.BRAND else None,
        brand=row.brand,
    )
