"""What staff say of a list: it may hold the goods of one shop only."""

from django import forms
from django.utils.translation import gettext_lazy as _

from console.commission.forms import ShopField
from console.shops.naming import MOST_TYPED
from search.collections.forms import CollectionForm


class PlatformListForm(CollectionForm):
    """A list of the platform's."""

    shop = ShopField(
        label=_("Only this shop"),
        required=False,
        max_length=MOST_TYPED,
        help_text=_("Its number, its name, or the name in its address. Empty: every shop."),
    )
    on_front = forms.BooleanField(label=_("Its first goods stand on the home page"), required=False)
