"""Included by every host (`path("", include("web.urls"))`): the namespace `web`."""

from django.urls import URLPattern, path

from web import views

app_name = "web"
urlpatterns: list[URLPattern] = [path("preferences/", views.set_preferences, name="preferences")]
