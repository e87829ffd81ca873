"""Keys of attributes and variants: how a filter and a document meet, the same for every engine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

from search.listings.contracts import LONGEST_KEY, MOST_OPTIONS, AttributeTick, ListingDocument
from search.tokens.text import clean
from tenants.catalog.contracts import Text

MOST_LABELS = 40
MOST_VARIANT_KEYS = 2_000

# Between the parts of a key; `clean` and the limits on input keep them out of the parts themselves.
_PART, _PAIR, _ALSO = "\x1f", "\x1e", "\x1d"
STOCKED = "+"

# What lists filter by beside parameters. `make_key` makes small letters, so no parameter has these names.
TAG, DISCOUNT = "TAG", "DISCOUNT"
DISCOUNT_STEPS = (10, 20, 30, 50)

# Names that shops write differently and mean the same by. The first is the key.
_SAME_NAMES = (
    ("颜色", "颜色分类", "color", "colour", "colours", "colors"),
    ("尺码", "size", "尺寸码"),
    ("尺寸", "dimensions", "规格尺寸"),
    ("材质", "材料", "material", "materials"),
    ("容量", "capacity", "volume"),
    ("重量", "净重", "weight"),
    ("产地", "原产地", "origin", "country of origin"),
)
_KEY_OF = {name: names[0] for names in _SAME_NAMES for name in names}

# Upper bounds of the price bands in minor units.
PRICE_STEPS = (5_000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000)


@lru_cache(maxsize=10_000)
def make_key(text: str) -> str:
    """The key of a name or value: cleaned, spaces joined, at most `LONGEST_KEY` characters."""
    plain = "".join(character if character.isprintable() else " " for character in clean(text[:200]))
    return " ".join(plain.split())[:LONGEST_KEY].strip()


def make_name_key(name: Text) -> str:
    """The key of an attribute's name; 颜色, Color and Colour are one."""
    for written in (name.zh, name.en):
        key = make_key(written)
        if key in _KEY_OF:
            return _KEY_OF[key]
    return make_key(name.zh or name.en)


def make_value_key(value: Text) -> str:
    """The key of an attribute's value."""
    return make_key(value.zh or value.en)


def pair_key(name: str, value: str) -> str:
    """One attribute with one value as one token."""
    return f"{name}{_PART}{value}"


def label_pair(name: Text, value: Text) -> str:
    """An attribute with its value as it is shown, with the keys it belongs to; see `read_label`."""
    parts = (make_name_key(name), make_value_key(value), name.zh, name.en, value.zh, value.en)
    return _PART.join(" ".join(part.split())[:LONGEST_KEY] for part in parts)


@lru_cache(maxsize=4_000)
def read_label(label: str) -> tuple[str, str, Text, Text]:
    """Name key, value key, name and value out of a label."""
    name_key, value_key, name_zh, name_en, value_zh, value_en = label.split(_PART)
    return name_key, value_key, Text(name_zh, name_en), Text(value_zh, value_en)


def list_attributes(document: ListingDocument) -> list[tuple[Text, Text]]:
    """Options' values that some variant has, then parameters: what a shopper may filter by."""
    found: dict[tuple[str, str], tuple[Text, Text]] = {}
    for name, value in (*_offered_choices(document), *((line.name, line.value) for line in document.parameters)):
        key = (make_name_key(name), make_value_key(value))
        if all(key) and len(found) < MOST_LABELS:
            found.setdefault(key, (name, value))
    return list(found.values())


def _offered_choices(document: ListingDocument) -> Iterator[tuple[Text, Text]]:
    for position, option in enumerate(document.options):
        used = {variant.choices[position] for variant in document.variants if position < len(variant.choices)}
        for index, value in enumerate(option.values):
            if index in used:
                yield option.name, value


def list_parameter_keys(document: ListingDocument) -> list[str]:
    """A token for every parameter, for every tag, and for every step that the price is below the struck one."""
    pairs = [(make_name_key(line.name), make_value_key(line.value)) for line in document.parameters]
    pairs += [(TAG, make_key(tag)) for tag in document.tags]
    pairs += [(DISCOUNT, str(step)) for step in DISCOUNT_STEPS if _is_reduced(document, step)]
    return list(dict.fromkeys(pair_key(name, value) for name, value in pairs if name and value))


