"""The pure decisions about goods."""

import string
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.catalog.contracts import (
    OptionDraft,
    ParameterValue,
    PictureDraft,
    ProductDraft,
    ProductStatus,
    Text,
    VariantDraft,
)
from tenants.catalog.rules import (
    LIMITS,
    build_matrix,
    check_draft,
    clean_html,
    complete_variants,
    describe_choices,
    make_handle,
    renumber_variants,
)

COLOURS = OptionDraft(Text("颜色", "Colour"), (Text("青"), Text("蓝")))
SIZES = OptionDraft(Text("容量"), (Text("250ml"), Text("350ml"), Text("500ml")))
GOOD = ProductDraft(title=Text("杯"), variants=(VariantDraft("A", (), 100),))


def problems(**changes):
    return {(problem.field, problem.code) for problem in check_draft(replace(GOOD, **changes))}


def variants(*drafts):
    return problems(options=(COLOURS,), variants=drafts)


def test_a_good_draft_has_no_problems():
    assert problems() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": Text(" ")}, ("title_zh", "required")),
        ({"title": Text("长" * 121)}, ("title_zh", "too_long")),
        ({"title": Text("", "x" * 201)}, ("title_en", "too_long")),
        ({"body_html": Text("x" * 100_001)}, ("body_html_zh", "too_long")),
        ({"tags": ("t",) * 31}, ("tags", "too_many")),
        ({"tags": ("长" * 41,)}, ("tags.0", "too_long")),
        ({"parameters": (ParameterValue(Text("材质"), Text()),)}, ("parameters.0", "required")),
        ({"pictures": (PictureDraft(1, focal_x=1001),)}, ("pictures.0.focal_x", "out_of_range")),
        ({"pictures": (PictureDraft(1),) * 21}, ("pictures", "too_many")),
        ({"variants": ()}, ("variants", "required")),
        ({"options": (COLOURS,)}, ("variants.0.choices", "wrong_length")),
        ({"options": (COLOURS, COLOURS)}, ("options.1.name", "duplicate")),
        ({"options": (OptionDraft(Text("色"), ()),)}, ("options.0.values", "required")),
        ({"options": (OptionDraft(Text("色"), (Text("青"), Text("青"))),)}, ("options.0.values.1", "duplicate")),
        ({"options": tuple(OptionDraft(Text(n), (Text("x"),)) for n in "abcd")}, ("options", "too_many")),
        (
            {"status": ProductStatus.ACTIVE, "variants": (VariantDraft("", (), 0),)},
            ("variants.0.price_minor", "price_missing"),
        ),
    ],
)
def test_every_problem_is_named_at_its_field(changes, expected):
    assert expected in problems(**changes)


def test_variants_are_checked_one_by_one():
    assert variants(VariantDraft("A", (0,), 1), VariantDraft("A", (1,), 1)) == {("variants.1.sku", "duplicate")}
    assert variants(VariantDraft("", (0,), 1), VariantDraft("", (0,), 1)) == {("variants.1.choices", "duplicate")}
    assert variants(VariantDraft("", (2,), 1)) == {("variants.0.choices", "unknown_choice")}
    assert variants(VariantDraft("", (0,), -1)) == {("variants.0.price_minor", "out_of_range")}
    assert variants(VariantDraft("", (0,), 5, 5)) == {("variants.0.compare_at_minor", "compare_not_above_price")}
    assert variants(VariantDraft("", (0,), 5, picture_index=0)) == {("variants.0.picture_index", "unknown_picture")}


def test_more_variants_than_allowed_are_told_without_building_them_all():
    many = OptionDraft(Text("n"), tuple(Text(str(n)) for n in range(100)))
    options = (many, replace(many, name=Text("m")), replace(many, name=Text("o")))
    assert len(build_matrix(options)) == LIMITS.variants + 1


def test_the_matrix_has_every_combination_first_option_slowest():
    assert build_matrix([COLOURS, SIZES])[:4] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert build_matrix([]) == [()]


def test_completing_keeps_what_is_there():
    given_one = VariantDraft("A", (1,), 700, weight_grams=3)
    new, kept = complete_variants([COLOURS], [given_one])
    assert kept is given_one
    assert (new.choices, new.price_minor, new.weight_grams, new.sku) == ((0,), 700, 3, "")


def test_values_that_move_take_their_variants_along():
    before = (COLOURS, SIZES)
    after = (SIZES, replace(COLOURS, values=(Text("粉"), Text("青"))))
    old = [VariantDraft("A", (0, 2), 1), VariantDraft("B", (1, 0), 2)]
    assert [(v.sku, v.choices) for v in renumber_variants(before, after, old)] == [("A", (2, 1))]


def test_a_new_option_gives_its_first_value():
    old = [VariantDraft("A", (1,), 1)]
    assert [v.choices for v in renumber_variants([COLOURS], [COLOURS, SIZES], old)] == [(1, 0)]


def test_choices_are_described_in_both_languages():
    options = (OptionDraft(Text("色", "Colour"), (Text("青", "Celadon"),)), SIZES)
    assert describe_choices(options, (0, 1)) == Text("青 · 350ml", "Celadon · 350ml")
    assert describe_choices(options, (9, 9)) == Text()


@pytest.mark.parametrize(
    ("title", "handle"),
    [
        (Text("青釉杯", "Celadon Mug 350ml!"), "celadon-mug-350ml"),
        (Text("青釉 拼色（马克杯）"), "青釉-拼色-马克杯"),
        (Text("", "../../etc"), "etc"),
        (Text("—"), "product"),
        (Text("", "a_b"), "a-b"),
    ],
)
def test_handles(title, handle):
    assert make_handle(title) == handle


@settings(deadline=None)
@given(st.text(max_size=300), st.integers(0, 30))
def test_a_handle_is_short_free_and_stays_what_it_is(text, number):
    taken = {make_handle(Text(text))} | {f"{make_handle(Text(text))}-{n}" for n in range(2, number)}
    handle = make_handle(Text(text), taken)
    assert handle not in taken and 0 < len(handle) <= LIMITS.handle and "/" not in handle
    assert make_handle(Text(handle)) == handle


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>好</p>", "<p>好</p>"),
        ("<script>x</script><b>y</b>", "<b>y</b>"),
        ("<style>a{}</style>t", "t"),
        ('<p style="x" class="y" onclick="z">t</p>', "<p>t</p>"),
        ('<img src="https://spy.example/x.png">', "<img>"),
        ('<img src="/media/s1/a.webp" onerror="x">', '<img src="/media/s1/a.webp">'),
        ('<a href="javascript:x">t</a>', '<a rel="noopener nofollow ugc">t</a>'),
        ("<iframe src=x></iframe><form><input></form>t", "t"),
        ("<!-- secret -->t", "t"),
        ("", ""),
    ],
)
def test_html_is_reduced_to_what_may_stand_on_our_pages(dirty, clean):
    assert clean_html(dirty) == clean


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=string.printable + "<>\"'&;:/", max_size=200))
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_active(html):
    once = clean_html(html)
    assert clean_html(once) == once
    assert "<script" not in once.lower() and "<iframe" not in once.lower()
