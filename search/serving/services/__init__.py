"""What serving does: a page's ads, and the memory that they are chosen from."""

from search.serving.services.choosing import choose_ads, count_seen, forget_pause
from search.serving.services.holding_out import note_lift_sale, purge_exposures, take_lift_sale_back
from search.serving.services.pacing import open_throttles
from search.serving.services.qualities import count_qualities
from search.serving.services.reserves import move_reserves
from search.serving.services.seen import count_views, name_viewer
from search.serving.services.server import AdServer, forget_server, get_server

__all__ = [
    "AdServer",
    "choose_ads",
    "count_qualities",
    "count_seen",
    "count_views",
    "forget_pause",
    "forget_server",
    "get_server",
    "move_reserves",
    "name_viewer",
    "note_lift_sale",
    "open_throttles",
    "purge_exposures",
    "take_lift_sale_back",
]
