"""What finance says of a rule, tries out, and agrees with a shop."""

from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.settlement.contracts import CommissionRuleView, RuleDraft, ShopTermsView
from billing.settlement.services import MOST_DAYS
from console.commission.words import list_categories
from console.lists import read_number
from console.settling.forms import AmountField
from console.shops.naming import MOST_TYPED, find_shop_id
from market.money import AmountProblem, BadAmount, format_minor, parse_minor

RATE_PROBLEMS = {
    AmountProblem.EMPTY: _("Enter a rate in percent, such as 8 or 8.25."),
    AmountProblem.NOT_A_NUMBER: _("Enter a rate in percent, such as 8 or 8.25."),
    AmountProblem.NEGATIVE: _("A rate is between 0 and 100%."),
    AmountProblem.TOO_MANY_DECIMALS: _("A rate has at most two decimals."),
    AmountProblem.TOO_LARGE: _("A rate is between 0 and 100%."),
}


class RateField(forms.CharField):
    """Percent with up to two decimals, which is what basis points are; cleaned to these."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=12, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})
        self.error_messages["required"] = RATE_PROBLEMS[AmountProblem.EMPTY]

    def clean(self, value: object) -> int:
        """The rate in basis points."""
        try:
            return parse_minor(str(super().clean(value)).removesuffix("%"))
        except BadAmount as error:
            raise ValidationError(RATE_PROBLEMS[error.problem]) from error


class OptionalAmountField(AmountField):
    """An amount, or nothing, which cleans to None."""

    def clean(self, value: object) -> int:
        """The amount in minor units; None (which the field's type cannot say) when it is empty."""
        if not str(value or "").strip():
            return None  # type: ignore[return-value]
        return super().clean(value)


class ShopField(forms.CharField):
    """A shop by its number, the name in its address or its name; cleaned to its number, or None."""

    def clean(self, value: object) -> int | None:
        """The shop's number. A number that no shop has is for the service to refuse."""
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return None
        number = read_number(typed)
        shop_id = find_shop_id(typed) if number is None else number
        if shop_id is None:
            raise ValidationError(_("No one shop has this number, address or name. See the list of shops."))
        return shop_id


class RuleForm(forms.Form):
    """A commission rule."""

    category = forms.ChoiceField(label=_("Category and all below it"), required=False)
    shop = ShopField(
        label=_("Only this shop"),
        required=False,
        max_length=MOST_TYPED,
        help_text=_("Its number, its name, or the name in its address. Empty: every shop."),
    )
    rate = RateField(
        label=_("Rate, VAT inside"),
        help_text=_("Of the goods without freight. WeChat Pay lets us split off at most 30% of an order."),
    )
    floor = OptionalAmountField(label=_("At least, an order (CNY)"), initial="0.00", required=False)
    cap = OptionalAmountField(label=_("At most, an order (CNY)"), required=False, help_text=_("Empty: no cap."))
    vat = RateField(label=_("VAT inside the commission"))
    note = forms.CharField(
        label=_("Why there is this rule"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("A note has at most 200 characters. Shorten it.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=10**6)

    def __init__(self, *args: Any, rule: CommissionRuleView | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        known = list_categories()
        if rule and rule.category_path and rule.category_path not in dict(known):
            known.append((rule.category_path, rule.category_path))
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("All categories")), *known]

    def clean_floor(self) -> int:
        """Nothing is zero."""
        return int(self.cleaned_data["floor"] or 0)

    def to_draft(self) -> RuleDraft:
        """What was typed."""
        typed = self.cleaned_data
        return RuleDraft(
            rate_bps=typed["rate"],
            vat_bps=typed["vat"],
            category_path=typed["category"],
            shop_id=typed["shop"],
            floor_minor=typed["floor"],
            cap_minor=typed["cap"],
            note=typed["note"].strip(),
        )


def start_rule() -> dict[str, object]:
    """What a new rule's form begins with."""
    return {"vat": format_minor(settings.COMMISSION_VAT_BPS), "floor": "0.00"}


def show_rule(rule: CommissionRuleView) -> dict[str, object]:
    """A rule as its form shows it."""
    return {
        "category": rule.category_path,
        "shop": rule.shop_id or "",
        "rate": f"{rule.rate_bps / 100:g}",
        "floor": format_minor(rule.floor_minor, rule.currency),
        "cap": "" if rule.cap_minor is None else format_minor(rule.cap_minor, rule.currency),
        "vat": f"{rule.vat_bps / 100:g}",
        "note": rule.note,
        "version": rule.version,
    }


class TryForm(forms.Form):
    """What a basket would pay."""

    category = forms.ChoiceField(label=_("Category of the goods"), required=False)
    shop = ShopField(label=_("Shop, by number, address or name"), required=False, max_length=MOST_TYPED)
    amount = AmountField(label=_("Goods (CNY)"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No category")), *list_categories()]


class TermsForm(forms.Form):
    """How one shop is settled."""

    release_days = forms.IntegerField(
        label=_("Days after a final sale before its money is free"),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
        help_text=_("Empty: as on the whole platform."),
    )
    reserve = RateField(label=_("Reserve of each released sale"), help_text=_("0: nothing is kept back."))
    reserve_days = forms.IntegerField(
        label=_("Days that a reserve is kept"), required=False, min_value=0, max_value=MOST_DAYS
    )
    note = forms.CharField(
        label=_("Why this was agreed"),
        max_length=200,
        error_messages={
            "required": _("Say why: it stands in the audit trail."),
            "max_length": _("A note has at most 200 characters. Shorten it."),
        },
    )


def show_terms(terms: ShopTermsView) -> dict[str, object]:
    """What is agreed as its form shows it."""
    return {
        "release_days": "" if terms.own_release_days is None else terms.own_release_days,
        "reserve": f"{terms.reserve_bps / 100:g}",
        "reserve_days": terms.reserve_days,
        "note": terms.note,
    }
