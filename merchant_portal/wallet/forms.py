"""What a shop fills in about its advertising balance: how much to top up from where, and when by itself."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.wallets.contracts import AutoTopUpView, TopUpSource
from billing.wallets.services import LEAST_MINOR, MOST_MINOR
from market.money import format_minor
from merchant_portal.shop_settings.forms import SumField

_OUTSIDE = _("A top-up is from ¥%(least)s to ¥%(most)s.")


def _check_limits(amount_minor: int | None) -> None:
    if amount_minor is not None and not LEAST_MINOR <= amount_minor <= MOST_MINOR:
        raise ValidationError(_OUTSIDE % {"least": format_minor(LEAST_MINOR), "most": format_minor(MOST_MINOR)})


def _check_day(amount_minor: int | None) -> None:
    if amount_minor is not None and not LEAST_MINOR <= amount_minor <= MOST_MINOR:
        limits = {"least": format_minor(LEAST_MINOR), "most": format_minor(MOST_MINOR)}
        raise ValidationError(_("Enter what is taken a day at most: ¥%(least)s to ¥%(most)s.") % limits)


class TopUpForm(forms.Form):
    """How much, and where from. The key tells a second press of the button from a second wish."""

    source = forms.ChoiceField(
        label=_("Pay with"),
        choices=[
            (TopUpSource.PAYMENT.value, _("WeChat Pay")),
            (TopUpSource.SALES.value, _("Your sales: what we owe you")),
        ],
    )
    amount = SumField(
        has_limits=True,
        label=_("Amount"),
        error_messages={"required": _("Enter how much.")},
        validators=[_check_limits],
    )
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput())


class AutoForm(forms.Form):
    """When the balance fills itself from sales."""

    is_on = forms.BooleanField(label=_("Top up by itself"), required=False)
    below = SumField(label=_("When it is below"), error_messages={"required": _("Enter a sum.")})
    take = SumField(
        has_limits=True,
        label=_("Take from sales"),
        error_messages={"required": _("Enter a sum.")},
        validators=[_check_limits],
    )
    daily = SumField(
        has_limits=True,
        label=_("At most a day"),
        error_messages={"required": _("Enter a sum.")},
        validators=[_check_day],
    )

    def clean(self) -> dict[str, object]:
        """What is taken at once fits into the day."""
        typed = dict(self.cleaned_data)
        take, daily = typed.get("take"), typed.get("daily")
        if isinstance(take, int) and isinstance(daily, int) and daily < take:
            self.add_error("daily", _("At least as much as is taken at once."))
        if typed.get("below") == 0:
            self.add_error("below", _("Enter a sum above zero."))
        return typed

    def wish(self, shop_id: int) -> AutoTopUpView:
        """The wish as it was typed."""
        typed = self.cleaned_data
        return AutoTopUpView(shop_id, typed["is_on"], typed["below"], typed["take"], typed["daily"])


def start_auto_form(known: AutoTopUpView | None) -> dict[str, object]:
    """What is filled in already: the shop's wish, or sums to begin with."""
    below, take, daily = (known.below_minor, known.take_minor, known.daily_minor) if known else (5_000, 20_000, 50_000)
    sums = {"below": below, "take": take, "daily": daily}
    shown = {name: format_minor(minor).replace(",", "") for name, minor in sums.items()}
    return {**shown, "is_on": bool(known and known.is_on)}
