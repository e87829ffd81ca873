"""Address of the demo's outbox: included without a prefix on the market host."""

from django.urls import path

from storefront.outbox_page.views import show_outbox

urlpatterns = [path("_outbox/", show_outbox, name="outbox")]
