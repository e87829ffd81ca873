"""What finance writes down about money that came in from outside."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.payments.rules import name_own_psp
from console.deeds import GATEWAY
from market.money import AmountProblem, BadAmount, parse_minor

AMOUNT_PROBLEMS = {
    AmountProblem.EMPTY: _("Enter an amount, such as 1,234.50."),
    AmountProblem.NOT_A_NUMBER: _("Enter digits with a point before the fen, such as 1,234.50."),
    AmountProblem.NEGATIVE: _("Enter the amount without a minus."),
    AmountProblem.TOO_MANY_DECIMALS: _("An amount has at most two decimals: yuan and fen."),
    AmountProblem.TOO_LARGE: _("This is more than a single amount can be. Check the digits."),
}
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class AmountField(forms.CharField):
    """Yuan and fen as people type them; cleaned to minor units."""

    def __init__(self, **options: object) -> None:
        super().__init__(max_length=40, **options)  # type: ignore[arg-type]
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        self.error_messages["required"] = AMOUNT_PROBLEMS[AmountProblem.EMPTY]
        self.error_messages["max_length"] = AMOUNT_PROBLEMS[AmountProblem.TOO_LARGE]

    def clean(self, value: object) -> int:
        """The amount in minor units."""
        try:
            return parse_minor(super().clean(value))
        except BadAmount as error:
            raise ValidationError(AMOUNT_PROBLEMS[error.problem]) from error


class RemittanceForm(forms.Form):
    """A carrier paid a parcel's cash into our bank, less its fee."""

    fee = AmountField(label=_("Fee the carrier kept (CNY)"), initial="0.00")
    bank_account = forms.CharField(
        label=_("Into bank account"),
        max_length=40,
        error_messages={"required": _("Enter the account that the money came into.")},
    )


class SettlementForm(forms.Form):
    """A provider paid what it owed us into our bank."""

    account = forms.ChoiceField(
        label=_("What it pays"),
        choices=[
            (GATEWAY, _("Commission that was split off")),
            (name_own_psp(GATEWAY), _("Advertising top-ups, on our own sub-merchant")),
        ],
        required=False,
    )
    amount = AmountField(label=_("Amount that arrived (CNY)"))
    reference = forms.CharField(
        label=_("Reference on the bank statement"),
        max_length=60,
        help_text=_("The same reference twice is one settlement, so nothing is counted double."),
        error_messages={"required": _("Enter the reference: it keeps one settlement from being counted twice.")},
    )
    bank_account = forms.CharField(
        label=_("Into bank account"),
        max_length=40,
        error_messages={"required": _("Enter the account that the money came into.")},
    )

    def clean_account(self) -> str:
        """The provider's account in the books; commission unless something else is said."""
        return str(self.cleaned_data["account"] or GATEWAY)

    def clean_amount(self) -> int:
        """More than nothing."""
        amount_minor = int(self.cleaned_data["amount"])
        if amount_minor == 0:
            raise ValidationError(_("Enter what arrived: nothing needs no note."))
        return amount_minor

    def clean_reference(self) -> str:
        """Signs that a bank statement has, without spaces."""
        reference = str(self.cleaned_data["reference"])
        if not REFERENCE.fullmatch(reference):
            raise ValidationError(_("A reference is made of letters, digits and . _ / -. Leave out everything else."))
        return reference
