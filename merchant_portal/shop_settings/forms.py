"""Forms of the shop's settings."""

from typing import Any  # Any: what Django hands to a field is open by nature

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from market.money import MAX_AMOUNT_MINOR, AmountProblem, BadAmount, format_minor, parse_minor


class ProfileForm(forms.Form):
    """What visitors read of a shop."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    intro_zh = forms.CharField(
        label=_("About the shop, in Chinese"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    intro_en = forms.CharField(
        label=_("About the shop, in English"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SumField(forms.Field):
    """A sum of money as people type it; minor units come out, None for an empty one.

    `has_limits`: one that is too large to be counted comes out as the largest there is, so that the limits that the
    form holds it to are said.
    """

    widget = forms.TextInput(attrs={"maxlength": "20"})

    def __init__(self, *, has_limits: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.has_limits = has_limits

    def to_python(self, value: object) -> int | None:
        text = str(value or "").strip().lstrip("¥")[:40]
        if not text:
            return None
        try:
            return parse_minor(text)
        except BadAmount as error:
            if error.problem is AmountProblem.TOO_LARGE:
                if self.has_limits:
                    return MAX_AMOUNT_MINOR
                sentence = _("Enter at most ¥%(most)s.")
                raise ValidationError(sentence % {"most": format_minor(MAX_AMOUNT_MINOR)}) from error
            raise ValidationError(_("Enter a sum such as 8 or 8.50.")) from error


class FreightForm(forms.Form):
    """Flat freight."""

    flat_minor = SumField(
        label=_("Freight for an order"),
        error_messages={"required": _("Enter what freight costs; 0 when it is always free.")},
    )
    free_from_minor = SumField(label=_("Free from"), required=False)
    ships_from = forms.CharField(label=_("Sent from"), max_length=60, required=False)
    handling_hours = forms.IntegerField(
        label=_("Sent within"),
        min_value=1,
        max_value=720,
        error_messages={
            "required": _("Enter within how many hours you send."),
            "invalid": _("Enter a whole number of hours."),
            "min_value": _("Enter 1 to 720 hours."),
            "max_value": _("Enter 1 to 720 hours."),
        },
        widget=forms.TextInput(),
    )
