"""The product editor: what is typed is kept, checked, stored; the table follows the options."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from market.shops.tenancy import enter_shop
from tenants.catalog.contracts import EditedProduct, ProductStatus, Text
from tenants.catalog.selectors import get_product_draft
from tenants.inventory.contracts import Wanted
from tenants.inventory.selectors import get_availability
from tenants.inventory.services import add_warehouse, hold_stock
from tests.fixtures.goods import stock_product

NEW = "/products/new/"
SIMPLE = {
    "save": "1",
    "title_zh": "青釉马克杯",
    "title_en": "Celadon mug",
    "status": "active",
    "v-0-on": "1",
    "v-0-sku": "MUG-1",
    "v-0-price": "60.00",
    "v-0-was": "68",
    "v-0-cost": "21.5",
    "v-0-weight": "0.42",
    "v-0-stock": "12",
}
OPTIONS = {
    "o-0-name_zh": "颜色",
    "o-0-name_en": "Colour",
    "o-0-0_zh": "青",
    "o-0-1_zh": "白",
    "o-1-name_zh": "容量",
    "o-1-0_zh": "250ml",
    "o-1-1_zh": "350ml",
}


def read(merchant, product_id: int) -> EditedProduct:
    with transaction.atomic(), enter_shop(merchant.shop):
        return get_product_draft(product_id)


def save(merchant, said: dict[str, Any], path: str = NEW) -> int:
    answer = merchant.browser.post(path, said)
    assert answer.status_code == 302, answer.context["wrongs_list"]
    return int(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def resend(answer, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the form on a page, with some fields typed over."""
    entry, said = answer.context["entry"], {}
    said |= {"title_zh": entry.title.zh, "title_en": entry.title.en, "status": entry.status, "version": entry.version}
    said |= {"brand": entry.brand, "tags": entry.tags, "handle": entry.handle, "private_notes": entry.private_notes}
    for o, option in enumerate(answer.context["options"]):
        said |= {f"o-{o}-name_zh": option.name.zh, f"o-{o}-name_en": option.name.en}
        for v, value in enumerate(option.values):
            said |= {f"o-{o}-{v}_zh": value.zh, f"o-{o}-{v}_en": value.en}
    for v, row in enumerate(entry.variants):
        said |= {f"v-{v}-{name}": getattr(row, name) for name in ("sku", "price", "was", "cost", "barcode", "weight")}
        said |= {f"v-{v}-id": row.variant_id or "", f"v-{v}-places": row.key, f"v-{v}-picture": row.picture or ""}
        said |= {f"v-{v}-stock": row.stock, f"v-{v}-shown": row.shown_stock}
        said |= {f"v-{v}-on": "1"} if row.on else {}
    for i, picture in enumerate(entry.pictures):
        said |= {f"i-{i}-id": picture.media_id, f"i-{i}-order": i + 1, f"i-{i}-alt_zh": picture.alt.zh}
        said |= {f"i-{i}-x": picture.focal_x, f"i-{i}-y": picture.focal_y}
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


def draw(colour: str) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (400, 400), colour).save(content, "PNG")
    return SimpleUploadedFile(f"{colour}.png", content.getvalue(), "image/png")


def test_a_product_without_options_is_stored_whole(merchant) -> None:
    said = {
        **SIMPLE,
        "brand": "青禾窑",
        "tags": "手作，杯子, 手作",
        "private_notes": "窑口二号",
        "body_html_zh": "<p>好</p><script>x</script>",
    }
    product = read(merchant, save(merchant, said))
    (variant,) = product.draft.variants
    assert product.draft.title == Text("青釉马克杯", "Celadon mug")
    assert (variant.price_minor, variant.compare_at_minor, variant.cost_minor) == (6_000, 6_800, 2_150)
    assert (variant.weight_grams, variant.sku) == (420, "MUG-1")
    assert product.draft.tags == ("手作", "杯子")
    assert product.draft.body_html.zh == "<p>好</p>"
    assert product.draft.private_notes == "窑口二号"
    with transaction.atomic(), enter_shop(merchant.shop):
        assert get_availability([variant.variant_id]) == {variant.variant_id: 12}


def test_the_table_follows_the_options_and_keeps_what_was_typed(merchant) -> None:
    said = {name: value for name, value in SIMPLE.items() if name != "save"}
    first = merchant.browser.post(NEW, {**said, **OPTIONS, "update": "1"})
    rows = first.context["entry"].variants
    assert [row.label.zh for row in rows] == ["青 · 250ml", "青 · 350ml", "白 · 250ml", "白 · 350ml"]
    assert (rows[0].sku, rows[0].price, rows[3].price, rows[3].sku) == ("MUG-1", "60.00", "60.00", "")
    said = resend(first, update="1", **{"o-0-2_zh": "黑", "v-3-price": "99", "v-2-on": None})
    second = merchant.browser.post(NEW, said)
    rows = {row.label.zh: row for row in second.context["entry"].variants}
    assert len(rows) == 6
    assert rows["白 · 350ml"].price == "99"
    assert not rows["白 · 250ml"].on
    assert rows["黑 · 250ml"].on
    product = read(merchant, save(merchant, resend(second, save="1")))
    assert [len(option.values) for option in product.draft.options] == [3, 2]
    assert len(product.draft.variants) == 5


