"""What a shop's own host answers: pages; everything that needs a sign-in is a link to the market host."""

from django.urls import URLPattern, URLResolver, include, path

from storefront.browse import views as browse
from storefront.browse.suggesting import show_suggestions
from storefront.lists import views as lists

urlpatterns: list[URLPattern | URLResolver] = [
    path("", browse.show_own_host),
    path("search/suggest", show_suggestions),
    path("lists/<slug:slug>/", lists.show_own_list, name="own-list"),
    path("item/<int:listing_id>/", browse.go_to_product),
    path("", include("web.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.permission_denied"
handler404 = "web.errors.page_not_found"
handler500 = "web.errors.server_error"
