"""Sending text messages through whatever carrier the settings name."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsBackend(Protocol):
    """A carrier. `send` is called outside of database transactions and raises what it likes."""

    def send(self, *, to: str, body: str, purpose: str) -> None:
        """Send `body` to an E.164 number. `purpose` is a word for statistics, such as `code`."""


def send_sms(*, to: str, body: str, purpose: str) -> None:
    """Send one text message through `settings.SMS_BACKEND`."""
    backend: SmsBackend = import_string(settings.SMS_BACKEND)()
    backend.send(to=to, body=body, purpose=purpose)