def test_a_value_that_is_emptied_takes_its_rows_away_and_a_renamed_one_keeps_them(merchant) -> None:
    said = {name: value for name, value in SIMPLE.items() if name != "save"}
    table = merchant.browser.post(NEW, {**said, **OPTIONS, "update": "1"})
    product_id = save(merchant, resend(table, save="1", **{"v-1-sku": "B", "v-2-sku": "C", "v-3-sku": "D"}))
    before = {variant.sku: variant.variant_id for variant in read(merchant, product_id).draft.variants}
    path = f"/products/{product_id}/"
    save(merchant, resend(merchant.browser.get(path), save="1", **{"o-0-0_zh": "", "o-1-0_zh": "200ml"}), path)
    product = read(merchant, product_id)
    assert [option.values for option in product.draft.options] == [(Text("白"),), (Text("200ml"), Text("350ml"))]
    assert {variant.sku: variant.variant_id for variant in product.draft.variants} == {
        "C": before["C"],
        "D": before["D"],
    }


def test_the_line_for_all_rows_fills_and_numbers(merchant) -> None:
    said = {
        **OPTIONS,
        "v-0-price": "",
        "v-0-on": "1",
        "fill": "1",
        "every-price": "49.9",
        "every-sku": "CUP",
        "every-stock": "3",
    }
    rows = merchant.browser.post(NEW, said).context["entry"].variants
    assert [row.sku for row in rows] == ["CUP-01", "CUP-02", "CUP-03", "CUP-04"]
    assert {(row.price, row.stock) for row in rows} == {("49.9", "3")}


@pytest.mark.parametrize(
    ("said", "href"),
    [
        ({"title_zh": "", "title_en": ""}, "#title_zh"),
        ({"v-0-price": ""}, "#v-0-price"),
        ({"v-0-price": "abc"}, "#v-0-price"),
        ({"v-0-price": "0"}, "#v-0-price"),
        ({"v-0-was": "1"}, "#v-0-was"),
        ({"v-0-cost": "1.234"}, "#v-0-cost"),
        ({"v-0-weight": "heavy"}, "#v-0-weight"),
        ({"v-0-stock": "-3"}, "#v-0-stock"),
        ({"v-0-stock": "٣"}, "#v-0-stock"),
        ({"v-0-on": None}, "#variants"),
        ({"title_zh": "长" * 130}, "#title_zh"),
        ({"tags": "长" * 50}, "#tags"),
        ({"category_id": "999999"}, "#category_id"),
    ],
)
def test_what_is_wrong_is_listed_and_everything_stays_typed(said, href, merchant) -> None:
    full = {name: value for name, value in {**SIMPLE, **said}.items() if value is not None}
    answer = merchant.browser.post(NEW, full)
    assert answer.status_code == 422
    assert href in [link for link, _ in answer.context["wrongs_list"]]
    page = answer.content.decode()
    assert f'href="{href}"' in page
    assert f'id="{href[1:]}"' in page
    assert 'value="Celadon mug"' in page or "title_en" in said


def test_an_sku_of_another_product_is_refused_at_its_cell(merchant) -> None:
    stock_product(merchant.shop, sku="MUG-1")
    answer = merchant.browser.post(NEW, SIMPLE)
    assert answer.status_code == 422
    assert answer.context["entry"].variants[0].wrongs.keys() == {"sku"}


def test_who_saved_in_between_is_not_overwritten_unasked(merchant) -> None:
    product_id = save(merchant, SIMPLE)
    path = f"/products/{product_id}/"
    mine, theirs = merchant.browser.get(path), merchant.browser.get(path)
    save(merchant, resend(theirs, save="1", title_zh="别人的标题"), path)
    answer = merchant.browser.post(path, resend(mine, save="1", title_zh="我的标题"))
    assert answer.status_code == 409
    assert 'value="我的标题"' in answer.content.decode()
    assert read(merchant, product_id).draft.title.zh == "别人的标题"
    found = answer.context["found_version"]
    save(merchant, resend(answer, overwrite=str(found)), path)
    assert read(merchant, product_id).draft.title.zh == "我的标题"


