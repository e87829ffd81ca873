"""What may be read of the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActorKind(StrEnum):
    """In which capacity somebody acted."""

    SHOPPER = "shopper"
    MERCHANT = "merchant"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the trail. `detail` holds ids, states and amounts, never personal data."""

    entry_id: int
    at: datetime
    actor_id: int | None
    actor_kind: ActorKind
    shop_id: int | None
    action: str
    target_kind: str
    target_id: str
    detail: Mapping[str, object]
    request_id: str
