"""The marketplace's own order of goods: categories, their parameters, brands."""

from django.db import models
from django.db.models import Q

from market.taxonomy.contracts import MAX_DEPTH, ParameterKind


class Category(models.Model):
    """A node of the category tree. `path` holds the slugs from the top: "tableware/mugs"."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    slug = models.SlugField(max_length=60)
    path = models.CharField(max_length=250)
    depth = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=0)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    icon = models.CharField(max_length=30, blank=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="taxonomy_category_slug_unique"),
            models.UniqueConstraint(fields=["path"], name="taxonomy_category_path_unique"),
            models.CheckConstraint(
                condition=Q(depth__gte=1, depth__lte=MAX_DEPTH), name="taxonomy_category_depth_limited"
            ),
            models.CheckConstraint(
                condition=Q(depth=1, parent__isnull=True) | Q(depth__gt=1, parent__isnull=False),
                name="taxonomy_category_top_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class CategoryParameter(models.Model):
    """A parameter that goods of a category have (容量, in ml), and whether shoppers may filter by it."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="parameters")
    code = models.SlugField(max_length=40)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, default=ParameterKind.TEXT.value)
    unit = models.CharField(max_length=12, blank=True)
    is_facet = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="taxonomy_parameter_code_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ParameterKind]), name="taxonomy_parameter_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Brand(models.Model):
    """A brand as the market knows it; goods name their brand in words, this list cares for spelling."""

    slug = models.SlugField(max_length=60, allow_unicode=True)
    name_zh = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="taxonomy_brand_slug_unique"),
            models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name="taxonomy_brand_has_name"),
        ]

    def __str__(self) -> str:
        return self.name_zh or self.name_en


class TaxonomyVersion(models.Model):
    """One row that counts changes, so that a process knows when its copy of the tree is old."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="taxonomy_version_single_row")]

    def __str__(self) -> str:
        return str(self.number)
