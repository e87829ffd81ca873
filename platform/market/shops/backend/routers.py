"""Which tables stand where, and the refusal of a shop's tables outside a shop."""

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django_tenants.routers import TenantSyncRouter

from market.shops.backend.base import NoShopEntered
from market.shops.backend.current import current

_TENANT_LABELS = frozenset(name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS)


class ShopRouter(TenantSyncRouter):
    """One database; public apps in public, tenant apps in the entered shop's schema."""

    def _place(self, model: type[Model]) -> str:
        if model._meta.app_label in _TENANT_LABELS and current.schema_name == "public":
            raise NoShopEntered(f"{model.__name__} belongs to a shop: enter one first.")
        return DEFAULT_DB_ALIAS

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return self._place(model)

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return self._place(model)

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return (one._meta.app_label in _TENANT_LABELS) == (other._meta.app_label in _TENANT_LABELS)
