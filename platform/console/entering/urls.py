"""Addresses of the console's door: included without a prefix, without a namespace."""

from django.urls import path

from console.entering.views import enter, leave

urlpatterns = [
    path("enter", enter, name="enter"),
    path("leave", leave, name="leave"),
]
