"""Reads about shops. Hosts and shops are kept in memory and dropped when the epoch `shops` moves."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields

from django.db.models import Q

from market.shops.contracts import (
    Epochs,
    HostContext,
    HostKind,
    MembershipView,
    Role,
    ShopContext,
    ShopFile,
    ShopStatus,
)
from market.shops.models import Domain, Epoch, Membership, PooledSchema, Shop


class ShopNotFound(LookupError):
    """No shop has this id or name."""


@dataclass(slots=True)
class _Kept:
    epoch: int = -1
    hosts: dict[str, HostContext] = field(default_factory=dict)
    shops: dict[int, ShopContext] = field(default_factory=dict)


_kept = _Kept()
_kept_lock = threading.Lock()


def read_epochs() -> Epochs:
    """All counters, one statement."""
    values = dict(Epoch.objects.values_list("name", "value"))
    return Epochs(**{one.name: values.get(one.name, 0) for one in fields(Epochs)})


def resolve_host(host: str, *, epochs: Epochs | None = None) -> HostContext | None:
    """Which host this is (without port, lower case), or None. One statement, two after a shop changed."""
    epochs = epochs or read_epochs()
    return _current(epochs.shops).hosts.get(host.lower().rstrip("."))


def map_shops(epochs: Epochs) -> dict[int, ShopContext]:
    """Every shop by id, from memory while the epoch stands. Do not change the answer."""
    return _current(epochs.shops).shops


def list_open_shops(epochs: Epochs | None = None) -> list[ShopContext]:
    """Shops that visitors may see, by id."""
    shops = map_shops(epochs or read_epochs())
    return [shop for _, shop in sorted(shops.items()) if shop.is_open]


def get_shop(shop_id: int) -> ShopContext:
    """One shop from the table, or `ShopNotFound`."""
    try:
        return Shop.objects.get(pk=shop_id).to_context()
    except Shop.DoesNotExist as error:
        raise ShopNotFound(shop_id) from error


def find_shop_by_slug(slug: str) -> ShopContext | None:
    """The shop with this name in its address."""
    row = Shop.objects.filter(slug=slug.lower()).first()
    return row.to_context() if row else None


def find_shops_by_name(name: str) -> list[ShopContext]:
    """The first two shops that are called exactly this in one of their languages, whatever the letters' case."""
    rows = Shop.objects.filter(Q(name_zh__iexact=name) | Q(name_en__iexact=name)).order_by("pk")
    return [row.to_context() for row in rows[:2]]


def list_shops_by_ids(shop_ids: Iterable[int]) -> dict[int, ShopContext]:
    """Shops by id, one statement."""
    return {row.pk: row.to_context() for row in Shop.objects.filter(pk__in=list(shop_ids))}


def list_shops(*, status: ShopStatus | None = None, after_id: int = 0, limit: int = 50) -> list[ShopContext]:
    """Shops for staff, by id."""
    rows = Shop.objects.filter(pk__gt=after_id).order_by("pk")
    if status is not None:
        rows = rows.filter(status=status.value)
    return [row.to_context() for row in rows[:limit]]


def get_shop_file(shop_id: int) -> ShopFile:
    """All that staff see of a shop, two statements. Raises `ShopNotFound`."""
    row = Shop.objects.filter(pk=shop_id).first()
    if row is None:
        raise ShopNotFound(shop_id)
    hosts = Domain.objects.filter(tenant_id=shop_id).order_by("domain").values_list("domain", flat=True)
    return ShopFile(row.to_context(), tuple(hosts), row.status_reason, row.applied_at, row.approved_at)


def count_shops_by_status() -> dict[ShopStatus, int]:
    """How many shops stand in each status."""
    counts = dict.fromkeys(ShopStatus, 0)
    for value in Shop.objects.values_list("status", flat=True):
        counts[ShopStatus(value)] += 1
    return counts


def find_membership(*, user_id: int, shop_id: int) -> MembershipView | None:
    """This person's place in this shop's team."""
    row = Membership.objects.filter(user_id=user_id, shop_id=shop_id).first()
    return MembershipView(row.user_id, row.shop_id, Role(row.role)) if row else None


def list_memberships(user_id: int) -> list[tuple[ShopContext, Role]]:
    """The shops that a person works in, oldest first, one statement."""
    rows = Membership.objects.filter(user_id=user_id).select_related("shop").order_by("since", "id")
    return [(row.shop.to_context(), Role(row.role)) for row in rows]


def list_team(shop_id: int) -> Sequence[MembershipView]:
    """Who works in a shop."""
    rows = Membership.objects.filter(shop_id=shop_id).order_by("since", "id")
    return [MembershipView(row.user_id, row.shop_id, Role(row.role)) for row in rows]


def count_spare_schemas() -> int:
    """How many schemas stand ready."""
    return PooledSchema.objects.filter(claimed_at__isnull=True).count()


def forget_shops() -> None:
    """Drop what this process keeps; for tests, whose epochs repeat."""
    global _kept
    _kept = _Kept()


def _current(epoch: int) -> _Kept:
    global _kept
    kept = _kept
    if kept.epoch == epoch:
        return kept
    with _kept_lock:
        shops = {row.pk: row.to_context() for row in Shop.objects.all()}
        hosts = {
            row.domain: HostContext(HostKind(row.kind), row.domain, shops.get(row.tenant_id or 0))
            for row in Domain.objects.all()
        }
        _kept = _Kept(epoch, hosts, shops)
        return _kept
