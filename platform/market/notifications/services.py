"""Keeping and purging messages."""

from datetime import datetime, timedelta

from market.accounts.fields import blind_index
from market.notifications.contracts import Channel, MessageState
from market.notifications.models import SentMessage

KEEP = timedelta(days=7)
PURGE_BATCH = 5_000
MAX_BODY = 20_000


def keep_message(
    *,
    channel: Channel,
    to: str,
    subject: str,
    body: str,
    now: datetime,
    purpose: str = "",
    state: MessageState = MessageState.KEPT,
) -> int:
    """Store one message; returns its id. What is too long is cut, a message is never refused."""
    message = SentMessage.objects.create(
        channel=channel.value,
        to=to,
        to_index=address_index(to),
        subject=subject[:200],
        body=body[:MAX_BODY],
        purpose=purpose[:40],
        state=state.value,
        created_at=now,
    )
    return message.pk


def purge_old_messages(*, now: datetime) -> int:
    """Delete what is older than `KEEP`, a batch at a time; returns how many went."""
    old = SentMessage.objects.filter(created_at__lt=now - KEEP).order_by("created_at").values("pk")[:PURGE_BATCH]
    deleted, _ = SentMessage.objects.filter(pk__in=old).delete()
    return deleted


def address_index(to: str) -> str:
    """The blind index under which messages to an address are found."""
    return blind_index(to.strip().lower(), purpose="message.to")
