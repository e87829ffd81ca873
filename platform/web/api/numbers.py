"""Parts of addresses: numbers and words no longer than what we store. Importing this makes them known."""

from django.urls import register_converter
from django.urls.converters import IntConverter, SlugConverter


class BoundedNumber(IntConverter):
    """An id: at most 15 digits, so that no table has to refuse it."""

    regex = "[0-9]{1,15}"


class ShortSlug(SlugConverter):
    """A number of an order, a shop's address: at most 60 letters, digits, hyphens and underscores."""

    regex = "[-a-zA-Z0-9_]{1,60}"


register_converter(BoundedNumber, "number")
register_converter(ShortSlug, "short")
