"""What staff write down when they decide about a shop."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why a shop is turned down or suspended; kept in the trail and shown to its owner."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The shop's team reads this sentence. Say what they can do about it."),
        error_messages={
            "required": _("Say why: the shop's team reads it."),
            "max_length": _("A reason has at most 300 characters. Shorten it."),
        },
    )
