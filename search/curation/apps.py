"""The curation app."""

from django.apps import AppConfig


class CurationConfig(AppConfig):
    """Staff's words."""

    name = "search.curation"
    default_auto_field = "django.db.models.BigAutoField"
