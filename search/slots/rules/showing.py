"""A creative as a lot keeps it, so that pages need one row to draw it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any  # Any: what stands in a JSON column

from search.campaigns.contracts import CreativeView, LiveCreative
from tenants.catalog.contracts import Picture, Text


def write_shown(creative: CreativeView) -> dict[str, Any]:
    """What pages draw of a creative; it never changes once it was uploaded."""
    return {
        "creative_id": creative.creative_id,
        "title": creative.title,
        "picture": asdict(creative.picture),
        "landing": creative.landing,
    }


def read_shown(kept: Mapping[str, Any]) -> LiveCreative:
    """The creative that a lot keeps."""
    picture = {**kept["picture"], "alt": Text(**kept["picture"]["alt"])}
    return LiveCreative(kept["creative_id"], kept["title"], Picture(**picture), kept["landing"])
