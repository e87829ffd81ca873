from django.apps import AppConfig


class SlotsConfig(AppConfig):
    name = "search.slots"
    default_auto_field = "django.db.models.BigAutoField"
