"""What staff fill in to give a shop bonus."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.wallets.services import MOST_BONUS_DAYS, MOST_BONUS_MINOR
from console.settling.forms import AmountField
from market.money import format_minor


class BonusForm(forms.Form):
    """How much, how long it is good, and why. The key tells a second press of the button from a second wish."""

    amount = AmountField(label=_("Bonus (CNY)"))
    days = forms.IntegerField(
        label=_("Good for so many days"),
        min_value=1,
        max_value=MOST_BONUS_DAYS,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Enter a whole number of days, three years at most.")
        ),
    )
    reason = forms.CharField(
        label=_("What it is given for"),
        max_length=300,
        help_text=_("The shop reads it, and it stands in the audit trail."),
        error_messages={
            "required": _("Say why: it stands in the audit trail."),
            "max_length": _("A reason has at most 300 characters. Shorten it."),
        },
    )
    key = forms.RegexField(
        r"^[0-9a-f]{32}$",
        widget=forms.HiddenInput(),
        error_messages=dict.fromkeys(("required", "invalid"), _("This page is not whole. Load it again.")),
    )

    def clean_amount(self) -> int:
        """More than nothing, and not more than may be given at once."""
        amount_minor = int(self.cleaned_data["amount"])
        if not 0 < amount_minor <= MOST_BONUS_MINOR:
            most = format_minor(MOST_BONUS_MINOR)
            raise ValidationError(_("A bonus is from ¥0.01 to ¥%(most)s.") % {"most": most})
        return amount_minor
