"""Addresses of the console: `console:…`."""

from django.urls import URLPattern, URLResolver, path

from console.advertisers import limiting
from console.advertisers import views as advertisers
from console.advertising import auctions, creatives, floors, lot, place, places, revenue
from console.charging import views as charging
from console.clearing import debts
from console.clearing import views as clearing
from console.collections import views as collections
from console.commission import agreeing
from console.commission import views as commission
from console.curation import hot, placing, synonyms
from console.goods import views as goods
from console.home import views as home
from console.invalid_clicks import deciding as deciding_findings
from console.invalid_clicks import views as invalid_clicks
from console.ledger import accounts, books
from console.ledger import views as ledger
from console.operations import views as operations
from console.payouts import files as payout_files
from console.payouts import views as payouts
from console.purchases import finding
from console.purchases import views as purchases
from console.reconciling import deeds as reconciling_deeds
from console.reconciling import views as reconciling
from console.searching import views as searching
from console.searching import why
from console.settling import views as settling
from console.shops import deciding
from console.shops import views as shops
from console.trail import views as trail
from console.wallets import views as wallets
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
    path("goods/", goods.show_goods, name="goods"),
    path("goods/<int:shop_id>/<int:product_id>/", goods.show_product, name="product"),
    path("goods/<int:shop_id>/<int:product_id>/ban/", goods.ban, name="ban-product"),
    path("goods/<int:shop_id>/<int:product_id>/lift/", goods.lift, name="lift-ban"),
    path("search-health/", searching.show_search_health, name="search-health"),
    path("search/why/", why.show_why, name="why"),
    path("search/synonyms/", synonyms.show_synonyms, name="synonyms"),
    path("search/synonyms/add/", synonyms.add, name="add-synonyms"),
    path("search/synonyms/file/", synonyms.take_file, name="import-synonyms"),
    path("search/synonyms/export/", synonyms.export, name="export-synonyms"),
    path("search/synonyms/<int:group_id>/", synonyms.edit, name="edit-synonyms"),
    path("search/synonyms/<int:group_id>/remove/", synonyms.remove, name="remove-synonyms"),
    path("search/hot/", hot.show_hot_words, name="hot-words"),
    path("search/hot/add/", hot.add, name="add-hot-word"),
    path("search/hot/put-back/", hot.put_back, name="put-back-hot-word"),
    path("search/hot/block/", hot.block, name="block-word"),
    path("search/hot/unblock/", hot.unblock, name="unblock-word"),
    path("search/hot/<int:word_id>/", hot.edit, name="edit-hot-word"),
    path("search/hot/<int:word_id>/remove/", hot.remove, name="remove-hot-word"),
    path("search/placements/", placing.show_placements, name="placements"),
    path("search/placements/query/", placing.place, name="place"),
    path("lists/", collections.show_lists, name="lists"),
    path("lists/add/", collections.add, name="add-list"),
    path("lists/<int:collection_id>/", collections.edit, name="edit-list"),
    path("lists/<int:collection_id>/remove/", collections.remove, name="remove-list"),
    path("lists/<int:collection_id>/put-back/", collections.put_back, name="put-back-list"),
    path("purchases/", purchases.show_purchases, name="purchases"),
    path("purchases/<slug:purchase_no>/", purchases.show_purchase, name="purchase"),
    path("ledger/", ledger.show_ledger, name="ledger"),
    path("ledger/prove/", ledger.prove, name="prove-books"),
    path("ledger/books/", books.take_books, name="take-books"),
    path("ledger/accounts/<slug:code>/", accounts.show_account, name="account"),
    path("ledger/transactions/", ledger.show_transactions, name="transactions"),
    path("ledger/transactions/<int:transaction_id>/", ledger.show_transaction, name="transaction"),
    path("ledger/requests/", ledger.show_requests, name="requests"),
    path("ledger/requests/<int:request_id>/retry/", ledger.retry, name="retry-request"),
    path("releases/", settling.show_releases, name="releases"),
    path("cash/", settling.show_cash, name="cash"),
    path("cash/<slug:share_no>/", settling.record_cash, name="record-cash"),
    path("settlement/", settling.record_settlement, name="settlement"),
    path("clearing/", clearing.show_clearing, name="clearing"),
    path("clearing/prove/", clearing.prove_now, name="prove-clearing"),
    path("clearing/<int:item_id>/", clearing.explain, name="clearing-item"),
    path("advertising/balances/", wallets.show_wallets, name="ad-wallets"),
    path("advertising/balances/<int:shop_id>/", wallets.show_wallet, name="ad-wallet"),
    path("advertising/balances/<int:shop_id>/bonus/", wallets.give_bonus, name="give-bonus"),
    path("advertising/balances/<int:shop_id>/order/", wallets.set_order, name="set-payment-order"),
    path("debts/", debts.show_debts, name="debts"),
    path("debts/<int:shop_id>/", debts.write_off, name="write-off"),
    path("commission/", commission.show_rules, name="commission"),
    path("commission/add/", commission.make_rule, name="add-rule"),
    path("commission/<int:rule_id>/", commission.show_rule_file, name="commission-rule"),
    path("commission/<int:rule_id>/change/", commission.edit_rule, name="edit-rule"),
    path("commission/<int:rule_id>/restore/<int:version>/", commission.take_back, name="restore-rule"),
    path("commission/<int:rule_id>/up/", commission.move_up, name="move-rule-up"),
    path("commission/<int:rule_id>/down/", commission.move_down, name="move-rule-down"),
    path("commission/<int:rule_id>/on/", commission.switch_on, name="switch-rule-on"),
    path("commission/<int:rule_id>/off/", commission.switch_off, name="switch-rule-off"),
    path("commission/shops/<int:shop_id>/", agreeing.agree, name="shop-terms"),
    path("reconciliation/", reconciling.show_reconciliation, name="reconciliation"),
    path("reconciliation/upload/", reconciling_deeds.upload, name="upload-statement"),
    path("reconciliation/fetch/", reconciling_deeds.fetch, name="fetch-statement"),
    path("reconciliation/runs/<int:run_id>/", reconciling.show_run, name="reconciliation-run"),
    path("reconciliation/files/<int:statement_id>/", reconciling.show_statement, name="statement"),
    path("reconciliation/files/<int:statement_id>/file/", reconciling.download_statement, name="statement-file"),
    path("reconciliation/findings/", reconciling.show_findings, name="findings"),
    path("reconciliation/findings/<int:finding_id>/", reconciling.show_finding, name="finding"),
    path("reconciliation/findings/<int:finding_id>/decide/", reconciling_deeds.decide, name="decide-finding"),
    path("payouts/", payouts.show_payouts, name="payouts"),
    path("payouts/files/", payout_files.show_files, name="payout-files"),
    path("payouts/files/make/", payout_files.make_file, name="make-payout-file"),
    path("payouts/files/answer/", payout_files.answer, name="answer-payout-file"),
    path("payouts/files/<slug:batch_no>/", payout_files.show_file, name="payout-file"),
    path("payouts/files/<slug:batch_no>/file/", payout_files.download, name="download-payout-file"),
    path("payouts/<slug:payout_no>/", payouts.show_payout, name="payout"),
    path("payouts/<slug:payout_no>/approve/", payouts.approve, name="approve-payout"),
    path("payouts/<slug:payout_no>/reject/", payouts.reject, name="reject-payout"),
    path("payouts/<slug:payout_no>/arrived/", payouts.confirm, name="confirm-payout"),
    path("payouts/<slug:payout_no>/failed/", payouts.fail, name="fail-payout"),
    path("payouts/<slug:payout_no>/returned/", payouts.take_back, name="return-payout"),
    path("ads/revenue/", revenue.show_revenue, name="ads-revenue"),
    path("ads/revenue/sale-rates/", revenue.set_rates, name="ads-sale-rates"),
    path("ads/advertisers/", advertisers.show_advertisers, name="advertisers"),
    path("ads/advertisers/<int:shop_id>/", advertisers.show_advertiser, name="advertiser"),
    path("ads/advertisers/<int:shop_id>/limit/", limiting.set_limit, name="limit-advertiser"),
    path("ads/advertisers/<int:shop_id>/stop/", limiting.stop, name="stop-advertiser"),
    path("ads/advertisers/<int:shop_id>/let-run/", limiting.let_run, name="let-advertiser-run"),
    path("ads/campaigns/<int:campaign_id>/", advertisers.show_campaign, name="ads-campaign"),
    path("ads/charging/", charging.show_health, name="ads-charging"),
    path("ads/charges/", charging.show_charges, name="ads-charges"),
    path("ads/charges/<int:charge_id>/", charging.show_charge, name="ads-charge"),
    path("ads/findings/", invalid_clicks.show_findings, name="ads-findings"),
    path("ads/findings/file/", invalid_clicks.download_findings, name="ads-findings-file"),
    path("ads/findings/approve/", deciding_findings.approve_many, name="approve-ads-findings"),
    path("ads/findings/<int:finding_id>/", invalid_clicks.show_finding, name="ads-finding"),
    path("ads/findings/<int:finding_id>/decide/", deciding_findings.decide, name="decide-ads-finding"),
    path("ads/floors/", floors.show_floors, name="ads-floors"),
    path("ads/floors/<slug:page>/<slug:charge>/", floors.edit_floor, name="ads-floor"),
    path("ads/places/", places.show_places, name="ads-places"),
    path("ads/places/set-up/", places.set_up, name="set-up-places"),
    path("ads/places/<int:slot_id>/price/", places.set_price, name="set-place-price"),
    path("ads/places/add/", place.add, name="add-place"),
    path("ads/places/<int:slot_id>/", place.show, name="ads-place"),
    path("ads/places/<int:slot_id>/change/", place.change, name="change-place"),
    path("ads/places/lots/<int:lot_id>/", lot.show, name="ads-lot"),
    path("ads/places/lots/<int:lot_id>/cancel/", lot.take_away, name="cancel-lot"),
    path("ads/creatives/", creatives.show_creatives, name="ads-creatives"),
    path("ads/creatives/<int:creative_id>/", creatives.decide, name="decide-creative"),
    path("ads/auctions/", auctions.show_auctions, name="ads-auctions"),
    path("ads/auctions/<str:day>/<uuid:decision_id>/", auctions.show_auction, name="ads-auction"),
    path("webhooks/", webhooks.show_webhooks, name="webhooks"),
    path("events/", operations.show_events, name="events"),
    path("events/<int:delivery_id>/retry/", operations.retry, name="retry-event"),
    path("jobs/", operations.show_jobs, name="jobs"),
    path("trail/", trail.show_trail, name="trail"),
]
