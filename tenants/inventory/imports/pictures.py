"""Fetching the pictures a file names, within a budget of time. What cannot be had is a warning."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from market.media.fetch import PICTURES, FetchLimits, FetchRefused, fetch
from market.media.pictures import BadPicture
from market.media.services import store_picture
from tenants.catalog.contracts import PictureDraft
from tenants.catalog.imports import ImportedPicture

MOST_FAILURES_A_HOST = 3
SECONDS_A_PRODUCT = 30.0
_HOST_IS_DOWN = ("host_unknown", "not_reachable", "timed_out", "address_forbidden")


@dataclass(frozen=True, slots=True)
class LostPicture:
    """A picture that could not be had, and why."""

    picture: ImportedPicture
    code: str


@dataclass(slots=True)
class PictureFetcher:
    """Fetches for one run of one job. A host that failed three times is not asked again in this run."""

    shop_id: int
    limits: FetchLimits = PICTURES
    _failures: Counter[str] = field(default_factory=Counter)

    def fetch_all(
        self, pictures: list[ImportedPicture], now: datetime
    ) -> tuple[dict[str, PictureDraft], list[LostPicture]]:
        """Fetch and store; what was had by its address, and what was lost."""
        found: dict[str, PictureDraft] = {}
        lost: list[LostPicture] = []
        until = time.monotonic() + SECONDS_A_PRODUCT
        for picture in pictures:
            try:
                found[picture.url] = self._fetch_one(picture, until, now)
            except (FetchRefused, BadPicture) as error:
                lost.append(LostPicture(picture, error.code))
        return found, lost

    def _fetch_one(self, picture: ImportedPicture, until: float, now: datetime) -> PictureDraft:
        host = urlsplit(picture.url).netloc
        left = until - time.monotonic()
        if left <= 0.5:
            raise FetchRefused("timed_out", picture.url)
        if self._failures[host] >= MOST_FAILURES_A_HOST:
            raise FetchRefused("host_given_up", picture.url)
        try:
            fetched = fetch(picture.url, limits=replace(self.limits, seconds=min(left, self.limits.seconds)))
        except FetchRefused as refusal:
            self._failures[host] += refusal.code in _HOST_IS_DOWN
            raise
        self._failures[host] = 0
        name = urlsplit(picture.url).path.rsplit("/", 1)[-1]
        media_id = store_picture(shop_id=self.shop_id, content=fetched.content, file_name=name, now=now)
        return PictureDraft(media_id, picture.alt, source_url=picture.url)
