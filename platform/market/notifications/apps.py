"""The notifications app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """What is sent to people, and on which channel."""

    name = "market.notifications"
    default_auto_field = "django.db.models.BigAutoField"
