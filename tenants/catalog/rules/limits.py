"""How much a product may hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProductLimits:
    """Lengths in characters, prices in minor units. The tables are a little wider, never narrower."""

    title: int = 120
    title_en: int = 200
    subtitle: int = 300
    body_html: int = 100_000
    brand: int = 100
    handle: int = 120
    notes: int = 10_000
    tags: int = 30
    tag: int = 40
    parameters: int = 60
    parameter: int = 200
    options: int = 3
    option_name: int = 40
    option_values: int = 100
    option_value: int = 80
    variants: int = 500
    sku: int = 64
    pictures: int = 20
    alt: int = 300
    price_minor: int = 10_000_000_00
    weight_grams: int = 2_000_000


LIMITS = ProductLimits()
