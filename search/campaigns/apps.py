"""The campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns of merchants."""

    name = "search.campaigns"
    default_auto_field = "django.db.models.BigAutoField"
