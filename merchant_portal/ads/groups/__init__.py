"""Views of a group: its bid, its words in a table that is edited in bulk, its ads."""

from merchant_portal.ads.groups.ads import advertise, change_ad
from merchant_portal.ads.groups.changing import add, change, restore
from merchant_portal.ads.groups.deeds import find_group
from merchant_portal.ads.groups.page import show_group
from merchant_portal.ads.groups.words import buy_words, change_words, undo_words

__all__ = [
    "add",
    "advertise",
    "buy_words",
    "change",
    "change_ad",
    "change_words",
    "find_group",
    "restore",
    "show_group",
    "undo_words",
]