def test_pictures_come_in_are_ordered_described_and_removed(merchant, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    uploads = [draw("red"), draw("green"), draw("blue")]
    product_id = save(merchant, {**SIMPLE, "uploads": uploads})
    path = f"/products/{product_id}/"
    first = [picture.media_id for picture in read(merchant, product_id).draft.pictures]
    assert len(first) == 3
    changes = {"i-2-order": "1", "i-0-remove": "1", "i-1-alt_zh": "绿", "i-1-x": "25", "v-0-picture": str(first[2])}
    save(merchant, resend(merchant.browser.get(path), save="1", **changes), path)
    draft = read(merchant, product_id).draft
    assert [picture.media_id for picture in draft.pictures] == [first[2], first[1]]
    assert (draft.pictures[1].alt.zh, draft.pictures[1].focal_x) == ("绿", 250)
    assert draft.variants[0].picture_index == 0


def test_what_is_no_picture_is_said_and_the_rest_stays(merchant, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    bad = SimpleUploadedFile("notes.png", b"not a picture", "image/png")
    answer = merchant.browser.post(NEW, {**SIMPLE, "uploads": [draw("red"), bad]})
    assert answer.status_code == 422
    assert "notes.png" in answer.context["wrongs_list"][0][1]
    assert len(answer.context["entry"].pictures) == 1


def test_another_shops_picture_and_product_cannot_be_used(make_merchant, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    here, there = make_merchant("alpha"), make_merchant("beta")
    product_id = save(here, {**SIMPLE, "uploads": [draw("red")]})
    media_id = read(here, product_id).draft.pictures[0].media_id
    path = f"/products/{product_id}/"
    assert there.browser.get(path).status_code == 404
    assert there.browser.post(path, SIMPLE).status_code == 404
    assert there.browser.post(f"{path}copy/").status_code == 404
    theirs = save(there, {**SIMPLE, "i-0-id": str(media_id)})
    assert read(there, theirs).draft.pictures == ()


def test_stock_below_what_buyers_hold_is_refused_and_nothing_is_saved(merchant, clock) -> None:
    offer = stock_product(merchant.shop, pieces=10)
    with transaction.atomic(), enter_shop(merchant.shop):
        hold_stock(hold_key="k", wanted=[Wanted(offer.variant_id, 4)], expires_at=None, now=clock.now)
    path = f"/products/{offer.product_id}/"
    page = merchant.browser.get(path)
    assert page.context["entry"].variants[0].held == 4
    answer = merchant.browser.post(path, resend(page, save="1", title_zh="新标题", **{"v-0-stock": "3"}))
    assert answer.status_code == 422
    assert "4" in answer.context["entry"].variants[0].wrongs["stock"]
    assert read(merchant, offer.product_id).draft.title.zh != "新标题"


def test_with_several_warehouses_stock_is_not_counted_here(merchant) -> None:
    offer = stock_product(merchant.shop, pieces=10)
    with transaction.atomic(), enter_shop(merchant.shop):
        add_warehouse(code="north", name="北仓")
    path = f"/products/{offer.product_id}/"
    save(merchant, resend(merchant.browser.get(path), save="1", **{"v-0-stock": "3"}), path)
    with transaction.atomic(), enter_shop(merchant.shop):
        assert get_availability([offer.variant_id]) == {offer.variant_id: 10}


def test_a_copy_is_a_draft_without_what_may_exist_only_once(merchant) -> None:
    product_id = save(merchant, SIMPLE)
    answer = merchant.browser.post(f"/products/{product_id}/copy/")
    copied = read(merchant, int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))
    assert copied.product_id != product_id
    assert (copied.draft.status, copied.draft.variants[0].sku) == (ProductStatus.DRAFT, "")
    assert copied.draft.title == Text("青釉马克杯（副本）", "Celadon mug (copy)")


def test_too_many_variants_are_refused_before_they_are_made(merchant) -> None:
    said = {**SIMPLE, **{f"o-{o}-{v}_zh": f"{o}-{v}" for o in range(2) for v in range(30)}}
    said |= {"o-0-name_zh": "甲", "o-1-name_zh": "乙"}
    answer = merchant.browser.post(NEW, said)
    assert answer.status_code == 422
    assert answer.context["entry"].too_many_variants


@pytest.mark.parametrize(
    "said",
    [
        {"v-0-places": "9.999_x", "v-0-id": "9" * 40, "v-0-picture": "-1"},
        {"version": "x", "category_id": "-5", "status": "sold"},
        {"i-0-id": "1", "i-0-x": "nan", "i-0-y": "1e400", "i-0-order": "٣"},
        {"title_zh": "a\tb", "tags": "，,，"},
    ],
)
def test_nonsense_never_breaks_the_page(said, merchant) -> None:
    assert merchant.browser.post(NEW, {**SIMPLE, **said}).status_code in (302, 422)
