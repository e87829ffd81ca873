"""How far each log has been read."""

from datetime import datetime

from search.results.models import Position


def lock_position(name: str) -> Position:
    """The place to read on from, kept from other readers until the transaction ends (step)."""
    Position.objects.bulk_create([Position(name=name)], ignore_conflicts=True)
    return Position.objects.select_for_update(no_key=True).get(pk=name)


def move_position(position: Position, *, to: int, now: datetime) -> None:
    """Everything up to this number has been dealt with (step)."""
    position.number, position.moved_at = to, now
    position.save(update_fields=["number", "moved_at"])
