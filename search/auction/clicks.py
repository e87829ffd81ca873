"""Invalid clicks as they come in: each rule a function of the click's facts alone, with a reason."""

from collections.abc import Callable, Sequence

from search.auction.contracts import ClickFacts, InvalidReason, TokenState
from search.auction.contracts.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US

FASTEST_US = 300_000
DOUBLE_US = 2 * SECOND_US
BILLED_A_DAY = 1
LADDER = ((MINUTE_US, 1), (10 * MINUTE_US, 3), (HOUR_US, 10), (DAY_US, 25))
"""How many clicks of a network pass in how long."""


def find_invalid(click: ClickFacts) -> InvalidReason | None:
    """The first reason not to bill a click, None to bill it."""
    return next((reason for reason, applies in RULES if applies(click)), None)


def list_invalid(click: ClickFacts) -> list[InvalidReason]:
    """Every reason: what each filter adds."""
    return [reason for reason, applies in RULES if applies(click)]


def is_over_ladder(earlier_us: Sequence[int], now_us: int) -> bool:
    """Whether one more click would be more than a step of the ladder lets pass. Windows are open at their old end."""
    return any(sum(now_us - length < at <= now_us for at in earlier_us) >= most for length, most in LADDER)


def _is_double(click: ClickFacts) -> bool:
    return click.last_click_us is not None and click.clicked_us - click.last_click_us < DOUBLE_US


def _is_too_fast(click: ClickFacts) -> bool:
    return click.rendered_us is not None and click.clicked_us - click.rendered_us < FASTEST_US


RULES: Sequence[tuple[InvalidReason, Callable[[ClickFacts], bool]]] = (
    (InvalidReason.TOKEN_BAD, lambda click: click.token is TokenState.BAD),
    (InvalidReason.TOKEN_EXPIRED, lambda click: click.token is TokenState.EXPIRED),
    (InvalidReason.TOKEN_USED, lambda click: click.token is TokenState.USED),
    (InvalidReason.NOT_RENDERED, lambda click: click.rendered_us is None),
    (InvalidReason.TOO_FAST, _is_too_fast),
    (InvalidReason.ROBOT, lambda click: click.robot),
    (InvalidReason.DATA_CENTRE, lambda click: click.data_centre),
    (InvalidReason.PREFETCH, lambda click: click.prefetch),
    (InvalidReason.STAFF, lambda click: click.staff),
    (InvalidReason.OWN_SHOP, lambda click: click.own_shop),
    (InvalidReason.SAME_MERCHANT, lambda click: click.same_merchant),
    (InvalidReason.DOUBLE_CLICK, _is_double),
    (InvalidReason.BILLED_TODAY, lambda click: click.billed_today >= BILLED_A_DAY),
    (InvalidReason.NETWORK_RATE, lambda click: is_over_ladder(click.network_clicks_us, click.clicked_us)),
)
