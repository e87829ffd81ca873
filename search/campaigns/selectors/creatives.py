"""Pictures of merchants' own, with their files."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Count

from market.media.contracts import StoredPicture
from market.media.selectors import list_pictures_of_shops
from search.campaigns import models
from search.campaigns.contracts import CreativeState, CreativeView
from tenants.catalog.contracts import Picture, Text


def list_creatives(*, shop_id: int) -> list[CreativeView]:
    """A shop's creatives that were not removed, newest first: two statements."""
    rows = models.Creative.objects.filter(shop_id=shop_id, removed_at=None).order_by("-pk")
    return _to_views(rows)


def map_creatives(creative_ids: Collection[int]) -> dict[int, CreativeView]:
    """Creatives of any shop by id, removed ones too: for staff and for what is shown already. Two statements."""
    rows = models.Creative.objects.filter(pk__in=set(creative_ids))
    return {view.creative_id: view for view in _to_views(rows)}


def list_for_review(
    state: CreativeState, *, shop_id: int | None = None, position: int | None = None, limit: int = 50
) -> list[CreativeView]:
    """Creatives for staff, of one shop or of all: those that wait the oldest first, decided ones the newest first.

    Goes on after the id `position`. Two statements.
    """
    rows = models.Creative.objects.filter(state=state.value, removed_at=None)
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    is_queue = state is CreativeState.WAITING
    if position is not None:
        rows = rows.filter(pk__gt=position) if is_queue else rows.filter(pk__lt=position)
    return _to_views(rows.order_by("pk" if is_queue else "-pk")[:limit])


def count_creatives() -> dict[CreativeState, int]:
    """How many creatives there are in each state, without removed ones: one statement."""
    rows = models.Creative.objects.filter(removed_at=None).values_list("state").annotate(rows=Count("pk")).order_by()
    counted = dict(rows)
    return {state: counted.get(state.value, 0) for state in CreativeState}


def count_waiting() -> int:
    """How many creatives staff have not looked at: one statement."""
    return models.Creative.objects.filter(state=CreativeState.WAITING.value, removed_at=None).count()


def map_stored_pictures(rows: Iterable[models.Creative]) -> dict[int, StoredPicture]:
    """The pictures of creatives by media id: one statement."""
    return list_pictures_of_shops(owners={row.media_id: row.shop_id for row in rows})


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
