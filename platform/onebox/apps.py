from django.apps import AppConfig


class OneboxConfig(AppConfig):
    name = "onebox"
