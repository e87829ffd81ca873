"""Addresses of the storefront: `storefront:…`."""

from django.urls import URLPattern, URLResolver, path

from storefront.accounts.views import show_account
from storefront.ads import slots
from storefront.ads import views as ads
from storefront.browse import views as browse
from storefront.browse.suggesting import show_suggestions
from storefront.cart import views as cart
from storefront.checkout import views as checkout
from storefront.lists import views as lists
from storefront.orders import views as orders
from storefront.recommend import choices
from storefront.recommend import views as recommend
from storefront.seen import views as seen
from storefront.webhooks import views as webhooks

app_name = "storefront"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", browse.show_home, name="home"),
    path("c/<slug:slug>/", browse.show_category, name="category"),
    path("search", browse.show_search, name="search"),
    path("search/suggest", show_suggestions, name="suggest"),
    path("item/<int:listing_id>/", browse.show_product, name="product"),
    path("item/<int:listing_id>/related/", recommend.show_related, name="related"),
    path("for-you/", recommend.show_for_you, name="for-you"),
    path("interests/", choices.show_choices, name="interests"),
    path("interests/switch/", choices.switch, name="switch-interests"),
    path("interests/forget/", choices.forget, name="forget-interests"),
    path("shops/", browse.show_shops, name="shops"),
    path("shop/<slug:slug>/", browse.show_shop, name="shop"),
    path("lists/<slug:slug>/", lists.show_list, name="list"),
    path("shop/<slug:shop_slug>/lists/<slug:slug>/", lists.show_shop_list, name="shop-list"),
    path("seen/", seen.receive, name="seen"),
    path("ad/seen/", ads.receive, name="ad-seen"),
    path("ad/<str:token>/", ads.go, name="ad"),
    path("ad/slot/<int:lot_id>/", slots.follow, name="follow-slot"),
    path("cart/", cart.show_cart, name="cart"),
    path("cart/goes-with/", recommend.show_going_with_cart, name="goes-with-cart"),
    path("cart/add/", cart.add_to_cart, name="add-to-cart"),
    path("cart/change/", cart.change_cart, name="change-cart"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("cashier/<slug:purchase_no>/", checkout.show_cashier, name="cashier"),
    path("cashier/<slug:purchase_no>/state/", checkout.show_state, name="cashier-state"),
    path("cashier/<slug:purchase_no>/check/", checkout.check_paid, name="cashier-check"),
    path("cashier/<slug:purchase_no>/cancel/", checkout.cancel_purchase, name="cashier-cancel"),
    path("orders/", orders.show_orders, name="orders"),
    path("orders/<slug:share_no>/", orders.show_order, name="order"),
    path("orders/<slug:share_no>/goes-with/", recommend.show_going_with_order, name="goes-with-order"),
    path("orders/<slug:share_no>/confirm/", orders.confirm_order, name="confirm-order"),
    path("orders/<slug:share_no>/cancel/", orders.cancel_order, name="cancel-order"),
    path("orders/<slug:share_no>/again/", orders.buy_again, name="buy-again"),
    path("account/", show_account, name="account"),
    path("webhooks/wechatpay/", webhooks.receive_wechatpay, name="webhook-wechatpay"),
]
