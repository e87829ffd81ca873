"""Marks in everything of a shop's and of a buyer's that is nobody else's business, and a search for them."""

import base64
import binascii
import io
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_plus

GOODS, ORDERS, TEAM, BUYER, UNSEEN, MONEY = "goods", "orders", "team", "buyer", "unseen", "money"


class Canary(StrEnum):
    """What is marked. The value names it in findings."""

    COST = "what a variant cost"
    NOTES = "the private notes of a product"
    DRAFT = "the title of a draft"
    ARCHIVED = "the title of a product taken off sale"
    UNOPENED = "the goods of a shop that is not open"
    TAG = "the tag of a draft"
    LIST = "the title of a list that is not shown"
    WAREHOUSE = "the name of a warehouse"
    REFERENCE = "the reference of a stock movement"
    FILE_NAME = "the name of an imported file"
    FILE = "what stands in an imported file"
    SALES = "what a shop sold"
    RECIPIENT = "a buyer's name"
    PHONE = "a buyer's telephone"
    STREET = "a buyer's street"
    ORDER_NOTE = "the note on an order"
    OWNER = "the name of a shop's owner"
    MEMBER = "the name of a member of a shop's team"
    MAIL = "a buyer's e-mail address"
    HOLDER = "the holder of a shop's bank account"
    ACCOUNT = "the number of a shop's bank account"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a canary is written wherever it may turn up, small letters, and what kind of secret it is."""

    needles: tuple[str, ...]
    group: str


def _money(minor: int) -> tuple[str, ...]:
    yuan = f"{minor // 100}.{minor % 100:02d}"
    return str(minor), yuan, f"{minor // 100:,}.{minor % 100:02d}"


COST_MINOR = 98_765_431
PRICE_MINOR = 1_234_567
PIECES = 3
PHONE = "13987650123"
BANK_NUMBER = "6222021234567890128"

MARKS: dict[Canary, Mark] = {
    Canary.COST: Mark(_money(COST_MINOR), GOODS),
    Canary.NOTES: Mark(("kannotesqx7",), GOODS),
    Canary.DRAFT: Mark(("kandraftqx7",), GOODS),
    Canary.ARCHIVED: Mark(("kanarchivedqx7",), GOODS),
    Canary.UNOPENED: Mark(("kanunopenedqx7",), UNSEEN),
    Canary.TAG: Mark(("kantagqx7",), GOODS),
    Canary.LIST: Mark(("kanlistqx7",), GOODS),
    Canary.WAREHOUSE: Mark(("kanwarehouseqx7",), GOODS),
    Canary.REFERENCE: Mark(("kanreferenceqx7",), GOODS),
    Canary.FILE_NAME: Mark(("kanfileqx7",), GOODS),
    Canary.FILE: Mark(("kanrowqx7",), GOODS),
    Canary.SALES: Mark(_money(PRICE_MINOR * PIECES), ORDERS),
    Canary.RECIPIENT: Mark(("kanbuyerqx7",), ORDERS),
    Canary.PHONE: Mark((PHONE, "139 8765 0123", "139-8765-0123"), ORDERS),
    Canary.STREET: Mark(("kanstreetqx7",), ORDERS),
    Canary.ORDER_NOTE: Mark(("kanordernoteqx7",), ORDERS),
    Canary.OWNER: Mark(("kanownerqx7",), TEAM),
    Canary.MEMBER: Mark(("kanmemberqx7",), TEAM),
    Canary.MAIL: Mark(("kanmailqx7",), BUYER),
    Canary.HOLDER: Mark(("kanholderqx7",), MONEY),
    Canary.ACCOUNT: Mark((BANK_NUMBER,), MONEY),
}
ALL = frozenset(Canary)
OF_BUYER = frozenset({Canary.RECIPIENT, Canary.PHONE, Canary.STREET, Canary.ORDER_NOTE, Canary.SALES, Canary.MAIL})


def in_groups(*groups: str) -> frozenset[Canary]:
    """The canaries of these kinds."""
    return frozenset(canary for canary, mark in MARKS.items() if mark.group in groups)


def find(texts: Iterable[str], *, secrets: Collection[str] = ()) -> frozenset[str]:
    """The canaries, and the secrets of this run (tokens), that stand in any of the texts."""
    found: set[str] = set()
    for text in texts:
        small = text.lower()
        found |= {canary for canary, mark in MARKS.items() if any(needle in small for needle in mark.needles)}
        found |= {"an API token of the shop" for secret in secrets if secret.lower() in small}
    return frozenset(found)


def read(body: bytes) -> list[str]:
    """A body as texts: itself, the parts of a spreadsheet, and JSON's and an address's ways of writing signs."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    if body[:2] == b"\x1f\x8b":
        body = zlib.decompress(body, wbits=31)
    text = body.decode("utf-8", "replace")
    return [text, unquote_plus(text)] if "%" in text else [text]


def read_cookie(value: str) -> list[str]:
    """A cookie as texts: itself, and what signing has packed into its first part."""
    texts = [value]
    for part in value.split(":")[:1]:
        packed = part.removeprefix(".")
        try:
            raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
            texts.append((zlib.decompress(raw) if part.startswith(".") else raw).decode("utf-8", "replace"))
        except (binascii.Error, ValueError, zlib.error):
            continue
    return texts
