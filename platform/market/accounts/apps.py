"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Everyone who signs in: shoppers, merchants and staff are one kind of account."""

    name = "market.accounts"
    default_auto_field = "django.db.models.BigAutoField"
