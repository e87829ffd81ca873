from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "tenants.shipping"
    default_auto_field = "django.db.models.BigAutoField"
