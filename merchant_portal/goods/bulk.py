"""One change for many goods, read out of the bar under the table."""

from django.http import QueryDict
from django.utils.translation import gettext

from market.money import BadAmount, parse_minor
from tenants.catalog.contracts import BulkChange, BulkKind, ProductStatus
from tenants.catalog.rules import LIMITS

_MOST_FALL_BPS, _MOST_RISE_BPS = 9_900, 90_000


class BadChange(ValueError):
    """The change cannot be made as it was typed; its text says what to type."""


def read_change(data: QueryDict) -> BulkChange:
    """What the pressed button and the field beside it say. Raises `BadChange`."""
    if status := data.get("set_status", ""):
        if status not in set(ProductStatus):
            raise BadChange(gettext("Choose what to do with the ticked goods."))
        return BulkChange(BulkKind.SET_STATUS, status=ProductStatus(status))
    if "set_price" in data:
        return _read_price(data.get("price", "").strip())
    for name, kind in (("add_tag", BulkKind.ADD_TAG), ("remove_tag", BulkKind.REMOVE_TAG)):
        if name in data:
            return BulkChange(kind, tag=_read_tag(data.get("tag_name", "")))
    raise BadChange(gettext("Choose what to do with the ticked goods."))


def _read_price(text: str) -> BulkChange:
    if text.endswith(("%", "％")):
        try:
            # Two decimals of a percentage are basis points, as two decimals of a price are minor units.
            size_bps = parse_minor(text[:-1].strip().lstrip("+-"))
        except BadAmount as error:
            raise BadChange(_price_sentence()) from error
        change_bps = -size_bps if text.startswith("-") else size_bps
        if not -_MOST_FALL_BPS <= change_bps <= _MOST_RISE_BPS or change_bps == 0:
            raise BadChange(_price_sentence())
        return BulkChange(BulkKind.CHANGE_PRICE_BPS, amount=change_bps)
    try:
        amount = parse_minor(text)
    except BadAmount as error:
        raise BadChange(_price_sentence()) from error
    if not 1 <= amount <= LIMITS.price_minor:
        raise BadChange(_price_sentence())
    return BulkChange(BulkKind.SET_PRICE, amount=amount)


def _read_tag(text: str) -> str:
    tag = " ".join(text.split())
    if not 1 <= len(tag) <= LIMITS.tag:
        raise BadChange(gettext("Enter a tag of at most 40 characters."))
    return tag


def _price_sentence() -> str:
    return gettext("Enter a price such as 49.90, or a change such as -10%.")
