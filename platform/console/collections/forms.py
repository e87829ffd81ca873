"""What staff say of a list: it may hold the goods of one shop only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from console.commission.forms import ShopField
from search.collections.forms import CollectionForm


class PlatformListForm(CollectionForm):
    """A list of the platform's."""

    shop = ShopField(
        label=_("Only this shop"),
        required=False,
        max_length=40,
        help_text=_("Its number or the name in its address. Empty: every shop."),
    )
    on_front = forms.BooleanField(label=_("Its first goods stand on the home page"), required=False)
