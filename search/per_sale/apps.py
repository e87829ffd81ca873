from django.apps import AppConfig


class PerSaleConfig(AppConfig):
    name = "search.per_sale"
    default_auto_field = "django.db.models.BigAutoField"
