"""What a merchant bids."""

from typing import Any  # Any: what Django hands to a form is open by nature

from django import forms
from django.utils.translation import gettext_lazy as _

from merchant_portal.shop_settings.forms import SumField
from search.campaigns.contracts import CreativeView


class BidForm(forms.Form):
    """The most that a lot is worth to the shop, and what is to be shown."""

    maximum = SumField(
        label=_("Your maximum (¥)"), error_messages={"required": _("Enter the most that it is worth to you.")}
    )
    creative = forms.TypedChoiceField(
        label=_("Picture to show"), coerce=int, error_messages={"required": _("Choose one of your pictures.")}
    )

    def __init__(self, *args: Any, creatives: list[CreativeView], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.creative_id, one.title) for one in creatives]
        self.fields["creative"].choices = choices  # type: ignore[attr-defined]


class CreativeForm(forms.Form):
    """Another picture for a lot that was won."""

    creative = forms.TypedChoiceField(label=_("Picture to show"), coerce=int)

    def __init__(self, *args: Any, creatives: list[CreativeView], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.creative_id, one.title) for one in creatives]
        self.fields["creative"].choices = choices  # type: ignore[attr-defined]
