"""What a page is looked at with: said by the browser, nothing that tells one person from another."""

from django.http import HttpRequest

from search.auction.audiences import COMPUTER, MOBILE
from search.signals.contracts import Device

_SMALL = ("Mobi", "Android", "iPhone", "iPad", "HarmonyOS")


def find_device(request: HttpRequest) -> Device:
    """A telephone or tablet, or a computer: by the client hint where there is one, else by the agent's name."""
    hint = request.headers.get("Sec-CH-UA-Mobile", "")
    if hint in ("?0", "?1"):
        return Device.MOBILE if hint == "?1" else Device.COMPUTER
    agent = request.headers.get("User-Agent", "")
    return Device.MOBILE if any(word in agent for word in _SMALL) else Device.COMPUTER


def find_device_bit(request: HttpRequest) -> int:
    """The same as an audience."""
    return MOBILE if find_device(request) is Device.MOBILE else COMPUTER
