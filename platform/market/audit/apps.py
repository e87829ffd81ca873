"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when, to what."""

    name = "market.audit"
    default_auto_field = "django.db.models.BigAutoField"
