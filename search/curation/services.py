"""Writes of what staff said. Every change is in the trail and moves the epoch, so that all processes see it at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.services import bump_epoch
from search.curation.contracts import (
    LONGEST_PHRASE,
    MOST_BLOCKED_WORDS,
    MOST_BURIED,
    MOST_CURATED_QUERIES,
    MOST_GROUPS,
    MOST_HOT_WORDS,
    MOST_PINNED,
    HotWord,
    PlacementKind,
    Placements,
    SynonymGroup,
)
from search.curation.models import BlockedWord, HotWordRow, Placement, SynonymRow
from search.curation.rules import check_groups, clean_phrases, make_query_key
from search.curation.selectors import list_groups


class TooMuch(RuntimeError):
    """There is no room for more of this; the argument is how much there may be."""


class NotThere(LookupError):
    """Somebody removed it meanwhile."""


class BadWord(ValueError):
    """A word that asks nothing, is too long, is there already or ends before it starts; the argument names which."""


@transaction.atomic(durable=True)
def save_synonyms(*, group: SynonymGroup, actor_id: int, now: datetime) -> int:
    """Add a group (id 0) or change one; returns its id. Raises `BadPhrases`, `TooMuch`, `NotThere`."""
    return _save_group(group, actor_id, now)


@transaction.atomic(durable=True)
def import_synonyms(*, groups: Sequence[SynonymGroup], actor_id: int, now: datetime) -> int:
    """Add many groups, all or none; those that are there already are passed over. Returns how many were added.

    Raises `BadPhrases`, `TooMuch`.
    """
    known = {(frozenset(map(make_query_key, group.phrases)), group.is_one_way) for group in list_groups()}
    added = 0
    for group in groups:
        key = (frozenset(map(make_query_key, group.phrases)), group.is_one_way)
        if key not in known:
            _save_group(group, actor_id, now)
            known.add(key)
            added += 1
    return added


def _save_group(group: SynonymGroup, actor_id: int, now: datetime) -> int:
    phrases = clean_phrases(group.phrases)
    others = list_groups()
    if not group.group_id and len(others) >= MOST_GROUPS:
        raise TooMuch(MOST_GROUPS)
    check_groups(SynonymGroup(group.group_id, phrases, group.is_one_way), others)
    facts = {
        "phrases": list(phrases),
        "is_one_way": group.is_one_way,
        "changed_by": actor_id,
        "changed_at": now,
    }
    if group.group_id:
        if not SynonymRow.objects.filter(pk=group.group_id).update(**facts):
            raise NotThere(group.group_id)
        group_id = group.group_id
    else:
        group_id = SynonymRow.objects.create(**facts).pk
    _tell("search.synonyms_set", "synonyms", group_id, {"words": " = ".join(phrases)}, actor_id, now)
    return group_id


@transaction.atomic(durable=True)
def remove_synonyms(*, group_id: int, actor_id: int, now: datetime) -> SynonymGroup:
    """Remove a group and give it back, so that it can be put back. Raises `NotThere`."""
    row = SynonymRow.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    if row is None:
        raise NotThere(group_id)
    row.delete()
    _tell("search.synonyms_removed", "synonyms", group_id, {"words": " = ".join(row.phrases)}, actor_id, now)
    return SynonymGroup(0, tuple(row.phrases), row.is_one_way)


@transaction.atomic(durable=True)
def save_hot_word(*, word: HotWord, actor_id: int, now: datetime) -> int:
    """Add a hot word (id 0) or change one; returns its id. Raises `BadWord`, `TooMuch`."""
    zh, en = " ".join(word.zh.split()), " ".join(word.en.split())
    query = " ".join(word.query.split()) or zh or en
    if not make_query_key(query) or not (zh or en):
        raise BadWord("no_word")
    if max(len(zh), len(en), len(query)) > LONGEST_PHRASE:
        raise BadWord("too_long")
    if word.starts_at and word.ends_at and word.starts_at >= word.ends_at:
        raise BadWord("ends_before_start")
    if not word.word_id and HotWordRow.objects.count() >= MOST_HOT_WORDS:
        raise TooMuch(MOST_HOT_WORDS)
    if HotWordRow.objects.filter(query=query).exclude(pk=word.word_id).exists():
        raise BadWord("same_twice")
    row = HotWordRow(
        pk=word.word_id or None,
        zh=zh,
        en=en,
        query=query,
        place=word.place,
        starts_at=word.starts_at,
        ends_at=word.ends_at,
        changed_by=actor_id,
        changed_at=now,
    )
    row.save(force_insert=not word.word_id)
    _tell("search.hot_word_set", "hot_word", row.pk, {"words": query}, actor_id, now)
    return row.pk


@transaction.atomic(durable=True)
def remove_hot_word(*, word_id: int, actor_id: int, now: datetime) -> HotWord:
    """Stop offering a word and give it back, so that it can be put back. Raises `NotThere`."""
    row = HotWordRow.objects.select_for_update(no_key=True).filter(pk=word_id).first()
    if row is None:
        raise NotThere(word_id)
    row.delete()
    _tell("search.hot_word_removed", "hot_word", word_id, {"words": row.query}, actor_id, now)
    return HotWord(0, row.zh, row.en, row.query, row.place, row.starts_at, row.ends_at)


@transaction.atomic(durable=True)
def block_word(*, words: str, actor_id: int, now: datetime) -> str:
    """Let a query never become hot by itself; returns its key. Raises `BadWord`, `TooMuch`."""
    key = make_query_key(words)
    if not key:
        raise BadWord("no_word")
    if BlockedWord.objects.count() >= MOST_BLOCKED_WORDS:
        raise TooMuch(MOST_BLOCKED_WORDS)
    BlockedWord.objects.get_or_create(key=key, defaults={"blocked_by": actor_id, "blocked_at": now})
    _tell("search.word_blocked", "word", 0, {"words": key}, actor_id, now)
    return key


@transaction.atomic(durable=True)
def unblock_word(*, key: str, actor_id: int, now: datetime) -> None:
    """Let a query become hot again. Raises `NotThere`."""
    if not BlockedWord.objects.filter(key=key).delete()[0]:
        raise NotThere(key)
    _tell("search.word_unblocked", "word", 0, {"words": key}, actor_id, now)


@transaction.atomic(durable=True)
def set_placements(*, words: str, placements: Placements, actor_id: int, now: datetime) -> str:
    """Say which listings a query shows first, in this order, and which it does not show; neither removes the rule.

    Returns the query's key. Who is pinned and buried is buried. Raises `BadWord`, `TooMuch`.
    """
    key = make_query_key(words)
    if not key:
        raise BadWord("no_word")
    pinned = [pk for pk in dict.fromkeys(placements.pinned) if pk not in placements.buried]
    if len(pinned) > MOST_PINNED:
        raise TooMuch(MOST_PINNED)
    if len(placements.buried) > MOST_BURIED:
        raise TooMuch(MOST_BURIED)
    others = Placement.objects.exclude(query_key=key).values("query_key").distinct().count()
    if others >= MOST_CURATED_QUERIES:
        raise TooMuch(MOST_CURATED_QUERIES)
    Placement.objects.filter(query_key=key).delete()
    made = [(pk, PlacementKind.PINNED, place) for place, pk in enumerate(pinned, start=1)]
    made += [(pk, PlacementKind.BURIED, 0) for pk in sorted(placements.buried)]
    Placement.objects.bulk_create(
        Placement(query_key=key, listing_id=pk, kind=kind.value, place=place, changed_by=actor_id, changed_at=now)
        for pk, kind, place in made
    )
    facts = {"words": key, "pinned": pinned, "buried": sorted(placements.buried)}
    _tell("search.placed", "query", 0, facts, actor_id, now)
    return key


def _tell(action: str, kind: str, pk: int, facts: Mapping[str, object], actor_id: int, now: datetime) -> None:
    target = str(pk) if pk else str(facts["words"])
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        target_kind=kind,
        target_id=target[:64],
        detail=facts,
        now=now,
    )
    bump_epoch("curation")
