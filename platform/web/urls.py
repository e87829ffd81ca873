"""Included by every host (`path("", include("web.urls"))`): the namespace `web`. The gallery answers in a demo only."""

from django.urls import URLPattern, path

from web import views
from web.gallery import views as gallery

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("preferences/", views.set_preferences, name="preferences"),
    path("_gallery/", gallery.show_gallery, name="gallery"),
    path("_gallery/portal/", gallery.show_desk, {"face": "portal"}, name="gallery-portal"),
    path("_gallery/console/", gallery.show_desk, {"face": "console"}, name="gallery-console"),
    path("_gallery/toast/", gallery.say_toast, name="gallery-toast"),
]
