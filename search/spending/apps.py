from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "search.spending"
    default_auto_field = "django.db.models.BigAutoField"
