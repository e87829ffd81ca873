"""Reasons of imports in words: from a code and its numbers to a sentence."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from market.jobs.contracts import JobState
from tenants.catalog.imports import ImportFormat

# Each sentence may use the numbers that come with its code.
SENTENCES = {
    "required": _("The cell is empty, and nothing can be taken without it."),
    "too_long": _("The text is too long: %(length)s characters of at most %(limit)s."),
    "amount_empty": _("The cell is empty, and nothing can be taken without it."),
    "amount_not_a_number": _("“%(value)s” is not a sum. Write 49.90."),
    "amount_negative": _("“%(value)s” is below zero."),
    "amount_too_many_decimals": _("“%(value)s” has more decimals than there are fen."),
    "amount_too_large": _("“%(value)s” is more than any price."),
    "number_malformed": _("“%(value)s” is not a number."),
    "number_negative": _("“%(value)s” is below zero; it was taken as 0."),
    "number_too_large": _("“%(value)s” is more than %(limit)s."),
    "status_unknown": _("“%(value)s” is no state. Write active, draft or archived."),
    "address_malformed": _("“%(value)s” is not a web address, so the picture was left out."),
    "address_forbidden": _("The picture's address leads into a private network, so it was not fetched."),
    "parameter_malformed": _("“%(value)s” is no parameter. Write name=value."),
    "picture_unknown": _("The product has no picture “%(value)s”."),
    "no_variant": _("The product has no row with a price."),
    "row_repeats_variant": _("The same variant stands in row %(row)s already."),
    "compare_at_dropped": _("The struck price is not above the price, so it was left out."),
    "gift_card_unsupported": _("Gift cards cannot be sold here."),
    "category_unknown": _("“%(value)s” is no category here, so the product has none yet."),
    "picture_too_large": _("The picture is too large."),
    "picture_too_many_pixels": _("The picture has too many pixels."),
    "picture_unreadable": _("What was fetched is not a picture."),
    "too_many_redirects": _("The picture's address leads on and on."),
    "not_reachable": _("The picture's server does not answer."),
    "host_unknown": _("There is no server of the picture's name."),
    "host_given_up": _("The picture's server failed several times, so it was asked no more."),
    "timed_out": _("The picture's server was too slow."),
    "answered": _("The picture's server answered %(status)s."),
    "too_large": _("The picture is too large."),
    "file_too_large": _("The file is larger than %(limit)s MB. Split it."),
    "file_empty": _("The file is empty."),
    "file_too_many_columns": _("The file has more than %(limit)s columns."),
    "file_too_many_rows": _("The file has more than %(limit)s rows. Split it."),
    "file_too_many_products": _("The file has more than %(limit)s products. Split it."),
    "file_encoding_unknown": _("The file is in no encoding we read. Save it as UTF-8 or GB18030."),
    "file_format_unknown": _("The file is no list we know. Take our template, or Shopify's product export."),
    "file_broken": _("Row %(row)s cannot be read: a quotation mark is missing."),
    "file_gone": _("The file is no longer there. Upload it again."),
    "taken": _("“%(value)s” belongs to another product already."),
    "duplicate": _("“%(value)s” stands there twice."),
    "too_many": _("There are %(count)s, and at most %(limit)s are taken."),
    "out_of_range": _("The number is out of range."),
    "price_missing": _("A product on sale needs a price."),
    "compare_not_above_price": _("The struck price must be above the price."),
    "price_missing_kept_as_draft": _("The price is 0, so the product was kept as a draft."),
    "stock_elsewhere": _("%(elsewhere)s more lie in other warehouses; this file counts the first one only."),
    "stock_below_held": _(
        "%(counted)s is less than the %(held)s that buyers have taken, so the stock stayed as it was."
    ),
}
_OTHER = _("It cannot be taken as it is (%(code)s).")
_FORMATS = {
    ImportFormat.OURS: _("Our own table"),
    ImportFormat.SHOPIFY: _("Shopify's product export"),
    ImportFormat.GOODS_LIST: _("A goods list"),
}
_STATES = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Under way"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
    JobState.STOPPED: _("Stopped"),
}
_TONES = {JobState.DONE: "good", JobState.FAILED: "bad", JobState.RUNNING: "choice"}


class _Numbers(dict[str, object]):
    """Numbers of a sentence; one that did not come along is shown as a dash rather than raised."""

    def __missing__(self, key: str) -> str:
        return "—"


def say(code: str, params: Mapping[str, object]) -> str:
    """The reason in words."""
    return str(SENTENCES.get(code, _OTHER)) % _Numbers(params, code=code)


def name_format(shape: ImportFormat) -> str:
    """What kind of file it is."""
    return str(_FORMATS[shape])


def name_state(state: JobState) -> str:
    """A job's state."""
    return str(_STATES[state])


def tone_of(state: JobState) -> str:
    """The badge's tone."""
    return _TONES.get(state, "")
