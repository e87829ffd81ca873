"""Addresses of the public API, `api:…` below /api/v1/ on the market host, and the page of a person's tokens."""

from django.urls import include, path

from storefront.api import browse, carts, lists, orders, purchases, recommend, suggest, tokens
from web.api import numbers  # noqa: F401 - makes <number:…> and <short:…> known
from web.api.docs import describe_api

operations = [
    path("categories", browse.Categories.as_view(), name="categories"),
    path("listings", browse.Listings.as_view(), name="listings"),
    path("listings/<number:listing_id>", browse.Listing.as_view(), name="listing"),
    path("listings/<number:listing_id>/related", recommend.Related.as_view(), name="related"),
    path("for-you", recommend.ForYou.as_view(), name="for-you"),
    path("suggestions", suggest.Suggestions.as_view(), name="suggestions"),
    path("shops", browse.Shops.as_view(), name="shops"),
    path("shops/<short:slug>", browse.Shop.as_view(), name="shop"),
    path("shops/<short:shop_slug>/lists", lists.ShopLists.as_view(), name="shop-lists"),
    path("shops/<short:shop_slug>/lists/<short:slug>", lists.ShopListGoods.as_view(), name="shop-list"),
    path("lists", lists.Lists.as_view(), name="lists"),
    path("lists/<short:slug>", lists.ListGoods.as_view(), name="list"),
    path("carts", carts.Carts.as_view(), name="carts"),
    path("cart", carts.Cart.as_view(), name="cart"),
    path("cart/lines", carts.CartLines.as_view(), name="cart-lines"),
    path("cart/lines/<number:line_id>", carts.CartLine.as_view(), name="cart-line"),
    path("cart/merge", carts.CartMerge.as_view(), name="cart-merge"),
    path("checkout/quote", carts.CheckoutQuote.as_view(), name="quote"),
    path("purchases", purchases.Purchases.as_view(), name="purchases"),
    path("purchases/<short:purchase_no>", purchases.Purchase.as_view(), name="purchase"),
    path("purchases/<short:purchase_no>/pay", purchases.PurchasePay.as_view(), name="pay-purchase"),
    path("purchases/<short:purchase_no>/check", purchases.PurchaseCheck.as_view(), name="check-purchase"),
    path("purchases/<short:purchase_no>/cancel", purchases.PurchaseCancel.as_view(), name="cancel-purchase"),
    path("orders", orders.Orders.as_view(), name="orders"),
    path("orders/<short:share_no>", orders.Order.as_view(), name="order"),
    path("orders/<short:share_no>/confirm", orders.OrderConfirm.as_view(), name="confirm-order"),
    path("orders/<short:share_no>/cancel", orders.OrderCancel.as_view(), name="cancel-order"),
    path("addresses", orders.Addresses.as_view(), name="addresses"),
]

description = describe_api(
    urlconf="storefront.api.urls",
    title="Jishi · public API",
    tokens="People make theirs at `/account/tokens/`; scopes are `cart` and `orders`. "
    "A guest's cart needs none: `POST /api/v1/carts` hands out a `Cart-Key`.",
    tags={
        "browse": "Categories, goods, shops, lists. No token needed.",
        "cart": "One cart over all shops.",
        "checkout": "From the quote to the payment.",
        "orders": "One order a shop.",
        "addresses": "Where parcels go.",
    },
)

urlpatterns = [
    path("api/v1/", include(([*operations, *description], "api"))),
    path("account/tokens/", tokens.show_tokens, name="account-tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke-account-token"),
]
