"""What staff say of a shop's advertising."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from console.commission.forms import OptionalAmountField
from market.money import format_minor
from search.campaigns.contracts import limits as most


class LimitForm(forms.Form):
    """What the shop may spend a day at most; empty for no limit of ours."""

    daily = OptionalAmountField(
        label=_("At most a day (CNY)"),
        required=False,
        help_text=_("Empty: no limit of ours. The merchant's own limit stays, and the lower one holds."),
    )

    def clean_daily(self) -> int | None:
        """Within what a budget can be."""
        daily_minor: int | None = self.cleaned_data["daily"]
        if daily_minor is not None and not most.LEAST_BUDGET_MINOR <= daily_minor <= most.LARGEST_BUDGET_MINOR:
            least, largest = format_minor(most.LEAST_BUDGET_MINOR), format_minor(most.LARGEST_BUDGET_MINOR)
            raise ValidationError(_("Enter ¥%(least)s to ¥%(most)s.") % {"least": least, "most": largest})
        return daily_minor


class StopForm(forms.Form):
    """Why nothing of the shop is shown."""

    reason = forms.CharField(
        label=_("Why its ads are stopped"),
        max_length=most.LONGEST_REASON,
        help_text=_("The merchant reads this sentence. Say what they can do about it."),
        error_messages={
            "required": _("Say why: the merchant reads it."),
            "max_length": _("A reason has at most 200 characters. Shorten it."),
        },
    )
