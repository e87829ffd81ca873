"""One change for many words, read out of the bar under the table."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext

from market.money import format_minor
from merchant_portal.ads.refused import MOST_SENTENCES
from merchant_portal.ads.sentences import describe
from merchant_portal.frame import read_number
from search.campaigns.contracts import BadInput, GroupView, KeywordView, MatchType, PartState, WordEdit
from search.campaigns.rules.checking import check_bid, check_fits, read_amount

_WHOLE_BPS = 10_000
_MOST_FALL_BPS, _MOST_RISE_BPS = 9_900, 90_000


class BadChange(ValueError):
    """The change cannot be made as it was typed; `sentences` say what to type, `field` is the id of where."""

    def __init__(self, field: str, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.field, self.sentences = field, sentences


def read_edits(data: QueryDict, words: Sequence[KeywordView], group: GroupView, daily_minor: int) -> list[WordEdit]:
    """What the pressed button and the field beside it make of the ticked words. Raises `BadChange`."""
    ticked = {read_number(text) for text in data.getlist("tick")}
    chosen = [word for word in words if word.keyword_id in ticked]
    if not chosen:
        raise BadChange("words", gettext("Tick the words you want to change first."))
    if (state := data.get("set_state", "")) in set(PartState):
        return [WordEdit(word.keyword_id, state=PartState(state)) for word in chosen]
    if "set_match" in data and (match := data.get("match", "")) in set(MatchType):
        return [WordEdit(word.keyword_id, match=MatchType(match)) for word in chosen]
    if "no_bid" in data:
        return [WordEdit(word.keyword_id, own_bid=False) for word in chosen]
    if "set_bid" in data:
        return _read_bids(data.get("bid", "").strip(), chosen, group, daily_minor)
    raise BadChange("words", gettext("Choose what to do with the ticked words."))


def _read_bids(text: str, chosen: Sequence[KeywordView], group: GroupView, daily_minor: int) -> list[WordEdit]:
    is_percent = text.endswith(("%", "％"))
    plain = text.rstrip("%％").strip().lstrip("+-¥")
    try:
        # Two decimals of a percentage are basis points, as two decimals of a price are minor units.
        number = read_amount(plain, "bid")
    except BadInput as error:
        raise _no_bid() from error
    if not is_percent:
        if text.startswith("-"):
            raise _no_bid()
        return [WordEdit(word.keyword_id, own_bid=True, bid_minor=number) for word in chosen]
    change_bps = -number if text.startswith("-") else number
    if not -_MOST_FALL_BPS <= change_bps <= _MOST_RISE_BPS:
        raise _no_bid()
    bids = [(word, _move(word.bid_minor or group.bid_minor, change_bps)) for word in chosen]
    if sentences := _list_wrong_bids(bids, group, daily_minor):
        raise BadChange("new_bid", *sentences)
    return [WordEdit(word.keyword_id, own_bid=True, bid_minor=bid_minor) for word, bid_minor in bids]


def _list_wrong_bids(bids: Sequence[tuple[KeywordView, int]], group: GroupView, daily_minor: int) -> list[str]:
    """Where a change by a part leads too far: the words are named, since the same change is right for others."""
    sentences = []
    for word, bid_minor in bids:
        try:
            check_bid(bid_minor, group.charge)
            check_fits(bid_minor, group.charge, daily_minor)
        except BadInput as error:
            said = {"text": word.text, "bid": format_minor(bid_minor), "sentence": describe(error)}
            sentences.append(gettext("“%(text)s” would bid %(bid)s. %(sentence)s") % said)
    return sentences[:MOST_SENTENCES]


def _move(bid_minor: int, change_bps: int) -> int:
    return round(bid_minor * (_WHOLE_BPS + change_bps) / _WHOLE_BPS)


def _no_bid() -> BadChange:
    return BadChange("new_bid", gettext("Enter a bid such as 0.60, or a change such as -10%."))
