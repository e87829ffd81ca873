"""Writing every encrypted column anew with the newest field key, so that an old key can be thrown away."""

from collections.abc import Callable, Iterator, Sequence

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from market.accounts.fields import EncryptedTextField, rotate_text
from market.shops.contracts import ShopContext
from market.shops.selectors import list_shops
from market.shops.tenancy import enter_shop

BATCH = 500
Step = Callable[[int], tuple[int, int]]  # the last id done -> the next last id (0 at the end), rows written


def rotate_everything() -> int:
    """Rotate the public tables, then shop after shop; returns how many rows were written.

    Safe to repeat, and while the site runs: a batch is a transaction of its own, and both keys are read meanwhile.
    """
    written = sum(_walk(_public_step(model)) for model in _list_models(settings.SHARED_APPS))
    written += _walk(_rotate_second_factors)
    for shop in _list_all_shops():
        written += sum(_walk(_shop_step(shop, model)) for model in _list_models(settings.TENANT_APPS))
    return written


def _list_models(app_names: Sequence[str]) -> list[type[models.Model]]:
    return [
        model for model in apps.get_models() if model._meta.app_config.name in app_names and _encrypted_columns(model)
    ]


def _encrypted_columns(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def _list_all_shops() -> Iterator[ShopContext]:
    after_id = 0
    while shops := list_shops(after_id=after_id):
        yield from shops
        after_id = shops[-1].shop_id


def _walk(step: Step) -> int:
    written, last = 0, 0
    while True:
        last, count = step(last)
        written += count
        if not last:
            return written


def _public_step(model: type[models.Model]) -> Step:
    def step(last: int) -> tuple[int, int]:
        with transaction.atomic():
            return _rotate_batch(model, last)

    return step


def _shop_step(shop: ShopContext, model: type[models.Model]) -> Step:
    def step(last: int) -> tuple[int, int]:
        with transaction.atomic(), enter_shop(shop):
            return _rotate_batch(model, last)

    return step


def _rotate_batch(model: type[models.Model], last: int) -> tuple[int, int]:
    """Reading decrypts with any key, saving encrypts with the newest."""
    columns = _encrypted_columns(model)
    rows = model._default_manager.filter(pk__gt=last).order_by("pk").select_for_update(no_key=True)[:BATCH]
    written = 0
    for row in rows:
        row.save(update_fields=columns)
        last, written = row.pk, written + 1
    return (last if written == BATCH else 0), written


def _rotate_second_factors(last: int) -> tuple[int, int]:
    """allauth's secrets stand inside a JSON column: the app's secret and the seed of recovery codes."""
    written = 0
    with transaction.atomic():
        for row in Authenticator.objects.filter(pk__gt=last).order_by("pk").select_for_update(no_key=True)[:BATCH]:
            row.data = {key: rotate_text(value) if key in _SECRET_KEYS else value for key, value in row.data.items()}
            row.save(update_fields=["data"])
            last, written = row.pk, written + 1
    return (last if written == BATCH else 0), written


_SECRET_KEYS = frozenset({"secret", "seed"})
