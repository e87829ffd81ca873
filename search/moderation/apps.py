"""The moderation app."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Products that staff banned."""

    name = "search.moderation"
    default_auto_field = "django.db.models.BigAutoField"
