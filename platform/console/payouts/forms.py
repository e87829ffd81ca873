"""What staff fill in about a payout."""

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.settlement.rules.bank_file import LARGEST_ANSWER_BYTES


class ReasonForm(forms.Form):
    """Why a payout is stopped, failed or came back. The shop reads it."""

    reason = forms.CharField(
        label=_("Reason, as the shop reads it"),
        max_length=200,
        error_messages={"required": _("Say why: the shop reads it and has to know what to do.")},
    )


class ArrivedForm(forms.Form):
    """The bank has paid."""

    reference = forms.CharField(
        label=_("The bank's reference"),
        max_length=64,
        error_messages={"required": _("Enter the bank's reference: by it the payment is found again.")},
    )


class AnswerFileForm(forms.Form):
    """The bank's answers to a file."""

    file = forms.FileField(
        label=_("The bank's file"), error_messages={"required": _("Choose the file that the bank sent.")}
    )

    def read(self) -> bytes:
        """What was uploaded, cut where it cannot be an answer any more."""
        content: bytes = self.cleaned_data["file"].read(LARGEST_ANSWER_BYTES + 1)
        return content
