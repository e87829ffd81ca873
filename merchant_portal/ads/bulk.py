"""One change for many words, read out of the bar under the table."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext

from market.money import BadAmount, parse_minor
from merchant_portal.frame import read_number
from search.campaigns.contracts import KeywordView, MatchType, PartState, WordEdit

_WHOLE_BPS = 10_000
_MOST_FALL_BPS, _MOST_RISE_BPS = 9_900, 90_000


class BadChange(ValueError):
    """The change cannot be made as it was typed; its text says what to type."""


def read_edits(data: QueryDict, words: Sequence[KeywordView], group_bid_minor: int) -> list[WordEdit]:
    """What the pressed button and the field beside it make of the ticked words. Raises `BadChange`."""
    ticked = {read_number(text) for text in data.getlist("tick")}
    chosen = [word for word in words if word.keyword_id in ticked]
    if not chosen:
        raise BadChange(gettext("Tick the words you want to change first."))
    if (state := data.get("set_state", "")) in set(PartState):
        return [WordEdit(word.keyword_id, state=PartState(state)) for word in chosen]
    if "set_match" in data and (match := data.get("match", "")) in set(MatchType):
        return [WordEdit(word.keyword_id, match=MatchType(match)) for word in chosen]
    if "no_bid" in data:
        return [WordEdit(word.keyword_id, own_bid=False) for word in chosen]
    if "set_bid" in data:
        return _read_bids(data.get("bid", "").strip(), chosen, group_bid_minor)
    raise BadChange(gettext("Choose what to do with the ticked words."))


def _read_bids(text: str, chosen: Sequence[KeywordView], group_bid_minor: int) -> list[WordEdit]:
    is_percent = text.endswith(("%", "％"))
    plain = text.rstrip("%％").strip().lstrip("+-¥")
    try:
        # Two decimals of a percentage are basis points, as two decimals of a price are minor units.
        number = parse_minor(plain)
    except BadAmount as error:
        raise BadChange(_bid_sentence()) from error
    if not is_percent:
        if text.startswith("-"):
            raise BadChange(_bid_sentence())
        return [WordEdit(word.keyword_id, own_bid=True, bid_minor=number) for word in chosen]
    change_bps = -number if text.startswith("-") else number
    if not -_MOST_FALL_BPS <= change_bps <= _MOST_RISE_BPS:
        raise BadChange(_bid_sentence())
    return [
        WordEdit(word.keyword_id, own_bid=True, bid_minor=_move(word.bid_minor or group_bid_minor, change_bps))
        for word in chosen
    ]


def _move(bid_minor: int, change_bps: int) -> int:
    return round(bid_minor * (_WHOLE_BPS + change_bps) / _WHOLE_BPS)


def _bid_sentence() -> str:
    return gettext("Enter a bid such as 0.60, or a change such as -10%.")
