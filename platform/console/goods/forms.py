"""What staff write down when they ban a product."""

from django import forms
from django.utils.translation import gettext_lazy as _

from console.words import BAN_REASONS
from search.moderation.contracts import LONGEST_NOTE


class BanForm(forms.Form):
    """Why a product may not be sold; its shop reads both."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose one")), *BAN_REASONS.items()],
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose one of the reasons.")},
    )
    note = forms.CharField(
        label=_("What is wrong with it"),
        max_length=LONGEST_NOTE,
        help_text=_("The shop's team reads this sentence. Say what they can do about it."),
        error_messages={
            "required": _("Say what is wrong: the shop's team reads it."),
            "max_length": _("A reason has at most 300 characters. Shorten it."),
        },
    )
