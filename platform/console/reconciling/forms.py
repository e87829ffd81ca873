"""What finance writes: a file of a provider, a day to fetch, and what becomes of a difference."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.ledger.rules import SuspenseExit
from billing.settlement.contracts.reconciling import STATEMENT_KINDS, StatementKind
from console.reconciling.words import EXITS, PROVIDERS, STATEMENTS

MOST_MEGABYTES = 20
EXPLAIN, SUSPEND = "explain", "suspend"


class WhichForm(forms.Form):
    """A provider's statement of a business day that is over."""

    which = forms.ChoiceField(label=_("Statement"), error_messages={"required": _("Choose which statement it is.")})
    day = forms.DateField(
        label=_("Business day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the day that the file is about."), "invalid": _("Enter a day.")},
    )

    def __init__(self, *arguments: object, today: date, fetched: list[str] | None = None, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.today = today
        self.fields["which"].choices = _list_choices(fetched)  # type: ignore[attr-defined]
        self.fields["day"].initial = today - timedelta(days=1)
        self.fields["day"].widget.attrs["max"] = (today - timedelta(days=1)).isoformat()

    def clean_day(self) -> date:
        """Over, so that the file is whole."""
        day: date = self.cleaned_data["day"]
        if day >= self.today:
            raise ValidationError(_("This day is not over. A file is made once it is."))
        return day

    @property
    def statement(self) -> tuple[str, StatementKind]:
        """Provider and kind."""
        psp, _sign, kind = str(self.cleaned_data["which"]).partition(":")
        return psp, StatementKind(kind)


class UploadForm(WhichForm):
    """A file that somebody downloaded from the provider."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,text/csv,application/gzip"}),
        help_text=_("As it was downloaded: CSV in UTF-8, or packed by gzip; at most 20 MB."),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> object:
        """Not larger than we keep."""
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(_("The file is larger than 20 MB. Pack it by gzip first."))
        return file


class DecisionForm(forms.Form):
    """What becomes of an open difference."""

    deed = forms.ChoiceField(label=_("What becomes of it"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the audit trail, and in the books where something is posted."),
        error_messages={"required": _("Enter the reason: others have to understand it later.")},
    )

    def __init__(self, *arguments: object, may_suspend: bool, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        choices = [(EXPLAIN, _("Explain it: nothing has to be posted"))]
        if may_suspend:
            choices.append((SUSPEND, _("Move the difference into suspense (9020) until it is understood")))
        self.fields["deed"].choices = choices  # type: ignore[attr-defined]
        self.fields["deed"].initial = EXPLAIN


class ClearingForm(forms.Form):
    """How an amount leaves suspense."""

    exit = forms.ChoiceField(
        label=_("It is understood"),
        widget=forms.RadioSelect,
        choices=[(way.value, EXITS[way]) for way in SuspenseExit],
        initial=SuspenseExit.REVERSAL.value,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason: others have to understand it later.")},
    )


def _list_choices(providers: list[str] | None) -> list[tuple[str, str]]:
    return [
        (f"{psp}:{kind.value}", f"{PROVIDERS[psp]} · {STATEMENTS[kind]}")
        for psp, kinds in STATEMENT_KINDS.items()
        for kind in kinds
        if providers is None or psp in providers
    ]
