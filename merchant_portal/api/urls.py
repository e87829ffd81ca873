"""Addresses of the merchant API, `merchant-api:…` below /api/v1/ on the portal host, and the page of tokens."""

from django.urls import include, path

from merchant_portal.api import goods, orders, stock, tokens
from web.api import numbers  # noqa: F401 - makes <number:…> and <short:…> known
from web.api.docs import describe_api

operations = [
    path("products", goods.Products.as_view(), name="products"),
    path("products/<number:product_id>", goods.Product.as_view(), name="product"),
    path("products/<number:product_id>/status", goods.ProductStatusView.as_view(), name="product-status"),
    path("stock", stock.Stock.as_view(), name="stock"),
    path("stock/counts", stock.StockCounts.as_view(), name="stock-counts"),
    path("stock/receipts", stock.StockReceipts.as_view(), name="stock-receipts"),
    path("orders", orders.Orders.as_view(), name="orders"),
    path("orders/<short:share_no>", orders.Order.as_view(), name="order"),
    path("orders/<short:share_no>/parcels", orders.OrderParcels.as_view(), name="parcels"),
    path("orders/<short:share_no>/delivered", orders.OrderDelivered.as_view(), name="delivered"),
    path("orders/<short:share_no>/refund", orders.OrderRefund.as_view(), name="refund"),
]

description = describe_api(
    urlconf="merchant_portal.api.urls",
    title="Jishi · merchant API",
    tokens="A shop's owner and managers make its tokens at `/settings/tokens/`, each with the scopes it needs.",
    tags={
        "products": "Goods with their variants and prices.",
        "stock": "What lies in the warehouses.",
        "orders": "What was bought in the shop.",
    },
)

urlpatterns = [
    path("api/v1/", include(([*operations, *description], "merchant-api"))),
    path("settings/tokens/", tokens.show_tokens, name="shop-tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke-shop-token"),
]