def _is_reduced(document: ListingDocument, percent: int) -> bool:
    """Whether the price that a card shows is so much below the struck one."""
    before = document.compare_at_minor
    return before is not None and document.price_from_minor * 100 <= before * (100 - percent)


def list_variant_keys(document: ListingDocument) -> list[str]:
    """A token for every set of option values that meet in one variant, and again with `STOCKED` if it is in stock.

    So "blue and XL" is one token that only a blue XL variant gives. Parameters hold for every variant and are apart.
    """
    names = [make_name_key(option.name) for option in document.options]
    # However many variants there are to name: whether any can be had is known.
    keys: dict[str, None] = {STOCKED_ONLY: None} if document.in_stock else {}
    for variant in document.variants:
        pairs = [
            pair_key(name, make_value_key(option.values[index]))
            for name, option, index in zip(names, document.options, variant.choices, strict=False)
        ]
        for count in range(len(pairs) + 1):
            for some in combinations(pairs, count):
                keys[join_pairs(some, stocked=False)] = None
                if variant.available > 0:
                    keys[join_pairs(some, stocked=True)] = None
        if len(keys) > MOST_VARIANT_KEYS:
            break
    keys.pop("", None)
    return list(keys)


def join_pairs(pairs: Iterable[str], *, stocked: bool) -> str:
    """The token of a set of pairs that must meet in one variant."""
    token = _PAIR.join(sorted(pairs))
    return f"{token}{_ALSO}{STOCKED}" if stocked else token


STOCKED_ONLY = join_pairs((), stocked=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One way to meet all ticks: of each group of parameters one, and of `variant_keys` (if there are any) one."""

    parameter_groups: tuple[tuple[str, ...], ...]
    variant_keys: tuple[str, ...]


def list_ways(ticks: Sequence[AttributeTick], *, in_stock: bool) -> list[Wanted]:
    """The ways in which a document may meet the ticks, of which it needs one; empty when nothing is ticked.

    The same name may be an option of one product and a parameter of another, so each tick may be met either way; those
    met by options, and the stock, are met by one variant.
    """
    if not ticks and not in_stock:
        return []
    ways = []
    for count in range(min(len(ticks), MOST_OPTIONS) + 1):
        for chosen in combinations(ticks, count):
            rest = tuple(_list_pairs(tick) for tick in ticks if tick not in chosen)
            keys = (join_pairs(pairs, stocked=in_stock) for pairs in product(*map(_list_pairs, chosen)))
            ways.append(Wanted(rest, tuple(key for key in keys if key)))
    return ways


def _list_pairs(tick: AttributeTick) -> tuple[str, ...]:
    return tuple(pair_key(tick.name, value) for value in tick.values)


def list_bands() -> list[tuple[int, int | None]]:
    """The price bands, each from a price to a price, both included; the last is open."""
    edges = [0, *PRICE_STEPS]
    highest: list[int | None] = [step - 1 for step in PRICE_STEPS]
    return list(zip(edges, [*highest, None], strict=True))


def write_band(low: int | None, high: int | None) -> str:
    """A band as facet values write it: "5000-9999", "-4999", "1000000-"."""
    return f"{low or ''}-{'' if high is None else high}"


@lru_cache(maxsize=100)
def describe_band(value: str, symbol: str = "¥") -> Text:
    """A band in words, in whole units of the currency."""
    low, _, high = value.partition("-")
    bottom = f"{symbol}{int(low) // 100:,}" if low else ""
    top = f"{symbol}{(int(high) + 1) // 100:,}" if high else ""
    if not low:
        return Text(f"{top}以下", f"Under {top}")
    if not high:
        return Text(f"{bottom}以上", f"{bottom} and over")
    return Text(f"{bottom}–{top}", f"{bottom}–{top}")
