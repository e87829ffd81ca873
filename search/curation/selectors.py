"""Reads of what staff said. A process keeps all of it until the epoch `curation` moves."""

import threading
from collections import defaultdict
from collections.abc import Mapping

from search.curation.contracts import Curation, HotWord, PlacementKind, Placements, SynonymGroup
from search.curation.models import BlockedWord, HotWordRow, Placement, SynonymRow

NOTHING = Curation()
"""What is in force while staff have said nothing."""


class _Kept:
    curation = Curation(version=-1)
    lock = threading.Lock()


def get_curation(version: int) -> Curation:
    """What is in force, from memory while `epochs.curation` stands; four statements after it moved, none before.

    The epoch is read first and the rows after, so what is kept is never older than its version.
    """
    if version == 0:
        return NOTHING
    kept = _Kept.curation
    if kept.version == version:
        return kept
    with _Kept.lock:
        if _Kept.curation.version != version:
            _Kept.curation = _read(version)
        return _Kept.curation


def forget_curation() -> None:
    """Drop what this process keeps; for tests, whose epochs repeat."""
    _Kept.curation = Curation(version=-1)


def list_groups() -> list[SynonymGroup]:
    """All groups of synonyms, those changed last first."""
    rows = SynonymRow.objects.order_by("-changed_at", "-pk")
    return [SynonymGroup(row.pk, tuple(row.phrases), row.is_one_way) for row in rows]


def list_hot_words() -> list[HotWord]:
    """All hot words in their order, those of another time too."""
    return [_to_hot_word(row) for row in HotWordRow.objects.order_by("place", "pk")]


def list_blocked() -> list[str]:
    """Queries that never become hot."""
    return list(BlockedWord.objects.order_by("key").values_list("key", flat=True))


def list_placements() -> Mapping[str, Placements]:
    """Every query about which something was decided, in alphabetical order."""
    pinned: dict[str, list[int]] = defaultdict(list)
    buried: dict[str, set[int]] = defaultdict(set)
    for row in Placement.objects.order_by("query_key", "place", "pk"):
        if row.kind == PlacementKind.PINNED.value:
            pinned[row.query_key].append(row.listing_id)
        else:
            buried[row.query_key].add(row.listing_id)
    keys = sorted({*pinned, *buried})
    return {key: Placements(tuple(pinned[key]), frozenset(buried[key])) for key in keys}


def _read(version: int) -> Curation:
    return Curation(
        version=version,
        groups=tuple(list_groups()),
        hot_words=tuple(list_hot_words()),
        blocked=frozenset(list_blocked()),
        placements=list_placements(),
    )


def _to_hot_word(row: HotWordRow) -> HotWord:
    return HotWord(row.pk, row.zh, row.en, row.query, row.place, row.starts_at, row.ends_at)
