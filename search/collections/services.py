"""Writes of lists. Every change is in the trail and moves the epoch, so that all processes see it at once."""

from datetime import datetime

from django.db import connection, transaction

from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from market.shops.services import bump_epoch
from search.collections.contracts import (
    LONGEST_TITLE,
    MOST_LEFT_OUT,
    MOST_OF_PLATFORM,
    MOST_OF_SHOP,
    Collection,
)
from search.collections.models import CollectionRow
from search.collections.rules import make_slug, write_rule
from search.tokens.pinyin import spell

MOST_REMOVED = 20
"""Of an owner, those removed last: what can be put back."""


class NoTitle(ValueError):
    """A list has a title in Chinese, in English or in both, of at most `LONGEST_TITLE` characters each."""


class TooManyLists(RuntimeError):
    """The owner has as many lists as there may be; the argument is how many."""


class TooManyLeftOut(ValueError):
    """More products are left out than may be; the argument is how many may be."""


class NoSuchList(LookupError):
    """The owner has no such list (any more)."""


@transaction.atomic(durable=True)
def save_collection(*, collection: Collection, actor_id: int, now: datetime) -> Collection:
    """Add a list (id 0) or change one of the same owner. A new one is given its address, which then stays.

    Raises `NoTitle`, `TooManyLists`, `TooManyLeftOut`, `NoSuchList`.
    """
    zh, en = (" ".join(title.split()) for title in (collection.title.zh, collection.title.en))
    if not (zh or en) or max(len(zh), len(en)) > LONGEST_TITLE:
        raise NoTitle
    if len(collection.left_out) > MOST_LEFT_OUT:
        raise TooManyLeftOut(MOST_LEFT_OUT)
    row = _find_or_begin(collection, zh, en)
    row.title_zh, row.title_en = zh, en
    row.rule = write_rule(collection.rule)
    row.left_out = list(collection.left_out)
    row.is_shown, row.on_front, row.place = collection.is_shown, collection.on_front, collection.place
    row.changed_by, row.changed_at = actor_id, now
    row.save()
    _tell("list.saved", row, actor_id, now)
    return Collection(
        row.pk,
        row.shop_id,
        row.slug,
        collection.title,
        collection.rule,
        collection.left_out,
        row.is_shown,
        row.on_front,
        row.place,
    )


@transaction.atomic(durable=True)
def remove_collection(*, shop_id: int | None, collection_id: int, actor_id: int, now: datetime) -> None:
    """Take a list away with its page; it can be put back. Raises `NoSuchList`."""
    _set_removed(shop_id, collection_id, now, "list.removed", actor_id=actor_id, now=now)


@transaction.atomic(durable=True)
def put_back_collection(*, shop_id: int | None, collection_id: int, actor_id: int, now: datetime) -> None:
    """Put a removed list back. Raises `NoSuchList`, `TooManyLists`."""
    _check_room(shop_id)
    _set_removed(shop_id, collection_id, None, "list.put_back", actor_id=actor_id, now=now)


def _find_or_begin(collection: Collection, zh: str, en: str) -> CollectionRow:
    """The row to write, locked; a new one has its address already."""
    owner = CollectionRow.objects.filter(shop_id=collection.owner_shop_id)
    if collection.collection_id:
        row = owner.select_for_update(no_key=True).filter(pk=collection.collection_id, removed_at=None).first()
        if row is None:
            raise NoSuchList(collection.collection_id)
        return row
    _check_room(collection.owner_shop_id)
    taken = set(owner.values_list("slug", flat=True))
    return CollectionRow(shop_id=collection.owner_shop_id, slug=make_slug(en, spell(zh), taken))


def _check_room(shop_id: int | None) -> None:
    """One owner's lists are counted by one writer at a time: nobody makes a list too many, or an address twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('collections'), %s)", [(shop_id or 0) % 2**31])
    most = MOST_OF_PLATFORM if shop_id is None else MOST_OF_SHOP
    if CollectionRow.objects.filter(shop_id=shop_id, removed_at=None).count() >= most:
        raise TooManyLists(most)


def _set_removed(
    shop_id: int | None, collection_id: int, removed_at: datetime | None, deed: str, *, actor_id: int, now: datetime
) -> None:
    row = (
        CollectionRow.objects.select_for_update(no_key=True)
        .filter(shop_id=shop_id, pk=collection_id, removed_at__isnull=removed_at is not None)
        .first()
    )
    if row is None:
        raise NoSuchList(collection_id)
    row.removed_at, row.changed_by, row.changed_at = removed_at, actor_id, now
    row.save(update_fields=["removed_at", "changed_by", "changed_at"])
    removed = CollectionRow.objects.filter(shop_id=shop_id, removed_at__isnull=False).order_by("-removed_at")
    CollectionRow.objects.filter(pk__in=list(removed.values_list("pk", flat=True)[MOST_REMOVED:])).delete()
    _tell(deed, row, actor_id, now)


def _tell(action: str, row: CollectionRow, actor_id: int, now: datetime) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF if row.shop_id is None else ActorKind.MERCHANT,
        shop_id=row.shop_id,
        target_kind="list",
        target_id=str(row.pk),
        detail={"rule": row.rule, "is_shown": row.is_shown},
        now=now,
    )
    bump_epoch("collections")
