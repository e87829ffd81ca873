"""What a picture and its words may be before staff look at them: size, weight, words, landing."""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from search.campaigns.contracts import BadInput
from search.campaigns.contracts import limits as most
from search.campaigns.rules.checking import clean_line
from search.campaigns.rules.claims import find_claim

_OUTSIDE = re.compile(r"https?:|www\.|://|@", re.I)
_ITEM = re.compile(r"/item/(\d{1,18})/")
_SHOP = re.compile(r"/shop/([a-z0-9-]{1,40})/(?:lists/[a-z0-9-]{1,60}/)?")


def check_title(title: str, *, names: Iterable[str] = ()) -> str:
    """The line under the picture; `names` are the shop's own, which may be said as they are.

    Raises `BadInput`: `forbidden` names what may not be claimed, `address` is one outside the marketplace.
    """
    line = clean_line(title, "title", most.LONGEST_TITLE)
    if word := find_claim(line, names=names):
        raise BadInput("title", "forbidden", word=word)
    if _OUTSIDE.search(line):
        raise BadInput("title", "address")
    return line


def read_landing(landing: str, hosts: Collection[str]) -> tuple[str, int, str]:
    """A page of a shop in the marketplace: its path, and the product's public id (else 0) or the shop's address.

    It may be typed as a path, or copied as a whole address on one of the hosts, of which only the path is kept.
    Raises `BadInput`.
    """
    path = _cut_host(clean_line(landing, "landing", most.LONGEST_ADDRESS), hosts)
    if item := _ITEM.fullmatch(path):
        return path, int(item[1]), ""
    if shop := _SHOP.fullmatch(path):
        return path, 0, shop[1]
    raise BadInput("landing", "unknown")


def _cut_host(address: str, hosts: Collection[str]) -> str:
    """The path of a whole address on our own host, without what follows it; anything else as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() in hosts
    return parts.path if is_ours else address


def check_weight(weight_bytes: int) -> None:
    """A page with several of them has to load quickly. Raises `BadInput`."""
    if weight_bytes > most.MOST_CREATIVE_BYTES:
        raise BadInput("picture", "too_heavy", most=most.MOST_CREATIVE_BYTES)


def check_picture(width: int, height: int) -> None:
    """One of the sizes that are shown, or larger in the same proportion. Raises `BadInput`."""
    if not any(_fits(width, height, *size) for size in most.CREATIVE_SIZES):
        raise BadInput("picture", "wrong_size")


def _fits(width: int, height: int, wanted_width: int, wanted_height: int) -> bool:
    """Large enough, and of the same proportion to one part in a hundred."""
    across, down = width * wanted_height, height * wanted_width
    return width >= wanted_width and height >= wanted_height and 100 * abs(across - down) <= max(across, down)
