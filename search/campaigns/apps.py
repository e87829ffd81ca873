from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "search.campaigns"
    default_auto_field = "django.db.models.BigAutoField"
