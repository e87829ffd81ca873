"""Tags of the account pages."""

from django import template

from market.accounts.rules import show_phone

register = template.Library()

register.filter("shown_phone", show_phone)
