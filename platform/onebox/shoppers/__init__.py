"""Shoppers who are none: live traffic over HTTP, as browsers would make it."""
