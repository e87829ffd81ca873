"""Where mail and text messages go: into the outbox of this machine, or to the log of a developer."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from market.notifications.contracts import Channel
from market.notifications.services import keep_message

logger = logging.getLogger(__name__)

PURPOSE_HEADER = "X-Jishi-Purpose"


class OutboxEmailBackend(BaseEmailBackend):
    """Keeps every mail as a row, for the outbox page of the demo. Nothing leaves the machine."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Django's interface: returns how many messages were taken."""
        for message in email_messages:
            for to in message.recipients():
                keep_message(
                    channel=Channel.MAIL,
                    to=to,
                    subject=str(message.subject),
                    body=str(message.body),
                    purpose=str(message.extra_headers.get(PURPOSE_HEADER, "")),
                    now=timezone.now(),
                )
        return len(email_messages)


class OutboxSmsBackend:
    """Keeps every text message as a row."""

    def send(self, *, to: str, body: str, purpose: str) -> None:
        """`market.accounts.sms.SmsBackend`."""
        keep_message(channel=Channel.SMS, to=to, subject="", body=body, purpose=purpose, now=timezone.now())


class ConsoleSmsBackend:
    """Writes to standard error for a developer; the only place where a code is shown in the clear."""

    def send(self, *, to: str, body: str, purpose: str) -> None:
        """`market.accounts.sms.SmsBackend`."""
        logger.warning("SMS (%s) to %s: %s", purpose, to, body)
