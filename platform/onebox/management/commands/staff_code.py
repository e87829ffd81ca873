"""`staff_code`: the six digits that the demo's staff sign in with now."""

import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand

from onebox.demo.people import STAFF_SECRET


class Command(BaseCommand):
    """Stands for the authenticator app that nobody has to set up for a demo."""

    requires_system_checks: list[str] = []
    help = "Print the second factor of the demo's staff for this half minute."

    def handle(self, *args: Any, **options: Any) -> None:
        counter = int(time.time()) // app_settings.TOTP_PERIOD
        self.stdout.write(format_hotp_value(hotp_value(STAFF_SECRET, counter)))
