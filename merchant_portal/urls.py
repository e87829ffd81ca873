"""Addresses of the portal's pages: `portal:…`, included without a prefix on the portal host."""

from django.urls import URLPattern, URLResolver, path

from merchant_portal.ads import creating as new_ads
from merchant_portal.ads import creatives
from merchant_portal.ads import files as ads_files
from merchant_portal.ads import groups as ads_groups
from merchant_portal.ads import views as ads
from merchant_portal.ads_reports import charges, given_back
from merchant_portal.ads_reports import views as ads_reports
from merchant_portal.collections import views as collections
from merchant_portal.dashboard import views as dashboard
from merchant_portal.editor import views as editor
from merchant_portal.goods import views as goods
from merchant_portal.imports import views as imports
from merchant_portal.money import earnings, exports, statements
from merchant_portal.money import views as money
from merchant_portal.orders import views as orders
from merchant_portal.payouts import views as payouts
from merchant_portal.per_sale import ending as ending_plans
from merchant_portal.per_sale import views as per_sale
from merchant_portal.shop_settings import views as shop_settings
from merchant_portal.slots import views as slots
from merchant_portal.stock import views as stock
from merchant_portal.wallet import invoices
from merchant_portal.wallet import views as wallet

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.show_dashboard, name="dashboard"),
    path("find/", dashboard.find, name="find"),
    path("products/", goods.show_goods, name="products"),
    path("products/change/", goods.change_many, name="change-goods"),
    path("products/change/<int:edit_id>/undo/", goods.undo_change, name="undo-change"),
    path("products/export.csv", goods.export, name="export"),
    path("products/new/", editor.new_product, name="new-product"),
    path("products/<int:product_id>/", editor.edit_product, name="edit-product"),
    path("products/<int:product_id>/copy/", editor.copy_product, name="copy-product"),
    path("lists/", collections.show_lists, name="lists"),
    path("lists/new/", collections.add, name="add-list"),
    path("lists/<int:collection_id>/", collections.edit, name="edit-list"),
    path("lists/<int:collection_id>/remove/", collections.remove, name="remove-list"),
    path("lists/<int:collection_id>/put-back/", collections.put_back, name="put-back-list"),
    path("imports/", imports.show_imports, name="imports"),
    path("imports/template.csv", imports.download_template, name="import-template"),
    path("imports/file/<int:media_id>/", imports.preview, name="import-preview"),
    path("imports/<int:job_id>/", imports.show_job, name="import-job"),
    path("imports/<int:job_id>/stop/", imports.stop, name="stop-import"),
    path("stock/", stock.show_stock, name="stock"),
    path("stock/change/", stock.change_stock, name="change-stock"),
    path("stock/log/", stock.show_log, name="stock-log"),
    path("stock/warehouses/", stock.show_warehouses, name="warehouses"),
    path("orders/", orders.show_orders, name="orders"),
    path("orders/<slug:share_no>/", orders.show_order, name="order"),
    path("orders/<slug:share_no>/ship/", orders.ship, name="ship"),
    path("orders/<slug:share_no>/delivered/", orders.mark_delivered, name="mark-delivered"),
    path("orders/<slug:share_no>/refund/", orders.refund, name="refund"),
    path("ads/campaigns/", ads.show_campaigns, name="ads"),
    path("ads/campaigns/limit/", ads.limit_day, name="limit-ads"),
    path("ads/campaigns/new/", new_ads.create, name="new-campaign"),
    path("ads/pictures/", creatives.show_creatives, name="creatives"),
    path("ads/pictures/<int:creative_id>/remove/", creatives.remove, name="remove-creative"),
    path("ads/campaigns/<int:campaign_id>/", ads.show_campaign, name="campaign"),
    path("ads/campaigns/<int:campaign_id>/switch/", ads.switch, name="switch-campaign"),
    path("ads/campaigns/<int:campaign_id>/end/", ads.end, name="end-campaign"),
    path("ads/campaigns/<int:campaign_id>/budget/", ads.raise_budget, name="raise-budget"),
    path("ads/campaigns/<int:campaign_id>/edit/", ads.edit, name="edit-campaign"),
    path("ads/campaigns/<int:campaign_id>/groups/", ads_groups.add, name="add-ads-group"),
    path("ads/campaigns/<int:campaign_id>/exclude/", ads.exclude, name="exclude-words"),
    path("ads/campaigns/<int:campaign_id>/exclude/<int:negative_id>/lift/", ads.include, name="include-word"),
    path("ads/campaigns/groups/<int:group_id>/", ads_groups.show_group, name="ads-group"),
    path("ads/campaigns/groups/<int:group_id>/change/", ads_groups.change, name="change-ads-group"),
    path("ads/campaigns/groups/<int:group_id>/restore/", ads_groups.restore, name="restore-ads-group"),
    path("ads/campaigns/groups/<int:group_id>/words/", ads_groups.buy_words, name="buy-words"),
    path("ads/campaigns/groups/<int:group_id>/words/change/", ads_groups.change_words, name="change-words"),
    path("ads/campaigns/groups/<int:group_id>/words/undo/<int:edit_id>/", ads_groups.undo_words, name="undo-words"),
    path("ads/campaigns/groups/<int:group_id>/words.csv", ads_files.download, name="words-file"),
    path("ads/campaigns/groups/<int:group_id>/import/", ads_files.upload, name="import-words"),
    path("ads/campaigns/groups/<int:group_id>/ads/", ads_groups.advertise, name="advertise"),
    path("ads/campaigns/groups/<int:group_id>/ads/<int:ad_id>/", ads_groups.change_ad, name="change-ad"),
    path("money/balance/", money.show_balance, name="money"),
    path("money/movements/", money.show_entries, name="money-entries"),
    path("money/movements/file/", exports.download_entries, name="entries-file"),
    path("money/movements/file/make/", exports.make_file, name="make-entries-file"),
    path("money/files/<int:job_id>/", exports.show_file, name="money-file"),
    path("money/files/<int:job_id>/stop/", exports.stop_file, name="stop-money-file"),
    path("money/files/<int:job_id>/download/", exports.download_file, name="download-money-file"),
    path("money/postings/<int:transaction_id>/", money.show_posting, name="posting"),
    path("money/statements/", statements.show_statements, name="statements"),
    path("money/statements/<slug:statement_no>/", statements.show_statement, name="statement"),
    path("money/statements/<slug:statement_no>/pdf/", statements.download_statement, name="statement-pdf"),
    path("money/orders/", earnings.show_earnings, name="earnings"),
    path("money/orders/<slug:share_no>/", earnings.show_order_earnings, name="order-earnings"),
    path("wallet/", wallet.show_wallet, name="wallet"),
    path("wallet/top-up/", wallet.top_up, name="wallet-top-up"),
    path("wallet/top-up/<slug:number>/", wallet.show_cashier, name="wallet-cashier"),
    path("wallet/top-up/<slug:number>/state/", wallet.show_state, name="wallet-state"),
    path("wallet/top-up/<slug:number>/check/", wallet.check_paid, name="wallet-check"),
    path("wallet/automatic/", wallet.set_auto, name="wallet-auto"),
    path("wallet/invoices/<int:year>/<int:month>/", invoices.show_invoice, name="invoice"),
    path("wallet/invoices/<int:year>/<int:month>/pdf/", invoices.download_invoice, name="invoice-pdf"),
    path("payouts/", payouts.show_payouts, name="payouts"),
    path("payouts/ask/", payouts.ask, name="ask-payout"),
    path("payouts/account/", payouts.edit_account, name="bank-account"),
    path("payouts/<slug:payout_no>/", payouts.show_payout, name="payout"),
    path("payouts/<slug:payout_no>/cancel/", payouts.cancel, name="cancel-payout"),
    path("payouts/<slug:payout_no>/retry/", payouts.retry, name="retry-payout"),
    path("ads/reports/", ads_reports.show_reports, name="ads-reports"),
    path("ads/reports/charges/", charges.show_charges, name="ads-charges"),
    path("ads/reports/charges/<str:day>/<uuid:token>/", charges.show_charge, name="ads-charge"),
    path("ads/reports/given-back/", given_back.show_given_back, name="ads-given-back"),
    path("ads/reports/given-back/<int:finding_id>/", given_back.show_clicks, name="ads-given-back-clicks"),
    path("ads/reports/file/", ads_reports.download_report, name="ads-report-file"),
    path("ads/sales/", per_sale.show_plans, name="plans"),
    path("ads/sales/new/", per_sale.create, name="new-plan"),
    path("ads/sales/orders/", per_sale.show_sales, name="plan-sales"),
    path("ads/sales/orders/file/", per_sale.download_sales, name="plan-sales-file"),
    path("ads/sales/orders/<slug:share_no>/", per_sale.show_sale, name="plan-sale"),
    path("ads/sales/<int:plan_id>/", per_sale.edit, name="plan"),
    path("ads/sales/<int:plan_id>/end/", ending_plans.end, name="end-plan"),
    path("ads/sales/<int:plan_id>/switch/", per_sale.switch, name="switch-plan"),
    path("ads/slots/", slots.show_places, name="slots"),
    path("ads/slots/bids/", slots.show_bids, name="lot-bids"),
    path("ads/slots/lots/<int:lot_id>/", slots.show_lot, name="lot"),
    path("ads/slots/lots/<int:lot_id>/withdraw/", slots.withdraw, name="withdraw-bid"),
    path("ads/slots/lots/<int:lot_id>/picture/", slots.change_picture, name="change-lot-picture"),
    path("ads/slots/<slug:key>/", slots.show_place, name="slot"),
    path("settings/profile/", shop_settings.edit_profile, name="profile"),
    path("settings/freight/", shop_settings.edit_freight, name="freight"),
    path("settings/team/", shop_settings.show_team, name="team"),
]
