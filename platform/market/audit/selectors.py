"""Reading the audit trail, newest first, page by page."""

from django.db.models import QuerySet

from market.audit.contracts import ActorKind, AuditLine
from market.audit.models import AuditEntry

PAGE_SIZE = 50


def list_entries(
    *,
    shop_id: int | None = None,
    actor_id: int | None = None,
    target: tuple[str, str] | None = None,
    action: str = "",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> list[AuditLine]:
    """Up to `limit` (at most 200) entries older than the entry id `before`; each filter narrows.

    `action` is a deed, such as `shop.opened`; with a dot at its end (`shop.`) every deed on that subject.
    """
    entries: QuerySet[AuditEntry] = AuditEntry.objects.order_by("-id")
    if shop_id is not None:
        entries = entries.filter(shop_id=shop_id)
    if actor_id is not None:
        entries = entries.filter(actor_id=actor_id)
    if target is not None:
        entries = entries.filter(target_kind=target[0], target_id=target[1])
    if action:
        whole = not action.endswith(".")
        entries = entries.filter(action=action) if whole else entries.filter(action__startswith=action)
    if before is not None:
        entries = entries.filter(id__lt=before)
    return [_line(entry) for entry in entries[: min(limit, 200)]]


def _line(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        entry_id=entry.pk,
        at=entry.at,
        actor_id=entry.actor_id,
        actor_kind=ActorKind(entry.actor_kind),
        shop_id=entry.shop_id,
        action=entry.action,
        target_kind=entry.target_kind,
        target_id=entry.target_id,
        detail=entry.detail,
        request_id=entry.request_id,
    )
