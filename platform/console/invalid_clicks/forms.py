"""What finance says of a finding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from search.spending.contracts.findings import LONGEST_NOTE

_TOO_LONG = _("A note has at most 300 characters. Shorten it.")


class ApprovalForm(forms.Form):
    """A note for the trail, if there is something to say."""

    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=_("Staff read it. The shop reads the reason, not the note."),
        error_messages={"max_length": _TOO_LONG},
    )


class RefusalForm(forms.Form):
    """Why the charge stands."""

    prefix = "refuse"
    note = forms.CharField(
        label=_("Why the charge stands"),
        max_length=LONGEST_NOTE,
        error_messages={
            "required": _("Say why: it stands in the audit trail, and these clicks are not found again."),
            "max_length": _TOO_LONG,
        },
    )
