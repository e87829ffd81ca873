"""What the books hold about a provider, as a statement is compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PostedFact:
    """A transaction with its event. `moved_minor` is what it moved on the account that was asked for, debits positive.

    `original_kind` is the kind of what it reverses; empty where it reverses nothing.
    """

    transaction_id: int
    kind: str
    original_kind: str
    subject: str
    event: Mapping[str, Any]  # the business event's payload, JSON
    currency: str
    moved_minor: int
    created_at: datetime
