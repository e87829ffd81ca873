"""The collections app."""

from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    """Lists by rule."""

    name = "search.collections"
    label = "collections"
    default_auto_field = "django.db.models.BigAutoField"
