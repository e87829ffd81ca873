"""Who is no shopper: programs that say so. What hides as a browser is kept small by counting different visitors."""

import re

_ROBOT = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scrap|preview|monitor|fetch|archive|headless|lighthouse|pingdom"
    r"|curl/|wget/|python|java/|go-http|libwww|httpclient|okhttp|axios|node|ruby|perl|php",
    re.IGNORECASE,
)


def is_robot(agent: str) -> bool:
    """Whether a user agent calls itself a program, or says nothing at all."""
    return not agent or _ROBOT.search(agent[:400]) is not None
