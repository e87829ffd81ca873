"""What may be known of messages that were sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """How a message travels."""

    MAIL = "mail"
    SMS = "sms"


class MessageState(StrEnum):
    """`kept` stays in the outbox of this machine; `sent` was given to a carrier; `failed` was refused by it."""

    KEPT = "kept"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message, readable: only the outbox of a demo shows these."""

    message_id: int
    channel: Channel
    to: str
    subject: str
    body: str
    purpose: str
    state: MessageState
    created_at: datetime
