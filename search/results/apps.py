from django.apps import AppConfig


class ResultsConfig(AppConfig):
    name = "search.results"
    default_auto_field = "django.db.models.BigAutoField"
