"""What a shop fills in: how much to pay out, and to which account."""

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from billing.settlement.contracts.payouts import AccountKind, BankAccountDraft, BankAccountView, ChannelName
from billing.settlement.rules.payouts import AccountProblem
from merchant_portal.shop_settings.forms import SumField


class AskForm(forms.Form):
    """How much, and over which way. The key tells a second press of the button from a second wish."""

    channel = forms.ChoiceField(
        label=_("From where"),
        choices=[
            (ChannelName.BANK.value, _("Balance here, to your bank account")),
            (ChannelName.WECHATPAY.value, _("Account at WeChat Pay, to the bank you named there")),
        ],
    )
    amount = SumField(has_limits=True, label=pgettext_lazy("payout", "Amount"), required=False)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput())


class BankAccountForm(forms.Form):
    """Where the shop is paid to. The number is typed anew each time: it is never shown."""

    kind = forms.ChoiceField(
        label=_("Kind of account"),
        choices=[
            (AccountKind.COMPANY.value, _("A company's account")),
            (AccountKind.CARD.value, _("A person's bank card")),
        ],
    )
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=80,
        error_messages={"required": _("Enter the holder's name as the bank knows it.")},
    )
    bank = forms.CharField(
        label=pgettext_lazy("bank account", "Bank"),
        max_length=80,
        error_messages={"required": _("Enter the name of the bank, such as 招商银行.")},
    )
    branch = forms.CharField(label=_("Branch"), max_length=100, required=False)
    cnaps = forms.CharField(label=_("CNAPS code of the branch"), max_length=20, required=False)
    number = forms.CharField(
        label=_("Account number"),
        max_length=60,
        error_messages={"required": _("Type the whole number of the account.")},
    )

    def draft(self) -> BankAccountDraft:
        """The account as it was typed."""
        typed = self.cleaned_data
        return BankAccountDraft(
            kind=AccountKind(typed["kind"]),
            holder=typed["holder"],
            bank=typed["bank"],
            branch=typed["branch"],
            cnaps=typed["cnaps"],
            number=typed["number"],
        )

    def note(self, problem: AccountProblem) -> None:
        """Put a sentence to the field that a problem is about."""
        field, sentence = {
            AccountProblem.HOLDER: ("holder", gettext("Enter the holder's name as the bank knows it.")),
            AccountProblem.BANK: ("bank", gettext("Enter the name of the bank, such as 招商银行.")),
            AccountProblem.BRANCH: ("branch", gettext("A company's account needs its branch.")),
            AccountProblem.CNAPS: ("cnaps", gettext("A CNAPS code has 12 digits. A company's account needs it.")),
            AccountProblem.CARD_NUMBER: (
                "number",
                gettext("This is no card number: 12 to 19 digits, the last of which checks the others."),
            ),
            AccountProblem.COMPANY_NUMBER: ("number", gettext("An account number has 6 to 32 digits.")),
        }[problem]
        self.add_error(field, sentence)


def start_account_form(account: BankAccountView | None) -> dict[str, object]:
    """What is filled in already: all but the number."""
    if account is None:
        return {"kind": AccountKind.COMPANY.value}
    return {
        "kind": account.kind.value,
        "holder": account.holder,
        "bank": account.bank,
        "branch": account.branch,
        "cnaps": account.cnaps,
    }
