"""The table of lists."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from search.collections.contracts import LONGEST_TITLE

LONGEST_SLUG = 60


class CollectionRow(models.Model):
    """A list of the platform or, with `shop_id`, of a shop. A removed one can be put back; its slug stays taken."""

    shop_id = models.BigIntegerField(null=True)
    slug = models.CharField(max_length=LONGEST_SLUG)
    title_zh = models.CharField(max_length=LONGEST_TITLE, blank=True)
    title_en = models.CharField(max_length=LONGEST_TITLE, blank=True)
    rule = models.JSONField()
    left_out = ArrayField(models.BigIntegerField(), default=list)
    is_shown = models.BooleanField(default=True)
    on_front = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=10)
    removed_at = models.DateTimeField(null=True)
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="list_slug_once_an_owner", fields=["shop_id", "slug"], nulls_distinct=False),
            models.CheckConstraint(name="list_has_a_title", condition=~models.Q(title_zh="", title_en="")),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id or ''}/{self.slug}"
