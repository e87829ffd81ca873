"""The demo's goods, worked out from the trades: the same every time, and nothing of it stored here."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from onebox.demo.palettes import PaletteBook, choose_motif
from onebox.demo.pictures import PictureSpec, View, can_box, can_pair
from onebox.demo.trades import Choice, Colour, Design, Edition, Kind, Trade, list_trades, load_palette
from tenants.catalog.contracts import OptionDraft, ParameterValue, Text
from tenants.catalog.rules import make_handle
from tenants.shipping.contracts import FreightTerms

SALE_SHARE = 0.16
SOLD_OUT_SHARE = 0.06
LOW_SHARE = 0.08
GONE_SHARE = 0.015


@dataclass(frozen=True, slots=True)
class DemoPicture:
    """A picture to be drawn, and what it shows."""

    spec: PictureSpec
    alt: Text


@dataclass(frozen=True, slots=True)
class DemoVariant:
    """A SKU with its stock; money in fen."""

    sku: str
    choices: tuple[int, ...]
    price_minor: int
    compare_at_minor: int | None
    cost_minor: int
    weight_grams: int
    picture_index: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """One product; its handle is unique in its shop and never changes."""

    handle: str
    title: Text
    subtitle: Text
    body_html: Text
    category: str
    brand: str
    tags: tuple[str, ...]
    parameters: tuple[ParameterValue, ...]
    options: tuple[OptionDraft, ...]
    variants: tuple[DemoVariant, ...]
    pictures: tuple[DemoPicture, ...]


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop with all it sells."""

    slug: str
    name: Text
    mark: str
    intro: Text
    terms: FreightTerms
    products: tuple[DemoProduct, ...]


@cache
def build_catalogue() -> tuple[DemoShop, ...]:
    """Every shop and product of the demo."""
    book = PaletteBook()
    return tuple(_shop(trade, book) for trade in list_trades())


def _shop(trade: Trade, book: PaletteBook) -> DemoShop:
    products = [
        _product(trade, kind, design, edition, book)
        for kind in trade.kinds
        for design, edition in itertools.product(range(len(kind.designs)), range(len(kind.editions)))
        if (design, edition) not in kind.skipped
    ]
    terms = FreightTerms(
        flat_minor=trade.freight_minor,
        free_from_minor=trade.free_from_minor,
        ships_from=trade.ships_from,
        handling_hours=trade.handling_hours,
    )
    return DemoShop(trade.slug, trade.name, trade.mark, trade.intro, terms, tuple(products))


def _product(trade: Trade, kind: Kind, design_no: int, edition_no: int, book: PaletteBook) -> DemoProduct:
    design, edition = kind.designs[design_no], kind.editions[edition_no]
    key = f"{kind.key}-{design_no + 1}-{edition_no + 1}"
    title = _title(kind, design, edition)
    colours = _colours(kind, design_no, edition_no)
    choices = _choices(kind, edition, colours)
    return DemoProduct(
        handle=make_handle(title),
        title=title,
        subtitle=_filled(kind.subtitle, design, edition),
        body_html=_body(trade, kind, design, edition),
        category=design.category,
        brand=trade.name.zh,
        tags=kind.tags,
        parameters=(*kind.parameters, ParameterValue(kind.edition_parameter, _sentence_case(edition.name))),
        options=tuple(choice.option for choice in choices),
        variants=_variants(trade, kind, design, edition, choices, key),
        pictures=_pictures(design, title, colours, kind, (design_no, edition_no), book),
    )


def _title(kind: Kind, design: Design, edition: Edition) -> Text:
    return _sentence_case(_filled(kind.title, design, edition))


def _filled(pattern: Text, design: Design, edition: Edition) -> Text:
    return Text(
        zh=pattern.zh.format(d=design.name.zh, e=edition.name.zh),
        en=pattern.en.format(d=design.name.en, e=edition.name.en),
    )


def _sentence_case(text: Text) -> Text:
    return Text(zh=text.zh, en=text.en[:1].upper() + text.en[1:])


