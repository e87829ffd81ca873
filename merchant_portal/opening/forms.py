"""The form that opens a shop."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OpenShopForm(forms.Form):
    """Name and address; the service decides whether they can be used."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    slug = forms.CharField(
        label=_("Address of the shop"),
        max_length=60,
        error_messages={"required": _("Enter the address your shop should have.")},
    )
