"""Writing the audit trail, inside the transaction of the deed itself."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import connection

from market.audit.contracts import ActorKind
from market.audit.models import AuditEntry

MAX_DETAIL_KEYS = 30
PERSONAL_KEYS = frozenset({"address", "email", "id_card", "ip", "name", "password", "phone", "recipient", "street"})


class PersonalDetail(ValueError):
    """The trail is kept for ever, so nothing in it may say who a person is beyond an id."""


class NotInDeed(RuntimeError):
    """An audit entry belongs to the transaction of what it tells about; there is none."""


def write_audit(
    *,
    action: str,
    actor_id: int | None,
    target_kind: str,
    target_id: str,
    now: datetime,
    shop_id: int | None = None,
    actor_kind: ActorKind | None = None,
    detail: Mapping[str, object] | None = None,
) -> int:
    """Add one entry as a step of the caller's transaction; returns its id.

    `action` is `subject.deed` (`shop.opened`). Without `actor_kind` nobody is the system, somebody in a shop is a
    merchant, anyone else a shopper; staff have to be named. Raises `PersonalDetail`, `NotInDeed`.
    """
    if not connection.in_atomic_block:
        raise NotInDeed(action)
    facts = dict(detail or {})
    if len(facts) > MAX_DETAIL_KEYS or PERSONAL_KEYS & facts.keys():
        raise PersonalDetail(action)
    entry = AuditEntry.objects.create(
        at=now,
        actor_id=actor_id,
        actor_kind=(actor_kind or _usual_kind(actor_id, shop_id)).value,
        shop_id=shop_id,
        action=action,
        target_kind=target_kind,
        target_id=target_id,
        detail=facts,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64],
    )
    return entry.pk


def _usual_kind(actor_id: int | None, shop_id: int | None) -> ActorKind:
    if actor_id is None:
        return ActorKind.SYSTEM
    return ActorKind.SHOPPER if shop_id is None else ActorKind.MERCHANT
