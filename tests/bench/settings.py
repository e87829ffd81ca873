"""The product's settings with one address more, so that a bare view is served by the same process and middleware."""

from config.settings import *  # noqa: F403
from config.settings import URLCONFS as _URLCONFS

URLCONFS = {**_URLCONFS, "market": "tests.bench.urls"}
ROOT_URLCONF = "tests.bench.urls"

PROXIES = 1  # a measurement's visitors say which address they come from
