"""Reading kept messages."""

from market.notifications.contracts import Channel, MessageState, MessageView
from market.notifications.models import SentMessage


def list_latest_messages(*, limit: int = 50) -> list[MessageView]:
    """The newest messages of everybody. For the outbox page of a demo, and nothing else."""
    return [_view(message) for message in SentMessage.objects.order_by("-id")[: min(limit, 200)]]


def _view(message: SentMessage) -> MessageView:
    return MessageView(
        message_id=message.pk,
        channel=Channel(message.channel),
        to=message.to,
        subject=message.subject,
        body=message.body,
        purpose=message.purpose,
        state=MessageState(message.state),
        created_at=message.created_at,
    )
