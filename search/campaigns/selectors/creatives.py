"""Pictures of merchants' own, with their files."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from market.media.contracts import StoredPicture
from market.media.selectors import list_pictures
from search.campaigns import models
from search.campaigns.contracts import CreativeState, CreativeView
from tenants.catalog.contracts import Picture, Text


def list_creatives(*, shop_id: int) -> list[CreativeView]:
    """A shop's creatives that were not removed, newest first: two statements."""
    rows = models.Creative.objects.filter(shop_id=shop_id, removed_at=None).order_by("-pk")
    return _to_views(rows)


def map_creatives(creative_ids: Collection[int]) -> dict[int, CreativeView]:
    """Creatives of any shop by id, removed ones too: for staff and for what is shown already. A statement, and one
    for each shop.
    """
    rows = models.Creative.objects.filter(pk__in=set(creative_ids))
    return {view.creative_id: view for view in _to_views(rows)}


def list_review_queue(
    *, state: CreativeState = CreativeState.WAITING, after: int = 0, limit: int = 50
) -> list[CreativeView]:
    """Creatives of all shops for staff, oldest first, those after an id."""
    rows = models.Creative.objects.filter(state=state.value, removed_at=None, pk__gt=after)
    return _to_views(rows.order_by("pk")[:limit])


def count_waiting() -> int:
    """How many creatives staff have not looked at: one statement."""
    return models.Creative.objects.filter(state=CreativeState.WAITING.value, removed_at=None).count()


def map_stored_pictures(rows: Iterable[models.Creative]) -> dict[int, StoredPicture]:
    """The pictures of creatives by media id: a statement for each shop."""
    by_shop: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        by_shop[row.shop_id].add(row.media_id)
    found: dict[int, StoredPicture] = {}
    for shop_id, media_ids in by_shop.items():
        found |= list_pictures(media_ids=sorted(media_ids), shop_id=shop_id)
    return found


def to_picture(stored: StoredPicture, title: str) -> Picture:
    """The picture as pages show it, called by its line."""
    return Picture(
        media_id=stored.media_id,
        alt=Text(title, title),
        width=stored.width,
        height=stored.height,
        focal_x=500,
        focal_y=500,
        renditions=stored.renditions,
        url=stored.url,
    )


def _to_views(rows: Iterable[models.Creative]) -> list[CreativeView]:
    kept = list(rows)
    pictures = map_stored_pictures(kept)
    return [_to_view(row, pictures) for row in kept]


def _to_view(row: models.Creative, pictures: Mapping[int, StoredPicture]) -> CreativeView:
    return CreativeView(
        creative_id=row.pk,
        shop_id=row.shop_id,
        title=row.title,
        picture=to_picture(pictures[row.media_id], row.title),
        landing=row.landing,
        state=CreativeState(row.state),
        reason=row.reason,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
