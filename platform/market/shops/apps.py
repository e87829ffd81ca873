from django.apps import AppConfig


class ShopsConfig(AppConfig):
    name = "market.shops"
    default_auto_field = "django.db.models.BigAutoField"
