from django.apps import AppConfig


class MerchantPortalConfig(AppConfig):
    name = "merchant_portal"
