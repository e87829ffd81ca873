"""The forms of allauth's pages in our words: labels above fields, no placeholders, errors that say what to do."""

from collections.abc import Mapping
from typing import Any  # Any: Django's forms take data and options of any kind

from allauth.account import forms as allauth_forms
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from market.accounts.contracts import AttemptKind
from market.accounts.services import TooManyAttempts, count_attempt, refuse_if_exhausted

EMAIL, PHONE = "email", "phone"

LABELS = {
    "code": _("Code"),
    "email": _("E-mail address"),
    "login": _("E-mail address or mobile number"),
    "oldpassword": _("Current password"),
    "password": _("Password"),
    "password1": _("Password"),
    "phone": _("Mobile number"),
}
MISSING = {
    "code": _("Enter the six digits of the code."),
    "email": _("Enter your e-mail address."),
    "login": _("Enter your e-mail address or mobile number."),
    "oldpassword": _("Enter the current password."),
    "password": _("Enter your password."),
    "password1": _("Choose a password."),
    "password2": _("Enter the new password once more."),
    "phone": _("Enter your mobile number."),
}
WRONG_EMAIL = _("An e-mail address looks like name@example.com. Check it.")


class _OurWords:
    """Gives allauth's fields our labels, sentences and keyboard hints."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            if name == "email":
                field.error_messages["invalid"] = WRONG_EMAIL
                field.validators = [_email_validator]
            if name == "code":
                field.widget.attrs.update({"inputmode": "numeric", "maxlength": "20", "autocomplete": "one-time-code"})
            if isinstance(field.widget, forms.PasswordInput):
                field.help_text = ""
                field.widget.attrs["maxlength"] = "128"
            if name == "password1":
                field.help_text = _("At least 8 characters, not only digits, and nothing everybody uses.")


def _email_validator(value: str) -> None:
    try:
        forms.EmailField().clean(value)
    except ValidationError as error:
        raise ValidationError(WRONG_EMAIL, code="invalid") from error


class LoginForm(_OurWords, allauth_forms.LoginForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail or telephone, and a password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "maxlength": "254"})


class _OneOfTwo:
    """A form that asks for a telephone or for an e-mail address: `by` says which, a link leads to the other."""

    fields: dict[str, forms.Field]
    data: Mapping[str, Any]
    is_bound: bool

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = self.data.get("by") or (EMAIL if self.data.get("email") else PHONE)
        if not self.is_bound:
            asked = context.request.GET.get("by")
        self.way = EMAIL if asked == EMAIL else PHONE
        self.fields["by"] = forms.CharField(widget=forms.HiddenInput, initial=self.way, required=False)
        del self.fields[PHONE if self.way == EMAIL else EMAIL]
        self.fields[self.way].required = True


class SignupForm(_OurWords, _OneOfTwo, allauth_forms.SignupForm):  # type: ignore[misc]  # allauth is untyped
    """A telephone and nothing else, or an e-mail address and a password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.way == PHONE:
            del self.fields["password1"]

    def try_save(self, request: HttpRequest) -> Any:
        """A known address takes as long as a new one: hashing the password is the slow part."""
        if self.account_already_exists and self.cleaned_data.get("password1"):
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class RequestLoginCodeForm(_OurWords, _OneOfTwo, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Where the code goes."""


class ConfirmLoginForm(_OurWords, allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code of a sign-in."""


class ConfirmEmailForm(_OurWords, allauth_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that proves an e-mail address."""


class ConfirmPasswordResetForm(_OurWords, allauth_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    """The code that lets one choose a new password."""


class VerifyPhoneForm(_OurWords, allauth_forms.VerifyPhoneForm):  # type: ignore[misc]
    """The code that proves a telephone."""


class ChangePhoneForm(_OurWords, allauth_forms.ChangePhoneForm):  # type: ignore[misc]
    """A new telephone number."""


class AddEmailForm(_OurWords, allauth_forms.AddEmailForm):  # type: ignore[misc]
    """A new e-mail address."""


class ChangeEmailForm(_OurWords, allauth_forms.ChangeEmailForm):  # type: ignore[misc]
    """Another e-mail address."""


class ResetPasswordForm(_OurWords, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where the code goes."""


class NewPasswordForm(_OurWords, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after the code."""


class ChangePasswordForm(_OurWords, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and a new one."""


class SetPasswordForm(_OurWords, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, for those who signed up by telephone."""


class ReauthenticateForm(_OurWords, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class _LimitedSecondFactor(_OurWords):
    """Counts refused codes in the database, where allauth counts them in the cache only."""

    user: Any

    def clean_code(self) -> str:
        """The code; raises when it does not fit or too many did not."""
        subject = f"user:{self.user.pk}"
        now = timezone.now()
        try:
            refuse_if_exhausted(kind=AttemptKind.SECOND_FACTOR, subject=subject, now=now)
            try:
                return str(super().clean_code())  # type: ignore[misc]  # the form beside us in the bases
            except ValidationError:
                count_attempt(kind=AttemptKind.SECOND_FACTOR, subject=subject, now=now)
                raise
        except TooManyAttempts as error:
            raise ValidationError(_("Too many codes did not fit. Wait 15 minutes, then try again.")) from error


class SecondFactorForm(_LimitedSecondFactor, factor_forms.AuthenticateForm):  # type: ignore[misc]
    """The app's code, or a recovery code, while signing in."""


class SecondFactorAgainForm(_LimitedSecondFactor, factor_forms.ReauthenticateForm):  # type: ignore[misc]
    """The same before something that matters."""


class ActivateTotpForm(_OurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""
