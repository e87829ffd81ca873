from django.apps import AppConfig


class WalletsConfig(AppConfig):
    name = "billing.wallets"
    default_auto_field = "django.db.models.BigAutoField"
