from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "search.suggestions"
    default_auto_field = "django.db.models.BigAutoField"
