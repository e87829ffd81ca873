"""Addresses of the console: `console:…`."""

from django.urls import URLPattern, URLResolver, path

from console.home import views as home
from console.ledger import views as ledger
from console.operations import views as operations
from console.purchases import finding
from console.purchases import views as purchases
from console.settling import views as settling
from console.shops import deciding
from console.shops import views as shops
from console.trail import views as trail
from console.webhooks import views as webhooks

app_name = "console"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.show_home, name="home"),
    path("find", finding.find, name="find"),
    path("shops/", shops.show_shops, name="shops"),
    path("shops/<int:shop_id>/", shops.show_shop, name="shop"),
    path("shops/<int:shop_id>/approve/", deciding.approve, name="approve-shop"),
    path("shops/<int:shop_id>/turn-down/", deciding.turn_down, name="turn-down-shop"),
    path("shops/<int:shop_id>/suspend/", deciding.suspend, name="suspend-shop"),
    path("shops/<int:shop_id>/enrol/", deciding.enrol, name="enrol-shop"),
    path("purchases/", purchases.show_purchases, name="purchases"),
    path("purchases/<slug:purchase_no>/", purchases.show_purchase, name="purchase"),
    path("ledger/", ledger.show_ledger, name="ledger"),
    path("ledger/accounts/<slug:code>/", ledger.show_account, name="account"),
    path("ledger/transactions/", ledger.show_transactions, name="transactions"),
    path("ledger/transactions/<int:transaction_id>/", ledger.show_transaction, name="transaction"),
    path("ledger/requests/", ledger.show_requests, name="requests"),
    path("ledger/requests/<int:request_id>/retry/", ledger.retry, name="retry-request"),
    path("releases/", settling.show_releases, name="releases"),
    path("cash/", settling.show_cash, name="cash"),
    path("cash/<slug:share_no>/", settling.record_cash, name="record-cash"),
    path("settlement/", settling.record_settlement, name="settlement"),
    path("webhooks/", webhooks.show_webhooks, name="webhooks"),
    path("events/", operations.show_events, name="events"),
    path("events/<int:delivery_id>/retry/", operations.retry, name="retry-event"),
    path("jobs/", operations.show_jobs, name="jobs"),
    path("trail/", trail.show_trail, name="trail"),
]
