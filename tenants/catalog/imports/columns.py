"""The columns of our own CSV, and how other files name them.

One row is one variant. What belongs to the product stands in the first row of its handle; further rows of the same
handle repeat only handle, option values and what differs by variant. Texts in two languages are written `中文|English`
(a backslash before a bar, an equals sign or a comma takes its meaning away). Parameters are lines `name=value`, tags
are separated by commas, pictures are addresses one a line. Prices are in yuan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenants.catalog.imports.contracts import ImportFormat

COLUMNS: dict[str, tuple[str, ...]] = {
    # column: other headings that mean the same
    "handle": ("标识", "商品编号"),
    "title_zh": ("标题", "商品名称", "名称", "title", "name"),
    "title_en": ("英文标题",),
    "subtitle_zh": ("副标题", "卖点", "subtitle"),
    "subtitle_en": ("英文副标题",),
    "body_html_zh": ("详情", "描述", "description", "body_html"),
    "body_html_en": ("英文详情",),
    "category": ("类目", "分类"),
    "brand": ("品牌", "vendor"),
    "tags": ("标签",),
    "parameters": ("参数",),
    "status": ("状态",),
    "option1_name": ("规格1",),
    "option1_value": ("规格1值",),
    "option2_name": ("规格2",),
    "option2_value": ("规格2值",),
    "option3_name": ("规格3",),
    "option3_value": ("规格3值",),
    "sku": ("货号",),
    "price": ("售价", "价格"),
    "compare_at_price": ("划线价", "原价"),
    "cost": ("成本",),
    "barcode": ("条码",),
    "weight_grams": ("重量克", "重量(克)"),
    "stock": ("库存", "quantity"),
    "picture_urls": ("图片",),
    "picture_alts": ("图片说明",),
    "variant_picture": ("规格图片",),
    "private_notes": ("备注",),
}

_SHOPIFY = ("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price", "Variant SKU", "Image Src")


@dataclass(frozen=True, slots=True)
class Preset:
    """A flat list of goods, one row each: which of its columns is which of ours."""

    name: str
    columns: Mapping[str, str]
    handle_prefix: str


PRESETS = (
    Preset(
        name="goods_list",
        columns={
            "goods_id": "handle",
            "goods_name": "title_zh",
            "goods_intro": "subtitle_zh",
            "category_path": "category",
            "original_price_yuan": "compare_at_price",
            "selling_price_yuan": "price",
            "stock": "stock",
            "tag": "tags",
        },
        handle_prefix="goods-",
    ),
)


def _key(heading: str) -> str:
    return heading.strip().lower().replace(" ", "_")


_OURS = {_key(name): column for column, others in COLUMNS.items() for name in (column, *others)}


def find_preset(headings: Iterable[str]) -> Preset | None:
    """The preset most of whose columns are there."""
    have = set(headings)
    return next((preset for preset in PRESETS if len(have & preset.columns.keys()) * 3 > len(preset.columns) * 2), None)


def detect_format(headings: list[str]) -> ImportFormat | None:
    """Which shape a heading row is of."""
    if "Handle" in headings and len(set(headings) & set(_SHOPIFY)) >= 3:
        return ImportFormat.SHOPIFY
    if find_preset(headings):
        return ImportFormat.GOODS_LIST
    ours = map_ours(headings)
    return ImportFormat.OURS if {"title_zh", "title_en"} & ours.keys() and "price" in ours else None


def score_headings(headings: list[str]) -> int:
    """How many headings are known, nothing if the row makes no shape we read."""
    return len(headings) if detect_format(headings) else 0


def map_ours(headings: Iterable[str]) -> dict[str, str]:
    """Our column > the heading it has in this file, the first where two mean the same."""
    found: dict[str, str] = {}
    for heading in headings:
        column = _OURS.get(_key(heading))
        if column:
            found.setdefault(column, heading)
    return found
