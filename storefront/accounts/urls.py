"""Addresses of the account pages: `accounts:…`, included without a prefix on the market host."""

from django.urls import path

from market.accounts.contracts import EntryKind
from storefront.accounts import addresses, proving, views

app_name = "accounts"

urlpatterns = [
    path("account/profile/", views.edit_profile, name="profile"),
    path("account/sign-out-everywhere/", views.sign_out_everywhere, name="sign-out-everywhere"),
    path("account/addresses/", addresses.show_addresses, name="addresses"),
    path("account/addresses/new/", addresses.new_address, name="new-address"),
    path("account/addresses/regions/", addresses.show_regions, name="regions"),
    path("account/addresses/restore/", addresses.restore_address, name="restore-address"),
    path("account/addresses/<int:address_id>/", addresses.edit_address, name="edit-address"),
    path("account/addresses/<int:address_id>/default/", addresses.default_address, name="default-address"),
    path("account/addresses/<int:address_id>/delete/", addresses.delete_address, name="delete-address"),
    path("accounts/prove/", proving.prove, name="prove"),
    path("accounts/go/portal/", views.go, {"kind": EntryKind.PORTAL}, name="go-portal"),
    path("accounts/go/console/", views.go, {"kind": EntryKind.CONSOLE}, name="go-console"),
]
