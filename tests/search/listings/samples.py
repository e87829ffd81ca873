"""Real products out of the sample files as listings, and many more of them by varying the real ones."""

import csv
import gzip
import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from search.listings.contracts import ListingCategory, ListingDocument, ListingOption, ListingVariant
from tenants.catalog.contracts import ParameterValue, Text
from tests.search.listings.making import START, make_listing, make_shop

_SHOPS = 40
_COLOURS = (Text("黑色", "Black"), Text("白色", "White"), Text("蓝色", "Blue"))
_SIZES = (Text("S", "S"), Text("M", "M"), Text("L", "L"))


def read_icecat(folder: Path, *, most: int = 20_000) -> Iterator[ListingDocument]:
    """Electronics, with up to twenty of their attributes as parameters."""
    with gzip.open(folder / "icecat" / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if number > most:
                return
            yield _read_icecat_product(number, json.loads(line))


def _read_icecat_product(number: int, product: dict[str, Any]) -> ListingDocument:
    attributes = [
        (key.split("_", 2)[2].replace("_", " "), value) for key, value in product.items() if key[:5] == "attr_"
    ]
    kind = product.get("attr_t_product_type", "")
    path = (ListingCategory(4, "digital", Text("数码", "Digital")),)
    ean = (product.get("ean") or [""])[0]
    return make_listing(
        number,
        shop=make_shop(number % _SHOPS + 1),
        title=Text("", product["title"]),
        subtitle=Text("", f"{kind} {product.get('short_description', '')}"[:300]),
        brand=product.get("supplier", ""),
        category_path=path,
        parameters=tuple(
            ParameterValue(Text("", name[:40]), Text("", str(value)[:80])) for name, value in attributes[:20]
        ),
        variants=(
            ListingVariant(number, product["name"], (), int(product.get("price") or 100), None, number % 7, ean),
        ),
        created_at=START + timedelta(minutes=number % 9000),
        sold_30d=number * 7919 % 500,
    )


def read_newbee(folder: Path, *, first: int = 50_001) -> Iterator[ListingDocument]:
    """Chinese goods."""
    with (folder / "newbee" / "goods.csv").open(encoding="utf-8", errors="replace") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=first):
            path = [step.strip() for step in row["category_path"].split(">") if step.strip()]
            yield make_listing(
                number,
                shop=make_shop(number % _SHOPS + 1),
                title=Text(row["goods_name"]),
                subtitle=Text(row["goods_intro"]),
                category_path=tuple(
                    ListingCategory(1_000 + sum(map(ord, step)) % 9_000, f"c{place}", Text(step))
                    for place, step in enumerate(path)
                ),
                variants=(
                    ListingVariant(
                        number,
                        f"NB-{row['goods_id']}",
                        (),
                        int(row["selling_price_yuan"]) * 100,
                        int(row["original_price_yuan"]) * 100,
                        int(row["stock"]),
                    ),
                ),
            )


def make_many(count: int, *, seed: int = 1) -> Iterator[ListingDocument]:
    """Invented goods of a realistic shape where no sample files are: long titles, options, eight parameters."""
    random_ = random.Random(seed)
    kinds = ["马克杯", "茶壶", "台灯", "双肩包", "连衣裙", "键盘", "手机壳", "跑鞋", "沙发椅", "面霜"]
    words = [
        "手工",
        "北欧",
        "简约",
        "防水",
        "充电",
        "复古",
        "轻便",
        "加厚",
        "静音",
        "儿童",
        "礼盒",
        "陶瓷",
        "实木",
        "纯棉",
    ]
    for number in range(1, count + 1):
        kind = random_.choice(kinds)
        place = kinds.index(kind)
        options = (ListingOption(Text("颜色", "Colour"), _COLOURS), ListingOption(Text("尺码", "Size"), _SIZES))
        choices = [(colour, size) for colour in range(3) for size in range(3) if random_.random() < 0.7] or [(0, 0)]
        price = random_.randint(10, 4000) * 100
        yield make_listing(
            number,
            shop=make_shop(number % _SHOPS + 1),
            title=Text(f"{' '.join(random_.sample(words, 4))}{kind} {random_.randint(1, 60) * 10}ml K-{number}"),
            brand=f"品牌{random_.randint(1, 80)}",
            category_path=(
                ListingCategory(1 + place % 3, "top", Text("大类")),
                ListingCategory(10 + place, "leaf", Text(kind)),
            ),
            parameters=tuple(
                ParameterValue(Text(f"参数{name}"), Text(f"值{random_.randint(1, 12)}")) for name in range(8)
            ),
            options=options,
            variants=tuple(
                ListingVariant(number * 10 + index, f"K-{number}-{index}", choice, price, None, random_.randint(0, 5))
                for index, choice in enumerate(choices)
            ),
            created_at=START + timedelta(minutes=random_.randint(0, 30_000)),
            sold_30d=random_.choice([0, 1, 5, 30, 900]),
        )