def _body(trade: Trade, kind: Kind, design: Design, edition: Edition) -> Text:
    parts = (design.line, edition.line, kind.care, trade.promise)
    return Text(
        zh="".join(f"<p>{part.zh}</p>" for part in parts),
        en="".join(f"<p>{part.en}</p>" for part in parts),
    )


def _colours(kind: Kind, design_no: int, edition_no: int) -> list[Colour]:
    """The edition's own colour, or as many of the kind's as it has, starting elsewhere for each product."""
    palette = load_palette()
    own = kind.editions[edition_no].colour
    if own:
        return [palette[own]]
    start = design_no * len(kind.editions) + edition_no
    count = min(kind.colours_each, len(kind.colours))
    return [palette[kind.colours[(start * count + step) % len(kind.colours)]] for step in range(count)]


def _choices(kind: Kind, edition: Edition, colours: Sequence[Colour]) -> list[Choice]:
    if edition.colour or len(colours) < 2:
        return list(kind.choices)
    option = OptionDraft(name=kind.colour_option, values=tuple(colour.name for colour in colours))
    return [Choice(option, (0,) * len(colours)), *kind.choices]


def _variants(
    trade: Trade, kind: Kind, design: Design, edition: Edition, choices: Sequence[Choice], key: str
) -> tuple[DemoVariant, ...]:
    dice = random.Random(f"{trade.slug}/{key}")
    base = kind.price_minor + design.added_minor + edition.added_minor
    raised = dice.choice((115, 120, 125, 130, 135)) if dice.random() < SALE_SHARE else None
    cost_share = dice.randint(38, 58)
    gone = dice.random() < GONE_SHARE
    has_colours = bool(choices) and choices[0].option.name == kind.colour_option and not edition.colour
    variants = []
    for number, picked in enumerate(itertools.product(*(range(len(choice.added_minor)) for choice in choices))):
        price = base + sum(choice.added_minor[value] for choice, value in zip(choices, picked, strict=True))
        variants.append(
            DemoVariant(
                sku=f"{trade.slug}-{key}-{number + 1}".upper(),
                choices=picked,
                price_minor=price,
                compare_at_minor=_rounded(price * raised // 100) if raised else None,
                cost_minor=price * cost_share // 100,
                weight_grams=design.weight_grams,
                picture_index=picked[0] if has_colours else 0,
                on_hand=0 if gone else _stock(dice),
            )
        )
    return tuple(variants)


def _rounded(price_minor: int) -> int:
    """Up to the next whole yuan."""
    return -(-price_minor // 100) * 100


def _stock(dice: random.Random) -> int:
    roll = dice.random()
    if roll < SOLD_OUT_SHARE:
        return 0
    return dice.randint(1, 9) if roll < SOLD_OUT_SHARE + LOW_SHARE else dice.randint(12, 180)


def _pictures(
    design: Design, title: Text, colours: Sequence[Colour], kind: Kind, place: tuple[int, int], book: PaletteBook
) -> tuple[DemoPicture, ...]:
    motif = choose_motif(design.drawing, place[0] + len(kind.key))
    specs = [
        PictureSpec(
            design.drawing, book.claim(design.drawing, colour.solid, kind.accents, sum(place)), View.FRONT, motif
        )
        for colour in colours
    ]
    pictures = [DemoPicture(spec, _alt(title, colour.name)) for spec, colour in zip(specs, colours, strict=True)]
    palette = specs[0].palette
    for view, words in _further_views(design.drawing, sum(place)):
        pictures.append(DemoPicture(PictureSpec(design.drawing, palette, view, motif), _alt(title, words)))
    return tuple(pictures)


def _further_views(drawing: str, turn: int) -> list[tuple[View, Text]]:
    views = [(View.DETAIL, Text("细节", "detail"))]
    others = [(View.PAIR, Text("两件", "two of them"))] if can_pair(drawing) else []
    others += [(View.BOXED, Text("配礼盒", "with a gift box"))] if can_box(drawing) else []
    return views + ([others[turn % len(others)]] if others else [])


def _alt(title: Text, words: Text) -> Text:
    return Text(zh=f"{title.zh}，{words.zh}", en=f"{title.en}, {words.en.lower()}")
