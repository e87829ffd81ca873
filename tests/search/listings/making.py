"""Making documents for tests: one by hand, or many at random from small vocabularies so that everything collides."""

import random
from datetime import UTC, datetime, timedelta

from search.listings.contracts import (
    ListingCategory,
    ListingDelivery,
    ListingDocument,
    ListingOption,
    ListingShop,
    ListingVariant,
)
from tenants.catalog.contracts import ParameterValue, Text

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
CATEGORIES = {
    1: ListingCategory(1, "tableware", Text("餐具茶器", "Tableware")),
    2: ListingCategory(2, "mugs", Text("马克杯", "Mugs")),
    3: ListingCategory(3, "teapots", Text("茶壶", "Teapots")),
    4: ListingCategory(4, "digital", Text("数码", "Digital")),
    5: ListingCategory(5, "laptops", Text("笔记本电脑", "Laptops")),
}
PATHS = [(1, 2), (1, 3), (4, 5), (1,), ()]
TITLES = [
    "青釉",
    "拼色",
    "马克杯",
    "手工",
    "茶壶",
    "笔记本电脑",
    "电脑包",
    "mug",
    "laptop",
    "bag",
    "TN-2110",
    "350ml",
    "blue",
]
BRANDS = ["", "MUJI", "无印良品", "Brother", "青禾窑"]
COLOURS = [Text("蓝色", "Blue"), Text("红色", "Red"), Text("白色", "White"), Text("", "Green")]
SIZES = [Text("S", "S"), Text("L", "L"), Text("XL", "XL")]
MATERIALS = [Text("陶瓷", "Ceramic"), Text("骨瓷", "Bone china"), Text("不锈钢", "")]
DELIVERY = ListingDelivery(flat_minor=800, free_from_minor=9900, ships_from="杭州", handling_hours=48)


def make_shop(shop_id: int) -> ListingShop:
    return ListingShop(shop_id, f"shop-{shop_id}", Text(f"店铺{shop_id}", f"Shop {shop_id}"), shop_id % 12 + 1, "店")


def make_listing(listing_id: int = 1, **changes: object) -> ListingDocument:
    """A plain mug in one variant; anything can be said otherwise."""
    facts: dict[str, object] = {
        "listing_id": listing_id,
        "version": 1,
        "shop": make_shop(1),
        "product_id": listing_id,
        "title": Text("青釉拼色马克杯 350ml", "Celadon mug 350ml"),
        "subtitle": Text(),
        "body_html": Text(),
        "category_path": (CATEGORIES[1], CATEGORIES[2]),
        "brand": "",
        "tags": (),
        "parameters": (),
        "options": (),
        "variants": (ListingVariant(listing_id * 10, f"SKU-{listing_id}", (), 6000, None, 5),),
        "pictures": (),
        "delivery": DELIVERY,
        "currency": "CNY",
        "created_at": START,
        **changes,
    }
    return ListingDocument(**facts)


def make_random_listing(random_: random.Random, listing_id: int) -> ListingDocument:
    """A listing whose every field is drawn from few values."""
    options = _draw_options(random_)
    materials = random_.sample(MATERIALS, random_.choice([0, 1, 1]))
    parameters = tuple(ParameterValue(Text("材质", "Material"), value) for value in materials)
    if random_.random() < 0.2 and not any(option.name.zh == "颜色" for option in options):
        parameters += (ParameterValue(Text("", "Colour"), random_.choice(COLOURS)),)
    return make_listing(
        listing_id,
        shop=make_shop(random_.randint(1, 5)),
        title=Text(
            " ".join(random_.sample(TITLES, random_.randint(1, 4))), random_.choice(["", "mug", "Red laptop bag"])
        ),
        brand=random_.choice(BRANDS),
        category_path=tuple(CATEGORIES[step] for step in random_.choice(PATHS)),
        parameters=parameters,
        options=options,
        variants=_draw_variants(random_, listing_id, options),
        created_at=START + timedelta(hours=random_.randint(0, 40)),
        sold_30d=random_.choice([0, 0, 0, 3, 3, 250]),
        rating_hundredths=random_.choice([0, 0, 430, 490]),
    )


def _draw_options(random_: random.Random) -> tuple[ListingOption, ...]:
    colour = ListingOption(Text("颜色", "Color"), tuple(random_.sample(COLOURS, random_.randint(1, 3))))
    size = ListingOption(Text("尺码", "Size"), tuple(random_.sample(SIZES, random_.randint(1, 3))))
    material = ListingOption(Text("材质", ""), tuple(random_.sample(MATERIALS, 2)))
    return random_.choice([(), (colour,), (size,), (colour, size), (colour, size), (colour, material)])


def _draw_variants(
    random_: random.Random, listing_id: int, options: tuple[ListingOption, ...]
) -> tuple[ListingVariant, ...]:
    choices: list[tuple[int, ...]] = [()]
    for option in options:
        choices = [(*before, index) for before in choices for index in range(len(option.values))]
    kept = random_.sample(choices, random_.randint(1, len(choices)))
    return tuple(
        ListingVariant(
            listing_id * 100 + index,
            f"SKU-{listing_id}-{index}",
            choice,
            random_.choice([990, 4999, 5000, 6000, 6000, 19900, 320000]),
            None,
            random_.choice([0, 0, 1, 200]),
        )
        for index, choice in enumerate(kept)
    )
