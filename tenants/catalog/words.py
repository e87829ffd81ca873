"""The sentences for what is wrong with a draft, a file or a picture: what to do, not whose fault it is."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from market.money import format_minor

_SENTENCES: dict[str, str] = {
    # drafts
    "required": gettext_noop("Fill this in."),
    "too_long": gettext_noop("%(length)s characters are too many: shorten it to %(limit)s."),
    "too_many": gettext_noop("At most %(limit)s fit here, there are %(count)s."),
    "out_of_range": gettext_noop("Enter a value from %(low)s to %(high)s."),
    "duplicate": gettext_noop("“%(value)s” is there twice: keep one."),
    "taken": gettext_noop("Another product of your shop has it already: choose another."),
    "wrong_length": gettext_noop("Choose one value for each option."),
    "unknown_choice": gettext_noop("This value is not among the option's values any more."),
    "unknown_picture": gettext_noop("This picture is not there any more: choose another."),
    "unknown_variant": gettext_noop("This variant was removed in the meantime: load the page again."),
    "unknown_category": gettext_noop("This category is gone: choose another."),
    "price_missing": gettext_noop("Enter a price above 0 before you sell it."),
    "compare_not_above_price": gettext_noop(
        "The struck price has to be above the price; leave it empty if there is none."
    ),
    # rows of a file
    "no_variant": gettext_noop("No row of this product has a price."),
    "row_repeats_variant": gettext_noop("Row %(row)s has the same variant: give each row other option values."),
    "compare_at_dropped": gettext_noop("The struck price is below the price and was left out."),
    "amount_empty": gettext_noop("Enter an amount."),
    "amount_not_a_number": gettext_noop("“%(value)s” is not an amount: write 12.50."),
    "amount_negative": gettext_noop("An amount cannot be below 0."),
    "amount_too_many_decimals": gettext_noop("Write “%(value)s” with at most two decimals."),
    "amount_too_large": gettext_noop("“%(value)s” is more than fits."),
    "number_malformed": gettext_noop("“%(value)s” is not a whole number."),
    "number_negative": gettext_noop("“%(value)s” is below 0 and was taken as 0."),
    "number_too_large": gettext_noop("“%(value)s” is above %(limit)s."),
    "status_unknown": gettext_noop("“%(value)s” is no status: write active, draft or archived."),
    "parameter_malformed": gettext_noop("“%(value)s” is no parameter: write name=value."),
    "picture_unknown": gettext_noop("The product has no picture number %(value)s."),
    "pictures_left_out": gettext_noop("A product has at most %(limit)s pictures; of %(count)s the first were taken."),
    "gift_card_unsupported": gettext_noop("Gift cards cannot be imported."),
    "category_unknown": gettext_noop("We know no category “%(value)s”; the product was kept without one."),
    "price_missing_kept_as_draft": gettext_noop("Without a price the product was kept as a draft."),
    "picture_lost": gettext_noop("The picture could not be fetched (%(reason)s); the product was kept. %(url)s"),
    "stock_below_held": gettext_noop(
        "Buyers hold %(held)s pieces, the file says %(counted)s: the stock was left as it is."
    ),
    "stock_elsewhere": gettext_noop("Other warehouses hold %(elsewhere)s pieces, more than the file says."),
    # whole files
    "file_empty": gettext_noop("The file is empty: choose another."),
    "file_too_large": gettext_noop("The file is larger than %(limit)s MB: split it."),
    "file_too_many_rows": gettext_noop("The file has more than %(limit)s rows: split it."),
    "file_too_many_columns": gettext_noop("The file has more than %(limit)s columns."),
    "file_too_many_products": gettext_noop("The file has more than %(limit)s products: split it."),
    "file_encoding_unknown": gettext_noop("The file's characters cannot be read: save it as CSV in UTF-8."),
    "file_format_unknown": gettext_noop("The headings are neither Shopify's nor ours: start from the template."),
    "file_broken": gettext_noop("Row %(row)s cannot be read: a quotation mark may be missing."),
    "file_gone": gettext_noop("The uploaded file is gone: upload it again."),
    "crashed": gettext_noop("The import stopped and did not recover: upload the file again."),
    # pictures and addresses
    "picture_too_large": gettext_noop("The file is too large for a picture."),
    "picture_too_many_pixels": gettext_noop("The picture has too many pixels: make it smaller."),
    "picture_unreadable": gettext_noop("This is no picture we can read: use JPEG, PNG, WebP, AVIF or GIF."),
    "address_malformed": gettext_noop("This is no web address: it begins with https://."),
    "address_forbidden": gettext_noop("This address may not be fetched."),
    "host_unknown": gettext_noop("there is no such host"),
    "not_reachable": gettext_noop("the host does not answer"),
    "host_given_up": gettext_noop("the host does not answer"),
    "timed_out": gettext_noop("it took too long"),
    "too_large": gettext_noop("it is too large"),
    "too_many_redirects": gettext_noop("the address leads in circles"),
    "answered": gettext_noop("the host refused"),
}
_MONEY_FIELDS = ("price_minor", "compare_at_minor", "cost_minor")


def describe(code: str, params: Mapping[str, str | int], *, field: str = "") -> str:
    """The sentence for a code, in the language of the page. `field` tells amounts of money from numbers."""
    sentence = _SENTENCES.get(code)
    if sentence is None:
        return code.replace("_", " ")
    values: dict[str, str | int] = dict(params)
    if field.endswith(_MONEY_FIELDS):
        values = {name: format_minor(value) if isinstance(value, int) else value for name, value in values.items()}
    if "reason" in values:
        values["reason"] = describe(str(values["reason"]), {})
    try:
        return gettext(sentence) % values
    except KeyError:
        # A stored issue of an older version may lack a number; the sentence is still the best there is.
        return gettext(sentence).replace("%(", "(").replace(")s", ")")
