"""Addresses of the storefront: `storefront:…`."""

from django.urls import URLPattern, URLResolver, path

from storefront.accounts.views import show_account

app_name = "storefront"

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", show_account, name="account"),
]
