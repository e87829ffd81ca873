"""The form field of telephone numbers."""

from typing import Any  # Any: form fields take options of any kind

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.accounts.rules import BadPhone, normalize_mobile


class PhoneField(forms.CharField):
    """Takes a mobile number as people write it; gives E.164."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Mobile number"))
        options.setdefault("max_length", 30)
        options.setdefault("error_messages", {"required": _("Enter your mobile number.")})
        widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> str:
        """E.164, or nothing where the field may be empty."""
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return normalize_mobile(typed)
        except BadPhone as error:
            raise ValidationError(_sentence(typed), code="phone") from error


def _sentence(typed: str) -> Any:
    """What to do about a number that cannot be right: say how many digits are missing where that is known."""
    digits = sum(character.isdigit() for character in typed)
    if typed.lstrip().startswith("+"):
        return _("No mobile number looks like this. Enter the country code, then the number.")
    if digits < 11:
        return _("A mobile number has 11 digits. Enter all of them.")
    return _("No Chinese mobile number looks like this. For another country begin with + and its code.")
