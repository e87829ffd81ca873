"""Who is no shopper: programs that say so. What hides as a browser is kept small by counting different visitors."""

import re
from functools import lru_cache

_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scrap|preview|monitor|fetch|archive|headless|lighthouse|pingdom"
    r"|curl/|wget/|python|java/|go-http|libwww|httpclient|okhttp|axios|node|ruby|perl|php",
    re.IGNORECASE,
)


def is_robot(agent: str) -> bool:
    """Whether a user agent calls itself a program, or says nothing at all."""
    return not agent or _names_a_program(agent[:400])


@lru_cache(maxsize=2_048)  # browsers of one version call themselves the same
def _names_a_program(agent: str) -> bool:
    return _ROBOT.search(agent) is not None
