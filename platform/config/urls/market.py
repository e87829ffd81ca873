"""What the market host answers."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("storefront.urls")),
    path("", include("storefront.accounts.urls")),
    path("", include("storefront.api.urls")),
    path("", include("storefront.outbox_page.urls")),
    path("", include("merchant_portal.urls_market")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/two-factor/", include("allauth.mfa.urls")),
    path("", include("web.urls")),
]

handler400 = "web.errors.bad_request"
handler403 = "web.errors.permission_denied"
handler404 = "web.errors.page_not_found"
handler500 = "web.errors.server_error"
