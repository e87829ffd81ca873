from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "billing.payments"
    default_auto_field = "django.db.models.BigAutoField"
