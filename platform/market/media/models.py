"""What has been uploaded, by shop and content. The bytes lie on disk under names made from the content."""

from django.db import models
from django.db.models import Q

from market.media.contracts import MediaKind


class MediaFile(models.Model):
    """One file of a shop's (`shop_id` 0: the market's own). The same content twice is one row."""

    shop_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    private = models.BooleanField(default=False)
    content_type = models.CharField(max_length=80)
    file_name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    renditions = models.JSONField(default=dict)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop_id", "sha256", "private"], name="media_file_content_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MediaKind]), name="media_file_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=MediaKind.DOCUMENT.value) | Q(width__gt=0, height__gt=0),
                name="media_file_picture_has_size",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MediaKind.DOCUMENT.value) | Q(private=True), name="media_file_document_private"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.sha256[:12]
