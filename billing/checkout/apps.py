from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    name = "billing.checkout"
    default_auto_field = "django.db.models.BigAutoField"
