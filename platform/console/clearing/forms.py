"""What finance writes down about what has not cleared, and about a debt that is given up."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """Why something has not cleared."""

    reason = forms.CharField(
        label=_("Why it has not cleared"),
        max_length=300,
        help_text=_("What you know and what happens next. It explains what is there now, not what comes later."),
        error_messages={
            "required": _("Say why: others work by it."),
            "max_length": _("A reason has at most 300 characters. Shorten it."),
        },
    )


class WriteOffForm(forms.Form):
    """A debt is given up. `amount` is what was looked at."""

    reason = forms.CharField(
        label=_("Why it is given up"),
        max_length=300,
        error_messages={
            "required": _("Say why: it stands in the books and the audit trail."),
            "max_length": _("A reason has at most 300 characters. Shorten it."),
        },
    )
    amount = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**15)
