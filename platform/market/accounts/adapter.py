"""How allauth meets our people: telephones, messages, limits that the database holds, our own sentences."""

from collections.abc import Mapping
from typing import Any, ClassVar  # Any: allauth passes credentials and contexts of any shape

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import truncate_ip
from django.contrib import messages
from django.forms import Field
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from market.accounts.contracts import AttemptKind, Language
from market.accounts.models import User
from market.accounts.phone_field import PhoneField
from market.accounts.selectors import find_user_by_phone
from market.accounts.services import (
    PhoneTaken,
    TooManyAttempts,
    claim_phone,
    count_attempt,
    refuse_if_exhausted,
    suggest_phone,
)
from market.accounts.sms import send_sms

MISMATCH = _("Address and password do not go together. Check both, or sign in with a code.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Only what differs from allauth's own ways stands here."""

    error_messages: ClassVar[Mapping[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Write to us to open it again."),
        "duplicate_email": _("This address is yours already."),
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "email_taken": _("Another account uses this address. Enter another one."),
        "phone_taken": _("Another account uses this number. Enter another one."),
        "enter_current_password": _("This is not the current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code does not fit. Look at the newest message and enter its six digits."),
        "invalid_login": _("Enter an e-mail address or a telephone number."),
        "select_only_one": _("Enter either a telephone number or an e-mail address."),
        "same_as_current": _("This is the one you have now. Enter the new one."),
        "too_many_login_attempts": _("Too many tries. Wait 5 minutes, then try again or sign in with a code."),
        "rate_limited": _("Too many tries. Wait one minute, then try again."),
    }

    # ---- Telephones ---------------------------------------------------------------------------
    def phone_form_field(self, **options: Any) -> Field:
        """A field that takes a Chinese number without its country code."""
        return PhoneField(**options)

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Store a number with a new account; allauth proves it afterwards."""
        if verified:
            self.set_phone_verified(user, phone)
        else:
            suggest_phone(user=user, phone=phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The number and whether it was proved."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The code fitted. If another account was faster with the same number, begin again."""
        try:
            claim_phone(user=user, phone=phone)
        except PhoneTaken as error:
            messages.error(context.request, str(self.error_messages["phone_taken"]))
            raise ImmediateHttpResponse(redirect("account_login")) from error

    def get_user_by_phone(self, phone: str) -> User | None:
        """Who proved this number. One who only typed it is nobody."""
        return find_user_by_phone(phone)

    # ---- Messages -----------------------------------------------------------------------------
    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """The code, and the warning that belongs to every code."""
        text = gettext("%(code)s is your Jishi code, good for 10 minutes. Nobody of us ever asks for it.")
        self._send_sms(phone, text % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """To a number without account: its owner may know, whoever asked may not."""
        self._send_sms(phone, gettext("Someone wanted to sign in to Jishi with this number. It has no account yet."))

    def send_account_already_exists_sms(self, phone: str) -> None:
        """To a number that is registered already."""
        self._send_sms(phone, gettext("This number has a Jishi account already. Sign in with a code instead."))

    def _send_sms(self, phone: str, body: str) -> None:
        self._count(AttemptKind.SMS_HOST, truncate_ip(self.get_client_ip(context.request)))
        self._count(AttemptKind.SMS_CODE, phone)
        send_sms(to=phone, body=body, purpose="code")

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Every mail of these pages counts, notes as well: a mailbox is not flooded through us."""
        self._count(AttemptKind.MAIL_CODE, email)
        super().send_mail(template_prefix, email, dict(context))

    def _count(self, kind: AttemptKind, subject: str) -> None:
        try:
            count_attempt(kind=kind, subject=subject, now=timezone.now())
        except TooManyAttempts as error:
            page = render(context.request, "accounts/too_many.html", {"again_at": error.again_at}, status=429)
            raise ImmediateHttpResponse(page) from error

    # ---- Passwords ----------------------------------------------------------------------------
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's limit in the cache, then ours in the database. Its key forgets telephones, so one is passed."""
        login = _login_of(credentials)
        super().pre_authenticate(request, **{**credentials, "email": login})
        try:
            refuse_if_exhausted(kind=AttemptKind.PASSWORD, subject=login, now=timezone.now())
        except TooManyAttempts as error:
            raise self.validation_error("too_many_login_attempts") from error

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count what was refused, whether or not such an account exists."""
        try:
            count_attempt(kind=AttemptKind.PASSWORD, subject=_login_of(credentials), now=timezone.now())
        except TooManyAttempts as error:
            raise self.validation_error("too_many_login_attempts") from error

    # ---- Accounts -----------------------------------------------------------------------------
    def new_user(self, request: HttpRequest) -> User:
        """A person is written to in the language of the page."""
        return User(language=Language.ENGLISH if get_language() == "en" else Language.CHINESE)

    def get_login_stages(self) -> list[str]:
        """allauth's stages with our rule of which address has to be proved."""
        ours = "market.accounts.stages.EmailVerificationStage"
        theirs = "allauth.account.stages.EmailVerificationStage"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def is_safe_url(self, url: str) -> bool:
        """Only paths of this host are gone to after signing in."""
        return bool(super().is_safe_url(url)) and url.startswith("/")


def _login_of(credentials: Mapping[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("phone") or credentials.get("username") or "")
