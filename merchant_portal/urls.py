"""Addresses of the portal's pages: `portal:…`, included without a prefix on the portal host."""

from django.urls import URLPattern, URLResolver, path

from merchant_portal.dashboard import views as dashboard
from merchant_portal.editor import views as editor
from merchant_portal.goods import views as goods
from merchant_portal.imports import views as imports
from merchant_portal.orders import views as orders
from merchant_portal.shop_settings import views as shop_settings
from merchant_portal.stock import views as stock

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
    path("settings/profile/", shop_settings.edit_profile, name="profile"),
    path("settings/freight/", shop_settings.edit_freight, name="freight"),
    path("settings/team/", shop_settings.show_team, name="team"),
]
