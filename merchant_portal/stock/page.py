"""The stock table and its log as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from tenants.catalog.contracts import Text
from tenants.catalog.selectors import list_variant_labels
from tenants.inventory.contracts import MovementReason, MovementView, StockRow, WarehouseView

NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class StockLine:
    """A level with the names of what lies there, and what was typed into its field."""

    row: StockRow
    title: Text
    choices: Text
    sku: str
    warehouse: str
    typed: str = ""
    wrong: str = ""

    @property
    def field(self) -> str:
        return f"count-{self.row.level_id}"


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of the log with names."""

    movement: MovementView
    title: Text
    choices: Text
    sku: str
    warehouse: str
    reason: str
    who: str

    @property
    def change(self) -> str:
        difference = self.movement.after - self.movement.before
        return f"{difference:+d}".replace("-", "−")


def name_reason(reason: MovementReason) -> str:
    """Why stock changed."""
    return {
        MovementReason.RECEIVED: gettext("Goods in"),
        MovementReason.COUNTED: gettext("Counted"),
        MovementReason.SOLD: gettext("Sold"),
        MovementReason.RETURNED: gettext("Returned"),
        MovementReason.IMPORTED: gettext("Imported"),
    }[reason]


def name_lines(rows: Sequence[StockRow], warehouses: Sequence[WarehouseView]) -> list[StockLine]:
    """Levels with their names: one statement, inside the shop."""
    labels = list_variant_labels([row.variant_id for row in rows])
    places = {place.warehouse_id: place.name for place in warehouses}
    return [
        StockLine(row, *labels.get(row.variant_id, (NO_TEXT, NO_TEXT, "")), places.get(row.warehouse_id, ""))
        for row in rows
    ]


def name_log(
    movements: Sequence[MovementView], warehouses: Sequence[WarehouseView], people: dict[int, str]
) -> list[LogRow]:
    """The log with its names: one statement, inside the shop."""
    labels = list_variant_labels([movement.variant_id for movement in movements])
    places = {place.warehouse_id: place.name for place in warehouses}
    return [
        LogRow(
            movement,
            *labels.get(movement.variant_id, (NO_TEXT, NO_TEXT, "")),
            places.get(movement.warehouse_id, ""),
            name_reason(movement.reason),
            people.get(movement.actor_id or 0, ""),
        )
        for movement in movements
    ]
