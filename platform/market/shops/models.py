"""Shops, their hosts and teams, the pool of ready schemas, and the journal of fleet migrations. Public schema."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from market.shops.contracts import HostKind, Role, ShopContext, ShopName, ShopStatus


class Shop(TenantMixin):
    """One tenant. Its schema's name is opaque and comes from the pool."""

    auto_create_schema = False
    auto_drop_schema = False

    slug = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)
    intro_zh = models.CharField(max_length=200, blank=True)
    intro_en = models.CharField(max_length=200, blank=True)
    mark = models.CharField(max_length=2)
    status = models.CharField(max_length=12, default=ShopStatus.APPLIED.value)
    status_reason = models.CharField(max_length=300, blank=True)
    cell = models.CharField(max_length=20, default="main")
    owner_id = models.BigIntegerField(db_index=True)
    applied_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shop_status_is_known", condition=models.Q(status__in=[status.value for status in ShopStatus])
            ),
            models.CheckConstraint(name="shop_has_a_name", condition=~models.Q(name_zh="", name_en="")),
        ]

    def to_context(self) -> ShopContext:
        """The frozen form that is passed on."""
        return ShopContext(
            shop_id=self.pk,
            schema=self.schema_name,
            slug=self.slug,
            name=ShopName(self.name_zh, self.name_en),
            intro=ShopName(self.intro_zh, self.intro_en),
            mark=self.mark,
            stall=self.pk % 12 + 1,
            status=ShopStatus(self.status),
            cell=self.cell,
            owner_id=self.owner_id,
        )


class Domain(DomainMixin):
    """A host that we answer. `tenant` is set exactly for a shop's host."""

    tenant = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.CASCADE, related_name="domains")
    kind = models.CharField(max_length=8, default=HostKind.SHOP.value)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="domain_kind_is_known", condition=models.Q(kind__in=[kind.value for kind in HostKind])
            ),
            models.CheckConstraint(
                name="domain_names_a_shop_if_it_is_a_shops",
                condition=models.Q(kind="shop", tenant__isnull=False)
                | (~models.Q(kind="shop") & models.Q(tenant__isnull=True)),
            ),
        ]


class Membership(models.Model):
    """A person's role in a shop's team."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="memberships")
    user_id = models.BigIntegerField(db_index=True)
    role = models.CharField(max_length=12)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="membership_once_a_shop", fields=["shop", "user_id"]),
            models.CheckConstraint(
                name="membership_role_is_known", condition=models.Q(role__in=[role.value for role in Role])
            ),
        ]


class PooledSchema(models.Model):
    """A schema with all tables, made ahead of need; claimed by one row update."""

    schema_name = models.CharField(max_length=63, unique=True)
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="pooled_schema_spare", fields=["id"], condition=models.Q(claimed_at__isnull=True))]


class TenantMigration(models.Model):
    """A tenant migration rendered to SQL once, in the order in which it is applied."""

    position = models.PositiveIntegerField(unique=True)
    app = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    sql = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="tenant_migration_rendered_once", fields=["app", "name"])]


class AppliedMigration(models.Model):
    """The journal: up to which position a schema has been brought, and what went wrong last."""

    schema_name = models.CharField(max_length=63, unique=True)
    position = models.PositiveIntegerField()
    applied_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(name="applied_migration_position", fields=["position"])]


class Epoch(models.Model):
    """A counter that tells every process that what it keeps in memory is old."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField(default=0)


class ApiToken(models.Model):
    """A key to the API: a person's own, or a shop's. Only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    user_id = models.BigIntegerField(db_index=True)
    shop = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="tokens")
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
