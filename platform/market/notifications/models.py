"""Messages to people, unreadable at rest: they carry codes, addresses and names."""

from django.db import models

from market.accounts.fields import INDEX_LENGTH, EncryptedTextField
from market.notifications.contracts import Channel, MessageState


class SentMessage(models.Model):
    """One mail or text message. Kept for days, not for ever (`tasks.purge_messages`)."""

    channel = models.CharField(max_length=4, choices=[(channel.value, channel.name) for channel in Channel])
    to = EncryptedTextField()
    to_index = models.CharField(max_length=INDEX_LENGTH)
    subject = models.CharField(max_length=200, blank=True, default="")
    body = EncryptedTextField()
    purpose = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=6, choices=[(state.value, state.name) for state in MessageState])
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="message_by_time"),
            models.Index(fields=["to_index", "-created_at"], name="message_by_addressee"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
