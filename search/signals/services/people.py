"""What people decide about being counted: off, forgotten, or known under their account from now on."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction

from search.signals.models import Choice, SearchEvent, VisitorSalt
from search.signals.rules.visitors import make_person, make_visitor
from search.signals.selectors.log import list_visitors
from search.signals.services.recording import lock_head


def name_person(*, user_id: int | None = None, guest_key: str = "") -> str:
    """The digest under which a member, else a guest, is known here; "" for somebody unknown."""
    return make_person(secret=settings.SECRET_KEY, user_id=user_id, guest_key=guest_key)


@transaction.atomic(durable=True)
def switch_interests(*, person: str, is_on: bool, now: datetime) -> None:
    """Let a person be counted or not. Off forgets what is known, too; sums of everybody stay."""
    Choice.objects.update_or_create(person=person, defaults={"is_off": not is_on})
    if not is_on:
        _forget(person, now)


@transaction.atomic(durable=True)
def forget_person(*, person: str, now: datetime) -> int:
    """Delete the events of a person, and those still on their way. Returns how many went; sums of everybody stay."""
    return _forget(person, now)


@transaction.atomic(durable=True)
def join_people(*, guest: str, member: str) -> int:
    """What a guest did becomes the member's, as with the cart; where the member is not counted, it is forgotten.

    Returns how many events moved.
    """
    lock_head()
    if Choice.objects.filter(person=member, is_off=True).exists():
        SearchEvent.objects.filter(visitor__in=list_visitors(guest)).delete()
        return 0
    moved = 0
    for salt in VisitorSalt.objects.values_list("salt", flat=True):
        before, after = make_visitor(guest, salt=bytes(salt)), make_visitor(member, salt=bytes(salt))
        if before is not None and after is not None:
            moved += SearchEvent.objects.filter(visitor=before).update(visitor=after)
    return moved


def _forget(person: str, now: datetime) -> int:
    lock_head()
    Choice.objects.update_or_create(person=person, defaults={"forgotten_at": now})
    visitors: list[uuid.UUID] = list_visitors(person)
    gone, _ = SearchEvent.objects.filter(visitor__in=visitors).delete()
    return gone
