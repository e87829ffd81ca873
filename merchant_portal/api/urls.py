"""Addresses of the merchant API, `merchant-api:…` below /api/v1/ on the portal host, and the page of tokens."""

from django.urls import include, path

from merchant_portal.api import ad_groups, ads, goods, orders, plans, stock, tokens, wallet
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
    path("campaigns", ads.Campaigns.as_view(), name="campaigns"),
    path("campaigns/<number:campaign_id>", ads.Campaign.as_view(), name="campaign"),
    path("campaigns/<number:campaign_id>/state", ads.CampaignStateView.as_view(), name="campaign-state"),
    path("campaigns/<number:campaign_id>/groups", ads.CampaignGroups.as_view(), name="campaign-groups"),
    path("campaigns/<number:campaign_id>/negatives", ads.CampaignNegatives.as_view(), name="negatives"),
    path(
        "campaigns/<number:campaign_id>/negatives/<number:negative_id>", ads.CampaignNegative.as_view(), name="negative"
    ),
    path("ad-groups/<number:group_id>", ad_groups.Group.as_view(), name="ad-group"),
    path("ad-groups/<number:group_id>/keywords", ad_groups.GroupKeywords.as_view(), name="keywords"),
    path(
        "ad-groups/<number:group_id>/keywords/changes", ad_groups.GroupKeywordChanges.as_view(), name="keyword-changes"
    ),
    path("ad-groups/<number:group_id>/ads", ad_groups.GroupAds.as_view(), name="group-ads"),
    path("ad-groups/<number:group_id>/ads/<number:ad_id>/state", ad_groups.GroupAdState.as_view(), name="ad-state"),
    path("sale-plans", plans.Plans.as_view(), name="sale-plans"),
    path("sale-plans/<number:plan_id>", plans.Plan.as_view(), name="sale-plan"),
    path("sale-plans/<number:plan_id>/state", plans.PlanStateView.as_view(), name="sale-plan-state"),
    path("sale-plans/<number:plan_id>/sales", plans.PlanSales.as_view(), name="sale-plan-sales"),
    path("wallet", wallet.Wallet.as_view(), name="wallet"),
    path("wallet/automatic", wallet.Automatic.as_view(), name="wallet-automatic"),
    path("wallet/top-ups", wallet.TopUps.as_view(), name="top-ups"),
    path("wallet/top-ups/<short:number>", wallet.TopUp.as_view(), name="top-up"),
    path("wallet/top-ups/<short:number>/pay", wallet.TopUpPay.as_view(), name="pay-top-up"),
    path("wallet/movements", wallet.Movements.as_view(), name="wallet-movements"),
    path("wallet/invoices", wallet.Invoices.as_view(), name="wallet-invoices"),
    path("audiences", ads.Audiences.as_view(), name="audiences"),
    path("keyword-suggestions", ads.KeywordSuggestions.as_view(), name="keyword-suggestions"),
]

description = describe_api(
    urlconf="merchant_portal.api.urls",
    title="Jishi · merchant API",
    tokens="A shop's owner and managers make its tokens at `/settings/tokens/`, each with the scopes it needs.",
    tags={
        "products": "Goods with their variants and prices.",
        "stock": "What lies in the warehouses.",
        "orders": "What was bought in the shop.",
        "wallet": "The balance that advertising is paid from. Amounts in fen.",
        "ads": "Campaigns with groups, words and ads; plans paid per sale. Money in fen; days are those of China.",
    },
)

urlpatterns = [
    path("api/v1/", include(([*operations, *description], "merchant-api"))),
    path("settings/tokens/", tokens.show_tokens, name="shop-tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke-shop-token"),
]
