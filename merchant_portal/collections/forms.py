"""What a shop's team says of a list. It always holds the shop's own goods; no field says otherwise."""

from django import forms
from django.utils.translation import gettext_lazy as _

from search.collections.forms import CollectionForm


class ShopListForm(CollectionForm):
    """A list of one shop's."""

    on_front = forms.BooleanField(label=_("Its first goods stand on the shop's front page"), required=False)
