"""What the market host has of the portal: `merchant_portal:…`."""

from django.urls import URLPattern, URLResolver, path

from merchant_portal.opening.views import open_one

app_name = "merchant_portal"

urlpatterns: list[URLPattern | URLResolver] = [path("open-shop/", open_one, name="open-shop")]
