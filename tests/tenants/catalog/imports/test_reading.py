"""Files as people make them: every encoding and separator, awkward quoting, and limits before anything is believed."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.catalog.contracts import ParameterValue, ProductStatus, Text
from tenants.catalog.imports import FileRefused, plan_import, preview_import, reading, write_template
from tenants.catalog.imports.cells import (
    join_escaped,
    make_harmless,
    read_both,
    read_parameter,
    split_escaped,
    undo_harmless,
    write_both,
    write_parameter,
)
from tenants.catalog.imports.contracts import ImportFormat

HEADING = "handle,title_zh,price,stock\n"


def plan(text, encoding="utf-8"):
    return plan_import(text.encode(encoding))


def issues(found):
    return [(issue.row, issue.column, issue.code) for issue in found.issues]


def shopify(*rows, columns=("Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price", "Image Src")):
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(columns)
    writer.writerows(rows)
    return plan(target.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_a_spreadsheet_is_read(encoding):
    found = plan(HEADING + "a,青釉杯㎜,10,1\n", encoding)
    assert found.products[0].title == Text("青釉杯㎜")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_separator_is_read(separator):
    text = (HEADING + "a,b c,10,1\n").replace(",", separator)
    assert plan(text).products[0].variants[0].price_minor == 1000


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read_and_rows_are_counted_as_a_spreadsheet_does(newline):
    text = HEADING + '"a","two\nlines",10,1\n\n\nb,杯,x,1\n'
    found = plan(text.replace("\n", newline))
    assert found.products[0].title.zh.split() == ["two", "lines"]
    assert issues(found) == [(5, "price", "amount_not_a_number")]


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ('"a ""quoted"" word"', 'a "quoted" word'),
        ('"comma, inside"', "comma, inside"),
        ("  spaces  ", "spaces"),
        ('"{""json"": 1}"', '{"json": 1}'),
        ("nul\0byte\x07", "nulbyte"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("''quoted'", "'quoted'"),
        ("e\u0301", "é"),
    ],
)
def test_awkward_cells(cell, title):
    assert plan(f"{HEADING}a,{cell},10,1\n").products[0].title.zh == title


def test_short_and_long_rows_and_empty_columns():
    found = plan("handle,title_zh,price,stock,,\na,杯,10\nb,灯,20,3,,,,more\n")
    assert [v.on_hand for p in found.products for v in p.variants] == [None, 3]


@pytest.mark.parametrize(
    ("price", "minor"),
    [("10", 1000), ("10.5", 1050), ("¥1,234.50", 123450), ("￥ 9", 900), ("0.01", 1), ("12.340", 1234), ("3元", 300)],
)
def test_prices_as_people_write_them(price, minor):
    assert plan(f'{HEADING}a,杯,"{price}",1\n').products[0].variants[0].price_minor == minor


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("ten", "amount_not_a_number"),
        ("1.999", "amount_too_many_decimals"),
        ("-5", "amount_negative"),
        ("9" * 30, "amount_too_large"),
        ("1e3", "amount_not_a_number"),
        ("", "required"),
    ],
)
def test_prices_that_are_none(price, code):
    found = plan(f"{HEADING}a,杯,{price},1\n")
    assert issues(found) == [(2, "price", code)] and found.products == ()


@pytest.mark.parametrize(
    ("stock", "on_hand", "code"),
    [("", None, None), ("3.0", 3, None), ("1,000", 1000, None), ("-2", 0, "number_negative")],
)
def test_stock_as_people_write_it(stock, on_hand, code):
    found = plan(f'{HEADING}a,杯,1,"{stock}"\n')
    assert found.products[0].variants[0].on_hand == on_hand
    assert [issue.code for issue in found.issues] == ([code] if code else [])


@pytest.mark.parametrize("stock", ["three", "1.5", "9" * 11, "--1", "0x10"])
def test_stock_that_is_none(stock):
    assert plan(f"{HEADING}a,杯,1,{stock}\n").products == ()


def test_headings_in_chinese_and_columns_we_do_not_know():
    found = plan("商品编号,标题,价格,库存,运费\na,杯,10,2,5\n")
    assert found.products[0].handle == "a" and found.unknown_columns == ("运费",)
    assert issues(plan("商品编号,标题,价格,库存\na,杯,x,2\n")) == [(2, "价格", "amount_not_a_number")]


def test_without_handles_the_sku_names_a_product():
    found = plan("title_zh,sku,price\n杯,A,1\n灯,B,2\n盘,,3\n")
    assert [product.handle for product in found.products] == ["a", "b", "盘"]


def test_two_spellings_of_one_handle_are_one_product():
    found = plan("handle,title_zh,option1_name,option1_value,price\nA b,杯,色,青,1\na-b,,,蓝,3\n")
    assert [(product.handle, len(product.variants)) for product in found.products] == [("a-b", 2)]


def test_rows_of_one_handle_need_not_stand_together():
    found = plan("handle,title_zh,option1_name,option1_value,price\na,杯,色,青,1\nb,灯,,,2\na,,,蓝,3\n")
    assert [len(product.variants) for product in found.products] == [2, 1]


def test_shopify_rows_continue_with_variants_and_pictures():
    found = shopify(
        ["mug", "Mug", "Size", "S", "10", "https://a.example/1.png"],
        ["mug", "", "", "L", "12", ""],
        ["mug", "", "", "", "", "https://a.example/2.png"],
    )
    product = found.products[0]
    assert [v.values for v in product.variants] == [(Text("", "S"),), (Text("", "L"),)]
    assert [picture.url[-5:] for picture in product.pictures] == ["1.png", "2.png"]
    assert found.format is ImportFormat.SHOPIFY and issues(found) == []


def test_shopify_default_title_means_no_options():
    product = shopify(["mug", "Mug", "Title", "Default Title", "10", ""]).products[0]
    assert product.option_names == () and product.variants[0].values == ()


def test_shopify_pictures_are_ordered_by_their_position_and_kept_once():
    columns = ("Handle", "Title", "Variant Price", "Image Src", "Image Position", "Variant Image")
    found = shopify(
        ["a", "A", "1", "https://a.example/2.png", "2", "https://a.example/v.png"],
        ["a", "", "", "https://a.example/1.png", "1", ""],
        ["a", "", "", "https://a.example/2.png", "3", ""],
        columns=columns,
    )
    assert [picture.url[-5:] for picture in found.products[0].pictures] == ["1.png", "2.png", "v.png"]


@pytest.mark.parametrize(
    ("published", "status", "expected"),
    [
        ("true", "", ProductStatus.ACTIVE),
        ("TRUE", "active", ProductStatus.ACTIVE),
        ("false", "active", ProductStatus.DRAFT),
        ("true", "archived", ProductStatus.ARCHIVED),
        ("", "", None),
    ],
)
def test_shopify_status(published, status, expected):
    columns = ("Handle", "Title", "Variant Price", "Published", "Status")
    assert shopify(["a", "A", "1", published, status], columns=columns).products[0].status is expected


def test_shopify_gift_cards_are_refused_with_their_row():
    columns = ("Handle", "Title", "Variant Price", "Gift Card")
    found = shopify(["g", "Gift", "1", "true"], ["a", "A", "1", "false"], columns=columns)
    assert issues(found) == [(2, "Gift Card", "gift_card_unsupported")] and len(found.products) == 1


def test_a_struck_price_below_the_price_is_dropped_and_said():
    found = plan("handle,title_zh,price,compare_at_price\na,杯,10,9\nb,灯,10,10\nc,盘,10,12\n")
    assert [p.variants[0].compare_at_minor for p in found.products] == [None, None, 1200]
    assert issues(found) == [(2, "compare_at_price", "compare_at_dropped")]


@pytest.mark.parametrize("url", ["ftp://x/y.png", "/etc/passwd", "javascript:x", "http://", "http://[x"])
def test_an_address_that_is_none_is_a_warning(url):
    found = plan(f'handle,title_zh,price,picture_urls\na,杯,1,"{url}"\n')
    assert issues(found) == [(2, "picture_urls", "address_malformed")] and len(found.products) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf\n \n", "file_empty"),
        (b"a,b\n1,2\n", "file_format_unknown"),
        (b"\x81\xff\x81", "file_encoding_unknown"),
        (HEADING.encode() + b"a," + b"x" * 200_000 + b",1,1\n", "file_broken"),
        (b"PK\x03\x04" + b"\x00" * 50, "file_format_unknown"),
    ],
)
def test_files_of_which_nothing_can_be_read(content, code):
    with pytest.raises(FileRefused) as raised:
        plan_import(content)
    assert raised.value.code == code


def test_limits_hold_before_rows_are_believed(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    with pytest.raises(FileRefused, match="file_too_many_rows"):
        plan(HEADING + "a,b,1,1\n" * 4)
    with pytest.raises(FileRefused, match="file_too_many_columns"):
        plan("handle,title_zh,price," + "x," * 300 + "\n")
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(FileRefused, match="file_too_large"):
        plan(HEADING)


def test_a_product_of_more_variants_or_pictures_than_fit_costs_no_time():
    rows = "".join(f"a,,,{number},1\n" for number in range(1, 2000))
    found = plan("handle,title_zh,option1_name,option1_value,price\na,杯,n,0,1\n" + rows)
    assert issues(found) == [(2, "price", "too_many")]
    urls = "\n".join(f"https://a.example/{number}.png" for number in range(30))
    found = plan(f'handle,title_zh,price,picture_urls\na,杯,1,"{urls}"\n')
    assert len(found.products[0].pictures) == 20
    assert issues(found) == [(2, "picture_urls", "pictures_left_out")]


def test_the_template_reads_without_an_issue():
    preview = preview_import(write_template().encode())
    assert (preview.product_count, preview.variant_count, preview.error_count, preview.warning_count) == (1, 2, 0, 0)
    assert preview.unknown_columns == ()


def test_a_digest_does_not_depend_on_where_a_product_stands():
    one = plan(HEADING + "a,杯,1,1\nb,灯,2,2\n").products
    other = plan(HEADING + "\nb,灯,2,2\na,杯,1,1\n").products
    assert {p.handle: p.digest() for p in one} == {p.handle: p.digest() for p in other}
    assert one[0].digest() != plan(HEADING + "a,杯,1,2\n").products[0].digest()


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30).map(str.strip)
texts = st.builds(Text, words, words)


@settings(deadline=None)
@given(texts.filter(lambda t: t.zh or t.en))
def test_texts_in_two_languages_survive_writing(text):
    assert read_both(write_both(text)) == text


@settings(deadline=None)
@given(texts.filter(lambda t: t.zh or t.en), texts.filter(lambda t: t.zh or t.en))
def test_parameters_survive_writing(name, value):
    assert read_parameter(write_parameter(ParameterValue(name, value))) == ParameterValue(name, value)


@settings(deadline=None)
@given(st.lists(st.text(max_size=10), min_size=1, max_size=5), st.sampled_from([",", "|", "="]))
def test_escaped_parts_survive(parts, mark):
    assert split_escaped(join_escaped(parts, mark), mark) == parts


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_cell_made_harmless_comes_back_and_is_no_formula(cell):
    safe = make_harmless(cell)
    assert undo_harmless(safe) == cell
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=7), max_size=6),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.booleans(),
)
def test_any_table_is_read_or_refused_and_every_row_is_in_a_product_or_an_issue(rows, encoding, is_shopify):
    heading = (
        ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant Price"]
        if is_shopify
        else HEADING.strip().split(",")
    )
    target = io.StringIO()
    csv.writer(target).writerows([heading, *rows])
    content = target.getvalue().encode(encoding, errors="replace")
    try:
        found = plan_import(content)
    except FileRefused:
        return
    assert found.row_count <= len(rows)
    for product in found.products:
        assert product.variants and (product.title.zh or product.title.en) and len(product.digest()) == 64
    if found.row_count and not found.products:
        assert found.issues


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(noise):
    for content in (noise, HEADING.encode() + noise):
        try:
            plan_import(content)
        except FileRefused:
            continue
