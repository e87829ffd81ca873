"""The second factor: encrypted secrets, a QR code of our own, and staff who cannot be without."""

import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any, ClassVar  # Any: allauth's error messages are lazy strings

import segno
from allauth.account.authentication import get_authentication_records
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from market.accounts.fields import decrypt_text, encrypt_text
from market.accounts.models import User
from market.accounts.selectors import display_name


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Only what differs from allauth's own ways stands here."""

    error_messages: ClassVar[Mapping[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Staff always sign in with two factors, so this one has to stay."),
        "incorrect_code": _("This code does not fit. Enter the six digits the app shows now."),
        "unverified_email": _("Confirm your e-mail address first, then set up the second factor."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets are unreadable at rest."""
        return encrypt_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart of `encrypt`."""
        return decrypt_text(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff must have two factors."""
        return not bool(authenticator.user.is_staff)

    def get_totp_label(self, user: User) -> str:
        """What the app shows beside the code."""
        return user.email or display_name(user)

    def build_totp_svg(self, url: str) -> str:
        """Dark on white in both themes, or no camera reads it."""
        drawn = BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", xmldecl=False, scale=5, border=4, dark="#000", light="#fff")
        return drawn.getvalue().decode()


def has_second_factor(user: User) -> bool:
    """Has set up an authenticator app."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def used_second_factor(request: HttpRequest, user: User) -> bool:
    """Has used it in this session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def list_demo_codes() -> list[tuple[str, str]]:
    """E-mail and the six digits of now of each member of staff, for the outbox page of a demo; elsewhere nothing."""
    if not settings.DEMO:
        return []
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    apps = (
        Authenticator.objects.filter(type=Authenticator.Type.TOTP)
        .exclude(user__staff_role="")
        .order_by("pk")
        .select_related("user")
    )
    return [
        (app.user.email or "", format_hotp_value(hotp_value(decrypt_text(app.data["secret"]), counter)))
        for app in apps[:5]
    ]
